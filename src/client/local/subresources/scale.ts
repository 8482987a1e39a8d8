/**
 * The scale subresource: the number of replicas of a workload, without knowing its kind.
 *
 * Models: pkg/registry/apps/{deployment,replicaset}/storage/storage.go#ScaleREST (v1.36)
 */
import {
  applyJsonPatch,
  applyMergePatch,
  badRequest,
  DecodeError,
  decodeValue,
  formatLabels,
  formatLabelSelector,
  notFound,
  notFoundResource,
  scaleSchema,
  uidChanged,
  type KubeObject,
  type LabelSelector,
  type Resource,
} from '../../../api/index.js';
import type { PatchType, Scale, WriteOptions } from '../../port.js';
import type { Context } from '../context.js';
import { invalidReplicas, reportUnknown } from '../manifest.js';
import { checkTarget, checkVersion, find, writeChange, type ObjectName } from '../update.js';

/** A kind that can be scaled. */
interface Scalable extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: LabelSelector | Readonly<Record<string, string>>;
  };
  readonly status?: { readonly replicas?: number };
}

export const getScale = (context: Context, resource: Resource, key: ObjectName): Scale =>
  scaleOf(requireScalable(context, resource, key));

export const updateScale = (
  context: Context,
  resource: Resource,
  key: ObjectName,
  scale: unknown,
  options: WriteOptions,
): Scale => {
  const object = requireScalable(context, resource, key);
  const wanted = readScale(scale, options);
  checkTarget(resource, key, wanted.metadata ?? {});
  const uid = wanted.metadata?.uid;
  if (uid && uid !== object.metadata.uid)
    throw uidChanged(resource, object.metadata, { expected: uid, actual: object.metadata.uid });
  return setReplicas(context, resource, { object, wanted }, options);
};

const SCALE = { kind: 'Scale', version: 'v1' } as const;

/** Upstream reads whatever kind is sent as a Scale, and tells of the fields that a Scale has not. */
const readScale = (body: unknown, options: WriteOptions): Partial<Scale> => {
  try {
    const { value, unknownFields } = decodeValue(scaleSchema, body);
    reportUnknown(SCALE, unknownFields, options);
    return value as Partial<Scale>;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${error.message}`);
  }
};

export const patchScale = (
  context: Context,
  resource: Resource,
  key: ObjectName,
  patch: { readonly type: PatchType; readonly body: unknown },
  options: WriteOptions,
): Scale => {
  if (patch.type === 'apply') throw badRequest('a Scale cannot be applied');
  const object = requireScalable(context, resource, key);
  const before = scaleOf(object);
  // A Scale has no lists, so that a strategic patch is a merge patch.
  const wanted =
    patch.type === 'json' ? applyJsonPatch(before, patch.body) : applyMergePatch(before, patch.body);
  return setReplicas(context, resource, { object, wanted }, options);
};

/** Sets the number without a Scale object, for callers in this process. */
export const scaleTo = (
  context: Context,
  resource: Resource,
  key: ObjectName,
  replicas: number,
  options: WriteOptions,
): Scale => {
  const object = requireScalable(context, resource, key);
  return setReplicas(context, resource, { object, wanted: { spec: { replicas } } }, options);
};

const setReplicas = (
  context: Context,
  resource: Resource,
  { object, wanted }: { readonly object: Scalable; readonly wanted: Partial<Scale> },
  options: WriteOptions,
): Scale => {
  const replicas: unknown = wanted.spec?.replicas ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw badRequest(
      'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ' +
        `${typeof replicas === 'number' ? `number ${replicas}` : typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`,
    );
  if (replicas < 0) throw invalidReplicas(object.metadata.name, replicas);
  checkVersion(resource, object.metadata, wanted.metadata?.resourceVersion);
  const next = { ...object, spec: { ...object.spec, replicas } };
  const { dryRun, fieldManager } = options;
  const change = { current: object, next };
  const written = writeChange(context, resource, change, { dryRun, fieldManager, subresource: 'scale' });
  return scaleOf(written as Scalable);
};

const requireScalable = (context: Context, resource: Resource, key: ObjectName): Scalable => {
  if (!resource.subresources.includes('scale')) throw notFoundResource();
  const object = find(context, resource, key);
  if (object === undefined)
    throw notFound({ group: resource.group, plural: `${resource.plural}/scale` }, key.name);
  return object as Scalable;
};

/** A ReplicationController selects by a plain map of labels. */
const selectorText = (selector: Scalable['spec']['selector']): string =>
  isLabelMap(selector) ? formatLabels(selector) : formatLabelSelector(selector);

const isLabelMap = (selector: Scalable['spec']['selector']): selector is Readonly<Record<string, string>> =>
  selector !== undefined && Object.values(selector).every((value) => typeof value === 'string');

const scaleOf = ({ metadata, spec, status }: Scalable): Scale => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: spec.replicas === undefined || spec.replicas === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(spec.selector) },
  };
};
