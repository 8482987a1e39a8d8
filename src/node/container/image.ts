/**
 * From the image that a container names to one that is on the node: checked, found, or pulled.
 *
 * Models: pkg/kubelet/images/image_manager.go#EnsureImageExists (v1.36; spec node.md 2.6).
 */
import { formatDuration, type Container } from '../../api/index.js';
import type { Clock } from '../../clock/index.js';
import type { ContainerEvent } from '../../../machines/index.js';
import type { ContainerRuntime, PodIdentity } from '../../runtime/index.js';
import { imageNameProblem } from './imageName.js';
import type { ImagePulls } from './pulls.js';
import { presentImage, pulled, pullFailed, pulling, type Report } from './reports.js';

export interface ImageRequest {
  readonly spec: Container;
  readonly pod: PodIdentity;
  readonly pulls: ImagePulls;
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
}

/** Answers once with image.pulled, image.pullFailed, image.absent or image.invalid. */
export const obtainImage = (
  { spec, pod, pulls, runtime, clock }: ImageRequest,
  report: (report: Report) => void,
  answer: (event: ContainerEvent) => void,
): void => {
  const { image = '', imagePullPolicy } = spec;
  const askedAt = clock.now();
  const problem = imageNameProblem(image);
  if (problem !== undefined) {
    const message = `Failed to apply default image tag "${image}": ${problem}`;
    return answer({ type: 'image.invalid', at: askedAt, message });
  }
  if (imagePullPolicy !== 'Always' && runtime.isImagePresent(image)) {
    report(presentImage(image));
    return answer({ type: 'image.pulled', at: askedAt, imageRef: image });
  }
  if (imagePullPolicy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    return answer({ type: 'image.absent', at: askedAt, message });
  }
  report(pulling(image));
  let begunAt = askedAt;
  const began = (): void => {
    begunAt = clock.now();
  };
  const hasCommand = (spec.command?.length ?? 0) > 0;
  pulls.pull({ image, pod, hasCommand }, began, (outcome) => {
    const at = clock.now();
    if (!outcome.ok) {
      report(pullFailed(image, outcome.message));
      return answer({ type: 'image.pullFailed', at, message: outcome.message });
    }
    const took = formatDuration(at - begunAt);
    const tookInAll = begunAt === askedAt ? took : formatDuration(at - askedAt);
    report(pulled(image, took, tookInAll, outcome.sizeBytes));
    answer({ type: 'image.pulled', at, imageRef: outcome.imageRef });
  });
};
