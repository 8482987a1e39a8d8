/** Durations as Go writes them, `1h30m`, with the texts of its errors. Models: Go's time.ParseDuration */

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5
  μs: 1e-3, // U+03BC
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const MAX_MS = 2 ** 63 / 1e6;

/** Milliseconds, or why there are none. */
export const parseGoDuration = (text: string): number | string => {
  const invalid = `time: invalid duration ${JSON.stringify(text)}`;
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') return invalid;
  let totalMs = 0;
  while (rest !== '') {
    const [part, amount = '', unit = ''] = /^(\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest) ?? [];
    if (part === undefined) return invalid;
    if (unit === '') return `time: missing unit in duration ${JSON.stringify(text)}`;
    const unitMs = UNIT_MS[unit];
    if (unitMs === undefined)
      return `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
    totalMs += Number(amount) * unitMs;
    if (totalMs >= MAX_MS) return invalid;
    rest = rest.slice(part.length);
  }
  return sign * totalMs;
};
