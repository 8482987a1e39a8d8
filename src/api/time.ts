/**
 * Instants and durations as text: RFC 3339 as the API writes it, Go's durations as messages write them, and the short
 * ages of tables. Pure functions of numbers; instants are milliseconds since the epoch. Never asks for the time.
 */

/** What was formatted last, and its text: the same instant is written many times over, and the same minute more often. */
let lastSecond = Number.NaN;
let lastText = '';
/** The same without the zone. */
let lastLocal = '';
let lastMinute = Number.NaN;
/** `2026-01-01T00:00:` */
let lastMinuteText = '';

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** An instant as the API writes it: RFC 3339, whole seconds (cut, not rounded), UTC. */
export const formatTime = (instantMs: number): string => {
  const second = Math.floor(instantMs / 1000);
  if (second === lastSecond) return lastText;
  const minute = Math.floor(second / 60);
  if (minute !== lastMinute) {
    lastMinuteText = new Date(minute * 60_000).toISOString().slice(0, -7);
    lastMinute = minute;
  }
  lastLocal = lastMinuteText + twoDigits(second - minute * 60);
  lastText = `${lastLocal}Z`;
  lastSecond = second;
  return lastText;
};

/** An instant as the API's MicroTime: RFC 3339, six decimals, UTC. */
export const formatMicroTime = (instantMs: number): string => {
  const fraction = Math.floor(instantMs) - Math.floor(instantMs / 1000) * 1000;
  const digits = fraction === 0 ? '000' : String(fraction).padStart(3, '0');
  formatTime(instantMs);
  return `${lastLocal}.${digits}000Z`;
};

/** Milliseconds since the epoch of an RFC 3339 instant; undefined for an absent or unreadable one. */
export const parseTime = (text: string | null | undefined): number | undefined => {
  if (text === undefined || text === null || text === '') return undefined;
  const instantMs = Date.parse(text);
  return Number.isNaN(instantMs) ? undefined : instantMs;
};

const MS_PER: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Thrown by {@link parseDuration}. */
export class DurationError extends Error {
  constructor(value: unknown) {
    super(
      `invalid duration ${JSON.stringify(value)}: write a number and a unit, such as 500ms, 90s, 5m or 24h, ` +
        'or a number of milliseconds',
    );
    this.name = 'DurationError';
  }
}

/**
 * Milliseconds of a duration: `90s`, `5m`, `1h30m`, `1.5s`, `24h`, `7d`, or a number of milliseconds.
 * @throws {DurationError} for anything else, negative and non-finite numbers included
 */
export const parseDuration = (value: string | number): number => {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && value >= 0) return value;
    throw new DurationError(value);
  }
  const text = value.trim();
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/.test(text)) throw new DurationError(value);
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * (MS_PER[unit ?? ''] ?? Number.NaN);
  }
  return totalMs;
};

/**
 * A duration as Go prints it: `0s`, `250ms`, `1.5s`, `10s`, `1m20s`, `5m0s`, `2h0m0s`.
 * Models: Go's time.Duration.String
 */
export const formatDuration = (durationMs: number): string => {
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  if (durationMs === 0) return '0s';
  if (durationMs < 1) return `${trimmed(durationMs * 1000)}µs`;
  if (durationMs < 1000) return `${trimmed(durationMs)}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor(durationMs / 60_000) % 60;
  const seconds = `${trimmed((durationMs % 60_000) / 1000)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
};

/** Decimal, at most nanoseconds deep, without the dust of binary fractions. */
const trimmed = (value: number): string => String(Number(value.toFixed(9)));

/**
 * An age as tables print it: `95s`, `5m30s`, `120m`, `3h5m`, `20h`, `3d4h`, `100d`, `2y30d`, `9y`. Up to a second in
 * the future counts as now; more prints `<invalid>`.
 * Models: staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go#HumanDuration
 */
export const humanDuration = (durationMs: number): string => {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return withRest(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  if (hours < 24 * 365 * 8) return withRest(Math.trunc(days / 365), 'y', days % 365, 'd');
  return `${Math.trunc(days / 365)}y`;
};

const withRest = (whole: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;
