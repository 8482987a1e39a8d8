/**
 * The requests that the Job controller makes about pods, with their events.
 *
 * Models: pkg/controller/controller_utils.go#RealPodControl, pkg/controller/job/job_controller.go#deleteJobPods (v1.36)
 */
import type { ApiError, Job, Pod } from '../../api/index.js';
import { answer, createCall, type Call, type EventRecorder, type Settled } from '../../client/index.js';
import { allSettled, isNamespaceTerminating, type ControllerDeps } from '../deps.js';
import { adoptPatch, releasePatch } from '../ownership.js';
import { isTracked, TRACKING_FINALIZER, type JobView } from './view.js';

/** Takes the tracking finalizer off, from this very pod. */
export const untrackPatch = ({ metadata }: Pod): unknown => ({
  metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER], uid: metadata.uid },
});

export class PodWrites {
  private readonly deps: Pick<ControllerDeps, 'api'>;
  private readonly recorder: EventRecorder;

  constructor(deps: Pick<ControllerDeps, 'api'>, recorder: EventRecorder) {
    this.deps = deps;
    this.recorder = recorder;
  }

  private patch({ metadata }: Pod, body: unknown): Call<Pod> {
    const { name, namespace } = metadata;
    return this.deps.api.patch({ kind: 'Pod', namespace, name }, { type: 'strategic', body });
  }

  create(job: Job, manifest: unknown): Call<unknown> {
    return createCall((settle) =>
      this.deps.api.create('Pod', manifest, { namespace: job.metadata.namespace }).settled((outcome) => {
        if (outcome.ok)
          this.recorder.event(
            job,
            'Normal',
            'SuccessfulCreate',
            `Created pod: ${outcome.value.metadata.name}`,
          );
        else if (isNamespaceTerminating(outcome.error))
          // Nothing more can be created here: waiting for the end of the namespace is a success (PH-8).
          return settle({ ok: true, value: undefined });
        else this.recorder.event(job, 'Warning', 'FailedCreate', `Error creating: ${outcome.error.message}`);
        return settle(outcome);
      }),
    );
  }

  delete(job: Job, { metadata }: Pod): Call<unknown> {
    const { name, namespace } = metadata;
    return createCall((settle) =>
      this.deps.api.delete({ kind: 'Pod', namespace, name }).settled((outcome) => {
        if (outcome.ok) this.recorder.event(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
        else if (outcome.error.reason !== 'NotFound')
          this.recorder.event(job, 'Warning', 'FailedDelete', `Error deleting: ${outcome.error.message}`);
        settle(outcome);
      }),
    );
  }

  /** Untracked first, so that the end of the pod is not counted; then deleted. */
  remove(job: Job, pods: readonly Pod[], then: (outcomes: readonly Settled<unknown>[]) => void): void {
    allSettled(
      pods.map((pod) =>
        createCall<unknown>((settle) => {
          if (!isTracked(pod)) return this.delete(job, pod).settled(settle);
          return this.patch(pod, untrackPatch(pod)).settled((outcome) =>
            outcome.ok ? this.delete(job, pod).settled(settle) : settle(outcome),
          );
        }),
      ),
      then,
    );
  }

  release(pods: readonly Pod[], then: (outcomes: readonly Settled<unknown>[]) => void): void {
    allSettled(
      pods.map((pod) => this.patch(pod, untrackPatch(pod))),
      then,
    );
  }

  /**
   * Adopts and releases pods (OW-5); adopted ones are tracked from then on. `owner` is the live look at the Job, whose
   * failure forbids adoption.
   */
  claim(
    job: Job,
    { toAdopt, toRelease }: JobView,
    owner: Settled<unknown>,
    then: (adopted: readonly Pod[], error: ApiError | undefined) => void,
  ): void {
    const adopting = toAdopt.map((pod) =>
      owner.ok
        ? this.patch(pod, withFinalizers(adoptPatch(job, pod.metadata), 'finalizers'))
        : answer<Pod>(() => {
            throw owner.error;
          }),
    );
    const releasing = toRelease.map((pod) =>
      this.patch(
        pod,
        withFinalizers(releasePatch(job.metadata.uid, pod.metadata), '$deleteFromPrimitiveList/finalizers'),
      ),
    );
    allSettled([...adopting, ...releasing], (outcomes) => {
      const adopted: Pod[] = [];
      let error: ApiError | undefined;
      outcomes.forEach((outcome, index) => {
        const isAdoption = index < adopting.length;
        if (outcome.ok) {
          if (isAdoption) adopted.push(outcome.value);
        } else if (outcome.error.reason !== 'NotFound' && (isAdoption || outcome.error.reason !== 'Invalid'))
          error ??= outcome.error;
      });
      then(adopted, error);
    });
  }
}

const withFinalizers = (patch: unknown, field: string): unknown => {
  const { metadata } = patch as { readonly metadata: object };
  return { metadata: { ...metadata, [field]: [TRACKING_FINALIZER] } };
};
