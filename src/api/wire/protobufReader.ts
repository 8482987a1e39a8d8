/** The wire format of protobuf: fields of a message one by one. What they mean is not known here. */

/** Bytes that are no protobuf message. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/** One field as it is on the wire; reading it as another wire type throws a {@link WireError}. */
export interface WireField {
  readonly number: number;
  readonly isBytes: boolean;
  /** Signed, exact to 2^53. */
  integer(): number;
  double(): number;
  bytes(): Uint8Array;
  text(): string;
  message(): Reader;
  /** Several integers in one field. */
  packed(): readonly number[];
}

export interface Reader {
  fields(): Iterable<WireField>;
}

/** Messages in messages; no type of the API comes near. */
const MAX_DEPTH = 64;

const utf8 = new TextDecoder();

export const createReader = (bytes: Uint8Array, depth = 0): Reader => {
  if (depth > MAX_DEPTH) throw new WireError('message nested too deeply');
  return {
    *fields() {
      const cursor = { at: 0 };
      while (cursor.at < bytes.length) yield readField(bytes, cursor, depth);
    },
  };
};

interface Cursor {
  at: number;
}

/** A varint as a 64-bit number, two's complement. */
const readVarint = (bytes: Uint8Array, cursor: Cursor): bigint => {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw new WireError('unexpected EOF');
    cursor.at += 1;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw new WireError('integer overflow');
};

const take = (bytes: Uint8Array, cursor: Cursor, sizeBytes: number): Uint8Array => {
  const end = cursor.at + sizeBytes;
  if (end > bytes.length) throw new WireError('unexpected EOF');
  const taken = bytes.subarray(cursor.at, end);
  cursor.at = end;
  return taken;
};

/** Wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
const readField = (bytes: Uint8Array, cursor: Cursor, depth: number): WireField => {
  const tag = Number(readVarint(bytes, cursor));
  const number = Math.floor(tag / 8);
  const wireType = tag % 8;
  if (number === 0) throw new WireError(`illegal tag ${number} (wire type ${wireType})`);
  switch (wireType) {
    case 0:
      return integerField(number, readVarint(bytes, cursor));
    case 1:
      return fixedField(number, take(bytes, cursor, 8));
    case 2:
      return bytesField(number, take(bytes, cursor, Number(readVarint(bytes, cursor))), depth);
    case 5:
      return fixedField(number, take(bytes, cursor, 4));
    default:
      throw new WireError(`illegal wireType ${wireType}`);
  }
};

const wrong = (number: number) => (): never => {
  throw new WireError(`wrong wireType for field ${number}`);
};

const untyped = (number: number): Omit<WireField, 'isBytes'> => ({
  number,
  integer: wrong(number),
  double: wrong(number),
  bytes: wrong(number),
  text: wrong(number),
  message: wrong(number),
  packed: wrong(number),
});

const integerField = (number: number, value: bigint): WireField => ({
  ...untyped(number),
  isBytes: false,
  integer: () => Number(BigInt.asIntN(64, value)),
});

const fixedField = (number: number, value: Uint8Array): WireField => ({
  ...untyped(number),
  isBytes: false,
  double: () => {
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    return value.byteLength === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
  },
});

const bytesField = (number: number, value: Uint8Array, depth: number): WireField => ({
  ...untyped(number),
  isBytes: true,
  bytes: () => value,
  text: () => utf8.decode(value),
  message: () => createReader(value, depth + 1),
  packed: () => {
    const cursor = { at: 0 };
    const numbers: number[] = [];
    while (cursor.at < value.length) numbers.push(Number(BigInt.asIntN(64, readVarint(value, cursor))));
    return numbers;
  },
});
