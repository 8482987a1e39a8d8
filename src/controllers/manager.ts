/**
 * All controllers together, on shared informers.
 *
 * Models: cmd/kube-controller-manager (v1.36)
 */
import { createDeploymentController } from './deployment/controller.js';
import type { Controller, ControllerDeps } from './deps.js';
import { createGarbageCollector } from './garbageCollector/controller.js';
import { createNamespaceController } from './namespace/controller.js';
import { createReplicaSetController } from './replicaSet/controller.js';

export type ControllerManager = Controller;

/** Every controller, by the name under which it can be left out. */
const CONTROLLERS = {
  deployment: createDeploymentController,
  replicaSet: createReplicaSetController,
  garbageCollector: createGarbageCollector,
  namespace: createNamespaceController,
} as const satisfies Readonly<Record<string, (deps: ControllerDeps) => Controller>>;
export type ControllerName = keyof typeof CONTROLLERS;

export interface ControllerManagerOptions extends ControllerDeps {
  /** Default: all. */
  readonly controllers?: readonly ControllerName[] | undefined;
}

/**
 * @example
 * const informers = createInformers(api);
 * const manager = createControllerManager({ api, clock, random, host, informers });
 * manager.start();
 * informers.start();
 */
export const createControllerManager = (options: ControllerManagerOptions): ControllerManager => {
  const { controllers: names = Object.keys(CONTROLLERS) as ControllerName[], ...deps } = options;
  const controllers = names.map((name) => CONTROLLERS[name](deps));
  return {
    start: () => {
      for (const controller of controllers) controller.start();
    },
    stop: () => {
      for (const controller of controllers) controller.stop();
    },
  };
};
