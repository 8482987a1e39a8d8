/**
 * The API server: the Kubernetes REST API over HTTPS on 127.0.0.1, on top of the Api port and nothing else. It holds no
 * objects; everything that outlives a request lives behind the port.
 *
 * Why node:https and no framework: docs/decisions/0004-http-server.md.
 */
import { createServer as createHttpsServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecret } from '../clock/index.js';
import { createHandler } from './handler.js';
import type { ApiServer, ServerLimits, ServerOptions, VersionInfo } from './ports.js';
import type { ServerContext } from './request/exchange.js';
import { createAccessPolicy } from './security/access.js';
import { createServerCertificate, type ServerCertificate } from './security/certificates.js';
import { kubeconfigText, writeKubeconfig } from './security/kubeconfig.js';

const HOST = '127.0.0.1';
const TOKEN_BYTES = 32;

const LIMITS: ServerLimits = {
  bodyBytes: 3 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  backlogBytes: 8 * 1024 * 1024,
  // Source: pkg/kubelet/apis/config/v1beta1/defaults.go (streamingConnectionIdleTimeout).
  streamIdleMs: 4 * 60 * 60_000,
};

/**
 * Behaviour is that of v1.36, but kubectl warns when it is more than one minor version away: 1.32 is the one version
 * at which kubectl 1.31, 1.32 and 1.33 all stay silent.
 */
const VERSION: VersionInfo = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0+statelet',
  gitCommit: 'unknown',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'tsc',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

/** Longer than the 90 s for which Go's clients keep idle connections, so that no request meets a closing one. */
const KEEP_ALIVE_MS = 120_000;
/** How often connections are held against their timeouts. */
const CHECK_PERIOD_MS = 1_000;
/** What is still open this long after closing began is cut. */
const CLOSE_GRACE_MS = 500;

/**
 * Starts the server and answers once it listens and the kubeconfig is written.
 *
 *     const server = await createServer({ api, clock, random, kubeconfigPath: '/tmp/statelet/config' });
 *     // KUBECONFIG=/tmp/statelet/config kubectl get pods
 *     await server.close();
 *
 * Rejects with the system's error when the port is taken (`EADDRINUSE`) or the kubeconfig cannot be written.
 */
export async function createServer(options: ServerOptions): Promise<ApiServer> {
  const certificate = await createServerCertificate();
  const limits = { ...LIMITS, ...options.limits };
  const context: ServerContext = {
    api: options.api,
    clock: options.clock,
    ioClock: options.ioClock ?? options.clock,
    random: options.random,
    logs: options.logs,
    podStreams: options.streams,
    version: { ...VERSION, ...options.version },
    limits,
    streams: new Set(),
  };
  const token = options.token ?? createSecret(TOKEN_BYTES);
  const https = createListener(certificate, limits);
  const sockets = socketsOf(https);
  const port = await listen(https, options.port ?? 0);
  const access = createAccessPolicy({ token, port });
  const { onRequest, onInternalError } = options;
  const handler = createHandler({ context, access, onRequest, onInternalError });
  https.on('request', handler.answer);
  https.on('upgrade', handler.upgrade);

  const close = closer(https, sockets, context);
  const url = `https://${HOST}:${port}`;
  const name = options.name ?? 'statelet';
  const kubeconfig = kubeconfigText({ url, caPem: certificate.caPem, token, name });
  try {
    if (options.kubeconfigPath !== undefined) await writeKubeconfig(options.kubeconfigPath, kubeconfig);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, port, token, caPem: certificate.caPem, kubeconfig, close };
}

function createListener({ keyPem, certPem }: ServerCertificate, limits: ServerLimits): Server {
  const https = createHttpsServer({
    key: keyPem,
    cert: certPem,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.headersTimeoutMs,
    ALPNProtocols: ['http/1.1'],
    // Of the request only: an answer, such as a watch, may take for ever.
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_PERIOD_MS,
  });
  // What is not HTTP gets the one answer that HTTP has for it, and the connection ends.
  https.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return void socket.destroy();
    socket.end(`HTTP/1.1 ${refusalOf(error.code)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  // A failed handshake concerns its client alone.
  https.on('tlsClientError', (_error, socket: Socket) => void socket.destroy());
  return https;
}

function refusalOf(code: string | undefined): string {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  return '400 Bad Request';
}

const listen = (https: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    https.once('error', reject);
    https.listen({ host: HOST, port }, () => {
      https.off('error', reject);
      resolve((https.address() as AddressInfo).port);
    });
  });

/** Every open connection, also one that has not said a word: node:http knows only those that speak HTTP. */
function socketsOf(https: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  https.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function closer(
  https: Server,
  sockets: ReadonlySet<Socket>,
  { streams, ioClock }: ServerContext,
): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      const cut = ioClock.setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, CLOSE_GRACE_MS);
      https.close(() => {
        ioClock.clearTimeout(cut);
        resolve();
      });
      for (const end of streams) end();
      https.closeIdleConnections();
    });
  return () => (closing ??= close());
}
