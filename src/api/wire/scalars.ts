/** Reading of scalars: the canonical value, or undefined for a value of another type. */
import type { ScalarType } from '../schema/dsl.js';
import { canonicalQuantity } from './quantity.js';

const INT32_MAX = 2_147_483_647;
const INT32_MIN = -2_147_483_648;

const isInt32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= INT32_MIN && value <= INT32_MAX;

const RFC3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d+)?(Z|z|[+-]\d\d:\d\d)$/;
const CANONICAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const CANONICAL_MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** The instant in UTC without fraction, and the fraction's digits. */
const instant = (value: unknown): { seconds: string; fraction: string } | undefined => {
  if (typeof value !== 'string') return undefined;
  const match = RFC3339.exec(value);
  if (match === null) return undefined;
  const [, local = '', fraction = '.', zone = 'Z'] = match;
  const ms = Date.parse(`${local.toUpperCase()}${zone.toUpperCase()}`);
  if (Number.isNaN(ms)) return undefined;
  return { seconds: new Date(ms).toISOString().slice(0, 19), fraction: fraction.slice(1) };
};

/** Standard base64 with padding; line breaks are allowed and dropped, as Go does. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** An empty time is no time, in either direction. */
export const readScalar: Readonly<Record<ScalarType, (value: unknown) => unknown>> = {
  string: (value) => (typeof value === 'string' ? value : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  int32: (value) => (isInt32(value) ? value : undefined),
  int64: (value) => (typeof value === 'number' && Number.isInteger(value) ? value : undefined),
  double: (value) => (typeof value === 'number' ? value : undefined),
  quantity: (value) =>
    typeof value === 'string'
      ? canonicalQuantity(value.trim())
      : typeof value === 'number'
        ? canonicalQuantity(String(value))
        : undefined,
  intOrString: (value) => (typeof value === 'string' || isInt32(value) ? value : undefined),
  time: (value) => {
    if (typeof value === 'string' && CANONICAL_TIME.test(value)) return value;
    if (value === '') return '';
    const read = instant(value);
    return read === undefined ? undefined : `${read.seconds}Z`;
  },
  microTime: (value) => {
    if (typeof value === 'string' && CANONICAL_MICRO_TIME.test(value)) return value;
    if (value === '') return '';
    const read = instant(value);
    return read === undefined ? undefined : `${read.seconds}.${read.fraction.slice(0, 6).padEnd(6, '0')}Z`;
  },
  bytes: (value) => {
    if (typeof value !== 'string') return undefined;
    const text = value.replace(/[\r\n]/g, '');
    return BASE64.test(text) ? text : undefined;
  },
  json: (value) => value,
};
