/** The node side of `kubectl logs`: the instance that is meant, and its lines. */
import type { Observable } from 'rxjs';
import { ApiError, type Pod } from '../api/index.js';
import type { PodLogOptions } from '../client/index.js';
import type { ContainerRuntime } from '../runtime/index.js';
import { readLogs, selectLogInstance, sinceMsOf } from './logs.js';
import { identityOf } from './services.js';

export type PodLogLines =
  | { readonly kind: 'stream'; readonly lines$: Observable<string> }
  /** BadRequest, in the kubelet's words, when there is no such instance (yet). */
  | { readonly kind: 'error'; readonly error: ApiError };

export const podLogLines = (
  runtime: ContainerRuntime,
  pod: Pod,
  request: PodLogOptions,
  nowMs: number,
): PodLogLines => {
  try {
    const { attempt, containerID } = selectLogInstance(pod, request.container, request);
    const ref = { pod: identityOf(pod, pod.spec.nodeName ?? ''), name: request.container, attempt };
    const lines$ = readLogs(runtime, ref, {
      containerID,
      follow: request.follow,
      tailLines: request.tailLines,
      timestamps: request.timestamps,
      sinceMs: sinceMsOf(request, nowMs),
      limitBytes: request.limitBytes,
    });
    return { kind: 'stream', lines$ };
  } catch (error) {
    if (error instanceof ApiError) return { kind: 'error', error };
    throw error;
  }
};
