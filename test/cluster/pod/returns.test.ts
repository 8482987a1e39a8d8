/** Pods of a node that lost power and came back (node.md 1.6, 2.2). */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { container, withPod, type PodRig } from './rig.js';

const test = suite('cluster: pods of a node that returns');

const images = { 'job:1': { exitsAfter: '5s' }, 'init:1': { exitsAfter: '2s' } };
const cutPower = async (rig: PodRig, fromSeconds: number, toSeconds: number): Promise<void> => {
  await rig.at(fromSeconds);
  rig.cluster.faults.node('node-1').fail();
  await rig.at(toSeconds);
  rig.cluster.faults.node('node-1').recover();
  await rig.at(toSeconds + 0.1);
};

test('a container that ran is started again: counted, its end unknown, in a new sandbox; it began when it did (rows 80, 92, 124)', async () => {
  await withPod({ containers: [container('app', 'app:1')] }, {}, async (rig) => {
    const [id, ip] = [rig.status('app').containerID, rig.pod?.status.podIP];
    const { startTime } = rig.pod?.status ?? {};
    await cutPower(rig, 10, 20);
    assert.equal([rig.state('app'), rig.status('app').restartCount], ['running*', 1]);
    const last = rig.status('app').lastState?.terminated;
    assert.equal([last?.exitCode, last?.reason, last?.containerID], [255, 'Unknown', id]);
    assert.ok(rig.events.includes('SandboxChanged: Pod sandbox changed, it will be killed and re-created.'));
    assert.ok(rig.pod?.status.podIP !== undefined && ip !== undefined);
    assert.is(rig.condition('Ready'), 'True');
    assert.ok(startTime !== undefined && startTime === rig.pod?.status.startTime);
  });
});

test('Never: what ran is not run again, and the pod fails; OnFailure: what succeeded is left alone (row 80)', async () => {
  await withPod({ restartPolicy: 'Never', containers: [container('app', 'app:1')] }, {}, async (rig) => {
    await cutPower(rig, 10, 20);
    assert.is(rig.pod?.status.phase, 'Failed');
    assert.is(rig.state('app'), 'Unknown 255');
  });
  const spec = {
    restartPolicy: 'OnFailure',
    containers: [container('done', 'job:1'), container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await cutPower(rig, 10, 20);
    assert.equal(['done', 'app'].map(rig.state), ['Completed 0', 'running*']);
    assert.equal(
      ['done', 'app'].map((name) => rig.status(name).restartCount),
      [0, 1],
    );
  });
});

test('init containers run again in the new sandbox', async () => {
  const spec = { initContainers: [container('i', 'init:1')], containers: [container('app', 'app:1')] };
  await withPod(spec, { images }, async (rig) => {
    await cutPower(rig, 10, 20);
    assert.is(rig.state('i'), 'running');
    await rig.at(23);
    assert.equal(['i', 'app'].map(rig.state), ['Completed 0*', 'running*']);
    assert.is(rig.pod?.status.phase, 'Running');
  });
});

test('a pod that is deleted while its node is down goes when the node returns, and nothing of it is started', async () => {
  await withPod({ containers: [container('app', 'app:1')] }, {}, async (rig) => {
    await rig.at(10);
    rig.cluster.faults.node('node-1').fail();
    await rig.remove();
    await rig.at(20);
    assert.ok(rig.pod);
    const started = rig.events.length;
    rig.cluster.faults.node('node-1').recover();
    await rig.at(21);
    assert.is(rig.pod, undefined);
    assert.is(rig.events.slice(started).filter((event) => event.startsWith('Started')).length, 0);
  });
});

test('a container in back-off begins anew without it; its count goes on, and its last end is kept (row 93)', async () => {
  const crashing = { 'crash:1': { exitsAfter: '1s', exitCode: 7 } };
  await withPod({ containers: [container('app', 'crash:1')] }, { images: crashing }, async (rig) => {
    await rig.at(40);
    assert.equal([rig.state('app'), rig.status('app').restartCount], ['CrashLoopBackOff', 3]);
    const before = rig.status('app').lastState;
    await cutPower(rig, 40, 41);
    assert.equal([rig.state('app'), rig.status('app').restartCount], ['running*', 4]);
    assert.equal(rig.status('app').lastState, before);
  });
});

test.run();
