import * as assert from 'uvu/assert';
import { createVirtualClock } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';

const test = suite('clock: virtual');

test('fires timers in the order of their deadlines, each at its own time', () => {
  const clock = createVirtualClock(0);
  const seen: [string, number][] = [];
  for (const [name, delayMs] of [
    ['c', 30],
    ['a', 10],
    ['b', 20],
  ] as const) {
    clock.setTimeout(() => seen.push([name, clock.now()]), delayMs);
  }
  while (clock.step());
  assert.equal(seen, [
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ]);
});

test('timers of one deadline fire in the order in which they were set', () => {
  const clock = createVirtualClock(0);
  const seen: number[] = [];
  for (let i = 0; i < 50; i++) clock.setTimeout(() => seen.push(i), 5);
  while (clock.step());
  assert.equal(
    seen,
    Array.from({ length: 50 }, (_, i) => i),
  );
});

test('a cancelled timer neither fires nor stays behind', () => {
  const clock = createVirtualClock(0);
  const seen: number[] = [];
  const timers = Array.from({ length: 100 }, (_, i) => clock.setTimeout(() => seen.push(i), 100 - i));
  timers.forEach((timer, i) => i % 3 !== 0 && clock.clearTimeout(timer));
  assert.is(clock.pendingTimers, 34);
  while (clock.step());
  assert.equal(
    seen,
    Array.from({ length: 34 }, (_, i) => 99 - 3 * i),
  );
  assert.is(clock.pendingTimers, 0);
});

test('a timer set by a callback at the same instant fires in that instant, after the others', () => {
  const clock = createVirtualClock(0);
  const seen: string[] = [];
  clock.setTimeout(() => {
    seen.push('first');
    clock.setTimeout(() => seen.push(`nested at ${clock.now()}`), 0);
  }, 10);
  clock.setTimeout(() => seen.push('second'), 10);
  while (clock.step());
  assert.equal(seen, ['first', 'second', 'nested at 10']);
});

test('moves on only up to the next deadline, and never back', () => {
  const clock = createVirtualClock(100);
  clock.setTimeout(() => {}, 50);
  assert.throws(() => clock.moveTo(99), RangeError);
  assert.throws(() => clock.moveTo(151), RangeError);
  clock.moveTo(150);
  assert.is(clock.now(), 150);
});

test('10,000 timers that are set, cancelled and set again leave 10,000', () => {
  const clock = createVirtualClock(0);
  let timers = Array.from({ length: 10_000 }, (_, i) => clock.setTimeout(() => {}, i));
  for (let round = 0; round < 5; round++) {
    timers = timers.map((timer, i) => {
      clock.clearTimeout(timer);
      return clock.setTimeout(() => {}, (i * 7919) % 10_000);
    });
  }
  assert.is(clock.pendingTimers, 10_000);
  let before = 0;
  while (clock.step()) {
    assert.ok(clock.now() >= before);
    before = clock.now();
  }
});

test.run();
