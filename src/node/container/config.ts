/**
 * What a runtime is asked to create for a container: every reference followed, every variable expanded.
 *
 * Models: pkg/kubelet/kuberuntime/kuberuntime_container.go#generateContainerConfig (v1.36; spec node.md 8.1).
 */
import { parseBytes, type Container, type Pod } from '../../api/index.js';
import type { ContainerConfig, ContainerMount } from '../../runtime/index.js';
import { containerEnvironment, type Variable } from '../env.js';
import { expand } from '../environment/expansion.js';
import { identityOf, namespaceOf, type NodeServices } from '../services.js';

export interface InstanceSurroundings {
  readonly services: NodeServices;
  readonly sandboxId: string;
  /** The pod's address. */
  readonly ip: string;
  readonly attempt: number;
}

const NO_MOUNTS: readonly ContainerMount[] = Object.freeze([]);
const NO_PORTS: ContainerConfig['ports'] = Object.freeze([]);

/** `message` is that of CreateContainerConfigError. */
export const containerConfig = (
  spec: Container,
  pod: Pod,
  { services, sandboxId, ip, attempt }: InstanceSurroundings,
):
  | { readonly ok: true; readonly value: ContainerConfig }
  | { readonly ok: false; readonly message: string } => {
  const namespace = namespaceOf(pod);
  const resolved = containerEnvironment(spec, pod, {
    podIp: ip,
    hostIp: services.nodeIp,
    nodeName: services.nodeName,
    allocatable: services.allocatable(),
    configMap: (name) => services.configMap(namespace, name),
    secret: (name) => services.secret(namespace, name),
  });
  if (!resolved.ok) return resolved;
  const target = 'targetContainerName' in spec ? spec.targetContainerName : undefined;
  if (target && !hasContainer(pod, target as string))
    return { ok: false, message: `unable to find target container ${JSON.stringify(target)}` };
  const value: ContainerConfig = {
    pod: identityOf(pod, services.nodeName),
    sandboxId,
    name: spec.name,
    attempt,
    image: spec.image ?? '',
    command: resolved.command,
    args: resolved.args,
    env: resolved.env,
    workingDir: spec.workingDir,
    mounts: spec.volumeMounts ? mountsOf(spec.volumeMounts, resolved.env) : NO_MOUNTS,
    memoryLimitBytes: memoryLimitOf(spec),
    terminationMessagePath: spec.terminationMessagePath ?? '/dev/termination-log',
    ports: spec.ports ? portsOf(spec.ports) : NO_PORTS,
    stdin: spec.stdin,
    stdinOnce: spec.stdinOnce,
    tty: spec.tty,
  };
  return { ok: true, value };
};

const hasContainer = ({ spec }: Pod, name: string): boolean =>
  [...(spec.initContainers ?? []), ...spec.containers].some((container) => container.name === name);

const memoryLimitOf = ({ resources }: Container): number | undefined => {
  const limit = resources?.limits?.['memory'];
  return limit === undefined ? undefined : parseBytes(limit);
};

const portsOf = (ports: NonNullable<Container['ports']>): ContainerConfig['ports'] =>
  ports.map(({ containerPort, protocol }) => ({ containerPort, protocol: protocol ?? 'TCP' }));

const mountsOf = (
  mounts: NonNullable<Container['volumeMounts']>,
  env: readonly Variable[],
): readonly ContainerMount[] => {
  const variables = new Map(env);
  return mounts.map(({ name, mountPath, readOnly, subPath, subPathExpr }) => ({
    name,
    mountPath,
    readOnly: readOnly ?? false,
    subPath: subPathExpr ? expand(subPathExpr, (variable) => variables.get(variable)) : subPath,
  }));
};
