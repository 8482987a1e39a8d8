/**
 * The node side of `kubectl exec`, `attach`, `cp` and `port-forward`: finds the container instance that is meant, and
 * refuses in the kubelet's words and with its HTTP codes.
 *
 * Models: pkg/kubelet/kubelet_pods.go#GetExec, #GetAttach, #GetPortForward, pkg/kubelet/server/server.go (v1.36; spec
 * node.md 6.9).
 */
import type { Pod } from '../api/index.js';
import type {
  ByteSink,
  ContainerRuntime,
  ExecStreamOutcome,
  OpenStream,
  Outcome,
  ProcessOutput,
  Reply,
} from '../runtime/index.js';
import type { NodeAgent } from './agent.js';
import { namespaceOf } from './services.js';

export type NodeStream<Open> =
  | { readonly kind: 'ready'; readonly open: Open }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

const refused = (code: number, message: string) => ({ kind: 'refused', code, message }) as const;

/** `web-0_default` */
const fullName = (pod: Pod): string => `${pod.metadata.name}_${namespaceOf(pod)}`;

interface NodeParts {
  readonly agent: NodeAgent;
  readonly runtime: ContainerRuntime;
}

/** The worker of this very pod, not of another one with its name. */
const workerOf = (agent: NodeAgent, pod: Pod) => {
  const worker = agent.pod(namespaceOf(pod), pod.metadata.name);
  return worker?.pod.metadata.uid === pod.metadata.uid ? worker : undefined;
};

const runningContainer = (
  { agent, runtime }: NodeParts,
  pod: Pod,
  container: string,
  missing: string,
): NodeStream<string> => {
  const worker = workerOf(agent, pod);
  if (worker === undefined) return refused(404, 'pod does not exist');
  const id = worker.containerIds(container).find((known) => runtime.isContainerRunning(known));
  return id === undefined ? refused(500, missing) : { kind: 'ready', open: id };
};

export const execInContainer = (
  node: NodeParts,
  pod: Pod,
  request: {
    readonly container: string;
    readonly command: readonly string[];
    readonly stdin: boolean;
    readonly tty: boolean;
  },
): NodeStream<(output: ProcessOutput, reply: Reply<ExecStreamOutcome>) => OpenStream> => {
  const { container, command, stdin, tty } = request;
  const found = runningContainer(node, pod, container, `container not found ("${container}")`);
  if (found.kind === 'refused') return found;
  const { open: containerId } = found;
  const open = (output: ProcessOutput, reply: Reply<ExecStreamOutcome>): OpenStream =>
    node.runtime.openExec({ containerId, command, stdin, tty }, output, reply);
  return { kind: 'ready', open };
};

export const attachToContainer = (
  node: NodeParts,
  pod: Pod,
  { container, stdin }: { readonly container: string; readonly stdin: boolean },
): NodeStream<(output: ProcessOutput, reply: Reply<Outcome<object>>) => OpenStream> => {
  const missing = `container ${container} not found in pod ${fullName(pod)}`;
  const found = runningContainer(node, pod, container, missing);
  if (found.kind === 'refused') return found;
  const { open: containerId } = found;
  const open = (output: ProcessOutput, reply: Reply<Outcome<object>>): OpenStream =>
    node.runtime.attach({ containerId, stdin }, output, reply);
  return { kind: 'ready', open };
};

export const forwardToPod = (
  { agent, runtime }: NodeParts,
  pod: Pod,
): NodeStream<{
  readonly sandboxId: string;
  connect(port: number, output: ByteSink, reply: Reply<Outcome<object>>): OpenStream;
}> => {
  const worker = workerOf(agent, pod);
  if (worker === undefined) return refused(404, 'pod does not exist');
  const { sandboxId } = worker;
  if (sandboxId === '') return refused(500, `pod not found ("${fullName(pod)}")`);
  const connect = (port: number, output: ByteSink, reply: Reply<Outcome<object>>): OpenStream =>
    runtime.portForward({ sandboxId, port }, output, reply);
  return { kind: 'ready', open: { sandboxId, connect } };
};
