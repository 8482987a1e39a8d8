/**
 * Resource quantities: reading, canonical text and value. `500m`, `1Gi`, `2e3`. Results are remembered: a cluster uses
 * few different quantities, many times.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/api/resource/{quantity,suffix,amount}.go (v1.36)
 */

/** Text of the error for what is no quantity, as the API words it. */
export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** A quantity's exact value, mantissa × 10^exponent10 × 2^exponent2, and the notation it was written in. */
interface Quantity {
  readonly mantissa: bigint;
  readonly exponent10: number;
  readonly exponent2: number;
  readonly notation: 'decimalSI' | 'binarySI' | 'decimalExponent';
}

const DECIMAL_SUFFIXES = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const BINARY_SUFFIXES = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const suffixOf = (suffixes: ReadonlyMap<string, number>, exponent: number): string | undefined => {
  for (const [suffix, value] of suffixes) if (value === exponent) return suffix;
  return undefined;
};

const read = (text: string): Quantity | undefined => {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+|[A-Za-z]*)$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const mantissa = sign === '-' ? -digits : digits;
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  const shift = -fraction.length;
  if (decimal !== undefined)
    return { mantissa, exponent10: decimal + shift, exponent2: 0, notation: 'decimalSI' };
  const binary = BINARY_SUFFIXES.get(suffix);
  if (binary !== undefined) return { mantissa, exponent10: shift, exponent2: binary, notation: 'binarySI' };
  if (!/^[eE]/.test(suffix) || suffix.length < 2) return undefined;
  const exponent = Number(suffix.slice(1));
  return { mantissa, exponent10: exponent + shift, exponent2: 0, notation: 'decimalExponent' };
};

/** Smallest step that a quantity can express: 10^-9; what is finer is rounded up. */
const NANO = -9;
/** Beyond this nothing fits an int64; larger exponents are cut to keep arithmetic bounded. */
const MAX_EXPONENT = 30;

/** The exact value as an integer count of 10^-9. */
const inNanos = ({ mantissa, exponent10, exponent2 }: Quantity): bigint => {
  const exponent = Math.max(-400, Math.min(exponent10, MAX_EXPONENT)) - NANO;
  const scaled = mantissa << BigInt(exponent2);
  if (exponent >= 0) return scaled * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  const isExact = scaled % divisor === 0n;
  const quotient = scaled / divisor;
  if (isExact) return quotient;
  return scaled > 0n ? quotient + 1n : quotient - 1n;
};

const ONE = 1_000_000_000n;
const KIBI = 1024n;

const canonical = (quantity: Quantity): string => {
  const nanos = inNanos(quantity);
  const isSmall = nanos > -KIBI * ONE && nanos < KIBI * ONE;
  if (quantity.notation === 'binarySI' && !isSmall && nanos % ONE === 0n) {
    let number = nanos / ONE;
    let exponent = 0;
    while (exponent < 60 && number % KIBI === 0n) {
      number /= KIBI;
      exponent += 10;
    }
    return `${number}${suffixOf(BINARY_SUFFIXES, exponent) ?? ''}`;
  }
  if (nanos === 0n) return '0';
  let number = nanos;
  let exponent = NANO;
  while (number % 1000n === 0n && (exponent < 18 || quantity.notation === 'decimalExponent')) {
    number /= 1000n;
    exponent += 3;
  }
  if (quantity.notation !== 'decimalExponent')
    return `${number}${suffixOf(DECIMAL_SUFFIXES, exponent) ?? ''}`;
  return exponent === 0 ? String(number) : `${number}e${exponent}`;
};

interface Known {
  readonly text: string;
  readonly value: number;
}
const REMEMBERED = 4096;
const known = new Map<string, Known | null>();

const lookUp = (text: string): Known | null => {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= REMEMBERED) known.clear();
  const quantity = read(text);
  const entry =
    quantity === undefined ? null : { text: canonical(quantity), value: Number(inNanos(quantity)) / 1e9 };
  known.set(text, entry);
  return entry;
};

/** The canonical text of a quantity: `1000m` → `1`, `1024Mi` → `1Gi`, `0.5` → `500m`; undefined when it is none. */
export const canonicalQuantity = (text: string): string | undefined => lookUp(text)?.text;

/** Thrown by {@link parseQuantity}. */
export class QuantityError extends Error {
  constructor(text: string) {
    super(`invalid quantity ${JSON.stringify(text)}: ${QUANTITY_FORMAT_ERROR}`);
    this.name = 'QuantityError';
  }
}

/**
 * The value of a quantity in its base unit: cores of cpu, bytes of memory, or a plain count. `500m` is 0.5, `1Ki` 1024.
 * @throws {QuantityError}
 */
export const parseQuantity = (text: string): number => {
  const entry = lookUp(text);
  if (entry === null) throw new QuantityError(text);
  return entry.value;
};

/** A cpu quantity in thousandths of a core, rounded up. @throws {QuantityError} */
export const parseCpuMilli = (text: string): number =>
  Math.ceil(Number((parseQuantity(text) * 1000).toFixed(6)));

/** A memory quantity in bytes, rounded up. @throws {QuantityError} */
export const parseBytes = (text: string): number => Math.ceil(parseQuantity(text));

/** A value in its base unit as a canonical quantity, `binary` in powers of 1024: 0.5 is `500m`, 2048 `2Ki`. */
export const formatQuantity = (value: number, notation: 'decimal' | 'binary' = 'decimal'): string => {
  const nanos = BigInt(Math.round(value * 1e9));
  return canonical({
    mantissa: nanos,
    exponent10: NANO,
    exponent2: 0,
    notation: notation === 'binary' ? 'binarySI' : 'decimalSI',
  });
};
