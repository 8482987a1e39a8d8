/**
 * The events that a container's chart asks for, in upstream's words. Pure.
 *
 * Models: pkg/kubelet/kuberuntime, pkg/kubelet/images (v1.36; spec node.md 7).
 */
import { restartsAfterProbeKill } from '../../api/index.js';
import type { ContainerContext } from '../../../machines/index.js';

export interface Report {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

const warning = (reason: string, message: string): Report => ({ type: 'Warning', reason, message });
const normal = (reason: string, message: string): Report => ({ type: 'Normal', reason, message });

export const CREATED = normal('Created', 'Container created');
export const STARTED = normal('Started', 'Container started');
export const PULL_FAILED = warning('Failed', 'Error: ErrImagePull');
export const POST_START_FAILED = warning('FailedPostStartHook', 'PostStartHook failed');
export const PRE_STOP_FAILED = warning('FailedPreStopHook', 'PreStopHook failed');

export const presentImage = (image: string): Report =>
  normal('Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`);
export const pulling = (image: string): Report => normal('Pulling', `Pulling image "${image}"`);
/** @param took, @param tookInAll durations as text; the second with the time that it waited for other pulls. */
export const pulled = (image: string, took: string, tookInAll: string, sizeBytes: number): Report =>
  normal(
    'Pulled',
    `Successfully pulled image "${image}" in ${took} (${tookInAll} including waiting). Image size: ${sizeBytes} bytes.`,
  );
export const pullFailed = (image: string, message: string): Report =>
  warning('Failed', `Failed to pull image "${image}": ${message}`);
export const pullBackOff = (image: string): readonly Report[] => [
  normal('BackOff', `Back-off pulling image "${image}"`),
  warning('Failed', 'Error: ImagePullBackOff'),
];
export const absentImage = (message: string): readonly Report[] => [
  warning('ErrImageNeverPull', message),
  warning('Failed', 'Error: ErrImageNeverPull'),
];
export const invalidImage = (message: string): readonly Report[] => [
  warning('InspectFailed', message),
  warning('Failed', 'Error: InvalidImageName'),
];
export const backOff = (container: string, podLabel: string): Report =>
  warning('BackOff', `Back-off restarting failed container ${container} in pod ${podLabel}`);
export const failed = (message: string | undefined): Report => warning('Failed', `Error: ${message}`);

/** Why a container is stopped. What is said of init containers has no ending. */
export const killing = (context: ContainerContext): Report => {
  const { name, role, killCause } = context;
  const subject = role === 'init' || role === 'sidecar' ? `Init container ${name}` : `Container ${name}`;
  const isRegular = role === undefined || role === 'regular';
  const ending = (restarts: boolean): string => (isRegular && restarts ? ', will be restarted' : '');
  switch (killCause) {
    case 'liveness':
    case 'startup': {
      const restarts = restartsAfterProbeKill(context, { restartPolicy: context.podRestartPolicy });
      return normal('Killing', `${subject} failed ${killCause} probe${ending(restarts)}`);
    }
    case 'changed':
      return normal('Killing', `${subject} definition changed${ending(true)}`);
    case 'postStart':
      return normal('Killing', 'FailedPostStartHook');
    case 'restartAll':
      return normal('Killing', 'killing');
    default:
      return normal('Killing', `Stopping container ${name}`);
  }
};
