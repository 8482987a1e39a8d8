/** The log of a pod's container. Where logs are, only the nodes know: they are given from outside. */
import { defer, type Observable } from 'rxjs';
import { badRequest, type Pod, type Resource } from '../../../api/index.js';
import type { PodLogOptions } from '../../port.js';
import type { Context } from '../context.js';
import { requireObject, type ObjectName } from '../update.js';

/** Reads a log on the node of the pod. Errors with an ApiError. */
export type ReadLog = (pod: Pod, options: PodLogOptions) => Observable<string | Uint8Array>;

export const podLog = (
  context: Context,
  resource: Resource,
  {
    key,
    options,
    readLog,
  }: { key: ObjectName; options: Partial<PodLogOptions>; readLog: ReadLog | undefined },
): Observable<string | Uint8Array> =>
  defer(() => {
    const pod = requireObject(context, resource, key) as Pod;
    if (readLog === undefined) throw badRequest('this cluster has no nodes that keep logs');
    const [first] = pod.spec.containers;
    const defaults = { container: first?.name ?? '', follow: false, previous: false, timestamps: false };
    return readLog(pod, { ...defaults, ...options });
  });
