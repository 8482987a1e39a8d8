/**
 * An answer that goes on: a watch or a log that is followed. It ends when its source does, when the client goes, when
 * the server closes, or when the client is too slow.
 *
 * A client that does not read is cut off once more than `backlogBytes` wait for it, beyond what was allowed at the
 * start: it asks anew from where it is, and the server's memory stays bounded.
 */
import type { Exchange } from '../request/exchange.js';
import { setCommonHeaders } from './respond.js';

export interface OpenAnswer {
  /** Nothing is written any more. */
  readonly isOver: boolean;
  /** The headers are on their way: an error can no longer be the answer. */
  readonly hasBegun: boolean;
  /** Sends the headers at once; clients wait for them. */
  begin(): void;
  /** Writes now. What is written within one tick leaves together. */
  write(chunk: string | Uint8Array): void;
  /** From now on `backlogBytes` more than what waits at this moment may wait. Before, there is no limit. */
  limitBacklog(): void;
  /** Ends the answer after what has been written. */
  end(): void;
  /** Leaves the answer to someone else. */
  release(): void;
}

/** `onOver` is called exactly once, however the answer ends: to unsubscribe and to stop timers. */
export function openAnswer(exchange: Exchange, contentType: string, onOver: () => void): OpenAnswer {
  const { response, context } = exchange;
  const { streams, limits } = context;
  let allowedBytes = Number.POSITIVE_INFINITY;
  let isOver = false;

  const release = (): void => {
    if (isOver) return;
    isOver = true;
    streams.delete(end);
    onOver();
  };
  const end = (): void => {
    release();
    if (!response.writableEnded) response.end();
  };
  const writeHead = (): void => {
    if (response.headersSent) return;
    setCommonHeaders(exchange);
    response.writeHead(200, { 'content-type': contentType });
  };
  streams.add(end);
  // On the answer and not on the request, which closes as soon as it has been read.
  response.once('close', release).once('error', release);

  return {
    get isOver() {
      return isOver;
    },
    get hasBegun() {
      return response.headersSent;
    },
    begin: () => {
      if (isOver) return;
      writeHead();
      response.flushHeaders();
    },
    write: (chunk) => {
      if (isOver || response.destroyed) return;
      writeHead();
      if (response.writableCorked === 0) {
        response.cork();
        process.nextTick(() => response.uncork());
      }
      response.write(chunk);
      if (response.writableLength <= allowedBytes) return;
      release();
      response.destroy();
    },
    limitBacklog: () => {
      if (allowedBytes === Number.POSITIVE_INFINITY)
        allowedBytes = response.writableLength + limits.backlogBytes;
    },
    end,
    release,
  };
}
