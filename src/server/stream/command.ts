/**
 * `exec` and `attach`, whatever carries them: opens the command on the node, connects it to the client's channels, and
 * tells its end.
 *
 * Models: k8s.io/kubelet/pkg/cri/streaming/remotecommand (v1.36; node.md 6.9)
 */
import { internalError, type Status } from '../../api/index.js';
import type { ByteSink, ExecEnd, OpenStream, ProcessOutput, StreamEnd } from '../ports.js';
import { NO_SINK } from './sinks.js';
import type { StreamTarget } from './target.js';

export type CommandTarget = Extract<StreamTarget, { type: 'exec' | 'attach' }>;

/** The client, as a command sees it. */
export interface CommandClient {
  /** Undefined: the client did not ask for this stream. */
  readonly stdout: ByteSink | undefined;
  readonly stderr: ByteSink | undefined;
  /** Tells how it ended, and then ends the connection. */
  finish(status: ChannelStatus): void;
}

export const openCommand = (target: CommandTarget, client: CommandClient): OpenStream => {
  const output: ProcessOutput = { stdout: client.stdout ?? NO_SINK, stderr: client.stderr ?? NO_SINK };
  if (target.type === 'exec') {
    return target.open(output, (end) => client.finish(execStatus(target.command, end)));
  }
  return target.open(output, (end) => client.finish(attachStatus(end)));
};

/** As it stands in the error channel: without kind and version. */
export type ChannelStatus = Omit<Status, 'kind' | 'apiVersion'>;

const SUCCESS: ChannelStatus = { metadata: {}, status: 'Success' };

const failure = (cause: string): ChannelStatus => {
  const {
    metadata,
    status,
    message = '',
    reason = '',
    details = {},
    code = 500,
  } = internalError(cause).status;
  return { metadata, status, message, reason, details, code };
};

/** What the client reads from the error channel; kubectl exits with the exit code in it. */
const execStatus = (command: readonly string[], end: ExecEnd): ChannelStatus => {
  if (end.type === 'error') {
    return failure(`error executing command in container: ${end.message}`);
  }
  if (end.exitCode === 0) return SUCCESS;
  const cause = `error executing command [${command.join(' ')}], exit code ${end.exitCode}`;
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${cause}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(end.exitCode) }] },
  };
};

const attachStatus = (end: StreamEnd): ChannelStatus =>
  end.ok ? SUCCESS : failure(`error attaching to container: ${end.message}`);

/** `{"Width":80,"Height":24}`; undefined for anything else, which is passed over. */
export const parseTerminalSize = (
  text: string,
): { readonly columns: number; readonly rows: number } | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { Width: columns, Height: rows } = (value ?? {}) as Record<string, unknown>;
  const isSize = (size: unknown): size is number =>
    Number.isInteger(size) && (size as number) > 0 && (size as number) < 65_536;
  return isSize(columns) && isSize(rows) ? { columns, rows } : undefined;
};
