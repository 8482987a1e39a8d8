/** `kubectl logs` for the pods of this cluster: finds the node, selects the instance, formats the lines. */
import { Observable, throwError } from 'rxjs';
import { notFound, resourceFor, type Pod } from '../api/index.js';
import type { Api } from '../client/index.js';
import type { Clock } from '../clock/index.js';
import { podLogLines } from '../node/index.js';
import type { PodLogAnswer, PodLogOptions, PodLogs } from '../server/index.js';
import type { Nodes } from './nodes.js';

export interface ClusterLogs extends PodLogs {
  /** The log of a pod by name; its first container unless one is named. */
  open(
    api: Api,
    namespace: string,
    name: string,
    options?: Partial<PodLogOptions>,
  ): Observable<string | Uint8Array>;
}

export const createPodLogs = (nodes: Nodes, clock: Clock): ClusterLogs => {
  const logs = (pod: Pod, options: PodLogOptions): PodLogAnswer => {
    const node = nodes.of(pod);
    const nodeName = pod.spec.nodeName ?? '';
    if (!node) return { kind: 'error', error: notFound(resourceFor('Pod'), nodeName) };
    return podLogLines(node.runtime, pod, options, clock.now());
  };
  return {
    logs,
    open: (api, namespace, name, options = {}) =>
      new Observable((subscriber) => {
        let reading: { unsubscribe(): void } | undefined;
        api.get({ kind: 'Pod', namespace, name }).settled((outcome) => {
          if (!outcome.ok) {
            subscriber.error(outcome.error);
            return;
          }
          const answer = logs(outcome.value, {
            container: outcome.value.spec.containers[0]?.name ?? '',
            follow: false,
            previous: false,
            timestamps: false,
            ...options,
          });
          const lines$ = answer.kind === 'stream' ? answer.lines$ : throwError(() => answer.error);
          reading = lines$.subscribe(subscriber);
        });
        return () => reading?.unsubscribe();
      }),
  };
};
