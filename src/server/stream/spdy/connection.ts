/**
 * The server's side of a SPDY/3.1 connection: the client opens streams, and both sides write into them and close their
 * half. Carried by a raw connection (exec of older clients) or by a WebSocket (port-forward).
 *
 * Each stream has a buffer of its own, so that one that is not read does not hold up the others until it is full.
 */
import type { ByteSink } from '../../ports.js';
import { buffered, NO_SINK } from '../sinks.js';
import {
  dataFrame,
  frameLength,
  parseFrame,
  pingFrame,
  resetFrame,
  synReplyFrame,
  type Frame,
} from './frames.js';
import { createHeaderReader, createHeaderWriter, type Headers } from './headers.js';

export interface SpdyStream {
  readonly headers: Headers;
  /** To the client. */
  readonly output: ByteSink;
  /** Takes what the client sends; called once, before anything else happens on the connection. */
  receive(input: ByteSink, onReset: () => void): void;
  /** Gives the stream up. */
  reset(): void;
}

export interface SpdyConnection {
  /** What comes from the client, in pieces of any size. */
  readonly input: ByteSink;
  close(): void;
}

export interface SpdyEvents {
  onStream(stream: SpdyStream): void;
  /** The client does not speak SPDY, or says goodbye. */
  onEnd(): void;
}

interface OpenSpdyStream {
  input: ByteSink;
  onReset: () => void;
  isInputOver: boolean;
  isOutputOver: boolean;
}

export const createSpdyConnection = (transport: ByteSink, events: SpdyEvents): SpdyConnection => {
  const streams = new Map<number, OpenSpdyStream>();
  const headerReader = createHeaderReader();
  const writeHeaders = createHeaderWriter();
  let isClosed = false;
  const send = (frame: Buffer, taken: () => void = () => {}): void => {
    if (isClosed) taken();
    else transport.write(frame, taken);
  };
  const forgetIfOver = (id: number, stream: OpenSpdyStream): void => {
    if (stream.isInputOver && stream.isOutputOver) streams.delete(id);
  };
  const endInput = (id: number, stream: OpenSpdyStream): void => {
    if (stream.isInputOver) return;
    stream.isInputOver = true;
    stream.input.end();
    forgetIfOver(id, stream);
  };

  const open = (id: number, headers: Headers, isLast: boolean): void => {
    const stream: OpenSpdyStream = {
      input: NO_SINK,
      onReset: () => {},
      isInputOver: false,
      isOutputOver: false,
    };
    streams.set(id, stream);
    send(synReplyFrame(id, writeHeaders(new Map())));
    events.onStream({
      headers,
      output: {
        write: (piece, taken) => {
          if (stream.isOutputOver || piece.length === 0) taken();
          else send(dataFrame(id, piece, false), taken);
        },
        end: () => {
          if (stream.isOutputOver) return;
          stream.isOutputOver = true;
          send(dataFrame(id, Buffer.alloc(0), true));
          forgetIfOver(id, stream);
        },
      },
      receive: (input, onReset) => {
        stream.input = buffered(input);
        stream.onReset = onReset;
      },
      reset: () => {
        if (streams.delete(id)) send(resetFrame(id));
        stream.isOutputOver = true;
      },
    });
    if (isLast) endInput(id, stream);
  };
  const take = async (frame: Frame): Promise<void> => {
    switch (frame.type) {
      case 'synStream':
        return open(frame.streamId, await headerReader.read(frame.block), frame.isLast);
      case 'headers':
        // Read for the state of the decompression only.
        await headerReader.read(frame.block);
        return;
      case 'data':
        return receive(frame);
      case 'reset': {
        const stream = streams.get(frame.streamId);
        streams.delete(frame.streamId);
        if (stream === undefined) return;
        stream.isOutputOver = true;
        return stream.onReset();
      }
      case 'ping':
        return send(pingFrame(frame.id));
      case 'goAway':
        return events.onEnd();
      default:
    }
  };
  const receive = async ({ streamId, payload, isLast }: Extract<Frame, { type: 'data' }>): Promise<void> => {
    const stream = streams.get(streamId);
    if (stream === undefined || stream.isInputOver) return;
    if (payload.length > 0) await new Promise<void>((taken) => stream.input.write(payload, taken));
    if (isLast) endInput(streamId, stream);
  };

  let rest: Buffer = Buffer.alloc(0);
  const takeAll = async (piece: Uint8Array): Promise<void> => {
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    for (let length = frameLength(rest); length !== undefined && rest.length >= length;) {
      const frame = parseFrame(rest.subarray(0, length));
      rest = rest.subarray(length);
      await take(frame);
      if (isClosed) return;
      length = frameLength(rest);
    }
  };
  return {
    input: {
      write: (piece, taken) => {
        if (isClosed) return taken();
        takeAll(piece).then(taken, () => {
          // What is no SPDY ends the connection: there is no stream on which it could be told.
          taken();
          events.onEnd();
        });
      },
      end: () => events.onEnd(),
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      headerReader.close();
      const left = [...streams.values()];
      streams.clear();
      for (const stream of left) stream.onReset();
    },
  };
};
