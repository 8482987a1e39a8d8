/**
 * All controllers together, on shared informers.
 *
 * Models: cmd/kube-controller-manager (v1.36)
 */
import { createCronJobController, type CronJobOptions } from './cronJob/controller.js';
import { createDaemonSetController } from './daemonSet/controller.js';
import { createDeploymentController } from './deployment/controller.js';
import type { Controller, ControllerDeps } from './deps.js';
import { createDisruptionController } from './disruption/controller.js';
import { createGarbageCollector } from './garbageCollector/controller.js';
import { createJobController } from './job/controller.js';
import { createNamespaceController } from './namespace/controller.js';
import { createNodeLifecycleController } from './nodeLifecycle/controller.js';
import type { NodeLifecycleOptions } from './nodeLifecycle/options.js';
import { createPodGC, type PodGCOptions } from './podGC/controller.js';
import { createReplicaSetController } from './replicaSet/controller.js';
import { createReplicationControllerController } from './replicationController/controller.js';
import { createTaintEvictionController } from './taintEviction/controller.js';
import { createTtlAfterFinishedController } from './ttlAfterFinished/controller.js';

export type ControllerManager = Controller;

/** What can be set about single controllers. */
export interface ControllerSettings {
  readonly cronJob?: CronJobOptions | undefined;
  readonly nodeLifecycle?: NodeLifecycleOptions | undefined;
  readonly podGC?: PodGCOptions | undefined;
}

/** Every controller, by the name under which it can be left out. */
const CONTROLLERS = {
  deployment: createDeploymentController,
  replicaSet: createReplicaSetController,
  replicationController: createReplicationControllerController,
  daemonSet: createDaemonSetController,
  cronJob: (deps, { cronJob }) => createCronJobController(deps, cronJob),
  job: createJobController,
  ttlAfterFinished: createTtlAfterFinishedController,
  garbageCollector: createGarbageCollector,
  namespace: createNamespaceController,
  nodeLifecycle: (deps, { nodeLifecycle }) => createNodeLifecycleController(deps, nodeLifecycle),
  taintEviction: createTaintEvictionController,
  disruption: createDisruptionController,
  podGC: (deps, { podGC }) => createPodGC(deps, podGC),
} as const satisfies Readonly<
  Record<string, (deps: ControllerDeps, settings: ControllerSettings) => Controller>
>;
export type ControllerName = keyof typeof CONTROLLERS;

export interface ControllerManagerOptions extends ControllerDeps {
  /** Default: all. */
  readonly controllers?: readonly ControllerName[] | undefined;
  readonly settings?: ControllerSettings | undefined;
}

/**
 * @example
 * const informers = createInformers(api);
 * const manager = createControllerManager({ api, clock, random, host, informers });
 * manager.start();
 * informers.start();
 */
export const createControllerManager = (options: ControllerManagerOptions): ControllerManager => {
  const {
    controllers: names = Object.keys(CONTROLLERS) as ControllerName[],
    settings = {},
    ...deps
  } = options;
  const controllers = names.map((name) => CONTROLLERS[name](deps, settings));
  return {
    start: () => {
      for (const controller of controllers) controller.start();
    },
    stop: () => {
      for (const controller of controllers) controller.stop();
    },
  };
};
