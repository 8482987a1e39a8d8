/**
 * Where requests meet the object model: reading manifests, admission, validation and warnings of one kind. The rules
 * themselves are the schema's and `src/api`'s.
 */
import {
  admitPod,
  admitPodChange,
  ApiError,
  applyDefaults,
  badRequest,
  decode,
  formatGoValue,
  invalidError,
  validateCreate,
  validateUpdate,
  warningsFor,
  type FieldError,
  type KubeObject,
  type Node,
  type Pod,
  type Resource,
  type Taint,
} from '../../api/index.js';
import type { Subresource, WriteOptions } from '../port.js';
import { warn, type Context } from './context.js';
import type { Patch } from './patch.js';
import type { WritableObject } from './strategy.js';

export type ReadOptions = WriteOptions & {
  readonly subresource?: Subresource | undefined;
  /** The object as it is stored: what did not change is taken from it. */
  readonly base?: KubeObject | undefined;
};

/**
 * A manifest as an object with its defaults.
 * @throws {ApiError} BadRequest when it cannot be read as this kind, or strictly speaking not.
 */
export const read = (
  context: Context,
  resource: Resource,
  manifest: unknown,
  options: ReadOptions,
): WritableObject => {
  if (context.trusted) {
    // A status comes with the object that it was read with, which has its defaults.
    const object = manifest as WritableObject;
    return options.subresource === 'status' ? object : defaulted(resource, object);
  }
  const { value, unknownFields } = decode(resource.kind, manifest, { base: options.base });
  reportUnknown(resource, unknownFields, options);
  return defaulted(resource, value as WritableObject);
};

/**
 * The result of a patch as an object with its defaults. What is wrong with it is the patch's fault.
 * @throws {ApiError} Invalid
 */
export const readPatched = (
  context: Context,
  resource: Resource,
  patched: KubeObject,
  patch: Patch,
  options: ReadOptions,
): WritableObject => {
  if (context.trusted) return defaulted(resource, patched);
  try {
    return read(context, resource, patched, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'BadRequest') throw error;
    const shown = patch.type === 'strategic' ? formatGoValue(patch.body) : JSON.stringify(patched);
    const cause = causeOf(error.message);
    const text = patch.type === 'strategic' ? restoreError(cause) : cause;
    const message = `Invalid value: ${JSON.stringify(shown)}: ${text}`;
    throw new ApiError({
      ...error.status,
      message: ` "" is invalid: patch: ${message}`,
      reason: 'Invalid',
      details: { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] },
      code: 422,
    });
  }
};

/** The part of a decoding error that does not name the kind. */
const causeOf = (message: string): string => message.replace(/^.*? cannot be handled as an? \w+: /, '');

/** Strategic patches are converted, not decoded: what does not fit a map or list is told in other words. */
const restoreError = (cause: string): string => {
  const [, value = '', type = ''] = /cannot unmarshal (\w+) into .* of type (.+)$/.exec(cause) ?? [];
  const kind = GO_KINDS[value] ?? value;
  if (type.startsWith('map[') || type === 'v1.ResourceList') return `cannot restore map from ${kind}`;
  return type.startsWith('[]') && type !== '[]uint8' ? `cannot restore slice from ${kind}` : cause;
};
const GO_KINDS: Readonly<Record<string, string>> = { array: 'slice', object: 'map', number: 'int64' };

/** Unknown fields are refused, told or ignored, as the request says. */
export const reportUnknown = (
  resource: { readonly kind: string; readonly version: string },
  paths: readonly string[],
  options: WriteOptions,
): void => {
  const problems = paths.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (problems.length === 0 || options.fieldValidation === 'Ignore') return;
  if (options.fieldValidation === 'Strict')
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ` +
        `strict decoding error: ${problems.join(', ')}`,
    );
  warn(options, [...new Set(problems)]);
};

const defaulted = (resource: Resource, object: WritableObject): WritableObject =>
  applyDefaults(resource.kind, object) as WritableObject;

/** What admission adds to a new object. */
export const admit = (context: Context, resource: Resource, object: WritableObject): WritableObject => {
  if (resource.kind === 'Pod')
    return admitPod(object as unknown as Pod, context.clock.now()) as unknown as WritableObject;
  if (resource.kind === 'Node' && context.taintsNewNodes) return tainted(object as unknown as Node);
  return object;
};

/** What admission adds to an object that is changed. */
export const admitChange = (resource: Resource, next: WritableObject, current: KubeObject): WritableObject =>
  resource.kind === 'Pod'
    ? (admitPodChange(next as unknown as Pod, current as Pod) as unknown as WritableObject)
    : next;

/** Models: plugin/pkg/admission/nodetaint */
const tainted = (node: Node): WritableObject => {
  const taint: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const taints = node.spec?.taints ?? [];
  const isThere = taints.some(({ key, effect }) => key === taint.key && effect === taint.effect);
  const spec = isThere ? node.spec : { ...node.spec, taints: [...taints, taint] };
  return { ...node, spec } as unknown as WritableObject;
};

/** @throws {ApiError} Invalid */
export const checkNew = (context: Context, resource: Resource, object: KubeObject): void => {
  // Events are the most frequent objects of all, and those of this process are all built in one place.
  if (context.trusted && resource.kind === 'Event') return;
  refuse(resource, object, validateCreate(resource.kind, object));
};

/** @throws {ApiError} Invalid */
export const checkChange = (
  context: Context,
  resource: Resource,
  change: {
    readonly current: KubeObject;
    readonly next: KubeObject;
    readonly subresource: Subresource | undefined;
  },
): void => {
  if (context.trusted && change.subresource === 'status') return;
  const errors = validateUpdate(resource.kind, change.next, change.current, change.subresource);
  refuse(resource, change.current, errors);
};

const refuse = (resource: Resource, { metadata }: KubeObject, errors: readonly FieldError[]): void => {
  if (errors.length > 0) throw invalidError(resource.kind, metadata.name, errors);
};

/** @throws {ApiError} Invalid: the Scale of an object of that name asks for fewer than no replicas. */
export const invalidReplicas = (name: string, replicas: number): ApiError =>
  invalidError({ group: 'autoscaling', kind: 'Scale' }, name, [
    {
      type: 'Invalid',
      field: 'spec.replicas',
      value: replicas,
      detail: 'must be greater than or equal to 0',
    },
  ]);

/** @param old what the object was before; undefined when it is new */
export const warnAbout = (
  { runsProcesses }: Context,
  resource: Resource,
  { object, old }: { readonly object: KubeObject; readonly old: KubeObject | undefined },
  options: WriteOptions,
): void => {
  if (options.onWarning !== undefined)
    warn(options, warningsFor(resource.kind, object, { old, runsProcesses }));
};
