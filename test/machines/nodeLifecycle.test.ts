import * as assert from 'uvu/assert';
import {
  nodeLifecycleEffects,
  nodeLifecycleMachine,
  nodeTaintsEffects,
  nodeTaintsMachine,
  type NodeObservation,
} from '../../machines/index.js';
import { createRig, type Rig } from '../support/rig.js';
import { suite } from '../support/suite.js';

const test = suite('machines: nodeLifecycle');

const healthy: NodeObservation = { ready: 'True', taint: 'none', isSilent: false, expiresInMs: 55_000 };
const silent: NodeObservation = { ...healthy, isSilent: true };
const unknown: NodeObservation = { ...healthy, ready: 'Unknown' };

/** @param looks what the looks say, one after the other; the last one for good. */
const node = (
  looks: readonly NodeObservation[],
  answers: (effect: string, rig: Rig<typeof nodeLifecycleMachine>) => void = () => {},
): Rig<typeof nodeLifecycleMachine> => {
  let count = 0;
  const input = { name: 'n1', tickInMs: 2_000, periodMs: 5_000 };
  return createRig(nodeLifecycleMachine, nodeLifecycleEffects, input, ({ effect }, rig) => {
    if (effect === 'lookAtNode') {
      const look = looks[Math.min(count, looks.length - 1)] ?? healthy;
      count += 1;
      rig.send({ type: 'node.observed', ...look });
    } else answers(effect, rig);
  });
};

test('NL-14: noticed at the next tick of the monitor, 2 s from now', () => {
  const rig = node([healthy]);
  assert.equal(rig.timesOf('reportRegistration'), []);
  rig.advance(2_000);
  assert.equal([rig.timesOf('reportRegistration'), rig.timesOf('lookAtNode')], [[2_000], [2_000]]);
});

test('a healthy node is looked at when its grace period would be over, not at every tick', () => {
  const rig = node([healthy]);
  rig.advance(2_000 + 3 * 55_000);
  assert.equal(rig.timesOf('lookAtNode'), [2_000, 57_000, 112_000, 167_000]);
  assert.is(rig.pendingTimers, 1);
});

test('NL-4: the status is tried five times, 20 ms apart, and then once per period', () => {
  const rig = node([silent], (effect, { send }) => {
    if (effect === 'markUnknown') send({ type: 'status.failed' });
  });
  rig.advance(12_200);
  assert.equal(rig.timesOf('markUnknown'), [2_000, 2_020, 2_040, 2_060, 2_080, 7_080, 12_080]);
});

test('NL-12: the fall from Ready is told once, and pods are marked until it works', () => {
  let failures = 2;
  const rig = node([silent], (effect, { send }) => {
    if (effect === 'markUnknown') send({ type: 'status.written', wasReady: true, ...unknown });
    if (effect !== 'markPodsNotReady') return;
    failures -= 1;
    send({ type: failures >= 0 ? 'marking.failed' : 'pods.marked' });
  });
  rig.advance(60_000);
  assert.equal(rig.timesOf('reportNotReady'), [2_000]);
  assert.equal(rig.timesOf('markPodsNotReady'), [2_000, 7_000, 12_000]);
});

test('NL-21: queued until its zone gives it its turn; ready again it leaves the queue', () => {
  const rig = node([{ ...healthy, ready: 'False' }, healthy]);
  rig.advance(2_000);
  assert.ok(rig.snapshot.matches({ known: { eviction: 'queued' } }));
  assert.equal([rig.timesOf('joinQueue'), rig.timesOf('writeTaint')], [[2_000], []]);
  rig.send({ type: 'node.changed', tickInMs: 3_000 });
  rig.advance(3_000);
  assert.ok(rig.snapshot.matches({ known: { health: 'healthy', eviction: 'reachable' } }));
  assert.equal([rig.timesOf('leaveQueue'), rig.timesOf('writeTaint')], [[5_000], []]);
});

test('a node that is gone is forgotten at the next tick', () => {
  const rig = node([healthy]);
  rig.advance(2_000);
  rig.send({ type: 'node.removed', tickInMs: 5_000 });
  rig.advance(5_000);
  assert.equal(rig.timesOf('reportRemoval'), [7_000]);
  assert.equal([rig.snapshot.status, rig.pendingTimers], ['done', 0]);
});

test('NL-20: taints that cannot be written are tried again after 5, 10, 20, 40 ms', () => {
  const rig = createRig(nodeTaintsMachine, nodeTaintsEffects, undefined, (_call, { send }) =>
    send({ type: 'mirroring.failed' }),
  );
  rig.send({ type: 'taints.drifted' });
  rig.advance(100);
  assert.equal(rig.timesOf('mirrorConditions'), [0, 5, 15, 35, 75]);
});

test.run();
