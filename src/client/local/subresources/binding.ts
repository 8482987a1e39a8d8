/**
 * The binding subresource of pods: the scheduler's only write.
 *
 * Models: pkg/registry/core/pod/storage/storage.go#BindingREST (v1.36)
 */
import {
  conflict,
  notFound,
  plain500,
  successStatus,
  type Pod,
  type PodCondition,
  type Resource,
  type Status,
} from '../../../api/index.js';
import { storeName, type Context } from '../context.js';
import { find } from '../update.js';

export const bindPod = (
  context: Context,
  resource: Resource,
  target: { readonly namespace: string; readonly name: string; readonly uid?: string | undefined },
  nodeName: string,
): Status => {
  if (nodeName === '') throw plain500('target.name: Required value');
  const pod = find(context, resource, target) as Pod | undefined;
  if (pod === undefined) throw notFound(resource, target.name);
  const refuse = (why: string) => conflict({ group: '', plural: 'pods/binding' }, target.name, why);
  const { metadata, spec } = pod;
  if (target.uid !== undefined && target.uid !== metadata.uid)
    throw refuse(
      `Precondition failed: UID in precondition: ${target.uid}, UID in object meta: ${metadata.uid}`,
    );
  if (metadata.deletionTimestamp !== undefined)
    throw refuse(`pod ${target.name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName)
    throw refuse(`pod ${target.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  if (spec.schedulingGates?.length) throw refuse(`pod ${target.name} has non-empty .spec.schedulingGates`);
  const bound: Pod = {
    ...pod,
    spec: { ...spec, nodeName },
    status: { ...pod.status, conditions: scheduled(pod.status.conditions ?? [], context.timestamp()) },
  };
  context.store.update(storeName(resource), pod, bound);
  return successStatus({ code: 201 });
};

const scheduled = (conditions: readonly PodCondition[], now: string): readonly PodCondition[] => {
  const before = conditions.find(({ type }) => type === 'PodScheduled');
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : now,
  } as unknown as PodCondition;
  return before === undefined
    ? [...conditions, condition]
    : conditions.map((each) => (each === before ? condition : each));
};
