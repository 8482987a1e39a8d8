/**
 * One ReplicationController: keeps the desired number of pods, as a ReplicaSet does, whose states, guards and delays it
 * shares. What differs is outside the chart: an equality selector, and a status without terminating pods (RS-32).
 *
 * Models: pkg/controller/replication/replication_controller.go (v1.36)
 */
import { replicaSetEffects, replicaSetMachine } from './replicaSet.js';
import { replicasSetup } from './replicaSetSetup.js';

// A machine's `config` is typed more widely than what `createMachine` takes; it is the same states, so the same type.
const chart = {
  ...replicaSetMachine.config,
  id: 'replicationController',
  description:
    'One ReplicationController: keeps the desired number of pods, and says in its status how many there are.',
} as unknown as Parameters<typeof replicasSetup.createMachine>[0];

export const replicationControllerMachine = replicasSetup.createMachine(
  chart,
) as unknown as typeof replicaSetMachine;

/** The actions that the host carries out, as for a ReplicaSet. */
export const replicationControllerEffects = replicaSetEffects;
