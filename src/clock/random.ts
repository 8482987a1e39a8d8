/** Sources of chance: seeded (a run can be replayed) and the system's. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from './port.js';

/** Letters and digits of generated names. Models: k8s.io/apimachinery/pkg/util/rand (v1.36). */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const hexOf = (word: number): string =>
  `${HEX_OF_BYTE[word >>> 24]}${HEX_OF_BYTE[(word >>> 16) & 255]}${HEX_OF_BYTE[(word >>> 8) & 255]}${HEX_OF_BYTE[word & 255]}`;

/** Version 4, variant 1, of 122 random bits (RFC 9562). */
const uuidFrom = (a: number, b: number, c: number, d: number): string => {
  const second = hexOf(((b & 0xffff0fff) | 0x4000) >>> 0);
  const third = hexOf(((c & 0x3fffffff) | 0x80000000) >>> 0);
  return `${hexOf(a)}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${hexOf(d)}`;
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
