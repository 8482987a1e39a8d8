/** Nodes that run short of something (node.md 5.7, 5.8, 6.3), and containers over their limit. */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { withNodes } from './rig.js';

const test = suite('cluster: shortages of a node');

const images = {
  'fat:1': { memory: { usage: '600Mi', after: '15s' } },
  'thin:1': { memory: '100Mi' },
  'writer:1': { disk: { usage: '2Gi', after: '15s' } },
};
const small = { name: 'n1', capacity: { memory: '1Gi', 'ephemeral-storage': '5Gi' } };
const here = { nodeName: 'n1' };
const requests = (memory: string): object => ({ resources: { requests: { memory } } });

test('memory runs short: condition, taint and event at the next look; who is furthest over its request goes; the condition stays 5 min', async () => {
  await withNodes({ nodes: [small], images }, async (rig) => {
    await rig.run('asked', 'fat:1', here, requests('700Mi'));
    await rig.run('over', 'fat:1', here, requests('200Mi'));
    await rig.run('thin', 'thin:1', here);
    await rig.at(19.999);
    assert.equal([rig.trouble('n1'), rig.phase('over')], [[], 'Running']);
    await rig.at(20);
    assert.equal(rig.trouble('n1'), ['MemoryPressure']);
    assert.equal(rig.taints('n1'), ['node.kubernetes.io/memory-pressure:NoSchedule']);
    assert.equal(
      ['asked', 'over', 'thin'].map((name) => rig.phase(name)),
      ['Running', 'Failed Evicted', 'Running'],
    );
    const message =
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 0. ' +
      'Container app was using 600Mi, request is 200Mi, has larger consumption of memory. ';
    assert.is(rig.pod('over')?.status.message, message);
    assert.equal(rig.messages('over', 'Evicted'), [message]);
    const target = rig.pod('over')?.status.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.equal(
      [target?.status, target?.reason, target?.message],
      ['True', 'TerminationByKubelet', message],
    );
    assert.equal(rig.messages('n1', 'EvictionThresholdMet'), ['Attempting to reclaim memory']);

    // At 30 s there is enough again; the condition stays for 5 minutes more.
    await rig.at(329.999);
    assert.equal(rig.trouble('n1'), ['MemoryPressure']);
    await rig.at(330);
    assert.equal([rig.trouble('n1'), rig.taints('n1')], [[], []]);
    assert.equal(
      rig.events('n1').filter((event) => event.includes('NodeHas')),
      ['00:00:20 NodeHasInsufficientMemory', '00:05:30 NodeHasSufficientMemory'],
    );
    assert.equal([rig.phase('asked'), rig.phase('thin')], ['Running', 'Running']);
  });
});

test('a fault presses the node: one pod every 10 s by priority, critical ones never, until it is relieved', async () => {
  await withNodes({ nodes: [small] }, async (rig) => {
    await rig.run('low', 'a', { ...here, priority: -5 });
    await rig.run('high', 'a', { ...here, priority: 100 });
    await rig.run('plain', 'a', here);
    await rig.run('critical', 'a', { ...here, priorityClassName: 'system-node-critical' });
    await rig.at(3);
    rig.cluster.faults.node('n1').press('pid');
    const failed = (): string[] =>
      ['low', 'plain', 'high', 'critical'].filter((name) => rig.phase(name) === 'Failed Evicted');
    for (const [seconds, gone] of [
      [3, ['low']],
      [12.999, ['low']],
      [13, ['low', 'plain']],
      [23, ['low', 'plain', 'high']],
      [60, ['low', 'plain', 'high']],
    ] as const) {
      await rig.at(seconds);
      assert.equal(failed(), gone, `at ${seconds} s`);
    }
    assert.equal(rig.trouble('n1'), ['PIDPressure']);
    assert.is(rig.pod('low')?.status.message, 'The node was low on resource: pids. ');
    rig.cluster.faults.node('n1').relieve('pid');
    await rig.at(400);
    assert.equal(rig.trouble('n1'), []);
    assert.is(rig.phase('critical'), 'Running');
  });
});

test('admission under pressure: memory refuses BestEffort pods, disk all but critical ones (5.7)', async () => {
  const tolerant = { ...here, tolerations: [{ operator: 'Exists' }] };
  await withNodes({ nodes: [small] }, async (rig) => {
    rig.cluster.faults.node('n1').press('memory');
    await rig.at(1);
    await rig.run('effort', 'a', here);
    await rig.run('tolerant', 'a', tolerant);
    await rig.run('asked', 'a', here, requests('1Mi'));
    assert.equal(
      ['effort', 'tolerant', 'asked'].map((name) => rig.phase(name)),
      ['Failed Evicted', 'Running', 'Running'],
    );
    assert.is(
      rig.pod('effort')?.status.message,
      'Pod was rejected: The node had condition: [MemoryPressure]. ',
    );
    rig.cluster.faults.node('n1').press('disk');
    await rig.at(12);
    await rig.run('late', 'a', tolerant, requests('1Mi'));
    await rig.run('critical', 'a', { ...tolerant, priorityClassName: 'system-cluster-critical' });
    assert.equal([rig.phase('late'), rig.phase('critical')], ['Failed Evicted', 'Running']);
    assert.is(
      rig.pod('late')?.status.message,
      'Pod was rejected: The node had condition: [MemoryPressure DiskPressure]. ',
    );
  });
});

test('disk: over its own limit a pod goes without a disruption; below a tenth the node evicts (5.7)', async () => {
  await withNodes({ nodes: [small], images }, async (rig) => {
    const limited = { resources: { limits: { 'ephemeral-storage': '1Gi' } } };
    await rig.run('limited', 'writer:1', here, limited);
    await rig.run('a', 'writer:1', here);
    await rig.at(20);
    assert.is(rig.phase('limited'), 'Failed Evicted');
    assert.is(
      rig.pod('limited')?.status.message,
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
    );
    assert.is(rig.condition('limited', 'DisruptionTarget'), 'absent');
    assert.equal([rig.trouble('n1'), rig.phase('a')], [[], 'Running']);
    await rig.run('b', 'writer:1', here);
    await rig.run('c', 'writer:1', here);
    await rig.at(40);
    assert.equal(rig.trouble('n1'), ['DiskPressure']);
    const gone = ['a', 'b', 'c'].filter((name) => rig.phase(name) === 'Failed Evicted');
    assert.is(gone.length, 1);
    assert.match(
      rig.pod(gone[0] ?? '')?.status.message ?? '',
      /^The node was low on resource: ephemeral-storage\. Threshold quantity: 512Mi, available: 0\. Container app was using 2Gi, request is 0, /,
    );
  });
});

test('row 110: a container that uses more memory than its limit is OOMKilled with 137, and restarted; a fault does the same', async () => {
  await withNodes({ images }, async (rig) => {
    const limits = { resources: { limits: { memory: '200Mi' } } };
    await rig.run('fat', 'fat:1', {}, limits);
    await rig.run('never', 'fat:1', { restartPolicy: 'Never' }, limits);
    await rig.run('free', 'fat:1');
    await rig.at(14.999);
    assert.is(rig.pod('fat')?.status.containerStatuses?.[0]?.restartCount, 0);
    await rig.at(15.1);
    const [fat] = rig.pod('fat')?.status.containerStatuses ?? [];
    const end = fat?.lastState?.terminated;
    assert.equal([fat?.restartCount, end?.exitCode, end?.reason], [1, 137, 'OOMKilled']);
    assert.is(rig.phase('never'), 'Failed');
    assert.is(rig.pod('never')?.status.containerStatuses?.[0]?.state?.terminated?.reason, 'OOMKilled');
    rig.cluster.faults.pod('default', 'free').exhaustMemory();
    await rig.at(16);
    assert.is(rig.pod('free')?.status.containerStatuses?.[0]?.lastState?.terminated?.reason, 'OOMKilled');
  });
});

test('nothing is measured, and no timer runs for it, where no use is known', async () => {
  await withNodes({ images }, async (rig) => {
    await rig.run('a', 'a:1');
    const { timers } = rig.cluster.statistics;
    await rig.run('thin', 'thin:1');
    assert.is(rig.cluster.statistics.timers, timers + 1);
  });
});

test.run();
