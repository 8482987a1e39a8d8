/**
 * Runs a command beside a container's process: same environment and marker, a process group of its own, so that a
 * timeout ends it with all its children. A command that leaves something running in the background (a postStart hook
 * that starts a helper) is answered when the command itself has ended; the container's end ends the helper too.
 *
 * Models: k8s.io/cri-api ExecSync, pkg/probe/exec (v1.36; node.md 4.7).
 */
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { Clock } from '../../clock/index.js';
import type { ExecOutcome, Reply } from '../port.js';
import { MAX_PROBE_OUTPUT_BYTES } from '../probeText.js';
import { execFailure, findExecutable } from './command.js';
import type { Guardian } from './groups/guardian.js';
import type { Launcher } from './groups/launcher.js';
import { signalProcess } from './groups/procfs.js';

/** How long a pipe may stay open once the process that we wait for has ended. */
export const DRAIN_GRACE_MS = 500;

/** Exit code as a CRI runtime reports it: 128 + signal for a process that died by a signal. */
export const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

interface Collected {
  text(): string;
}

/** Keeps the first `limit` bytes of a stream, and reads the rest, so that the writer is not held back. */
const collect = (stream: Readable, limit: number): Collected => {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size >= limit) return;
    chunks.push(chunk.length > limit - size ? chunk.subarray(0, limit - size) : chunk);
    size += Math.min(chunk.length, limit - size);
  });
  return { text: () => Buffer.concat(chunks).toString('utf8') };
};

export interface ExecHost {
  readonly clock: Clock;
  readonly launcher: Launcher;
  readonly guardian: Guardian;
}

export interface ExecTarget {
  readonly command: readonly string[];
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Process groups of running commands, for whoever ends the container. */
  readonly groups: Set<number>;
}

export const runInContainer = (host: ExecHost, target: ExecTarget, reply: Reply<ExecOutcome>): void => {
  const { command, timeoutMs, cwd, env, groups } = target;
  const found = findExecutable(command[0] ?? '', env['PATH'] ?? '', cwd);
  if (!found.ok) return reply({ type: 'error', message: execFailure(found.message) });

  host.launcher.launch(
    { executable: found.path, name: command[0] ?? '', args: command.slice(1), cwd, env },
    (launched) => {
      if (!launched.ok) return reply({ type: 'error', message: execFailure(launched.message) });
      const { process: child } = launched;
      const { pid } = child;
      groups.add(pid);
      host.guardian.add(pid);
      const stdout = collect(child.stdout, MAX_PROBE_OUTPUT_BYTES);
      const stderr = collect(child.stderr, MAX_PROBE_OUTPUT_BYTES);

      let isAnswered = false;
      const answer = (outcome: ExecOutcome): void => {
        if (isAnswered) return;
        isAnswered = true;
        host.clock.clearTimeout(timer);
        host.clock.clearTimeout(grace);
        reply(outcome);
      };
      let grace: unknown;
      const timer =
        timeoutMs > 0
          ? host.clock.setTimeout(() => {
              signalProcess(-pid, 'SIGKILL');
              answer({ type: 'timedOut' });
            }, timeoutMs)
          : undefined;

      let exitCode: number | undefined;
      let isDrained = false;
      const answerExit = (): void => {
        if (exitCode === undefined) return;
        answer({ type: 'exited', exitCode, stdout: stdout.text(), stderr: stderr.text() });
      };
      child.onDrained(() => {
        isDrained = true;
        answerExit();
      });
      child.onExit((code, signal) => {
        groups.delete(pid);
        host.guardian.remove(pid);
        exitCode = exitCodeOf(code, signal);
        if (isDrained) return answerExit();
        // Somebody in the background holds the pipes: they are read on, but nobody waits for them.
        grace = host.clock.setTimeout(() => {
          for (const stream of [child.stdout, child.stderr])
            (stream as Readable & { unref?: () => void }).unref?.();
          answerExit();
        }, DRAIN_GRACE_MS);
      });
    },
  );
};
