/** api.md §3.3 and §8.1 (admission), node.md §8.2 (quality of service): what a new pod gets from the server. */
import * as assert from 'uvu/assert';
import { admitPod, applyDefaults, decode, qosClass, type Pod } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: admission');

const podOf = (spec: object): Pod =>
  applyDefaults(
    'Pod',
    decode('Pod', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x:1' }], ...spec } })
      .value,
  );
const lost = (name: string) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

test('row 25: tolerations of 300 s, service account, priority 0 and preemption, in declared order', () => {
  const { spec, status } = admitPod(podOf({ nodeSelector: { a: 'b' } }));
  assert.equal(Object.keys(spec), [
    'containers',
    'restartPolicy',
    'terminationGracePeriodSeconds',
    'dnsPolicy',
    'nodeSelector',
    'serviceAccountName',
    'serviceAccount',
    'securityContext',
    'schedulerName',
    'tolerations',
    'priority',
    'enableServiceLinks',
    'preemptionPolicy',
  ]);
  assert.equal([spec.serviceAccountName, spec.serviceAccount, spec.priority], ['default', 'default', 0]);
  assert.equal(spec.tolerations, [lost('not-ready'), lost('unreachable')]);
  assert.equal(status, { phase: 'Pending', qosClass: 'BestEffort' });
});

test('a toleration of its own stands for the default one; what is given stays', () => {
  const own = {
    key: 'node.kubernetes.io/unreachable',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 5,
  };
  const { spec } = admitPod(podOf({ tolerations: [own], serviceAccountName: 'robot', priority: 7 }));
  assert.equal(spec.tolerations, [own, lost('not-ready')]);
  assert.equal([spec.serviceAccountName, spec.priority], ['robot', 7]);
  const everything = [{ operator: 'Exists' }];
  assert.equal(admitPod(podOf({ tolerations: everything })).spec.tolerations, everything);
});

test('a status that the user sent is replaced', () => {
  const sent = { ...podOf({}), status: { phase: 'Running', podIP: '1.2.3.4' } };
  assert.equal(admitPod(sent).status, { phase: 'Pending', qosClass: 'BestEffort' });
});

test('scheduling gates: PodScheduled is False because of SchedulingGated', () => {
  const { status } = admitPod(
    podOf({ schedulingGates: [{ name: 'example.com/wait' }] }),
    Date.UTC(2026, 0, 1),
  );
  assert.equal(status.conditions, [
    {
      type: 'PodScheduled',
      status: 'False',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ]);
});

test('node.md §8.2: quality of service', () => {
  const qosOf = (...resources: object[]) =>
    qosClass(
      podOf({
        containers: resources.map((each, index) => ({ name: `c${index}`, image: 'i', resources: each })),
      }).spec,
    );
  const full = { limits: { cpu: '100m', memory: '1Mi' } };
  assert.is(qosOf({}), 'BestEffort');
  assert.is(qosOf({ requests: { cpu: '0' } }), 'BestEffort', 'zero is nothing');
  assert.is(qosOf({ requests: { 'ephemeral-storage': '1Gi' } }), 'BestEffort', 'only cpu and memory count');
  assert.is(qosOf(full), 'Guaranteed', 'requests are the limits');
  assert.is(qosOf(full, full, full), 'Guaranteed', 'sums of fractions are exact');
  assert.is(qosOf(full, {}), 'Burstable', 'one container without limits');
  assert.is(qosOf({ limits: { cpu: '1' } }), 'Burstable', 'memory is missing');
  assert.is(qosOf({ ...full, requests: { cpu: '50m' } }), 'Burstable');
});

test.run();
