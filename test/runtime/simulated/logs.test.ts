import * as assert from 'uvu/assert';
import { emit, setup } from 'xstate';
import type { LogLine } from '../../../src/runtime/index.js';
import { suite } from '../../support/suite.js';
import { LOG_OF, simulate } from './support.js';

const test = suite('simulated runtime: logs');

const LOGS = {
  logs: ['started', { after: '5s', text: 'oops', stream: 'stderr' }, { after: '2s', text: 'working' }],
};

test('lines appear at their times, in order of time, with their stream', () => {
  const { start, advance, runtime, lines } = simulate({ app: LOGS });
  start('app');
  assert.equal(lines(), ['started']);
  advance(4999);
  assert.equal(lines(), ['started', 'working']);
  advance(60_000);
  const read: LogLine[] = [];
  runtime.logs(LOG_OF('app'), { follow: false, tailLines: 2 }).subscribe((line) => read.push(line));
  assert.equal(read, [
    { time: '1970-01-01T00:00:02.000000000Z', stream: 'stdout', text: 'working' },
    { time: '1970-01-01T00:00:05.000000000Z', stream: 'stderr', text: 'oops' },
  ]);
});

test('nothing is written after the end, nor by a hanging container', () => {
  const { start, advance, runtime, lines } = simulate({ app: LOGS, stuck: { ...LOGS, hangsAfter: '3s' } });
  const id = start('app');
  start('stuck', { name: 'stuck' });
  advance(3000);
  runtime.signalContainer(id, 'SIGKILL');
  advance(60_000);
  assert.equal(
    [lines('app'), lines('stuck')],
    [
      ['started', 'working'],
      ['started', 'working'],
    ],
  );
});

test('following waits for lines, ends with the container, and sets no timer otherwise', () => {
  const { start, advance, runtime, clock } = simulate({ app: LOGS });
  const id = start('app');
  assert.is(clock.pendingTimers, 0);
  const seen: string[] = [];
  let isComplete = false;
  runtime
    .logs(LOG_OF('app'), { follow: true, tailLines: 0 })
    .subscribe({ next: ({ text }) => seen.push(text), complete: () => (isComplete = true) });
  advance(2000);
  assert.equal(seen, ['working']);
  advance(3000);
  assert.equal([seen, isComplete, clock.pendingTimers], [['working', 'oops'], false, 0]);
  runtime.signalContainer(id, 'SIGKILL');
  assert.ok(isComplete);
});

test('who stops following leaves no timer behind', () => {
  const { start, runtime, clock } = simulate({ app: LOGS });
  start('app');
  runtime.logs(LOG_OF('app'), { follow: true }).subscribe().unsubscribe();
  assert.is(clock.pendingTimers, 0);
});

test('the current and the previous instance are kept, older ones are not; removeLogs drops them', () => {
  const { start, runtime, lines } = simulate({ app: { logs: ['hello'] } });
  for (const attempt of [0, 1, 2]) runtime.signalContainer(start('app', { attempt }), 'SIGKILL');
  assert.equal([lines('app', 2), lines('app', 1)], [['hello'], ['hello']]);
  const absent = (attempt: number) => [
    `no log is kept of container app (attempt ${attempt}) of pod default/web-0`,
  ];
  assert.equal(lines('app', 0), absent(0));
  runtime.removeLogs(LOG_OF('app', 1));
  assert.equal([lines('app', 2), lines('app', 1)], [['hello'], absent(1)]);
  const { pod, name } = LOG_OF('app');
  runtime.removeLogs({ pod, name });
  assert.equal(lines('app', 2), absent(2));
});

test('of what an actor writes the last 1,000 lines are read, and a text of two lines is two', () => {
  const chatty = setup({
    actions: {
      write: emit(({ event }) => ({ type: 'log.written', text: `${(event as { at?: number }).at}\nx` })),
    },
  }).createMachine({ on: { 'tcp.connected': { actions: 'write' } } });
  const { start, tcp, lines, advance } = simulate({ chatty });
  const id = start('chatty');
  for (let count = 0; count < 1500; count += 1) {
    tcp(id);
    advance(1);
  }
  assert.is(lines().length, 1000);
  assert.equal(lines().slice(-2), ['1499', 'x']);
});

test.run();
