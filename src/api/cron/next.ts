/**
 * The next instant that the fields of a schedule allow, on the clocks of a zone.
 *
 * From the coarsest field to the finest, each moves on in its own unit until it is allowed, and starts over when it has
 * carried into the unit above. Days and months move on the calendar; hours and minutes in real time, so that an hour that
 * the clocks skip is never due, and one that they repeat is due twice.
 *
 * Models: github.com/robfig/cron/v3/spec.go#Next,dayMatches (spec controllers.md CJ-42, CJ-43), in every case of the clocks'
 * changes: where they skip midnight, hours pass into the next day unnoticed, and may be due on it.
 */
import type { CronFields, Field } from './field.js';
import type { TimeZone } from './timeZone.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The search ends here. Source: spec.go yearLimit. */
const YEARS = 5;

export const nextMatch = (fields: CronFields, zone: TimeZone, afterMs: number): number | undefined => {
  const search = new Search(zone, Math.floor(afterMs / SECOND_MS) * SECOND_MS + SECOND_MS);
  const lastYear = search.clock.getUTCFullYear() + YEARS;
  while (search.clock.getUTCFullYear() <= lastYear)
    if (
      toMonth(search, fields.month) &&
      toDay(search, fields) &&
      toHour(search, fields.hour) &&
      toMinute(search, fields.minute) &&
      toWholeMinute(search)
    )
      return search.instantMs;
  return undefined;
};

/** Where the search stands. */
class Search {
  private readonly zone: TimeZone;
  instantMs: number;
  /** What the clocks show, read with the methods for UTC. */
  clock: Date;
  /** Something has been skipped, and the finer fields with it. */
  hasMoved = false;

  constructor(zone: TimeZone, instantMs: number) {
    this.zone = zone;
    this.instantMs = instantMs;
    this.clock = new Date(instantMs + zone.offsetMs(instantMs));
  }

  /** In real time. */
  moveBy(ms: number): void {
    this.moveTo(this.instantMs + ms);
  }
  moveTo(instantMs: number): void {
    this.instantMs = instantMs;
    this.clock = new Date(instantMs + this.zone.offsetMs(instantMs));
    this.hasMoved = true;
  }
  /** On the calendar; the time of the day stays if it can. Fields out of range carry. */
  moveToDate(month: number, day: number): void {
    const { clock } = this;
    const midnightMs = Date.UTC(clock.getUTCFullYear(), month, day);
    const timeOfDayMs = this.hasMoved ? clock.getTime() - startOfDayMs(clock) : 0;
    this.moveTo(this.zone.instantOf(midnightMs + timeOfDayMs));
  }
  /** To the beginning of the hour that the clocks show. */
  moveToHour(): void {
    const wallMs = this.clock.getTime();
    this.moveTo(this.zone.instantOf(wallMs - (wallMs % HOUR_MS)));
  }
}

const startOfDayMs = (clock: Date): number =>
  Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth(), clock.getUTCDate());

/** Each says whether the finer fields are next; if not, it has carried, and all starts over. */
type Step<F> = (search: Search, field: F) => boolean;

const toMonth: Step<Field> = (search, month) => {
  while (!month.allows[search.clock.getUTCMonth() + 1]) {
    const day = search.hasMoved ? search.clock.getUTCDate() : 1;
    search.moveToDate(search.clock.getUTCMonth() + 1, day);
    if (search.clock.getUTCMonth() === 0) return false;
  }
  return true;
};

const toDay: Step<CronFields> = (search, fields) => {
  while (!isDayAllowed(fields, search.clock)) {
    search.moveToDate(search.clock.getUTCMonth(), search.clock.getUTCDate() + 1);
    // The clocks have changed at midnight: back to it, or on to it.
    const hour = search.clock.getUTCHours();
    if (hour > 12) search.moveBy((24 - hour) * HOUR_MS);
    else if (hour > 0) search.moveBy(-hour * HOUR_MS);
    if (search.clock.getUTCDate() === 1) return false;
  }
  return true;
};

/** Either field will do, unless one is a star: then the other decides. */
const isDayAllowed = ({ dayOfMonth, dayOfWeek }: CronFields, clock: Date): boolean => {
  const byMonth = dayOfMonth.allows[clock.getUTCDate()] === true;
  const byWeek = dayOfWeek.allows[clock.getUTCDay()] === true;
  return dayOfMonth.isStar || dayOfWeek.isStar ? byMonth && byWeek : byMonth || byWeek;
};

const toHour: Step<Field> = (search, hour) => {
  while (!hour.allows[search.clock.getUTCHours()]) {
    if (!search.hasMoved) search.moveToHour();
    search.moveBy(HOUR_MS);
    if (search.clock.getUTCHours() === 0) return false;
  }
  return true;
};

const toMinute: Step<Field> = (search, minute) => {
  while (!minute.allows[search.clock.getUTCMinutes()]) {
    if (!search.hasMoved) search.moveTo(search.instantMs - (search.instantMs % MINUTE_MS));
    search.moveBy(MINUTE_MS);
    if (search.clock.getUTCMinutes() === 0) return false;
  }
  return true;
};

/** Fields have no seconds: a run is due at the beginning of its minute. */
const toWholeMinute = (search: Search): boolean => {
  const seconds = search.clock.getUTCSeconds();
  if (seconds === 0) return true;
  search.moveBy((60 - seconds) * SECOND_MS);
  return false;
};
