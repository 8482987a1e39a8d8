import * as assert from 'uvu/assert';
import type { Node, Pod } from '../../src/api/index.js';
import { needsFreshNode, refusal, type AdmissionFacts } from '../../src/node/admission.js';
import { suite } from '../support/suite.js';

const test = suite('node: admission');

const node = (spec: object = {}): Node =>
  ({
    metadata: { name: 'n1', labels: { 'kubernetes.io/os': 'linux' } },
    spec,
    status: {},
  }) as unknown as Node;
const pod = (spec: object = {}, uid = 'a'): Pod =>
  ({
    metadata: { name: uid, uid },
    spec: { containers: [{ name: 'app' }], ...spec },
    status: {},
  }) as unknown as Pod;
const requests = (amounts: object): object => ({
  containers: [{ name: 'app', resources: { requests: amounts } }],
});
const facts = (
  more: Partial<Pick<AdmissionFacts, 'node' | 'allocatable'>> & { readonly others?: readonly Pod[] } = {},
): AdmissionFacts => {
  const { others = [] } = more;
  return {
    node: node(),
    allocatable: { cpu: '2', memory: '1Gi', pods: '3' },
    ...more,
    podsAtMost: others.length,
    others: () => others,
  };
};

test('only NoExecute taints keep a pod off that is bound already; a toleration lets it in (5.8)', () => {
  const tainted = (effect: string): AdmissionFacts =>
    facts({ node: node({ taints: [{ key: 'broken', effect }], unschedulable: true }) });
  assert.is(refusal(pod(), tainted('NoSchedule')), undefined);
  assert.equal(refusal(pod(), tainted('NoExecute')), {
    reason: 'TaintToleration',
    message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
  });
  const tolerant = pod({ tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] });
  assert.is(refusal(tolerant, tainted('NoExecute')), undefined);
});

test('a pod for another node: NodeName', () => {
  assert.equal(refusal(pod({ nodeName: 'n2' }), facts()), {
    reason: 'NodeName',
    message: "Predicate NodeName failed: node(s) didn't match the requested node name",
  });
});

test('resources come before the place; of several that are missing the first is told', () => {
  const wanted = pod({ ...requests({ cpu: '3', memory: '2Gi' }), nodeName: 'n2' });
  assert.is(refusal(wanted, facts())?.reason, 'OutOfcpu');
  const others = [pod({}, 'b'), pod({}, 'c'), pod({}, 'd')];
  assert.is(refusal(wanted, facts({ others }))?.reason, 'OutOfpods');
});

test('resources of other kinds: OutOf and their name', () => {
  const used = pod(requests({ 'example.com/gpu': '1' }), 'b');
  const allocatable = { cpu: '2', memory: '1Gi', pods: '3', 'example.com/gpu': '1' };
  assert.equal(refusal(pod(requests({ 'example.com/gpu': '1' })), facts({ others: [used], allocatable })), {
    reason: 'OutOfexample.com/gpu',
    message: "Node didn't have enough resource: example.com/gpu, requested: 1, used: 1, capacity: 1",
  });
});

test('what somebody has advertised counts; of what nobody has, the node says nothing (5.8)', () => {
  const wanted = pod(requests({ 'example.com/dongle': '2' }));
  const advertised = (amount: string): AdmissionFacts =>
    facts({ node: { ...node(), status: { allocatable: { 'example.com/dongle': amount } } } as never });
  assert.is(refusal(wanted, advertised('2')), undefined);
  assert.is(refusal(wanted, advertised('1'))?.reason, 'OutOfexample.com/dongle');
  assert.is(refusal(wanted, facts()), undefined);
  assert.is(refusal(pod(requests({ 'hugepages-2Mi': '2Mi' })), facts())?.reason, 'OutOfhugepages-2Mi');
});

test('the peak of init containers counts, and sidecars beside the others', () => {
  const peak = { initContainers: [{ name: 'i', resources: { requests: { cpu: '3' } } }] };
  assert.is(refusal(pod(peak), facts())?.reason, 'OutOfcpu');
  const beside = {
    ...requests({ cpu: '1500m' }),
    initContainers: [{ name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '600m' } } }],
  };
  assert.match(refusal(pod(beside), facts())?.message ?? '', /requested: 2100, used: 0, capacity: 2000/);
});

test('the node is asked for anew only where a label or a taint may decide', () => {
  assert.is(needsFreshNode(pod(), node()), false);
  assert.is(needsFreshNode(pod({ nodeSelector: {} }), node()), true);
  assert.is(needsFreshNode(pod(), node({ taints: [{ key: 'a', effect: 'NoExecute' }] })), true);
});

test.run();
