/**
 * Server-side apply: who manages which fields of an object. Pure: values and sets of fields in, values and sets out.
 * Entry points are `trackUpdate` and `applyTyped`.
 */
export { typedErrors } from './check.js';
export { applyConflict } from './conflict.js';
export {
  decodeFieldSet,
  difference,
  encodeFieldSet,
  isEmptySet,
  type FieldSet,
  type Path,
} from './fieldSet.js';
export {
  decodeManaged,
  encodeManaged,
  equalManaged,
  isReset,
  type Managed,
  type Manager,
} from './managers.js';
export { compareTyped, fieldsOf, mergeTyped, rootField } from './typed.js';
export {
  applyTyped,
  trackUpdate,
  unchangedSince,
  type Applied,
  type ApplyConflict,
  type ApplyRequest,
  type TrackedWrite,
} from './writes.js';
