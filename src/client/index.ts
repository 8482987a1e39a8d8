/** The Api port and what is built on it alone: calls, informers, event recording; its implementation in this process. */
export type {
  Api,
  Call,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  PatchType,
  PodLogOptions,
  Scale,
  Settled,
  Subresource,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './port.js';
export { answer, createCall, type CallOptions } from './call.js';
export { type Indexers } from './indexedCache.js';
export { createInformer, type Informer, type InformerEvent, type InformerOptions } from './informer.js';
export {
  createEventRecorder,
  type EventRecorder,
  type EventRecorderOptions,
  type EventSubject,
} from './eventRecorder.js';
export { expireEvents, type EventExpiry } from './local/retention/expireEvents.js';
export { compactHistory } from './local/retention/compactHistory.js';
export { createLocalApi, type LocalApiOptions, type ReadLog, type Warned } from './local/index.js';
