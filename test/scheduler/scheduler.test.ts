import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/index.js';
import {
  createPlane,
  overriding,
  podManifest,
  replicaSetManifest,
  type Plane,
  type PlaneOptions,
} from '../controllers/plane.js';
import { suite } from '../support/suite.js';

const test = suite('scheduler: on the API');
const plane = (options: PlaneOptions = {}): Plane => createPlane({ hasScheduler: true, ...options });
const addNode = (p: Plane, name: string, allocatable: object = {}, spec: object = {}): void => {
  p.create('Node', { metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec });
  p.patch(
    'Node',
    name,
    { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } } },
    'status',
  );
};
const asking = (cpu: string): object => ({
  containers: [{ name: 'c', image: 'c', resources: { requests: { cpu } } }],
});
const addPod = (p: Plane, name: string, spec: object = {}): Pod =>
  p.create('Pod', podManifest(name, { app: name }, spec));
const nodeOf = (p: Plane, name: string): string | undefined => p.get('Pod', name).spec.nodeName;
const scheduledOf = (p: Plane, name: string) =>
  p.get('Pod', name).status.conditions?.find(({ type }) => type === 'PodScheduled');

test('binds a pod, says so, and sets PodScheduled (SC-31)', () => {
  const p = plane();
  addNode(p, 'n1');
  addPod(p, 'web');
  assert.is(nodeOf(p, 'web'), 'n1');
  assert.is(scheduledOf(p, 'web')?.status, 'True');
  assert.equal(p.events(), ['Scheduled Successfully assigned default/web to n1']);
  assert.is(p.host.actorCount, 0);
  p.stop();
});
test('without nodes a pod waits, with message and condition, and is bound when one comes', () => {
  const p = plane();
  addPod(p, 'web');
  assert.equal(p.events(), ['FailedScheduling no nodes available to schedule pods']);
  const waiting = scheduledOf(p, 'web');
  assert.equal(
    [waiting?.status, waiting?.reason, waiting?.message],
    ['False', 'Unschedulable', 'no nodes available to schedule pods'],
  );
  assert.is(p.get('Pod', 'web').status.phase, 'Pending');
  p.advance(60_000);
  assert.is(p.events('FailedScheduling').length, 1);
  addNode(p, 'n1');
  assert.is(nodeOf(p, 'web'), 'n1');
  p.stop();
});
test('SC-10: pods spread over the least loaded nodes, each cycle seeing those before', () => {
  const p = plane();
  for (const name of ['n1', 'n2', 'n3']) addNode(p, name);
  p.create(
    'ReplicaSet',
    replicaSetManifest('web', 6, {
      template: { metadata: { labels: { app: 'web' } }, spec: asking('500m') },
    }),
  );
  const counts = new Map<string, number>();
  for (const { spec } of p.list('Pod'))
    counts.set(spec.nodeName ?? '', (counts.get(spec.nodeName ?? '') ?? 0) + 1);
  assert.equal([...counts.values()], [2, 2, 2]);
  p.stop();
});
test('a full node keeps pods waiting until one of its pods goes', () => {
  const p = plane();
  addNode(p, 'n1', { cpu: '1' });
  addPod(p, 'first', asking('800m'));
  addPod(p, 'second', asking('800m'));
  assert.is(nodeOf(p, 'second'), undefined);
  assert.match(
    p.events('FailedScheduling')[0] ?? '',
    /^FailedScheduling 0\/1 nodes are available: 1 Insufficient cpu\. /,
  );
  p.remove('Pod', 'first', { gracePeriodSeconds: 0 });
  p.advance(1000);
  assert.is(nodeOf(p, 'second'), 'n1');
  p.stop();
});
test('SC-15: a pod that has ended frees its node', () => {
  const p = plane();
  addNode(p, 'n1', { cpu: '1' });
  addPod(p, 'first', asking('800m'));
  addPod(p, 'second', asking('800m'));
  p.patch('Pod', 'first', { status: { phase: 'Succeeded' } }, 'status');
  p.advance(1000);
  assert.is(nodeOf(p, 'second'), 'n1');
  p.stop();
});
test('a cordoned node takes pods once it is uncordoned; a heartbeat is no reason to try again', () => {
  const p = plane();
  addNode(p, 'n1', {}, { unschedulable: true });
  addPod(p, 'web');
  assert.match(
    scheduledOf(p, 'web')?.message ?? '',
    /^0\/1 nodes are available: 1 node\(s\) were unschedulable\. /,
  );
  p.patch('Node', 'n1', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, 'status');
  p.advance(10_000);
  assert.is(p.events('FailedScheduling').length, 1);
  p.patch('Node', 'n1', { spec: { unschedulable: null } });
  assert.is(nodeOf(p, 'web'), 'n1');
  p.stop();
});
test('SC-3: a pod that a taint keeps waiting is tried again when it is made to tolerate it', () => {
  const p = plane();
  addNode(p, 'n1', {}, { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] });
  addPod(p, 'web');
  p.advance(10_000);
  const { tolerations = [] } = p.get('Pod', 'web').spec;
  p.patch('Pod', 'web', { spec: { tolerations: [...tolerations, { key: 'a', operator: 'Exists' }] } });
  assert.is(nodeOf(p, 'web'), 'n1');
  assert.is(p.events('FailedScheduling').length, 1);
  p.stop();
});
test('SC-1, SC-2: of waiting pods the one with the highest priority goes first, if their back-offs end together', () => {
  const first = (betweenMs: number): string | undefined => {
    const p = plane();
    addNode(p, 'n1', { cpu: '0' });
    p.advance(500);
    addPod(p, 'low', asking('800m'));
    p.advance(betweenMs);
    addPod(p, 'high', { ...asking('800m'), priority: 10 });
    p.patch('Node', 'n1', { status: { allocatable: { cpu: '1' } } }, 'status');
    const placed = ['low', 'high'].filter((name) => nodeOf(p, name) === 'n1');
    p.stop();
    return placed.join();
  };
  assert.is(first(0), 'high');
  assert.is(first(400), 'high');
  assert.is(first(600), 'low');
});
test('SC-4: scheduling gates hold a pod back; other schedulers have their own pods', () => {
  const p = plane();
  addNode(p, 'n1');
  addPod(p, 'gated', { schedulingGates: [{ name: 'example.com/wait' }] });
  addPod(p, 'theirs', { schedulerName: 'their-scheduler' });
  assert.is(scheduledOf(p, 'gated')?.reason, 'SchedulingGated');
  assert.equal([nodeOf(p, 'gated'), nodeOf(p, 'theirs')], [undefined, undefined]);
  p.patch('Pod', 'gated', { spec: { schedulingGates: null } });
  assert.is(nodeOf(p, 'gated'), 'n1');
  assert.is(nodeOf(p, 'theirs'), undefined);
  p.stop();
});
test('a pod that is deleted while it waits is forgotten', () => {
  const p = plane();
  addPod(p, 'web');
  p.remove('Pod', 'web');
  addNode(p, 'n1');
  assert.equal(p.list('Pod'), []);
  assert.is(p.host.actorCount, 0);
  p.stop();
});
test('a binding that fails is reported, frees the room, and is tried again after 1 s', () => {
  let failures = 1;
  const p = plane({
    intercept: (api) =>
      overriding(api, {
        bind: (pod, nodeName) => {
          failures -= 1;
          return failures >= 0 ? api.bind({ ...pod, uid: 'another' }, nodeName) : api.bind(pod, nodeName);
        },
      }),
  });
  addNode(p, 'n1', { cpu: '1' });
  addPod(p, 'web', asking('800m'));
  assert.is(nodeOf(p, 'web'), undefined);
  assert.is(scheduledOf(p, 'web')?.reason, 'SchedulerError');
  p.advance(999);
  assert.is(nodeOf(p, 'web'), undefined);
  p.advance(1);
  assert.is(nodeOf(p, 'web'), 'n1');
  p.stop();
});
test('two runs with one seed place the pods alike; another seed may not', () => {
  const run = (seed: number): string => {
    const p = plane({ seed });
    for (const name of ['n1', 'n2', 'n3', 'n4']) addNode(p, name);
    for (let index = 0; index < 8; index += 1) addPod(p, `p${index}`);
    const placed = p
      .list('Pod')
      .map(({ spec }) => spec.nodeName)
      .join(',');
    p.stop();
    return placed;
  };
  assert.is(run(3), run(3));
  assert.ok(new Set([1, 2, 3, 4, 5].map(run)).size > 1);
});

/** Near, or far from, pods with the label `app` of this value, on one host. */
const beside = (kind: 'podAffinity' | 'podAntiAffinity', app: string, more: object = {}): object => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname', ...more },
      ],
    },
  },
});
test('SC-3, SC-18: a pod that wants another near waits until that one is placed', () => {
  const p = plane();
  addNode(p, 'n1');
  addNode(p, 'n2');
  addPod(p, 'cache', beside('podAffinity', 'web'));
  p.advance(10_000);
  assert.is(nodeOf(p, 'cache'), undefined);
  addPod(p, 'web');
  assert.is(nodeOf(p, 'cache'), nodeOf(p, 'web'));
  assert.is(p.events('FailedScheduling').length, 1);
  p.stop();
});
test('SC-3, SC-18: labels of a pod that is there, and of its namespace, are looked at when they change', () => {
  const p = plane();
  addNode(p, 'n1');
  addPod(p, 'web');
  addPod(p, 'db', beside('podAffinity', 'store'));
  const selector = { namespaceSelector: { matchLabels: { stage: 'prod' } } };
  addPod(p, 'far', beside('podAffinity', 'web', selector));
  p.advance(10_000);
  assert.equal([nodeOf(p, 'db'), nodeOf(p, 'far')], [undefined, undefined]);
  p.patch('Pod', 'web', { metadata: { labels: { app: 'store' } } });
  assert.is(nodeOf(p, 'db'), 'n1');
  p.patch('Pod', 'web', { metadata: { labels: { app: 'web' } } });
  assert.is(nodeOf(p, 'far'), undefined);
  p.patch('Namespace', 'default', { metadata: { labels: { stage: 'prod' } } });
  assert.is(nodeOf(p, 'far'), 'n1');
  p.stop();
});
test('SC-3, SC-18: so are the labels of the pod that waits', () => {
  const p = plane();
  addNode(p, 'n1');
  addPod(p, 'first', beside('podAffinity', 'team'));
  p.advance(10_000);
  assert.is(nodeOf(p, 'first'), undefined);
  p.patch('Pod', 'first', { metadata: { labels: { app: 'team' } } });
  assert.is(nodeOf(p, 'first'), 'n1');
  p.stop();
});
test('SC-3: what a pod has seen in its own cycle is no reason to try it again', () => {
  const p = plane();
  addNode(p, 'n1');
  addPod(p, 'waits', { nodeSelector: { no: 'where' } });
  // In one burst: the pod that it wants near is placed first, on a node that has no zone.
  p.host.enqueue(() => {
    addPod(p, 'web');
    addPod(p, 'late', beside('podAffinity', 'web', { topologyKey: 'zone' }));
  });
  p.host.drain();
  p.advance(60_000);
  assert.equal([nodeOf(p, 'web'), nodeOf(p, 'late')], ['n1', undefined]);
  const told = p.list('Event').filter(({ involvedObject }) => involvedObject.name === 'late');
  assert.equal(
    told.map(({ reason, count }) => [reason, count]),
    [['FailedScheduling', 1]],
  );
  p.patch('Node', 'n1', { metadata: { labels: { zone: 'west' } } });
  assert.is(nodeOf(p, 'late'), 'n1');
  p.stop();
});
test('SC-3, SC-18: replicas that keep apart take a node each; the one too many waits for a node, or for one of them to go', () => {
  const p = plane();
  addNode(p, 'n1');
  addNode(p, 'n2');
  const apart = beside('podAntiAffinity', 'web');
  for (const name of ['a', 'b', 'c', 'd']) p.create('Pod', podManifest(name, { app: 'web' }, apart));
  const nodes = () => ['a', 'b', 'c', 'd'].map((name) => nodeOf(p, name));
  assert.equal(nodes().slice(0, 2).toSorted(), ['n1', 'n2']);
  assert.is(
    scheduledOf(p, 'c')?.message,
    "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, " +
      'preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
  );
  p.advance(10_000);
  const attempts = () =>
    p
      .list('Event')
      .reduce((sum, { reason, count = 0 }) => sum + (reason === 'FailedScheduling' ? count : 0), 0);
  const before = attempts();
  addPod(p, 'stranger');
  p.advance(10_000);
  assert.is(attempts(), before, 'a stranger helps neither');
  addNode(p, 'n3');
  assert.is(nodes().filter((name) => name === 'n3').length, 1);
  p.advance(10_000);
  const waiting = ['c', 'd'].find((name) => nodeOf(p, name) === undefined) ?? '';
  p.patch('Pod', 'a', { status: { phase: 'Succeeded' } }, 'status');
  assert.is(nodeOf(p, waiting), nodeOf(p, 'a'));
  p.stop();
});
test('SC-3, SC-19: a pod that would be too many in its zone is placed when the other zone has caught up', () => {
  const p = plane();
  const zone = (name: string, value: string): void =>
    void p.patch('Node', name, { metadata: { labels: { zone: value } } });
  for (const [name, value] of [
    ['n1', 'west'],
    ['n2', 'east'],
  ] as const) {
    addNode(p, name, { cpu: '2' });
    zone(name, value);
  }
  addPod(p, 'large', { ...asking('2'), nodeSelector: { zone: 'east' } });
  const even = {
    ...asking('500m'),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ],
  };
  for (const name of ['a', 'b']) p.create('Pod', podManifest(name, { app: 'web' }, even));
  assert.equal([nodeOf(p, 'a'), nodeOf(p, 'b')], ['n1', undefined]);
  assert.match(
    scheduledOf(p, 'b')?.message ?? '',
    /1 Insufficient cpu, 1 node\(s\) didn't match pod topology spread constraints\./,
  );
  p.advance(10_000);
  p.create(
    'Pod',
    podManifest('elsewhere', { app: 'web' }, { ...asking('0'), nodeSelector: { zone: 'east' } }),
  );
  assert.equal([nodeOf(p, 'elsewhere'), nodeOf(p, 'b')], ['n2', 'n1']);
  p.stop();
});
test.run();
