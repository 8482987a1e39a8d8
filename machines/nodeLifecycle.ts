/**
 * One node as the control plane sees it: heard from or silent, its pods marked not ready; its NoExecute taint given when
 * its zone's turn comes, and taken back when it is ready again.
 *
 * Looks are taken at the ticks of the node monitor, but only when something may have changed: a heartbeat that is due
 * re-arms the timer without a look in between. The zones are charts of their own (nodeZone.ts), and so
 * are the NoSchedule taints (nodeTaints.ts).
 *
 * Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36; spec controllers.md 7.2, 7.3)
 * Differs: a heartbeat counts from the instant in which the watch shows it, not from the next tick.
 */
import { nodeLifecycleSetup } from './nodeLifecycleSetup.js';

export type {
  NodeLifecycleContext,
  NodeLifecycleEvent,
  NodeLifecycleInput,
  NodeObservation,
  NodeReadiness,
  ReadinessTaint,
} from './nodeLifecycleSetup.js';

export const nodeLifecycleMachine = nodeLifecycleSetup.createMachine({
  id: 'nodeLifecycle',
  description:
    'One node as the control plane sees it: healthy, not ready or unknown; tainted; its pods evicted.',
  context: ({ input }) => ({ ...input, ready: 'None', expiresInMs: 0, failures: 0 }),
  initial: 'known',
  states: {
    known: {
      description: 'There is a Node object.',
      type: 'parallel',
      on: { 'node.removed': { target: 'leaving', actions: 'recordTick' } },
      states: {
        health: {
          description: 'Is it heard from, and what does it say?',
          initial: 'discovered',
          states: {
            discovered: {
              description: 'New: the next tick of the monitor notices it.',
              after: { untilTickMs: { target: 'looking', actions: 'reportRegistration' } },
            },
            looking: {
              description: 'One look, at a tick of the monitor.',
              entry: 'lookAtNode',
              on: {
                'node.observed': [
                  {
                    guard: 'heartbeatExpired',
                    target: 'silent',
                    description: 'Neither its lease nor its status was renewed within the grace period.',
                  },
                  { guard: 'isReady', target: 'healthy', actions: ['recordLook', 'reportToZones'] },
                  { guard: 'isNotReady', target: 'notReady', actions: ['recordLook', 'reportToZones'] },
                  { guard: 'isUnknown', target: 'unknown', actions: ['recordLook', 'reportToZones'] },
                  { target: 'starting', actions: ['recordLook', 'reportToZones'] },
                ],
              },
            },
            starting: {
              description: 'It has not posted its status yet: 60 s to do so.',
              after: { gracePeriodMs: 'looking' },
              on: { 'node.changed': { target: 'changed', actions: 'recordTick' } },
            },
            healthy: {
              description: 'Ready, and heard from within the grace period.',
              after: { gracePeriodMs: 'looking' },
              on: { 'node.changed': { target: 'changed', actions: 'recordTick' } },
            },
            notReady: {
              description: 'It says itself that it is not ready.',
              after: { gracePeriodMs: 'looking' },
              on: { 'node.changed': { target: 'changed', actions: 'recordTick' } },
            },
            changed: {
              description: 'It says something new: the next tick looks.',
              after: { untilTickMs: 'looking' },
            },
            silent: {
              description: 'Not heard from: its conditions are set to Unknown.',
              entry: 'markUnknown',
              on: {
                'status.written': {
                  target: 'unknown',
                  actions: ['forgetFailures', 'recordLook', 'reportToZones'],
                },
                'status.failed': { target: 'retrying', actions: 'countFailure' },
              },
            },
            retrying: {
              description: 'The status could not be written: five tries 20 ms apart, then the next tick.',
              after: { statusRetryMs: 'looking' },
            },
            unknown: {
              description: 'Nothing can expire any more: waits until it is heard from.',
              on: { 'node.changed': { target: 'changed', actions: 'recordTick' } },
            },
          },
        },
        pods: {
          description: 'What the API says about the readiness of its pods.',
          initial: 'trusted',
          on: {
            'pod.bound': {
              guard: 'isKnownNotReady',
              actions: 'markPodNotReady',
              description: 'A pod that appears on a node that is not ready is not ready either.',
            },
          },
          states: {
            trusted: {
              description: 'As the node reports them.',
              on: {
                'status.written': {
                  guard: 'wasReady',
                  target: 'marking',
                  actions: 'reportNotReady',
                  description: 'The node was ready when it fell silent.',
                },
              },
            },
            marking: {
              description: 'Its pods are set to not ready.',
              entry: 'markPodsNotReady',
              on: { 'pods.marked': 'marked', 'marking.failed': 'awaitingRetry' },
            },
            awaitingRetry: {
              description: 'Some pod could not be marked: tried again every period.',
              after: { monitorPeriodMs: 'marking' },
              on: { 'node.observed': { guard: 'isReady', target: 'trusted' } },
            },
            marked: {
              description: 'Not ready, until the node returns and says otherwise.',
              on: { 'node.observed': { guard: 'isReady', target: 'trusted' } },
            },
          },
        },
        eviction: {
          description: 'The NoExecute taint, which has pods evicted.',
          initial: 'reachable',
          states: {
            reachable: {
              description: 'No taint, and none is due.',
              on: {
                'node.observed': [
                  { guard: 'isReadyButTainted', target: 'removing' },
                  { guard: 'isTaintedRightly', target: 'tainted' },
                  { guard: 'hasOtherTaint', target: 'tainting' },
                  { guard: 'mustBeTainted', target: 'queued' },
                ],
                'status.written': [
                  { guard: 'isTaintedRightly', target: 'tainted' },
                  { guard: 'hasOtherTaint', target: 'tainting' },
                  { guard: 'mustBeTainted', target: 'queued' },
                ],
              },
            },
            queued: {
              description: 'Waits for its turn: each zone taints one node in ten seconds, or more slowly.',
              entry: 'joinQueue',
              exit: 'leaveQueue',
              on: {
                'node.taint': 'tainting',
                'node.observed': { guard: 'isReady', target: 'reachable' },
                'evictions.stopped': 'reachable',
              },
            },
            tainting: {
              description: 'Gets the taint for its readiness, and loses the other one.',
              entry: 'writeTaint',
              on: {
                'taint.written': [
                  { guard: 'taintIsGone', target: 'reachable', description: 'It was ready again by then.' },
                  {
                    guard: 'isReadyByNow',
                    target: 'removing',
                    description: 'It came back while the taint was being written.',
                  },
                  { target: 'tainted' },
                ],
                'taint.failed': [{ guard: 'isReadyByNow', target: 'reachable' }, { target: 'queued' }],
              },
            },
            tainted: {
              description: 'Pods that do not tolerate it are evicted.',
              on: {
                'node.observed': [
                  { guard: 'isReady', target: 'removing' },
                  { guard: 'isTaintedRightly' },
                  { guard: 'hasOtherTaint', target: 'tainting', description: 'Swapped at once.' },
                  { guard: 'mustBeTainted', target: 'queued', description: 'Somebody took the taint away.' },
                ],
                'status.written': { guard: 'hasOtherTaint', target: 'tainting' },
                'evictions.stopped': 'removing',
              },
            },
            removing: {
              description: 'Ready again, or all zones are down: no pod has to leave.',
              entry: 'removeTaints',
              on: {
                'taint.written': 'reachable',
                'taint.failed': 'removalFailed',
              },
            },
            removalFailed: {
              description: 'The taint could not be taken away: tried again at the next period.',
              after: { monitorPeriodMs: 'removing' },
            },
          },
        },
      },
    },
    leaving: {
      description: 'The Node object is gone: the next tick of the monitor notices it.',
      after: { untilTickMs: 'removed' },
    },
    removed: { description: 'Forgotten.', type: 'final', entry: 'reportRemoval' },
  },
});

/** The actions that the host carries out; it answers with the event named beside each. */
export const nodeLifecycleEffects = [
  'lookAtNode', // node.observed
  'reportToZones',
  'reportRegistration',
  'reportRemoval',
  'reportNotReady',
  'markUnknown', // status.written or status.failed
  'markPodsNotReady', // pods.marked or marking.failed
  'markPodNotReady',
  'joinQueue', // node.taint, when the zone allows
  'leaveQueue',
  'writeTaint', // taint.written or taint.failed
  'removeTaints', // taint.written or taint.failed
] as const;
