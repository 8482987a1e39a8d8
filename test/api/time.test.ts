import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  formatDuration,
  formatMicroTime,
  formatTime,
  humanDuration,
  parseDuration,
  parseTime,
} from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: time');

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

test('durations print as Go prints them (node.md §3.4)', () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [10 * S, '10s'],
    [40 * S, '40s'],
    [80 * S, '1m20s'],
    [160 * S, '2m40s'],
    [300 * S, '5m0s'],
    [2 * H, '2h0m0s'],
    [25 * H + 61 * S, '25h1m1s'],
    [1500, '1.5s'],
    [61_250, '1m1.25s'],
    [250, '250ms'],
    [0.5, '500µs'],
    [-10 * S, '-10s'],
  ];
  for (const [ms, text] of rows) assert.is(formatDuration(ms), text);
});

test('durations are read from numbers with units, or from milliseconds', () => {
  const rows: readonly (readonly [string | number, number])[] = [
    ['90s', 90 * S],
    ['5m', 5 * M],
    ['24h', D],
    ['7d', 7 * D],
    ['1h30m', 90 * M],
    ['1.5s', 1500],
    ['250ms', 250],
    ['0', 0],
    [' 10s ', 10 * S],
    [1234, 1234],
  ];
  for (const [value, ms] of rows) assert.is(parseDuration(value), ms);
  for (const bad of ['', '90', 's', '5 m', '-5s', '1x', '5mm', Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    assert.throws(() => parseDuration(bad), /invalid duration .*: write a number and a unit/);
  }
});

test('whole milliseconds survive being printed and read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 * D }), (ms) => {
      assert.is(parseDuration(formatDuration(ms)), ms);
    }),
  );
});

test('ages shorten as they grow (api.md §7 HumanDuration)', () => {
  const rows: readonly (readonly [number, string])[] = [
    [-2 * S, '<invalid>'],
    [-1 * S, '0s'],
    [0, '0s'],
    [95_900, '95s'],
    [119 * S, '119s'],
    [2 * M, '2m'],
    [5 * M + 30 * S, '5m30s'],
    [9 * M + 59 * S, '9m59s'],
    [10 * M + 30 * S, '10m'],
    [120 * M, '120m'],
    [3 * H, '3h'],
    [3 * H + 5 * M, '3h5m'],
    [8 * H + 5 * M, '8h'],
    [20 * H, '20h'],
    [48 * H, '2d'],
    [3 * D + 4 * H, '3d4h'],
    [8 * D + 4 * H, '8d'],
    [100 * D, '100d'],
    [(2 * 365 + 30) * D, '2y30d'],
    [3 * 365 * D, '3y'],
    [(9 * 365 + 100) * D, '9y'],
  ];
  for (const [ms, text] of rows) assert.is(humanDuration(ms), text, text);
});

test('instants are RFC 3339 in UTC: cut to seconds, or with six decimals', () => {
  const instantMs = Date.parse('2026-01-02T03:04:05.678Z');
  assert.is(formatTime(instantMs), '2026-01-02T03:04:05Z');
  assert.is(formatTime(instantMs + 321), '2026-01-02T03:04:05Z');
  assert.is(formatTime(instantMs + 322), '2026-01-02T03:04:06Z');
  assert.is(formatTime(instantMs), '2026-01-02T03:04:05Z');
  assert.is(formatMicroTime(instantMs), '2026-01-02T03:04:05.678000Z');
  assert.is(parseTime(formatMicroTime(instantMs)), instantMs);
  assert.is(parseTime('2026-01-02T03:04:05+01:00'), Date.parse('2026-01-02T02:04:05Z'));
  for (const absent of [undefined, null, '', 'yesterday']) assert.is(parseTime(absent), undefined);
});

test.run();
