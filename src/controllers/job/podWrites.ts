/**
 * The requests that the Job controller makes about pods, with their events.
 *
 * Models: pkg/controller/controller_utils.go#RealPodControl, pkg/controller/job/job_controller.go#deleteJobPods (v1.36)
 */
import type { ApiError, Job, Pod } from '../../api/index.js';
import { createCall, type Call, type EventRecorder, type Settled } from '../../client/index.js';
import { carryOutClaims } from '../claiming.js';
import { allSettled, type ControllerDeps } from '../deps.js';
import { adoptPatch, releasePatch } from '../ownership.js';
import { createPod } from '../podControl.js';
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
    return createPod(this.deps, this.recorder, job, manifest);
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

  /** Adopts and releases pods; those adopted are tracked from then on (OW-5). */
  claim(job: Job, view: JobView, then: (adopted: readonly Pod[], error: ApiError | undefined) => void): void {
    carryOutClaims(this.deps, job, view, then, {
      adopt: ({ metadata }) => withFinalizers(adoptPatch(job, metadata), 'finalizers'),
      release: ({ metadata }) =>
        withFinalizers(releasePatch(job.metadata.uid, metadata), '$deleteFromPrimitiveList/finalizers'),
    });
  }
}

const withFinalizers = (patch: unknown, field: string): unknown => {
  const { metadata } = patch as { readonly metadata: object };
  return { metadata: { ...metadata, [field]: [TRACKING_FINALIZER] } };
};
