/**
 * Sets the pods of a node that is not ready to not ready (NL-12).
 *
 * Models: pkg/controller/util/node/controller_utils.go#MarkPodsNotReady (v1.36)
 */
import { formatTime, type Pod } from '../../api/index.js';
import type { EventRecorder } from '../../client/index.js';
import { allSettled, type ControllerDeps } from '../deps.js';

/** Answers whether all could be written. Pods without a Ready condition, and those not ready already, are left alone. */
export const markPodsNotReady = (
  { api, clock }: ControllerDeps,
  recorder: EventRecorder,
  pods: readonly Pod[],
  then: (allWritten: boolean) => void,
): void => {
  const ready = pods.filter((pod) =>
    pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status !== 'False'),
  );
  const condition = { type: 'Ready', status: 'False', lastTransitionTime: formatTime(clock.now()) };
  const writes = ready.map(({ metadata }) =>
    api.patch(
      { kind: 'Pod', namespace: metadata.namespace, name: metadata.name },
      { type: 'strategic', body: { metadata: { uid: metadata.uid }, status: { conditions: [condition] } } },
      { subresource: 'status' },
    ),
  );
  allSettled(writes, (outcomes) => {
    let allWritten = true;
    outcomes.forEach((outcome, index) => {
      const pod = ready[index];
      if (!pod || (!outcome.ok && outcome.error.reason === 'NotFound')) return;
      if (!outcome.ok) allWritten = false;
      recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    });
    then(allWritten);
  });
};
