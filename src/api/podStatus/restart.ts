/**
 * Whether a container that ended is started again: restart rules by exit code, the container's own restart policy, the
 * pod's restart policy, in this order.
 *
 * Models: pkg/api/v1/pod/util.go#ContainerShouldRestart, pkg/kubelet/container/helpers.go#ShouldContainerBeRestarted
 * (v1.36, gates ContainerRestartRules and RestartAllContainersOnContainerExits on, their defaults)
 */
import type { PodSpec } from '../schema/kinds/pod.js';
import type { Container } from '../schema/types/container.js';

/** What of a container decides on restarts. */
export type RestartFields = Pick<Container, 'restartPolicy' | 'restartPolicyRules'>;
type RestartRule = NonNullable<Container['restartPolicyRules']>[number];

/** State reason of containers that a RestartAllContainers rule removed. */
export const RESTARTING_ALL_CONTAINERS = 'RestartingAllContainers';

/** An init container that keeps running beside the regular ones. */
export const isSidecar = (initContainer: Pick<Container, 'restartPolicy'>): boolean =>
  initContainer.restartPolicy === 'Always';

/** The first restart rule that an exit code meets. Rules without a container restart policy do not count. */
export const matchingRestartRule = (container: RestartFields, exitCode: number): RestartRule | undefined => {
  if (container.restartPolicy === undefined) return undefined;
  return (container.restartPolicyRules ?? []).find(({ exitCodes }) => {
    if (exitCodes === undefined) return false;
    const isListed = (exitCodes.values ?? []).includes(exitCode);
    return exitCodes.operator === 'In' ? isListed : exitCodes.operator === 'NotIn' && !isListed;
  });
};

/** Whether a container that ended with an exit code is to be started again, sooner or later. */
export const containerShouldRestart = (
  container: RestartFields,
  pod: Pick<PodSpec, 'restartPolicy'>,
  exitCode: number,
): boolean => {
  const action = matchingRestartRule(container, exitCode)?.action;
  if (action === 'Restart' || action === 'RestartAllContainers') return true;
  return policyRestarts(container.restartPolicy ?? pod.restartPolicy ?? 'Always', exitCode);
};

const policyRestarts = (policy: string, exitCode: number): boolean =>
  policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);

/** Whether a container that its liveness or startup probe condemned is started again. Rules do not count here. */
export const restartsAfterProbeKill = (
  container: RestartFields,
  pod: Pick<PodSpec, 'restartPolicy'>,
): boolean => (container.restartPolicy ?? pod.restartPolicy) !== 'Never';

/** The newest instance of a container, as the runtime knows it. */
export type InstanceState =
  | { readonly state: 'created' | 'running' | 'unknown' }
  | { readonly state: 'exited'; readonly exitCode: number };

/**
 * Whether a container is to be started now. Nothing is started in a pod that is being deleted.
 * @param instance the newest one, undefined when the container was never created
 */
export const shouldContainerBeRestarted = (
  container: RestartFields,
  pod: {
    readonly metadata: { readonly deletionTimestamp?: string | undefined };
    readonly spec: Pick<PodSpec, 'restartPolicy'>;
  },
  instance: InstanceState | undefined,
): boolean => {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (instance === undefined) return true;
  if (instance.state === 'running') return false;
  if (instance.state !== 'exited') return true;
  return containerShouldRestart(container, pod.spec, instance.exitCode);
};
