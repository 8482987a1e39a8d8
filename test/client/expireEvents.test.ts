/** Events live for an hour after the last write, as long as kube-apiserver keeps them by default. */
import * as assert from 'uvu/assert';
import { expireEvents } from '../../src/client/index.js';
import { createTestApi, value, type TestApi } from './cluster.js';
import { suite } from '../support/suite.js';

const test = suite('client: events expire');

const HOUR_MS = 3_600_000;
const event = (name: string): object => ({
  metadata: { name, namespace: 'default' },
  involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
  reason: 'Started',
  message: 'Container started',
});
const names = ({ api }: TestApi): string[] =>
  value(api.list('Event')).items.map(({ metadata }) => metadata.name);
const advance = ({ clock }: TestApi, durationMs: number): void => {
  const untilMs = clock.now() + durationMs;
  for (
    let next = clock.nextDeadlineMs();
    next !== undefined && next <= untilMs;
    next = clock.nextDeadlineMs()
  )
    clock.step();
  clock.moveTo(untilMs);
};

test('an event goes within a minute after its hour; one that came again has another hour', () => {
  const cluster = createTestApi();
  const { api, store, clock } = cluster;
  const expiry = expireEvents(store, clock, HOUR_MS);
  advance(cluster, 30_000);
  value(api.create('Event', event('once')));
  value(api.create('Event', event('again')));
  const deleted: string[] = [];
  const watching = api.watch('Event').subscribe((change) => {
    if (change.type === 'DELETED') deleted.push(change.object.metadata.name);
  });
  advance(cluster, HOUR_MS / 2);
  value(
    api.patch({ kind: 'Event', namespace: 'default', name: 'again' }, { type: 'merge', body: { count: 2 } }),
  );
  advance(cluster, HOUR_MS / 2);
  assert.equal(names(cluster), ['again', 'once']);
  advance(cluster, 30_000);
  assert.equal(names(cluster), ['again']);
  advance(cluster, HOUR_MS / 2);
  assert.equal(names(cluster), []);
  assert.equal(deleted, ['once', 'again'], 'watchers see it');
  assert.is(clock.pendingTimers, 0);
  watching.unsubscribe();
  expiry.stop();
});

test('an event that was deleted, and made anew under its name, has an hour of its own', () => {
  const cluster = createTestApi();
  const { api, store, clock } = cluster;
  const expiry = expireEvents(store, clock, HOUR_MS);
  value(api.create('Event', event('a')));
  advance(cluster, HOUR_MS / 2);
  value(api.delete({ kind: 'Event', namespace: 'default', name: 'a' }));
  value(api.create('Event', event('a')));
  advance(cluster, HOUR_MS / 2 + 60_000);
  assert.equal(names(cluster), ['a']);
  expiry.stop();
  assert.is(clock.pendingTimers, 0, 'stopped: nothing is left');
});

test('Infinity keeps them, and costs no timer', () => {
  const cluster = createTestApi();
  const expiry = expireEvents(cluster.store, cluster.clock, Infinity);
  value(cluster.api.create('Event', event('a')));
  assert.is(cluster.clock.pendingTimers, 0);
  expiry.stop();
});

test.run();
