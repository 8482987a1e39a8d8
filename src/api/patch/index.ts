/** The three kinds of patches that the API takes, as pure functions on JSON values. */
export { applyMergePatch, createMergePatch } from './merge.js';
export { applyJsonPatch } from './operations.js';
export { applyStrategicPatch } from './strategic.js';
export { formatGoValue, jsonEqual } from './json.js';
