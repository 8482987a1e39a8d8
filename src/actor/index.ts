/** Hosts statechart actors on the cluster's clock. */
export {
  createActorHost,
  type ActorCrash,
  type ActorHost,
  type HostedActor,
  type SpawnOptions,
} from './host.js';
export { bindEffects, type Effects } from './effects.js';
export { indexTimers } from './scheduler.js';
export { precomputeSteps } from './steps.js';
