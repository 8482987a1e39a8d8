/**
 * The message of a container that has ended, when the runtime has none: the end of its log, if the container asks for
 * that and has failed.
 *
 * Models: pkg/kubelet/kuberuntime/kuberuntime_container.go#getTerminationMessage (v1.36; spec node.md 2.7).
 */
import type { Container } from '../../api/index.js';
import type { ContainerExited, ContainerRuntime, LogRef } from '../../runtime/index.js';

/** Source: pkg/kubelet/container/runtime.go (MaxContainerTerminationMessageLogLines, …LogLength). */
const MAX_LINES = 80;
const MAX_BYTES = 2048;

export const needsLogs = (
  spec: Container,
  exit: Pick<ContainerExited, 'exitCode' | 'reason' | 'message'>,
): boolean =>
  spec.terminationMessagePolicy === 'FallbackToLogsOnError' &&
  exit.exitCode !== 0 &&
  exit.reason !== 'ContainerCannotRun' &&
  (exit.message ?? '') === '';

/** Answers with the last lines, or with nothing when there is no log. */
export const lastLines = (runtime: ContainerRuntime, ref: LogRef, reply: (text: string) => void): void => {
  let text = '';
  runtime.logs(ref, { follow: false, tailLines: MAX_LINES }).subscribe({
    next: (line) => (text += `${line.text}\n`),
    error: () => reply(''),
    complete: () => reply(cutStart(text)),
  });
};

const cutStart = (text: string): string => {
  const bytes = Buffer.from(text);
  return bytes.length <= MAX_BYTES ? text : bytes.subarray(bytes.length - MAX_BYTES).toString('utf8');
};

/** All messages of a pod share this many bytes. Source: status_manager.go (MaxPodTerminationMessageLogLength). */
const MAX_POD_BYTES = 12_288;

/** A message cut to its share of what a pod's status may hold. */
export const fittingMessage = (message: string, containersOfPod: number): string => {
  const limit = Math.floor(MAX_POD_BYTES / containersOfPod);
  const bytes = Buffer.from(message);
  return bytes.length <= limit ? message : bytes.subarray(0, limit).toString('utf8');
};
