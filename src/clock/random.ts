/** Sources of chance: seeded (a run can be replayed) and the system's. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from './port.js';

/** Letters and digits of generated names. Models: k8s.io/apimachinery/pkg/util/rand (v1.36). */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

const HEX_DIGITS = Buffer.from('0123456789abcdef');
/** Of which byte of the text which four bits; -1: a hyphen. */
const UUID_LAYOUT = [...'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'].reduce<number[]>(
  (layout, character) => [...layout, character === '-' ? -1 : layout.filter((at) => at >= 0).length],
  [],
);
const uuidText = Buffer.alloc(UUID_LAYOUT.length);

/** Version 4, variant 1, of 122 random bits (RFC 9562). Made at one go: pieces put together would stay in pieces. */
const uuidFrom = (a: number, b: number, c: number, d: number): string => {
  const words = [a, ((b & 0xffff0fff) | 0x4000) >>> 0, ((c & 0x3fffffff) | 0x80000000) >>> 0, d];
  for (let at = 0; at < UUID_LAYOUT.length; at += 1) {
    const digit = UUID_LAYOUT[at] as number;
    uuidText[at] =
      digit < 0
        ? 0x2d
        : (HEX_DIGITS[((words[digit >> 3] as number) >>> (28 - 4 * (digit & 7))) & 15] as number);
  }
  return uuidText.toString('latin1');
};

const suffixFrom = (integer: (bound: number) => number, length: number): string => {
  let suffix = '';
  for (let i = 0; i < length; i++) suffix += SUFFIX_LETTERS[integer(SUFFIX_LETTERS.length)];
  return suffix;
};

/** A generator whose whole sequence follows from `seed` (sfc32, seeded by splitmix32). */
export const createSeededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;

  const next32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  const integer = (bound: number): number => Math.floor((next32() / 2 ** 32) * bound);

  return {
    next: () => next32() / 2 ** 32,
    integer,
    uuid: () => uuidFrom(next32(), next32(), next32(), next32()),
    suffix: (length) => suffixFrom(integer, length),
  };
};

/** The operating system's generator. */
export const createSystemRandom = (): Random => {
  const next = (): number => randomBytes(4).readUInt32LE() / 2 ** 32;
  const integer = (bound: number): number => Math.floor(next() * bound);
  return { next, integer, uuid: () => randomUUID(), suffix: (length) => suffixFrom(integer, length) };
};

/** An unguessable secret in URL-safe base64, `sizeBytes` of entropy. Never seeded. */
export const createSecret = (sizeBytes: number): string => randomBytes(sizeBytes).toString('base64url');
