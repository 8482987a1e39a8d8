import * as assert from 'uvu/assert';
import {
  daemonSetEffects,
  daemonSetMachine,
  type DaemonObservation,
  type DaemonSetMachineEvent,
} from '../../machines/index.js';
import { createRig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('daemonSet chart');

const NOTHING: DaemonObservation = {
  at: 0,
  selectsEverything: false,
  isBeingDeleted: false,
  toClaim: 0,
  revisionIsUnrecorded: false,
  vacant: [],
  unwanted: [],
  failed: [],
  failedPodBackOffMs: undefined,
  isOnDelete: false,
  outdated: 0,
  surges: [],
  replaceable: [],
  surplusRevisions: [],
  availableInMs: undefined,
};
const look = (more: Partial<DaemonObservation> = {}): DaemonSetMachineEvent => ({
  type: 'daemons.observed',
  seen: { ...NOTHING, ...more },
});
const rig = () => createRig(daemonSetMachine, daemonSetEffects, undefined);
type R = ReturnType<typeof rig>;
const effects = (r: R): string[] => r.calls.map(({ effect }) => effect);
const resting = (r: R): unknown => (r.snapshot.value.daemons as { resting?: unknown }).resting;
const published: DaemonSetMachineEvent = { type: 'status.published' };
const created = (missing = 0, error?: string): DaemonSetMachineEvent => ({
  type: 'pods.created',
  missing,
  error,
});
const deleted = (failed: string[] = [], error?: string): DaemonSetMachineEvent => ({
  type: 'pods.deleted',
  failed,
  error,
});

test('every node has its pod: only the status is published', () => {
  const r = rig();
  r.send(look());
  assert.equal(
    r.calls.map(({ effect, params }) => [effect, params]),
    [['publishStatus', { observesGeneration: true }]],
  );
  r.send(published);
  assert.is(resting(r), 'current');
});

test('DS-20, order of a sync: claim, record the revision, place, remove, publish; no update meanwhile', () => {
  const r = rig();
  r.send(look({ toClaim: 1, revisionIsUnrecorded: true, vacant: ['n1'] }));
  r.send({ type: 'pods.claimed', seen: { ...NOTHING, revisionIsUnrecorded: true } });
  r.send({
    type: 'revision.recorded',
    seen: { ...NOTHING, vacant: ['n1'], unwanted: ['a'], outdated: 1, replaceable: ['b'] },
  });
  r.send(created());
  r.send(deleted());
  assert.equal(effects(r), [
    'claimPods',
    'recordRevision',
    'reportEndedPods',
    'createPods',
    'deletePods',
    'publishStatus',
  ]);
  r.send(published);
  assert.is(resting(r), 'awaitingObservation');
});

test('DS-20.7: what was asked for is awaited; until then only counts are written', () => {
  const r = rig();
  r.send(look({ vacant: ['n1', 'n2'], unwanted: ['a'] }));
  r.send(created());
  r.send(deleted());
  r.send(published);
  assert.is(r.snapshot.context.creationsExpected, 2);
  r.send({ type: 'pods.observed', created: 2, deleted: [] });
  r.send(look({ vacant: ['n3'] }));
  assert.equal(r.calls.at(-1)?.params, { observesGeneration: false });
  r.send(published);
  assert.is(resting(r), 'awaitingObservation');
  r.send({ type: 'pods.observed', created: 0, deleted: ['a', 'a'] });
  r.send(look({ vacant: ['n3'] }));
  assert.is(effects(r).at(-1), 'createPods');
});

test('rows 94, 95: creations that failed are not expected; the next sync waits 5 ms, then 10 ms', () => {
  const r = rig();
  for (const backOffMs of [5, 10]) {
    r.send(look({ vacant: ['n1', 'n2'] }));
    r.send(created(2, 'no'));
    assert.is(r.snapshot.context.creationsExpected, 0);
    r.send(published);
    assert.is(resting(r), 'backingOff');
    const before = r.timesOf('requestSync').length;
    r.advance(backOffMs - 1);
    assert.is(r.timesOf('requestSync').length, before);
    r.advance(1);
    assert.is(r.timesOf('requestSync').length, before + 1);
  }
});

test('DS-26: at most 250 creations and 250 deletions', () => {
  const r = rig();
  const many = (letter: string) => Array.from({ length: 300 }, (_, index) => `${letter}${index}`);
  r.send(look({ vacant: many('n'), unwanted: many('p') }));
  assert.equal([r.snapshot.context.creating.length, r.snapshot.context.deleting.length], [250, 250]);
});

test('row 107, DS-25: each failed pod of a node doubles its delay: 1 s, 2 s, 4 s … 15 min; after 30 min it is forgotten', () => {
  const r = rig();
  const delays: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    r.send((at) => look({ at, unwanted: ['a'], failed: ['1/n1'] }));
    r.send(deleted());
    r.send(published);
    r.send({ type: 'pods.observed', created: 0, deleted: ['a'] });
    delays.push(r.snapshot.context.backOffs['1/n1']?.delayMs ?? 0);
    r.advance(1_000);
  }
  assert.equal(delays.slice(0, 4), [1_000, 2_000, 4_000, 8_000]);
  assert.equal(delays.slice(-2), [900_000, 900_000]);
  r.advance(30 * 60_000);
  r.send((at) => look({ at, unwanted: ['b'], failed: ['1/n2'] }));
  assert.equal(r.snapshot.context.backOffs, { '1/n2': { delayMs: 1_000, sinceMs: r.now } });
});

test('DS-22: the controller looks again after the delay of a failed pod that stays; a later one does not put it off', () => {
  const r = rig();
  r.send((at) => look({ at, failedPodBackOffMs: 4_000 }));
  r.send(published);
  r.advance(3_000);
  r.send((at) => look({ at, failedPodBackOffMs: 4_000 }));
  r.send(published);
  r.advance(10_000);
  assert.equal(r.timesOf('requestSync'), [4_000]);
});

test('an update: old pods go, then the next sync places new ones; meanwhile it says «updating»', () => {
  const r = rig();
  r.send(look({ outdated: 2, replaceable: ['a'] }));
  assert.equal(effects(r), ['deletePods']);
  assert.equal(r.snapshot.context.deleting, ['a']);
  r.send(deleted());
  r.send(published);
  assert.is(resting(r), 'awaitingObservation');
  r.send({ type: 'pods.observed', created: 0, deleted: ['a'] });
  r.send(look({ outdated: 1 }));
  r.send(published);
  assert.is(resting(r), 'updating');
  r.send(look());
  r.send(published);
  assert.is(resting(r), 'current');
});

test('maxSurge: new pods are created beside old ones, which go in the same step when they may', () => {
  const r = rig();
  r.send(look({ outdated: 2, surges: ['n1'], replaceable: ['b'] }));
  r.send(created());
  r.send(deleted());
  assert.equal(effects(r), ['createPods', 'deletePods', 'publishStatus']);
  assert.equal([r.snapshot.context.creating, r.snapshot.context.deleting], [['n1'], ['b']]);
});

test('OnDelete: old pods are left alone', () => {
  const r = rig();
  r.send(look({ outdated: 2, isOnDelete: true, replaceable: ['a'] }));
  r.send(published);
  assert.equal(effects(r), ['publishStatus']);
  assert.is(resting(r), 'outdated');
});

test('DS-43: revisions beyond the limit go before the status is written; that failing is a failed sync', () => {
  const r = rig();
  r.send(look({ surplusRevisions: ['web-1'] }));
  r.send({ type: 'write.failed', error: 'no' });
  assert.equal(effects(r), ['cleanHistory', 'publishStatus']);
  r.send(published);
  assert.is(resting(r), 'backingOff');
});

test('row 100: an empty selector is warned of, and nothing else happens', () => {
  const r = rig();
  r.send(look({ selectsEverything: true, vacant: ['n1'] }));
  assert.equal(effects(r), ['refuseSelector']);
  assert.is(resting(r), 'refused');
});

test('PR-4: one that is being deleted does nothing, not even its status', () => {
  const r = rig();
  r.send(look({ isBeingDeleted: true, vacant: ['n1'], unwanted: ['a'] }));
  assert.equal(effects(r), []);
  assert.is(resting(r), 'deleting');
});

test('expectations that are never met are given up after 5 min', () => {
  const r = rig();
  r.send(look({ vacant: ['n1'] }));
  r.send(created());
  r.send(published);
  r.advance(5 * 60_000);
  assert.equal(r.timesOf('requestSync'), [300_000]);
  assert.is(r.snapshot.context.creationsExpected, 0);
});

test('a pod that becomes available after minReadySeconds wakes the controller then', () => {
  const r = rig();
  r.send(look({ availableInMs: 10_000 }));
  r.send(published);
  r.advance(60_000);
  assert.equal(r.timesOf('requestSync'), [10_000]);
});

test.run();
