/** What a watch may resume from: five to ten minutes, as with a real API server and its etcd. */
import * as assert from 'uvu/assert';
import { compactHistory } from '../../src/client/index.js';
import { createTestApi, value, type TestApi } from './cluster.js';
import { suite } from '../support/suite.js';

const test = suite('client: compaction of history');

const advance = ({ clock }: TestApi, minutes: number): void => {
  const untilMs = clock.now() + minutes * 60_000;
  for (
    let next = clock.nextDeadlineMs();
    next !== undefined && next <= untilMs;
    next = clock.nextDeadlineMs()
  )
    clock.step();
  clock.moveTo(untilMs);
};
const write = ({ api }: TestApi, name: string): string =>
  value(api.create('ConfigMap', { metadata: { name } })).metadata.resourceVersion;
const resumed = ({ api }: TestApi, resourceVersion: string): string[] => {
  const seen: string[] = [];
  api.watch('ConfigMap', { resourceVersion }).subscribe({
    next: (event) => {
      if (event.type !== 'BOOKMARK') seen.push(event.object.metadata.name);
    },
    error: (error: { readonly reason?: string }) => seen.push(error.reason ?? 'unknown'),
  });
  return seen;
};

test('a change is kept for five minutes, and forgotten before ten are over', () => {
  const cluster = createTestApi();
  const history = compactHistory(cluster.store, cluster.clock);
  advance(cluster, 1);
  const first = write(cluster, 'a');
  write(cluster, 'b');
  advance(cluster, 8.9);
  assert.equal(resumed(cluster, first), ['b']);
  advance(cluster, 0.1);
  write(cluster, 'c');
  assert.equal(resumed(cluster, first), ['Expired']);
  assert.is(value(cluster.api.list('ConfigMap')).items.length, 3, 'objects stay');
  history.stop();
  assert.is(cluster.clock.pendingTimers, 0);
});

test.run();
