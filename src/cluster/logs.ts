/** `kubectl logs` for the pods of this cluster: finds the node, selects the instance, formats the lines. */
import { throwError } from 'rxjs';
import { notFound, resourceFor } from '../api/index.js';
import type { ReadLog } from '../client/index.js';
import type { Clock } from '../clock/index.js';
import { podLogLines } from '../node/index.js';
import type { PodLogs } from '../server/index.js';
import type { Nodes } from './nodes.js';

/** For the server, which wants to know whether there is a log before it answers. */
export const createPodLogs = (nodes: Nodes, clock: Clock): PodLogs => ({
  logs: (pod, options) => {
    const node = nodes.of(pod);
    const nodeName = pod.spec.nodeName ?? '';
    if (!node) return { kind: 'error', error: notFound(resourceFor('Pod'), nodeName) };
    return podLogLines(node.runtime, pod, options, clock.now());
  },
});

/** The same for the Api port. */
export const readLogFrom =
  ({ logs }: PodLogs): ReadLog =>
  (pod, options) => {
    const answer = logs(pod, options);
    return answer.kind === 'stream' ? answer.lines$ : throwError(() => answer.error);
  };
