/** Versioned storage of API objects behind a small port. */
export {
  StoreError,
  type Change,
  type ChangeType,
  type Scope,
  type Store,
  type StoreErrorReason,
  type StoreWatchOptions,
  type Synced,
} from './port.js';
export { createMemoryStore, type MemoryStoreOptions } from './memory.js';
