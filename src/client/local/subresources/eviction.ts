/**
 * The eviction subresource of pods: a deletion that first asks the disruption budget which guards the pod.
 *
 * Models: pkg/registry/core/pod/storage/eviction.go (v1.36)
 */
import {
  notFound,
  successStatus,
  type Pod,
  type PodCondition,
  type Resource,
  type Status,
} from '../../../api/index.js';
import type { DeleteOptions } from '../../port.js';
import { storeName, type Context } from '../context.js';
import { deleteObject } from '../delete.js';
import { find, type ObjectName } from '../update.js';
import { spendBudget } from './disruptionBudget.js';

/** @throws {ApiError} TooManyRequests when the pod's disruption budget does not allow it (PD-5). */
export const evictPod = (
  context: Context,
  resource: Resource,
  key: ObjectName,
  options: DeleteOptions = {},
): Status => {
  const pod = find(context, resource, key) as Pod | undefined;
  if (pod === undefined) throw notFound(resource, key.name);
  if (!isExempt(pod)) {
    spendBudget(context, pod, options);
    if (options.dryRun !== true) announce(context, resource, pod);
  }
  deleteObject(context, resource, key, options);
  return successStatus({ code: 201 });
};

/** Pods that nobody counts on. Models: eviction.go#canIgnorePDB */
const isExempt = ({ metadata, status }: Pod): boolean =>
  status.phase === 'Succeeded' ||
  status.phase === 'Failed' ||
  status.phase === 'Pending' ||
  metadata.deletionTimestamp !== undefined;

/** Tells the pod's owners that this was not the pod's fault. */
const announce = ({ store, timestamp }: Context, resource: Resource, pod: Pod): void => {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastTransitionTime: timestamp(),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== condition.type);
  const status = { ...pod.status, conditions: [...others, condition] };
  store.update(storeName(resource), pod, { ...pod, status } as Pod);
};
