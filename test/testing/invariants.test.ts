/** Every invariant can fail: for each a cluster, or the way to it, that breaks it, and one beside it that does not. */
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/index.js';
import { invariants, observeInvariants } from '../../src/testing/index.js';
import { suite } from '../support/suite.js';
import { at, condition, object, ownedBy, pod, view } from './objects.js';

const test = suite('testing: invariants');

type Look = readonly KubeObject[];
interface Case {
  readonly id: string;
  /** The words that the invariant has and others of its id have not. */
  readonly says?: string;
  /** Looks at a cluster that is right all along. */
  readonly good: readonly Look[];
  /** The last one is wrong, and the others are not. */
  readonly bad: readonly Look[];
}

const set = (replicas: number, more: object = {}, status: object = {}, metadata: object = {}): KubeObject =>
  object(
    'ReplicaSet/rs',
    { spec: { replicas, selector: { matchLabels: { app: 'a' } }, ...more }, status },
    metadata,
  );
const podA = (name: string, owner = 'rs', more: object = {}): KubeObject =>
  pod(name, owner, more, { labels: { app: 'a' } });
const deployment = (spec: object, status: object = {}, metadata: object = {}): KubeObject =>
  object(
    'Deployment/web',
    {
      spec: { replicas: 2, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, ...spec },
      status: { observedGeneration: 1, ...status },
    },
    metadata,
  );
const setOf = (name: string, replicas: number, image: string, metadata: object = {}): KubeObject =>
  object(
    `ReplicaSet/${name}`,
    {
      spec: { replicas, template: { metadata: { labels: { 'pod-template-hash': name } }, spec: { image } } },
      status: { replicas },
    },
    { ...ownedBy('web', 'Deployment'), ...metadata },
  );
const recreating = deployment({ strategy: { type: 'Recreate' } });
const daemon = (name: string, node: string, more: object = {}): KubeObject =>
  pod(name, 'ds', { spec: { nodeName: node }, status: { phase: 'Running' }, ...more });
const daemonSet = (status: object = {}): KubeObject =>
  object('DaemonSet/ds', {
    spec: { template: { spec: {} }, updateStrategy: { type: 'RollingUpdate', rollingUpdate: {} } },
    status: {
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      numberReady: 1,
      numberAvailable: 1,
      updatedNumberScheduled: 1,
      ...status,
    },
  });
const node = (name: string, ready = 'True', taints: readonly object[] = []): KubeObject =>
  object(`Node/${name}`, { spec: { taints }, status: { conditions: [condition('Ready', '', ready)] } });
const job = (spec: object = {}, status: object = {}, metadata: object = {}): KubeObject =>
  object('Job/j', { spec: { parallelism: 1, completions: 2, ...spec }, status }, metadata);
const INDEXED = { completionMode: 'Indexed', parallelism: 5 };
const ofIndex = (name: string, index: number, phase = 'Running'): KubeObject =>
  pod(
    name,
    'j',
    { spec: {}, status: { phase } },
    {
      annotations: { 'batch.kubernetes.io/job-completion-index': String(index) },
    },
  );
const tracked = (name: string, phase: string): KubeObject =>
  pod(name, 'j', { status: { phase } }, { finalizers: ['batch.kubernetes.io/job-tracking'] });
const DONE = { conditions: [condition('SuccessCriteriaMet'), condition('Complete')] };
const cronJob = (spec: object, status: object = {}): KubeObject => object('CronJob/c', { spec, status });
const run = (name: string, scheduled: number, created = scheduled, status: object = {}): KubeObject =>
  object(
    `Job/${name}`,
    { spec: {}, status },
    {
      ...ownedBy('c', 'CronJob'),
      creationTimestamp: at(created),
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': at(scheduled) },
    },
  );

const CASES: readonly Case[] = [
  {
    id: 'PR-1',
    good: [[podA('a')]],
    bad: [[object('Pod/a', {}, { ownerReferences: [{ controller: true }, { controller: true }] })]],
  },
  {
    id: 'PR-4',
    good: [[set(1, {}, {}, { deletionTimestamp: at(-62) }), podA('in-flight')]],
    bad: [[set(1, {}, {}, { deletionTimestamp: at(-90) }), podA('late')]],
  },
  {
    id: 'PR-5',
    good: [[set(1, {}, { observedGeneration: 1 })]],
    bad: [[set(1, {}, { observedGeneration: 2 })]],
  },
  {
    id: 'PR-5',
    good: [[set(1, {}, { observedGeneration: 1 })]],
    bad: [[set(1, {}, { observedGeneration: 1 })], [set(1, {}, { observedGeneration: 0 })]],
  },
  { id: 'PR-6', good: [[set(1), podA('a')]], bad: [[set(1), podA('a', '')]] },
  { id: 'PR-7', good: [[set(1), podA('a')]], bad: [[set(1), pod('a', 'rs', {}, { labels: { app: 'b' } })]] },
  {
    id: 'PR-8',
    good: [[deployment({}, { collisionCount: 1 })], [deployment({}, { collisionCount: 2 })]],
    bad: [[deployment({}, { collisionCount: 2 })], [deployment({}, { collisionCount: 1 })]],
  },
  { id: 'GC', good: [[set(1), podA('a')]], bad: [[podA('a')]] },
  { id: 'GC', good: [[set(1)]], bad: [[set(1, {}, {}, { deletionTimestamp: at(-1) })]] },
  {
    id: 'PR-10',
    // One that was adopted comes on top.
    good: [
      [set(1), podA('a'), podA('b', '')],
      [set(1), podA('a'), podA('b')],
    ],
    bad: [
      [set(1), podA('a')],
      [set(1), podA('a'), podA('b')],
    ],
  },
  {
    id: 'PR-14',
    good: [[set(2, {}, { replicas: 2, readyReplicas: 1, availableReplicas: 1 })]],
    bad: [[set(2, {}, { replicas: 2, readyReplicas: 1, availableReplicas: 2 })]],
  },
  { id: 'PR-13', good: [[set(1, {}, { replicas: 1 }), podA('a')]], bad: [[set(1, {}, { replicas: 1 })]] },
  {
    id: 'PR-15',
    good: [[set(1)]],
    bad: [[set(1, {}, { conditions: [condition('ReplicaFailure', 'FailedCreate')] })]],
  },
  {
    id: 'PR-20',
    good: [[deployment({}), setOf('x', 1, 'x'), setOf('y', 2, 'y')]],
    bad: [[deployment({}), setOf('x', 2, 'x'), setOf('y', 2, 'y')]],
  },
  {
    id: 'PR-23',
    good: [
      [
        recreating,
        setOf('x', 0, 'x'),
        setOf('y', 1, 'y'),
        pod('b', 'y', {}, { labels: { 'pod-template-hash': 'y' } }),
      ],
    ],
    bad: [
      [
        recreating,
        setOf('x', 0, 'x'),
        setOf('y', 1, 'y'),
        pod('a', 'x', {}, { labels: { 'pod-template-hash': 'x' } }),
        pod('b', 'y', {}, { labels: { 'pod-template-hash': 'y' } }),
      ],
    ],
  },
  {
    id: 'PR-24',
    says: 'one ReplicaSet per template',
    good: [[deployment({}), setOf('x', 1, 'x'), setOf('y', 1, 'y')]],
    bad: [[deployment({}), setOf('x', 1, 'x'), setOf('y', 1, 'x')]],
  },
  {
    id: 'PR-24',
    says: 'never changes',
    good: [
      [deployment({}), setOf('x', 1, 'x')],
      [deployment({}), setOf('x', 2, 'x')],
    ],
    bad: [
      [deployment({}), setOf('x', 1, 'x')],
      [deployment({}), setOf('x', 1, 'y')],
    ],
  },
  {
    id: 'PR-24',
    says: 'highest revision',
    good: [
      [deployment({}, {}, revision(2)), setOf('x', 1, 'x', revision(2)), setOf('y', 1, 'y', revision(1))],
    ],
    bad: [
      [deployment({}, {}, revision(1)), setOf('x', 1, 'x', revision(2)), setOf('y', 1, 'y', revision(1))],
    ],
  },
  {
    id: 'PR-25',
    good: [
      [deployment({ paused: true }, { observedGeneration: 0 })],
      [deployment({ paused: true }), setOf('x', 1, 'x')],
    ],
    bad: [[deployment({ paused: true })], [deployment({ paused: true }), setOf('x', 1, 'x')]],
  },
  {
    id: 'PR-27',
    good: [[deployment({}, rolledOut('NewReplicaSetAvailable'))]],
    bad: [[deployment({}, rolledOut('ReplicaSetUpdated'))]],
  },
  {
    id: 'PR-31',
    good: [[daemonSet(), daemon('a', 'n1'), daemon('b', 'n2')]],
    bad: [[daemonSet(), daemon('a', 'n1'), daemon('b', 'n1')]],
  },
  { id: 'PR-35', good: [[daemonSet({ numberUnavailable: 0 })]], bad: [[daemonSet({ numberReady: 2 })]] },
  {
    id: 'PR-30',
    good: [[daemonSet(), daemon('a', 'n1'), node('n1')]],
    bad: [[daemonSet({ updatedNumberScheduled: 0 }), daemon('a', 'n1'), node('n1')]],
  },
  { id: 'PR-30', good: [[daemonSet(), daemon('a', 'n1'), node('n1')]], bad: [[daemonSet(), node('n1')]] },
  {
    id: 'PR-50',
    good: [
      [job({ parallelism: 2 }), pod('a', 'j')],
      [job(), pod('a', 'j'), pod('b', 'j')],
    ],
    bad: [[job(), pod('a', 'j'), pod('b', 'j')]],
  },
  {
    id: 'PR-51',
    says: 'at most one active pod',
    good: [[job(INDEXED), ofIndex('a', 0, 'Failed'), ofIndex('b', 0)]],
    bad: [[job(INDEXED), ofIndex('a', 0), ofIndex('b', 0)]],
  },
  {
    id: 'PR-51',
    says: 'run again',
    good: [[job(INDEXED), ofIndex('a', 0, 'Succeeded'), ofIndex('b', 1, 'Succeeded')]],
    bad: [[job(INDEXED), ofIndex('a', 0, 'Succeeded'), ofIndex('b', 0, 'Succeeded')]],
  },
  {
    id: 'PR-52',
    says: 'is counted once',
    good: [[job({}, {}), tracked('a', 'Succeeded')], [job({}, { succeeded: 1 })]],
    bad: [[job({}, {}), tracked('a', 'Succeeded')], [job({}, { succeeded: 2 })]],
  },
  {
    id: 'PR-52',
    says: 'is counted once',
    good: [[job({}, {}), tracked('a', 'Succeeded')], [job({}, { succeeded: 1, ...DONE })]],
    bad: [[job({}, {}), tracked('a', 'Succeeded')], [job({}, DONE)]],
  },
  {
    id: 'PR-52',
    says: 'never fall',
    good: [[job({}, { failed: 1 })]],
    bad: [[job({}, { failed: 1 })], [job({}, {})]],
  },
  {
    id: 'PR-53',
    good: [
      [job(INDEXED, { completedIndexes: '0', succeeded: 1 })],
      [job(INDEXED, { completedIndexes: '0-2', succeeded: 3 })],
    ],
    bad: [
      [job(INDEXED, { completedIndexes: '0,1', succeeded: 2 })],
      [job(INDEXED, { completedIndexes: '1', succeeded: 1 })],
    ],
  },
  {
    id: 'PR-53',
    good: [[job(INDEXED, { completedIndexes: '0', failedIndexes: '1', succeeded: 1 })]],
    bad: [[job(INDEXED, { completedIndexes: '0', failedIndexes: '0', succeeded: 1 })]],
  },
  { id: 'PR-54', good: [[job({}, DONE)]], bad: [[job({}, { conditions: [condition('Complete')] })]] },
  { id: 'PR-54', good: [[job({}, DONE)]], bad: [[job({}, { ...DONE, terminating: 1 })]] },
  { id: 'PR-54', good: [[job({}, {})], [job({}, DONE)]], bad: [[job({}, DONE)], [job({}, {})]] },
  {
    id: 'PR-55',
    says: 'startTime',
    good: [[job({ suspend: true }, { conditions: [condition('Suspended')] })]],
    bad: [[job({ suspend: true }, { conditions: [condition('Suspended')], startTime: at(-9) })]],
  },
  {
    id: 'PR-55',
    says: 'no active pod',
    good: [[job({ suspend: true })]],
    bad: [[job({ suspend: true }), pod('a', 'j')]],
  },
  { id: 'PR-58', says: 'finishes', good: [[job({}, DONE)]], bad: [[job()]] },
  {
    id: 'PR-58',
    says: 'finalizer',
    good: [[job({}, DONE), pod('a', 'j', { status: { phase: 'Succeeded' } })]],
    bad: [[job({}, DONE), tracked('a', 'Succeeded')]],
  },
  {
    id: 'PR-59',
    good: [[job({ ttlSecondsAfterFinished: 61 }, DONE)]],
    bad: [[job({ ttlSecondsAfterFinished: 59 }, DONE)]],
  },
  {
    id: 'PR-60',
    good: [[cronJob({}), run('a', -120), run('b', -60)]],
    bad: [[cronJob({}), run('a', -60), run('b', -60)]],
  },
  {
    id: 'PR-61',
    good: [[cronJob({ concurrencyPolicy: 'Forbid' }), run('a', -120, -120, DONE), run('b', -60)]],
    bad: [[cronJob({ concurrencyPolicy: 'Forbid' }), run('a', -120), run('b', -60)]],
  },
  {
    id: 'PR-62',
    good: [[cronJob({ concurrencyPolicy: 'Replace' }, { active: [{}] })]],
    bad: [[cronJob({ concurrencyPolicy: 'Replace' }, { active: [{}, {}] })]],
  },
  {
    id: 'PR-63',
    good: [[cronJob({ suspend: true }), run('a', 0, 4)]],
    bad: [[cronJob({ suspend: true }), run('a', 0, 6)]],
  },
  {
    id: 'PR-64',
    good: [[cronJob({}, { lastScheduleTime: at(-60) })], [cronJob({}, { lastScheduleTime: at(0) })]],
    bad: [[cronJob({}, { lastScheduleTime: at(0) })], [cronJob({}, { lastScheduleTime: at(-60) })]],
  },
  {
    id: 'PR-65',
    good: [[cronJob({ successfulJobsHistoryLimit: 1 }), run('a', -120, -120, DONE)]],
    bad: [[cronJob({ successfulJobsHistoryLimit: 0 }), run('a', -120, -120, DONE)]],
  },
  {
    id: 'PR-66',
    good: [[cronJob({ startingDeadlineSeconds: 10 }), run('a', -60, -50)]],
    bad: [[cronJob({ startingDeadlineSeconds: 10 }), run('a', -60, -49)]],
  },
  {
    id: 'PR-70',
    good: [[node('n', 'Unknown', [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }])]],
    bad: [[node('n', 'Unknown')]],
  },
  {
    id: 'PR-70',
    good: [[node('n')]],
    bad: [[node('n', 'True', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])]],
  },
  { id: 'PR-74', good: [[podA('a'), node('n1')]], bad: [[podA('a'), node('n2')]] },
  {
    id: 'PR-75',
    good: [[podA('a', 'rs', { spec: {} })], [podA('a')]],
    bad: [[podA('a')], [podA('a', 'rs', { spec: { nodeName: 'n2' } })]],
  },
];

function revision(number: number): object {
  return { annotations: { 'deployment.kubernetes.io/revision': String(number) } };
}
function rolledOut(reason: string): object {
  const counts = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  return { ...counts, conditions: [condition('Progressing', reason)] };
}

const chosenBy = ({ id, says = '' }: Case) =>
  invariants.filter((one) => one.id === id && one.says.includes(says));

/** What is wrong at each look, one after the other. */
const wrongAt = (one: Case, looks: readonly Look[]): readonly (readonly string[])[] => {
  const objects: { current: Look } = { current: [] };
  const { check } = observeInvariants(
    { now: () => view([]).now(), list: (kind) => view(objects.current).list(kind) },
    chosenBy(one),
  );
  return looks.map((look) => {
    objects.current = look;
    return [...check('always'), ...check('eventually')];
  });
};

for (const one of CASES)
  test(`${one.id}: ${chosenBy(one)[0]?.says ?? 'is not an invariant'}`, () => {
    assert.is(chosenBy(one).length, 1);
    assert.equal(wrongAt(one, one.good).flat(), []);
    const found = wrongAt(one, one.bad);
    assert.equal(found.slice(0, -1).flat(), []);
    assert.ok(found.at(-1)?.[0]?.startsWith(`${one.id}: `), 'it is not noticed');
  });

test('every invariant has a case', () => {
  const covered = new Set(CASES.flatMap(chosenBy));
  assert.equal(
    invariants.filter((one) => !covered.has(one)).map(({ id, says }) => `${id} ${says}`),
    [],
  );
});

test.run();
