/**
 * What a request for a stream is about: its pod, its container, what it asks for. Everything is checked before the
 * connection is upgraded, so that what is wrong is an ordinary answer.
 *
 * Models: pkg/registry/core/pod/strategy.go#streamLocation, pkg/kubelet/server/server.go (v1.36; node.md 6.9)
 */
import { badRequest, type Pod } from '../../api/index.js';
import type { PodStreams, StreamAnswer } from '../ports.js';
import type { Exchange } from '../request/exchange.js';
import { isTrue } from '../request/query.js';
import type { ResourceRoute } from '../request/route.js';
import { containerOf } from '../resources/podLog.js';

export const STREAM_SUBRESOURCES = ['exec', 'attach', 'portforward'] as const;
export type StreamSubresource = (typeof STREAM_SUBRESOURCES)[number];

/** What the node refuses: sent as plain text, which clients show as it is. */
export class NodeRefusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

type ReadyExec = Extract<ReturnType<PodStreams['exec']>, { kind: 'ready' }>['open'];
type ReadyAttach = Extract<ReturnType<PodStreams['attach']>, { kind: 'ready' }>['open'];
type ReadyPortForward = Extract<ReturnType<PodStreams['portForward']>, { kind: 'ready' }>['open'];

/** Which streams a command has. With a terminal there is no stderr. */
export interface CommandStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export type StreamTarget =
  | {
      readonly type: 'exec';
      readonly command: readonly string[];
      readonly streams: CommandStreams;
      readonly open: ReadyExec;
    }
  | { readonly type: 'attach'; readonly streams: CommandStreams; readonly open: ReadyAttach }
  | {
      readonly type: 'portforward';
      /** Named by the request; only the oldest protocol does. */
      readonly ports: readonly number[];
      readonly open: ReadyPortForward;
    };

/** @throws {ApiError} what the API refuses; {NodeRefusal} what the node does. */
export const targetOf = async (exchange: Exchange, route: ResourceRoute): Promise<StreamTarget> => {
  const { context, query } = exchange;
  const name = route.name ?? '';
  const pod = await context.api.get({ kind: 'Pod', name, namespace: route.namespace });
  const type = route.subresource as StreamSubresource;
  const container = type === 'portforward' ? '' : containerOf(pod, query.get('container') ?? '');
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  const { podStreams } = context;
  if (podStreams === undefined) throw badRequest(`this server has no way to ${type} on its nodes`);

  if (type === 'portforward') {
    return { type, ports: portsOf(query), open: ready(podStreams.portForward(pod)) };
  }
  const asked = commandStreamsOf(query);
  if (type === 'attach') {
    const tty = hasTerminal(pod, container);
    const streams = { ...asked, tty, stderr: asked.stderr && !tty };
    return { type, streams, open: ready(podStreams.attach(pod, { container, stdin: asked.stdin })) };
  }
  const command = query.getAll('command');
  const { stdin, tty } = asked;
  return {
    type,
    command,
    streams: asked,
    open: ready(podStreams.exec(pod, { container, command, stdin, tty })),
  };
};

const ready = <Open>(answer: StreamAnswer<Open>): Open => {
  if (answer.kind === 'ready') return answer.open;
  throw answer.kind === 'error' ? answer.error : new NodeRefusal(answer.code, answer.message);
};

const commandStreamsOf = (query: URLSearchParams): CommandStreams => {
  const [stdin, stdout, stderr, tty] = ['stdin', 'stdout', 'stderr', 'tty'].map((name) =>
    isTrue(query.get(name)),
  ) as [boolean, boolean, boolean, boolean];
  if (!stdin && !stdout && !stderr) {
    throw new NodeRefusal(400, 'you must specify at least 1 of stdin, stdout, stderr');
  }
  return { stdin, stdout, stderr: stderr && !tty, tty };
};

const hasTerminal = ({ spec }: Pod, name: string): boolean =>
  [spec.containers, spec.initContainers, spec.ephemeralContainers].some((list) =>
    list?.some((container) => container.name === name && container.tty === true),
  );

const portsOf = (query: URLSearchParams): readonly number[] =>
  query.getAll('ports').flatMap((list) =>
    list.split(',').map((text) => {
      const port = Number(text);
      if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port;
      throw badRequest(`unable to parse ${JSON.stringify(text)} as a port`);
    }),
  );
