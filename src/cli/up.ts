/** `statelet up`: a cluster, served to kubectl, until it is interrupted. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Listening } from '../cluster.js';
import { demoFiles } from './demo.js';
import { EXIT_OK, failure, messageOf, usageError } from './errors.js';
import { reading } from './manifests.js';
import { plural } from './report/format.js';
import { createJsonLines, createLines, createScreen, type Reporter } from './report/output.js';
import {
  applyAll,
  followFaults,
  startSession,
  untilEnd,
  wrong,
  type ClusterFlags,
  type Session,
} from './session.js';
import { runningPods, stopWorkloads } from './stopWorkloads.js';
import type { Terminal } from './terminal.js';

export interface UpFlags extends ClusterFlags {
  readonly port?: number;
  readonly token?: string;
  readonly kubeconfig?: string;
  readonly output: 'text' | 'json';
  readonly demo: boolean;
}

/** Where Kubernetes' own API server listens; without `--port`, another one is taken when it is in use. */
const DEFAULT_PORT = 6443;

/** The context that statelet's kubeconfigs have. */
const CONTEXT = 'statelet';

/** Runs until interrupted or until `--for` is over. Answers the exit code. */
export async function up(flags: UpFlags, terminal: Terminal): Promise<number> {
  const kubeconfigPath = resolve(flags.kubeconfig ?? join(flags.stateDir, 'kubeconfig'));
  await refuseForeignKubeconfig(kubeconfigPath);
  const token = tokenOf(flags);
  const session = await startSession(flags.demo ? withDemo(flags) : flags);
  const reporter = reporterFor(flags, terminal, session);
  const faults = followFaults(session, (text) => reporter.warning(text));
  const ended = untilEnd(session, terminal);
  try {
    const { url, kubeconfig } = await listen(session, flags, { kubeconfig: kubeconfigPath, token });
    reporter.started({ url, kubeconfig });
    await applyAll(session, terminal, (object) => reporter.applied(object));
    const ending = await ended;
    reporter.stop();
    await stopGracefully(session, terminal, flags, ending === 'time' ? 'time is over' : 'interrupted');
    return EXIT_OK;
  } finally {
    reporter.stop();
    faults.unsubscribe();
    await session.close();
  }
}

function withDemo(flags: UpFlags): UpFlags {
  const { manifests, images } = demoFiles();
  return { ...flags, filename: [...manifests, ...flags.filename], images: flags.images ?? images };
}

function reporterFor(flags: UpFlags, terminal: Terminal, { record, clock }: Session): Reporter {
  if (flags.output === 'json') return createJsonLines(terminal, record);
  return terminal.isInteractive ? createScreen(terminal, record, clock) : createLines(terminal, record);
}

/** Somebody's own kubeconfig is never written over. */
async function refuseForeignKubeconfig(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const text = await wrong(() => reading(path, readFile(path, 'utf8')));
  const current = /^current-context: "?([^"\n]*)/m.exec(text)?.[1];
  // An empty one is nobody's: made by mktemp, for this.
  if (text.trim() !== '' && current !== CONTEXT)
    throw usageError(`${path} is not a kubeconfig of statelet: choose another file`);
}

/** Undefined: a random one. */
function tokenOf(flags: UpFlags): string | undefined {
  const token = flags.token ?? (process.env['STATELET_TOKEN'] || undefined);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw usageError('a token is made of printable ASCII characters without spaces');
  return token;
}

interface ListenParts {
  readonly kubeconfig: string;
  readonly token: string | undefined;
}

async function listen(
  { cluster }: Session,
  flags: UpFlags,
  { kubeconfig, token }: ListenParts,
): Promise<Listening> {
  const options = { kubeconfig, ...(token === undefined ? {} : { token }) };
  try {
    return await cluster.listen({ ...options, port: flags.port ?? DEFAULT_PORT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw failure(messageOf(error));
    if (flags.port !== undefined) {
      throw failure(`port ${flags.port} is in use: choose another one with --port, or leave --port out`);
    }
    return await cluster.listen({ ...options, port: 0 });
  }
}

/** Says what it stops, stops it, and sums up. */
async function stopGracefully(
  session: Session,
  terminal: Terminal,
  flags: UpFlags,
  why: string,
): Promise<void> {
  const { cluster, record, clock } = session;
  // What happened is summed up before stopping adds to it.
  const summary = record.summary();
  const last =
    flags.output === 'json'
      ? createJsonLines(terminal, record)
      : createLines(terminal, record, { showsReadiness: false });
  last.note(`Stopping ${plural(runningPods(record).length, 'pod')} (${why}); Ctrl-C again stops at once.`);
  const stopped = await stopWorkloads(cluster.api, record, clock);
  last.stop();
  for (const name of stopped) last.note(`stopped pod ${name}`);
  last.summary(summary);
}
