/** Containers as local processes. */
export { createProcessRuntime, type ProcessRuntimeOptions } from './runtime.js';
export { ProcessRuntimeError } from './stateDir.js';
