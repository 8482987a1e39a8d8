/** Controllers: they bring what is there closer to what is wanted. */
export {
  createControllerManager,
  type ControllerManager,
  type ControllerManagerOptions,
  type ControllerName,
  type ControllerSettings,
} from './manager.js';
export { createInformers, type Informers } from './informers.js';
export type { Controller, ControllerDeps } from './deps.js';
