/**
 * `kubectl port-forward`: each connection is a pair of streams, one for data and one for what went wrong. Carried by
 * SPDY, itself on a raw connection or in a WebSocket tunnel.
 *
 * Models: k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go (v1.36; node.md 6.9)
 */
import type { OpenStream } from '../ports.js';
import { NO_SINK } from './sinks.js';
import type { SpdyStream } from './spdy/connection.js';
import type { StreamTarget } from './target.js';

export type PortForwardTarget = Extract<StreamTarget, { type: 'portforward' }>['open'];

export const forwardFailure = (sandboxId: string, port: number, cause: string): string =>
  `error forwarding port ${port} to pod ${sandboxId}, uid : ${cause}`;

export interface PortForwardStreams {
  /** A stream that the client has opened. */
  accept(stream: SpdyStream): void;
  /** The connection is gone. */
  close(): void;
}

export const createPortForward = (target: PortForwardTarget): PortForwardStreams => {
  /** The first of each pair, by request. */
  const waiting = new Map<string, SpdyStream>();
  const connections = new Set<OpenStream>();

  const connect = (data: SpdyStream, errors: SpdyStream): void => {
    const port = Number(data.headers.get('port'));
    let open: OpenStream | undefined;
    let isOver = false;
    const finish = (cause?: string): void => {
      isOver = true;
      if (open !== undefined) connections.delete(open);
      const end = (): void => {
        data.output.end();
        errors.output.end();
      };
      if (cause === undefined) return end();
      errors.output.write(Buffer.from(forwardFailure(target.sandboxId, port, cause)), end);
    };
    errors.receive(NO_SINK, () => {});
    const opened = target.connect(port, data.output, (end) => finish(end.ok ? undefined : end.message));
    open = opened;
    if (!isOver) connections.add(opened);
    data.receive(opened.input, () => {
      connections.delete(opened);
      opened.close();
      errors.output.end();
    });
  };

  return {
    accept: (stream) => {
      const { headers } = stream;
      const type = headers.get('streamtype');
      const port = Number(headers.get('port'));
      if ((type !== 'data' && type !== 'error') || !(port > 0 && port < 65_536)) return stream.reset();
      // Clients of the first days sent no request id, and opened one pair at a time.
      const requestId = headers.get('requestid') ?? '';
      const other = waiting.get(requestId);
      if (other === undefined || other.headers.get('streamtype') === type) {
        waiting.set(requestId, stream);
        return;
      }
      waiting.delete(requestId);
      if (type === 'data') connect(stream, other);
      else connect(other, stream);
    },
    close: () => {
      waiting.clear();
      const open = [...connections];
      connections.clear();
      for (const connection of open) connection.close();
    },
  };
};
