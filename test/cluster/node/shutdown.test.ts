/** A node that is switched off (node.md 5.9). */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { withNodes } from './rig.js';

const test = suite('cluster: graceful shutdown of a node');

const images = { 'slow:1': { terminatesAfter: '8s' }, 'deaf:1': { ignoresSigterm: true } };
const nodes = [
  { name: 'n1', shutdownGracePeriod: '30s', shutdownGracePeriodCriticalPods: '10s' },
  { name: 'n2' },
];
const here = { nodeName: 'n1' };
const critical = { ...here, priorityClassName: 'system-node-critical' };
const MESSAGE = 'Pod was terminated in response to imminent node shutdown.';

test('regular pods end first, then critical ones; both Failed, Terminated, with DisruptionTarget; then it is off', async () => {
  await withNodes({ nodes, images }, async (rig) => {
    await rig.run('regular', 'slow:1', here);
    await rig.run('critical', 'slow:1', critical);
    await rig.at(5);
    rig.cluster.faults.node('n1').shutDown();
    await rig.at(5);
    assert.equal(rig.trouble('n1'), ['Ready False']);
    const ready = rig.cluster.get('Node', 'n1')?.status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal([ready?.reason, ready?.message], ['KubeletNotReady', 'node is shutting down']);
    assert.ok(rig.taints('n1').includes('node.kubernetes.io/not-ready:NoSchedule'));
    assert.equal(rig.messages('n1', 'Shutdown'), ['Shutdown manager detected shutdown event']);
    await rig.at(12.999);
    assert.equal([rig.phase('regular'), rig.phase('critical')], ['Running', 'Running']);
    assert.is(rig.condition('regular', 'DisruptionTarget'), 'absent', 'held back like the phase');
    await rig.at(13);
    assert.equal([rig.phase('regular'), rig.phase('critical')], ['Failed Terminated', 'Running']);
    await rig.at(21);
    for (const name of ['regular', 'critical']) {
      assert.is(rig.phase(name), 'Failed Terminated');
      assert.is(rig.pod(name)?.status.message, MESSAGE);
      assert.is(rig.condition(name, 'DisruptionTarget'), 'True TerminationByKubelet');
      assert.is(rig.condition(name, 'Ready'), 'False PodFailed');
    }
    assert.equal(
      rig.events('regular').filter((event) => event.endsWith('Killing')),
      ['00:00:05 Killing'],
    );
    assert.equal(
      rig.events('critical').filter((event) => event.endsWith('Killing')),
      ['00:00:13 Killing'],
    );

    // Off: no heartbeat any more.
    const renewed = (): unknown => rig.cluster.get('Lease', 'n1', 'kube-node-lease')?.spec?.renewTime;
    const last = renewed();
    await rig.at(60);
    assert.is(renewed(), last);
    rig.cluster.faults.node('n1').recover();
    await rig.at(70);
    assert.equal([rig.trouble('n1'), rig.taints('n1')], [[], []]);
    assert.is(rig.phase('regular'), 'Failed Terminated');
    const bootId = rig.cluster.get('Node', 'n1')?.status?.nodeInfo?.bootID;
    assert.equal(rig.messages('n1', 'Rebooted'), [`Node n1 has been rebooted, boot id: ${bootId}`]);
  });
});

test('a pod gets the shorter of its own grace period and that of its group', async () => {
  await withNodes({ nodes, images }, async (rig) => {
    await rig.run('short', 'deaf:1', { ...here, terminationGracePeriodSeconds: 3 });
    await rig.run('long', 'deaf:1', { ...here, terminationGracePeriodSeconds: 600 });
    await rig.run('critical', 'slow:1', critical);
    await rig.at(5);
    rig.cluster.faults.node('n1').shutDown();
    await rig.at(8);
    assert.equal([rig.phase('short'), rig.phase('long')], ['Failed Terminated', 'Running']);
    await rig.at(24.999);
    assert.is(rig.phase('long'), 'Running');
    // 20 s are for regular pods: SIGKILL, and the turn of the critical ones.
    await rig.at(25);
    assert.equal([rig.phase('long'), rig.phase('critical')], ['Failed Terminated', 'Running']);
    await rig.at(33);
    assert.is(rig.phase('critical'), 'Failed Terminated');
  });
});

test('a pod that comes while the node goes is refused: NodeShutdown', async () => {
  await withNodes({ nodes, images }, async (rig) => {
    await rig.run('slow', 'slow:1', here);
    await rig.at(5);
    rig.cluster.faults.node('n1').shutDown();
    await rig.run('late', 'slow:1', { ...here, tolerations: [{ operator: 'Exists' }] });
    assert.is(rig.phase('late'), 'Failed NodeShutdown');
    assert.is(
      rig.pod('late')?.status.message,
      'Pod was rejected: Pod was rejected as the node is shutting down.',
    );
    assert.equal(rig.messages('late', 'NodeShutdown'), ['Pod was rejected as the node is shutting down.']);
  });
});

test('pods of a Deployment are replaced elsewhere as soon as the first have failed', async () => {
  await withNodes({ nodes, images }, async (rig) => {
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'slow:1' }] } };
    await rig.cluster.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template },
    });
    await rig.at(5);
    rig.cluster.faults.node('n1').shutDown();
    await rig.at(13);
    const running = rig.cluster.list('Pod', 'default').filter(({ status }) => status.phase === 'Running');
    assert.equal(
      running.map(({ spec }) => spec.nodeName),
      ['n2', 'n2'],
    );
  });
});

test('without a grace period the node is gone at once, and nobody told its pods', async () => {
  await withNodes({ nodes: ['n1', 'n2'].map((name) => ({ name })), images }, async (rig) => {
    await rig.run('a', 'slow:1', here);
    await rig.at(5);
    rig.cluster.faults.node('n1').shutDown();
    await rig.at(30);
    assert.equal([rig.phase('a'), rig.trouble('n1')], ['Running', []]);
    await rig.at(60);
    assert.ok(rig.trouble('n1').includes('Ready Unknown'));
  });
});

test.run();
