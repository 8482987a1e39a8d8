/**
 * Frames of SPDY/3.1, as far as streams in containers need them: no flow control, no priorities, no push.
 *
 * Source: SPDY protocol draft 3.1, 2.2 and 2.6.
 */

export const FLAG_FIN = 1;

export type Frame =
  | { readonly type: 'data'; readonly streamId: number; readonly isLast: boolean; readonly payload: Buffer }
  | {
      readonly type: 'synStream';
      readonly streamId: number;
      readonly isLast: boolean;
      readonly block: Buffer;
    }
  | { readonly type: 'headers'; readonly streamId: number; readonly isLast: boolean; readonly block: Buffer }
  | { readonly type: 'reset'; readonly streamId: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway' }
  /** Settings and windows: nothing to do. */
  | { readonly type: 'other' };

const HEADER_BYTES = 8;
const VERSION = 3;
const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const HEADERS = 8;
const ID_MASK = 0x7fffffff;

/** Length of the frame that a buffer begins with, its header included; undefined when too little has come. */
export const frameLength = (buffer: Buffer): number | undefined =>
  buffer.length < HEADER_BYTES ? undefined : HEADER_BYTES + (buffer.readUInt32BE(4) & 0xffffff);

/** @throws {RangeError} for a frame that is too short for its type; {Error} for another version. */
export const parseFrame = (frame: Buffer): Frame => {
  const isLast = ((frame[4] ?? 0) & FLAG_FIN) !== 0;
  const payload = frame.subarray(HEADER_BYTES);
  if (((frame[0] ?? 0) & 0x80) === 0) {
    return { type: 'data', streamId: frame.readUInt32BE(0) & ID_MASK, isLast, payload };
  }
  if ((frame.readUInt16BE(0) & 0x7fff) !== VERSION) throw new Error('not SPDY/3.1');
  const id = (): number => payload.readUInt32BE(0) & ID_MASK;
  switch (frame.readUInt16BE(2)) {
    case SYN_STREAM:
      // After the id: the associated stream, priority and slot.
      return { type: 'synStream', streamId: id(), isLast, block: payload.subarray(10) };
    case HEADERS:
      return { type: 'headers', streamId: id(), isLast, block: payload.subarray(4) };
    case RST_STREAM:
      return { type: 'reset', streamId: id() };
    case PING:
      return { type: 'ping', id: payload.readUInt32BE(0) };
    case GOAWAY:
      return { type: 'goAway' };
    default:
      return { type: 'other' };
  }
};

export const dataFrame = (streamId: number, payload: Uint8Array, isLast: boolean): Buffer => {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32BE(streamId, 0);
  frame.writeUInt32BE(payload.length, 4);
  frame[4] = isLast ? FLAG_FIN : 0;
  frame.set(payload, HEADER_BYTES);
  return frame;
};

const controlFrame = (type: number, payload: Buffer): Buffer => {
  const frame = Buffer.alloc(HEADER_BYTES + payload.length);
  frame.writeUInt16BE(0x8000 | VERSION, 0);
  frame.writeUInt16BE(type, 2);
  frame.writeUInt32BE(payload.length, 4);
  payload.copy(frame, HEADER_BYTES);
  return frame;
};

const words = (...values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => buffer.writeUInt32BE(value, 4 * index));
  return buffer;
};

export const synReplyFrame = (streamId: number, block: Buffer): Buffer =>
  controlFrame(SYN_REPLY, Buffer.concat([words(streamId), block]));

/** CANCEL. */
export const resetFrame = (streamId: number): Buffer => controlFrame(RST_STREAM, words(streamId, 5));

export const pingFrame = (id: number): Buffer => controlFrame(PING, words(id));
