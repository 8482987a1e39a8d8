/** A server on an in-process Api without controllers and nodes, and plain HTTPS requests to it. */
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import { createLocalApi, type Api } from '../../src/client/index.js';
import { createSeededRandom, createSystemClock } from '../../src/clock/index.js';
import { createServer, type ApiServer, type ServerOptions } from '../../src/server/index.js';
import { createMemoryStore } from '../../src/store/index.js';

export interface Reply {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body as JSON; throws if it is none. */
  readonly body: Json;
}
// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into field by field
export type Json = any;

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Default: the server's; `''` sends none. */
  readonly token?: string;
}

export interface Stream {
  /** Resolves with the parsed line once there are `count` lines, or once the answer has ended. */
  lines(count: number): Promise<Json[]>;
  /** Resolves when the answer has ended; with the whole text. */
  readonly ended: Promise<string>;
  readonly code: number;
  abort(): void;
}

export interface Fixture {
  readonly server: ApiServer;
  readonly api: Api;
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  /** A request whose answer goes on. Resolves when its headers have come. */
  stream(path: string, options?: SendOptions): Promise<Stream>;
  /** A bare connection on which anything can be said. */
  connect(): Promise<TLSSocket>;
  close(): Promise<void>;
}

export async function startServer(
  options: Partial<ServerOptions> & { readonly wrapApi?: (api: Api) => Api } = {},
): Promise<Fixture> {
  const clock = createSystemClock();
  const random = createSeededRandom(1);
  const local = createLocalApi({ store: createMemoryStore(), clock, random });
  const api = options.wrapApi?.(local) ?? local;
  const server = await createServer({ api, clock, random, ...options });

  const open = (method: string, path: string, send: SendOptions): Promise<IncomingMessage> => {
    const { body, contentType, accept, token = server.token } = send;
    const payload =
      body === undefined || Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
    const requestOptions: RequestOptions = {
      host: '127.0.0.1',
      port: server.port,
      method,
      path,
      ca: server.caPem,
      servername: 'localhost',
      agent: false,
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(payload !== undefined &&
          contentType !== '' && { 'content-type': contentType ?? 'application/json' }),
        ...(payload !== undefined && { 'content-length': String(Buffer.byteLength(payload as string)) }),
        ...(accept !== undefined && { accept }),
        ...send.headers,
      },
    };
    return new Promise((resolve, reject) => {
      const request = httpsRequest(requestOptions, resolve);
      request.on('error', reject);
      request.end(payload);
    });
  };
  const send: Fixture['send'] = async (method, path, sendOptions = {}) => {
    const response = await open(method, path, sendOptions);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    return {
      code: response.statusCode ?? 0,
      headers: response.headers,
      text,
      get body(): Json {
        return JSON.parse(text);
      },
    };
  };
  return {
    server,
    api,
    send,
    stream: async (path, sendOptions = {}) => streamOf(await open('GET', path, sendOptions)),
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port: server.port, ca: server.caPem }, () =>
          resolve(socket),
        );
        socket.once('error', reject);
      }),
    close: async () => {
      await server.close();
      clock.close();
    },
  };
}

function streamOf(response: IncomingMessage): Stream {
  let text = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (const check of waiting) check();
  });
  const ended = new Promise<string>((resolve) => {
    const finish = (): void => {
      isOver = true;
      for (const check of waiting) check();
      resolve(text);
    };
    response.once('close', finish).once('error', finish);
  });
  const linesSoFar = (): string[] => text.split('\n').slice(0, -1);
  return {
    code: response.statusCode ?? 0,
    ended,
    lines: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (linesSoFar().length < count && !isOver) return;
          waiting.delete(check);
          resolve(linesSoFar().map((line) => JSON.parse(line) as Json));
        };
        waiting.add(check);
        check();
      }),
    abort: () => response.destroy(),
  };
}

/** Reads a socket until the other side has ended it. */
export const readAll = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('close', () => resolve(text));
    socket.on('error', () => {
      // What had come before the reset counts.
    });
  });
