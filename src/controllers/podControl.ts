/**
 * Creating and deleting the pods of an owner, with the events that tell of it (PH-7).
 *
 * Models: pkg/controller/controller_utils.go#RealPodControl (v1.36)
 */
import type { ApiError, KubeObject, Pod } from '../api/index.js';
import { createCall, type Call, type EventRecorder } from '../client/index.js';
import { allSettled, isNamespaceTerminating, type ControllerDeps } from './deps.js';

/** The new pod; undefined when its namespace is being deleted, which counts as a success (PH-8). */
export const createPod = (
  { api }: Pick<ControllerDeps, 'api'>,
  recorder: EventRecorder,
  owner: KubeObject,
  manifest: unknown,
): Call<Pod | undefined> =>
  createCall((settle) =>
    api.create('Pod', manifest, { namespace: owner.metadata.namespace }).settled((outcome) => {
      if (outcome.ok) {
        recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${outcome.value.metadata.name}`);
      } else if (isNamespaceTerminating(outcome.error)) {
        return settle({ ok: true, value: undefined });
      } else recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${outcome.error.message}`);
      return settle(outcome);
    }),
  );

/** Deletes pods side by side. Answers those that could not be, and why; one that is gone already is no error. */
export const deletePods = (
  { api }: Pick<ControllerDeps, 'api'>,
  recorder: EventRecorder,
  owner: KubeObject,
  names: readonly string[],
  then: (failed: readonly string[], error: ApiError | undefined) => void,
): void => {
  const { namespace } = owner.metadata;
  allSettled(
    names.map((name) => api.delete({ kind: 'Pod', namespace, name })),
    (outcomes) => {
      const failed: string[] = [];
      let error: ApiError | undefined;
      outcomes.forEach((outcome, index) => {
        const name = names[index] ?? '';
        if (outcome.ok) return recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
        failed.push(name);
        if (outcome.error.reason === 'NotFound') return;
        recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${outcome.error.message}`);
        error ??= outcome.error;
      });
      then(failed, error);
    },
  );
};
