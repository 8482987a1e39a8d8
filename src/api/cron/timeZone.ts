/**
 * Time zones: how far the clocks of a place are from UTC at an instant, and which instant a reading of them names.
 * The rules come from the platform (`Intl`); what is learnt of a day is kept.
 *
 * Models: Go's time.Location, time.Date (readings that do not exist, or twice)
 */

export interface TimeZone {
  readonly name: string;
  /** What the clocks there are ahead of UTC, in ms. */
  offsetMs(instantMs: number): number;
  /**
   * The instant at which the clocks there show `wallMs`, which is the reading taken as if it were UTC. Of a reading that comes
   * twice, or never, it is one of the two instants that the offsets around it give.
   */
  instantOf(wallMs: number): number;
}

export const UTC: TimeZone = { name: 'UTC', offsetMs: () => 0, instantOf: (wallMs) => wallMs };

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;

/** Zones are immutable and few: each is loaded once. */
const loaded = new Map<string, TimeZone | undefined>([
  ['', UTC],
  ['UTC', UTC],
]);

/** The zone of that IANA name, spelled as there (`Europe/Rome`); undefined when the platform knows none. */
export const loadTimeZone = (name: string): TimeZone | undefined => {
  if (!loaded.has(name)) loaded.set(name, load(name));
  return loaded.get(name);
};

/** Every part of every IANA name begins so. `Intl` would also take other letters and plain offsets, which Go does not. */
const NAME = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/;

const load = (name: string): TimeZone | undefined => {
  if (!NAME.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const known = format.resolvedOptions().timeZone;
  if (known !== name && known.toLowerCase() === name.toLowerCase()) return undefined;
  return createTimeZone(name, format);
};

/** The offset of one day, or of the parts before and after a change. */
interface Day {
  readonly before: number;
  readonly changesAtMs: number;
  readonly after: number;
}

const createTimeZone = (name: string, format: Intl.DateTimeFormat): TimeZone => {
  const days = new Map<number, Day>();
  const read = (instantMs: number): number =>
    parseOffset(format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? '');

  /** No zone has ever changed its clocks twice within one day. */
  const learn = (day: number): Day => {
    let [from, to] = [day * DAY_MS, (day + 1) * DAY_MS];
    const before = read(from);
    const after = read(to);
    if (before === after) return { before, changesAtMs: to, after };
    while (to - from > SECOND_MS) {
      const middle = Math.floor((from + to) / 2 / SECOND_MS) * SECOND_MS;
      if (read(middle) === before) from = middle;
      else to = middle;
    }
    return { before, changesAtMs: to, after };
  };

  const offsetMs = (instantMs: number): number => {
    const number = Math.floor(instantMs / DAY_MS);
    let day = days.get(number);
    if (!day) days.set(number, (day = learn(number)));
    return instantMs < day.changesAtMs ? day.before : day.after;
  };
  return {
    name,
    offsetMs,
    instantOf: (wallMs) => wallMs - offsetMs(wallMs - offsetMs(wallMs)),
  };
};

/** `GMT`, `GMT+01:00`, `GMT-04:56:02`. */
const parseOffset = (text: string): number => {
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (!match) throw new TypeError(`unreadable offset of a time zone: ${JSON.stringify(text)}`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * SECOND_MS;
  return sign === '-' ? -offset : offset;
};
