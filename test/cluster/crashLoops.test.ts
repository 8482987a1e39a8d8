/** Pods that crash for a day: nothing piles up. */
import * as assert from 'uvu/assert';
import { createCluster } from '../../src/index.js';
import { suite } from '../support/suite.js';
import { pod } from '../support/workloads.js';

const test = suite('cluster: crash loops', { timeoutMs: 120_000 });

const PODS = 20;

test('20 pods crash for 24 h: actors, timers and objects stay as many as after the first hour', async () => {
  const cluster = await createCluster({ images: { 'crash:1': { exitsAfter: '2s', exitCode: 1 } } });
  try {
    for (let index = 0; index < PODS; index += 1)
      await cluster.apply(pod(`crash-${index}`, { image: 'crash:1' }));
    const measure = (): object => {
      const { actors } = cluster.statistics;
      return { actors, pods: cluster.list('Pod').length, events: cluster.list('Event').length > 0 };
    };
    await cluster.advance('1h');
    const first = measure();
    const timers: number[] = [];
    for (let hour = 1; hour < 24; hour += 1) {
      await cluster.advance('1h');
      assert.equal(measure(), first);
      timers.push(cluster.statistics.timers);
    }
    // Two per pod that waits (back-off and its report), and those of the cluster itself.
    assert.ok(Math.max(...timers) <= 3 * PODS + 20, `as many as ${Math.max(...timers)} timers`);
    const restarts = cluster.get('Pod', 'crash-0')?.status.containerStatuses?.[0]?.restartCount ?? 0;
    // 302 s between two starts once the back-off has reached its maximum.
    assert.ok(restarts > 280 && restarts < 300, `${restarts} restarts`);
  } finally {
    await cluster.stop();
  }
});

test.run();
