/** A server whose nodes are played by the test, and WebSocket clients for it. */
import { WebSocket } from 'ws';
import type {
  ByteSink,
  ExecEnd,
  OpenStream,
  PodStreams,
  ProcessOutput,
  StreamEnd,
} from '../../../src/server/ports.js';
import { startServer, type Fixture } from '../support.js';

/** A stream that the server has opened on the node. */
export interface NodeEnd {
  readonly asked: unknown;
  readonly output: ProcessOutput;
  readonly end: (end: never) => void;
  readonly received: string[];
  readonly sizes: { readonly columns: number; readonly rows: number }[];
  /** While set, what comes from the client is held: its writer waits. */
  hold?: (() => void)[] | undefined;
  isInputOver: boolean;
  isClosed: boolean;
}

export interface StreamFixture extends Fixture {
  /** Streams opened so far, the last one last. */
  readonly opened: NodeEnd[];
  /** Resolves with the next stream that is opened. */
  next(): Promise<NodeEnd>;
  /** What the node answers instead of opening. */
  refusal?: { readonly code: number; readonly message: string } | undefined;
  client(path: string, protocols: string | string[], options?: ClientOptions): Promise<Client>;
}

export interface ClientOptions {
  /** Default: the server's; `''` sends none. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Client {
  readonly socket: WebSocket;
  readonly protocol: string;
  /** Messages so far, as text of one character per byte. */
  readonly messages: string[];
  /** Resolves once so many messages are there, or the connection is closed. */
  until(count: number): Promise<string[]>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
}

/** A handshake that was refused. */
export class Refused extends Error {
  readonly code: number;
  readonly body: string;
  constructor(code: number, body: string) {
    super(`${code} ${body}`);
    this.code = code;
    this.body = body;
  }
}

export async function startStreamServer(
  options: Parameters<typeof startServer>[0] = {},
): Promise<StreamFixture> {
  const opened: NodeEnd[] = [];
  const waiting: ((end: NodeEnd) => void)[] = [];
  const open = (asked: unknown, output: ProcessOutput, end: (end: never) => void): OpenStream => {
    const node: NodeEnd = {
      asked,
      output,
      end,
      received: [],
      sizes: [],
      isInputOver: false,
      isClosed: false,
    };
    opened.push(node);
    waiting.shift()?.(node);
    return {
      input: {
        write: (piece, taken) => {
          node.received.push(Buffer.from(piece).toString('latin1'));
          if (node.hold === undefined) taken();
          else node.hold.push(taken);
        },
        end: () => void (node.isInputOver = true),
      },
      resize: (size) => void node.sizes.push(size),
      close: () => void (node.isClosed = true),
    };
  };
  const refused = () =>
    fixture.refusal === undefined ? undefined : ({ kind: 'refused', ...fixture.refusal } as const);
  const streams: PodStreams = {
    exec: (_pod, asked) =>
      refused() ?? {
        kind: 'ready',
        open: (output, end: (end: ExecEnd) => void) => open(asked, output, end),
      },
    attach: (_pod, asked) =>
      refused() ?? {
        kind: 'ready',
        open: (output, end: (end: StreamEnd) => void) => open(asked, output, end),
      },
    portForward: () =>
      refused() ?? {
        kind: 'ready',
        open: {
          sandboxId: 'sandbox',
          connect: (port, stdout: ByteSink, end: (end: StreamEnd) => void) =>
            open({ port }, { stdout, stderr: stdout }, end),
        },
      },
  };
  const base = await startServer({ ...options, streams });
  const fixture: StreamFixture = Object.assign(Object.create(base) as Fixture, base, {
    opened,
    next: () => new Promise<NodeEnd>((resolve) => waiting.push(resolve)),
    client: (path: string, protocols: string | string[], clientOptions?: ClientOptions) =>
      connect(base, path, protocols, clientOptions),
  });
  return fixture;
}

/** Creates pods: `one` and `tty` on a node, `two` with two containers, `pending` without a node. */
export async function createPods({ api }: Fixture): Promise<void> {
  const containers = {
    one: [{ name: 'c' }],
    tty: [{ name: 'c', tty: true, stdin: true }],
    two: [{ name: 'a' }, { name: 'b' }],
    pending: [{ name: 'c' }],
  };
  for (const [name, list] of Object.entries(containers)) {
    const spec = { containers: list.map((container) => ({ ...container, image: 'i' })) };
    await api.create('Pod', { metadata: { name, namespace: 'default' }, spec });
    if (name !== 'pending') await api.bind({ namespace: 'default', name }, 'n1');
  }
}

export const podPath = (rest: string): string => `/api/v1/namespaces/default/pods/${rest}`;

const connect = (
  { server }: Fixture,
  path: string,
  protocols: string | string[],
  { token = server.token, headers = {} }: ClientOptions = {},
): Promise<Client> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://127.0.0.1:${server.port}${path}`, protocols, {
      ca: server.caPem,
      perMessageDeflate: false,
      headers: { ...(token !== '' && { authorization: `Bearer ${token}` }), ...headers },
    });
    const messages: string[] = [];
    const checks = new Set<() => void>();
    let isClosed = false;
    const check = (): void => checks.forEach((run) => run());
    socket.on('message', (message) => {
      messages.push((message as Buffer).toString('latin1'));
      check();
    });
    const closed = new Promise<number>((done) => {
      socket.once('close', (code) => {
        isClosed = true;
        check();
        done(code);
      });
    });
    socket.once('unexpected-response', (request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.once('close', () => {
        request.destroy();
        reject(new Refused(response.statusCode ?? 0, body));
      });
    });
    socket.on('error', reject);
    socket.once('open', () =>
      resolve({
        socket,
        protocol: socket.protocol,
        messages,
        closed,
        until: (count) =>
          new Promise((done) => {
            const look = (): void => {
              if (messages.length < count && !isClosed) return;
              checks.delete(look);
              done(messages.slice(0, count));
            };
            checks.add(look);
            look();
          }),
      }),
    );
  });
