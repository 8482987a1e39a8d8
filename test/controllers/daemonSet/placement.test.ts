/** controllers.md §3.2, §3.3 and §11.3 (rows 93 to 116): which nodes get a pod, and which pods go. */
import * as assert from 'uvu/assert';
import type { Pod } from '../../../src/api/index.js';
import { eligibilityOf, nodeConcerns, tolerationsOf } from '../../../src/controllers/daemonSet/nodes.js';
import { podMaker } from '../../../src/controllers/daemonSet/pods.js';
import { reconcile } from '../../../src/controllers/daemonSet/reconcile.js';
import { statusAfter } from '../../../src/controllers/daemonSet/status.js';
import { suite } from '../../support/suite.js';
import { daemon, daemons, daemonSet, node, nodes, observed, sync } from './objects.js';

const test = suite('daemonSet: placement');
const selecting = daemonSet({ podSpec: { nodeSelector: { disk: 'ssd' } } });
const taint = (key: string, effect: string) => ({ taints: [{ key, effect }] });

test('row 93: one pod for each of 5 nodes', () => {
  assert.equal(sync(daemonSet(), nodes(5), []), [5, 0]);
});
test('rows 97, 98, 99: readiness, resources and host ports of a node do not matter', () => {
  const notReady = { ...node('n0'), status: { conditions: [{ type: 'Ready', status: 'False' }] } } as never;
  assert.equal(sync(daemonSet(), [notReady], []), [1, 0]);
  const containers = [
    {
      name: 'web',
      image: 'web:1',
      ports: [{ containerPort: 666, hostPort: 666 }],
      resources: { requests: { cpu: '99', memory: '99Ti' } },
    },
  ];
  const greedy = daemonSet({ podSpec: { containers } });
  assert.equal(sync(greedy, nodes(1), []), [1, 0]);
  assert.equal(sync(greedy, nodes(1), daemons(1, 'n0')), [0, 0]);
});
test('row 101: surplus pods go, the oldest of a node stays; the same with maxSurge 1', () => {
  const pods = [...daemons(1, 'n1'), ...daemons(2, 'n2'), ...daemons(5, 'n3')];
  assert.equal(sync(daemonSet(), nodes(5), pods), [2, 5]);
  assert.equal(sync(daemonSet({ maxSurge: 1, maxUnavailable: 0 }), nodes(5), pods), [2, 5]);
});
test('DS-23: bound pods stay before unbound ones, older before younger, then by name', () => {
  const unbound = daemon('', { ageSeconds: 90 });
  const target = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n0'] }] }],
    },
  };
  const waiting = { ...unbound, spec: { ...unbound.spec, affinity: { nodeAffinity: target } } } as never;
  const [old, young, twin] = [
    daemon('n0', { ageSeconds: 60 }),
    daemon('n0', { ageSeconds: 30 }),
    daemon('n0', { ageSeconds: 30 }),
  ];
  const { unwanted } = reconcile(observed(daemonSet(), nodes(1), [twin, waiting, young, old])).seen;
  assert.equal(
    unwanted,
    [young, twin, waiting].map((pod) => (pod as typeof young).metadata.name),
  );
});
test('row 102: nodes that the nodeSelector leaves out lose their pods', () => {
  const all = [...nodes(5), ...nodes(5, { disk: 'ssd' }, 5)];
  assert.equal(sync(selecting, all, [...daemons(3, 'n1'), daemon('n4')]), [5, 4]);
  const many = [1, 3, 4].flatMap((count, index) => daemons(count, `n${index}`));
  assert.equal(sync(selecting, all, [...many, ...daemons(13, 'n6'), daemon('n9')]), [3, 20]);
  assert.equal(sync(selecting, [...nodes(4), ...nodes(3, { disk: 'ssd' }, 4)], []), [3, 0]);
  assert.equal(sync(selecting, nodes(4), []), [0, 0]);
});
test('rows 103, 104: a node name in the template chooses that node, if the selector agrees', () => {
  const named = (nodeName: string, more: object = {}) => daemonSet({ podSpec: { nodeName, ...more } });
  assert.equal(sync(named('n0'), nodes(5), []), [1, 0]);
  assert.equal(sync(named('n10'), nodes(5), []), [0, 0]);
  const mixed = [...nodes(4), ...nodes(3, { disk: 'ssd' }, 4)];
  assert.equal(sync(named('n0', { nodeSelector: { disk: 'ssd' } }), mixed, []), [0, 0]);
  assert.equal(sync(named('n6', { nodeSelector: { disk: 'ssd' } }), mixed, []), [1, 0]);
});
test('row 105: required node affinity chooses nodes', () => {
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'color', operator: 'In', values: ['red'] }] }],
      },
    },
  };
  const all = [...nodes(4), ...nodes(3, { color: 'red' }, 4)];
  assert.equal(sync(daemonSet({ podSpec: { affinity } }), all, []), [3, 0]);
});
test('row 106: a failed pod goes, its replacement comes in the next sync; surplus pods go with it', () => {
  const failed = () => daemon('n0', { phase: 'Failed' });
  assert.equal(sync(daemonSet(), nodes(1), daemons(1, 'n0')), [0, 0]);
  const { seen, failed: killed } = reconcile(observed(daemonSet(), nodes(1), [failed()]));
  assert.equal([seen.vacant.length, seen.unwanted.length, killed.length], [0, 1, 1]);
  assert.equal(sync(daemonSet(), nodes(1), [failed(), ...daemons(3, 'n0')]), [0, 3]);
});
test('row 107: within its back-off a failed pod stays, and the controller looks again after the delay', () => {
  const failed = [daemon('n0', { phase: 'Failed' })];
  const backOff = () => ({ isBackingOff: true, delayMs: 4_000 });
  const { seen } = reconcile(observed(daemonSet(), nodes(1), failed, { backOff }));
  assert.equal([seen.vacant, seen.unwanted, seen.failedPodBackOffMs], [[], [], 4_000]);
  // Of two at once on a node the second waits for the delay that the first one sets.
  const two = reconcile(observed(daemonSet(), nodes(1), daemons(2, 'n0', { phase: 'Failed' }))).seen;
  assert.equal([two.unwanted.length, two.failed, two.failedPodBackOffMs], [1, ['0/n0'], 1_000]);
});
test('DS-22: a pod that has succeeded goes, too', () => {
  const done = reconcile(observed(daemonSet(), nodes(1), [daemon('n0', { phase: 'Succeeded' })]));
  assert.equal([done.seen.unwanted.length, done.succeeded.length, done.failed.length], [1, 1, 0]);
});
test('rows 108, 109: NoSchedule keeps what runs, NoExecute does not; taints of every daemon pod matter to none', () => {
  const tainted = (key: string, effect: string) => [node('n0', {}, taint(key, effect))];
  assert.equal(sync(daemonSet(), tainted('a', 'NoSchedule'), daemons(1, 'n0')), [0, 0]);
  assert.equal(sync(daemonSet(), tainted('a', 'NoSchedule'), []), [0, 0]);
  assert.equal(sync(daemonSet(), tainted('a', 'NoExecute'), daemons(1, 'n0')), [0, 1]);
  assert.equal(sync(daemonSet(), tainted('a', 'PreferNoSchedule'), []), [1, 0]);
  for (const [name, effect] of [
    ['not-ready', 'NoExecute'],
    ['unreachable', 'NoExecute'],
    ['disk-pressure', 'NoSchedule'],
    ['memory-pressure', 'NoSchedule'],
    ['pid-pressure', 'NoSchedule'],
    ['unschedulable', 'NoSchedule'],
  ] as const)
    assert.equal(sync(daemonSet(), tainted(`node.kubernetes.io/${name}`, effect), []), [1, 0], name);
  const network = tainted('node.kubernetes.io/network-unavailable', 'NoSchedule');
  assert.equal(sync(daemonSet(), network, []), [0, 0]);
  assert.equal(sync(daemonSet({ podSpec: { hostNetwork: true } }), network, []), [1, 0]);
});
test('DS-17: a toleration that differs only by its seconds is replaced, another stays', () => {
  const key = 'node.kubernetes.io/not-ready';
  const tolerations = [
    { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
    { key, operator: 'Equal', value: 'x', effect: 'NoExecute', tolerationSeconds: 5 },
  ];
  const all = tolerationsOf(daemonSet({ podSpec: { tolerations } }).spec.template);
  assert.is(all.length, 7);
  assert.equal(all.slice(0, 2), [{ key, operator: 'Exists', effect: 'NoExecute' }, tolerations[1]]);
});
test('row 110: a pod on its way out keeps its place until it is gone; without maxSurge 0 it does not', () => {
  const leaving = [daemon('n0', { isTerminating: true })];
  assert.equal(sync(daemonSet(), nodes(1), leaving), [0, 0]);
  assert.equal(sync(daemonSet({ maxSurge: 1, maxUnavailable: 0 }), nodes(1), leaving), [1, 0]);
  // What has ended and is being deleted is as good as gone (DS-21).
  const ended = [daemon('n0', { isTerminating: true, phase: 'Failed' })];
  assert.equal(sync(daemonSet(), nodes(1), ended), [1, 0]);
});
test('row 111: which nodes should run the pod and which may keep it', () => {
  const cases: readonly [string, object, ReturnType<typeof node>, boolean, boolean][] = [
    ['plain', {}, node('n0'), true, true],
    ['another node name', { nodeName: 'other' }, node('n0'), false, false],
    ['selector mismatch', { nodeSelector: { a: 'b' } }, node('n0'), false, false],
    ['unschedulable', {}, node('n0', {}, { unschedulable: true }), true, true],
    ['tainted', {}, node('n0', {}, taint('a', 'NoSchedule')), false, true],
  ];
  for (const [name, podSpec, one, shouldRun, shouldContinue] of cases)
    assert.equal(eligibilityOf(daemonSet({ podSpec }), one), { shouldRun, shouldContinue }, name);
});
test('row 112: which changes of a node wake a DaemonSet', () => {
  const ssd = node('n0', { disk: 'ssd' });
  assert.is(nodeConcerns(selecting, ssd, false), true);
  assert.is(nodeConcerns(selecting, ssd, true), false);
  assert.is(nodeConcerns(selecting, node('n0'), true), true);
  assert.is(nodeConcerns(selecting, node('n0'), false), false);
  const misscheduled = daemonSet({ status: { numberMisscheduled: 1 } });
  assert.is(nodeConcerns(misscheduled, node('n0'), true), true);
});
test('row 113: an unbound pod of a node that is gone goes, a bound one is left to the pod collector', () => {
  const maker = podMaker(daemonSet(), 'h')('gone');
  const unbound = { ...daemon(''), spec: maker['spec'] } as ReturnType<typeof daemon>;
  const { seen } = reconcile(observed(daemonSet(), [], [unbound, daemon('gone')]));
  assert.equal(seen.unwanted, [unbound.metadata.name]);
});
const surging = (minReadySeconds = 0) => daemonSet({ maxSurge: 1, maxUnavailable: 0, minReadySeconds });
/** A pod with the current hash, and one with the old: `ageSeconds` old, ready for so long; undefined: not ready. */
const fresh = (readyForSeconds?: number, nodeName = 'n1') =>
  daemon(nodeName, { ageSeconds: 0, ...(readyForSeconds !== undefined && { readyForSeconds }) });
const stale = (
  ageSeconds: number,
  isReady: boolean,
  more: Parameters<typeof daemon>[1] = {},
  nodeName = 'n1',
) => daemon(nodeName, { revision: 'old', ageSeconds, ...(isReady && { readyForSeconds: 60 }), ...more });
const placed = (pods: readonly Pod[], owner = surging()) => {
  const { vacant, unwanted, surges } = reconcile(observed(owner, nodes(5), pods)).seen;
  return { created: [...vacant], deleted: [...unwanted], surges: surges.length };
};
const names = (...pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);

test('row 114: with maxSurge the oldest ready old pod stays until the new one is available', () => {
  const [oldest, younger] = [stale(50, true), stale(40, true)];
  assert.equal(placed([fresh(), oldest, younger, daemon('n2')]), {
    created: ['n0', 'n3', 'n4'],
    deleted: names(younger),
    surges: 0,
  });
  const ready = ['n1', 'n2', 'n3'].map((name) => stale(50, true, {}, name));
  const leaving = stale(50, true, { isTerminating: true }, 'n4');
  // The node whose pod leaves gets its new one at once, above the surge that n0 uses up.
  assert.equal(placed([fresh(undefined, 'n0'), stale(50, true, {}, 'n0'), ...ready, leaving]), {
    created: ['n4'],
    deleted: [],
    surges: 0,
  });
});
test('row 115: with maxSurge an old pod that is not ready does not wait for the new one', () => {
  const [unready, ready] = [stale(50, false), stale(40, true)];
  const { created, deleted } = placed([fresh(), unready, ready, daemon('n2')]);
  assert.equal([created, [...deleted].sort()], [['n0', 'n3', 'n4'], names(unready, ready).sort()]);
});
test('row 116: with minReadySeconds 15 old pods go 20 s after the new one is ready, and not after 10 s', () => {
  const [older, younger] = [stale(20, true), stale(10, true)];
  const after = (seconds: number) => placed([fresh(seconds), older, younger, daemon('n2')], surging(15));
  assert.equal(
    [after(20).created, [...after(20).deleted].sort()],
    [['n0', 'n3', 'n4'], names(older, younger).sort()],
  );
  assert.equal([after(10).created, after(10).deleted], [['n0', 'n3', 'n4'], names(younger)]);
});
test('DS-27: a new pod carries hash, generation and tolerations, and is meant for its node alone', () => {
  const owner = daemonSet({
    podSpec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [] }] },
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }],
        },
      },
    },
  });
  const annotated = {
    ...owner,
    metadata: { ...owner.metadata, annotations: { 'deprecated.daemonset.template.generation': '3' } },
  };
  const made = podMaker(annotated, 'h')('n7') as unknown as ReturnType<typeof daemon>;
  assert.equal(made.metadata.labels, {
    app: 'web',
    'controller-revision-hash': 'h',
    'pod-template-generation': '3',
  });
  assert.equal(made.spec.affinity?.nodeAffinity, {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n7'] }] }],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }],
  });
  assert.is(made.spec.nodeName, undefined);
  assert.is(made.spec.tolerations?.length, 6);
});
test('DS-50 to DS-55: the status counts nodes, by the first pod of each; and is not written twice', () => {
  const all = [...nodes(3), node('n3', {}, taint('a', 'NoSchedule'))];
  const pods = [
    daemon('n0', { readyForSeconds: 60, ageSeconds: 9 }),
    daemon('n0', { revision: 'old', ageSeconds: 5 }),
    daemon('n1', { revision: 'old', readyForSeconds: 5 }),
    daemon('n3', { readyForSeconds: 60 }),
  ];
  const owner = daemonSet({ minReadySeconds: 30 });
  const status = statusAfter(observed(owner, all, pods), owner.status, true);
  assert.equal(status, {
    currentNumberScheduled: 2,
    numberMisscheduled: 1,
    desiredNumberScheduled: 3,
    numberReady: 2,
    observedGeneration: 1,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
    numberUnavailable: 2,
  });
  assert.is(status && statusAfter(observed(owner, all, pods), status, true), undefined);
  // DS-20: until what was asked for has been seen, the generation is not said to be observed.
  assert.is(statusAfter(observed(owner, all, pods), owner.status, false)?.observedGeneration, undefined);
});

test.run();
