/** Files of a pod's volumes follow what they are made of. */
import * as assert from 'uvu/assert';
import { createActorHost } from '../../../src/actor/index.js';
import { createVirtualClock } from '../../../src/clock/index.js';
import { VolumesWorker, type MountingPod } from '../../../src/node/volumes/worker.js';
import type { VolumeRequest } from '../../../src/runtime/index.js';
import { podMachine } from '../../../machines/index.js';
import { suite } from '../../support/suite.js';
import { pod } from '../support.js';

const test = suite('node: volumes of a pod');

const rig = (volumes: readonly object[]) => {
  const clock = createVirtualClock(0);
  const host = createActorHost({ clock });
  const written: { at: number; volume: string; text: string }[] = [];
  const told: string[] = [];
  const removed: string[] = [];
  let data: Record<string, string> | undefined = { a: '1' };
  const runtime = {
    writeVolume: ({ name, files }: VolumeRequest, reply: (outcome: object) => void) => {
      const text = (files ?? [])
        .map(({ path, content }) => `${path}=${Buffer.from(content).toString()}`)
        .join();
      written.push({ at: clock.now() / 1000, volume: name, text });
      reply({ ok: true });
    },
    removeVolumes: ({ name }: { name: string }) => removed.push(name),
  };
  const actor = host.spawn({
    machine: podMachine,
    path: 'pod',
    input: { containers: [], terminationGracePeriodSeconds: 30 },
  });
  const services = {
    host,
    clock,
    runtime,
    nodeName: 'n',
    nodeIp: '10.0.0.1',
    allocatable: () => ({}),
    configMap: () => data && { data },
    secret: () => undefined,
  };
  const owner = {
    services,
    pod: pod({ spec: { volumes } }),
    actor,
    tell: ({ type }: { type: string }) => told.push(type),
    report: (_path: unknown, { message }: { message: string }) => told.push(message),
  };
  const worker = new VolumesWorker(owner as unknown as MountingPod);
  host.drain();
  return {
    worker,
    host,
    written,
    told,
    removed,
    change: (next: Record<string, string> | undefined) => (data = next),
    advance: (ms: number) => {
      const target = clock.now() + ms;
      for (
        let next = clock.nextDeadlineMs();
        next !== undefined && next <= target;
        next = clock.nextDeadlineMs()
      ) {
        clock.step();
        host.drain();
      }
      clock.moveTo(target);
    },
  };
};
const CONFIG = { name: 'config', configMap: { name: 'cm' } };

test('a ConfigMap that changes is written again with the next sync of the pod, 60 s later at most', () => {
  const { written, told, change, advance } = rig([{ name: 'scratch', emptyDir: {} }, CONFIG]);
  assert.equal(told, ['volumes.mounted']);
  assert.equal(written.splice(0), [
    { at: 0, volume: 'scratch', text: '' },
    { at: 0, volume: 'config', text: 'a=1' },
  ]);
  change({ a: '2' });
  advance(59_999);
  assert.equal(written, []);
  advance(1);
  assert.equal(written.at(-1), { at: 60, volume: 'config', text: 'a=2' });
  assert.equal(told, ['volumes.mounted']);
});

test('a ConfigMap that vanishes leaves its files, and is told of', () => {
  const { written, told, change, advance } = rig([CONFIG]);
  written.splice(0);
  change(undefined);
  advance(60_000);
  assert.equal(written, []);
  assert.is(told.at(-1), 'MountVolume.SetUp failed for volume "config" : configmap "cm" not found');
  change({ a: '3' });
  advance(60_000);
  assert.is(written.at(-1)?.text, 'a=3');
});

test('a pod of which nothing runs has no volumes and no timer', () => {
  const { worker, removed, host } = rig([CONFIG]);
  assert.is(host.pendingTimers, 1);
  worker.remove();
  assert.equal(removed, ['web-0']);
  assert.is(host.pendingTimers, 0);
});

test('an empty folder needs no second look', () => {
  assert.is(rig([{ name: 'scratch', emptyDir: {} }]).host.pendingTimers, 0);
});

test.run();
