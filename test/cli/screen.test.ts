/** The screen of `statelet up`: redrawn in place, at most ten times a second, never taller than the terminal. */
import { Subject } from 'rxjs';
import * as assert from 'uvu/assert';
import type { Event, Pod } from '../../src/api/index.js';
import { createScreen } from '../../src/cli/report/output.js';
import type { ClusterRecord } from '../../src/cli/report/record.js';
import { createVirtualClock, type VirtualClock } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';
import { createFakeTerminal } from './support.js';

const test = suite('cli: screen');

const pod = (name: string): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'main', image: 'example.com/a:1' }] },
    status: { phase: 'Pending' },
  }) as unknown as Pod;

function setUp(names: readonly string[], rows = 30) {
  const pods$ = new Subject<{ pod: Pod; isDeleted: boolean }>();
  const pods = names.map(pod);
  const record: ClusterRecord = {
    pods: () => pods,
    recentEvents: () => [],
    pods$,
    events$: new Subject<Event>(),
    summary: () => ({ pods: pods.length, restarts: 0, events: {} }),
    stop: () => {},
  };
  const clock = createVirtualClock(Date.parse('2026-01-01T00:00:00Z'));
  const terminal = createFakeTerminal({ isInteractive: true, rows });
  const screen = createScreen(terminal, record, clock);
  const change = () => pods$.next({ pod: pods[0] as Pod, isDeleted: false });
  return { clock, terminal, screen, change };
}
/** Fires what is due within `ms`. */
function advance(clock: VirtualClock, ms: number): void {
  const end = clock.now() + ms;
  while ((clock.nextDeadlineMs() ?? Infinity) <= end) clock.step();
  clock.moveTo(end);
}
const draws = (text: string) => text.split('NAME ').length - 1;

test('a burst of changes is one redraw, 100 ms later; ages move on every second', () => {
  const { clock, terminal, change } = setUp(['web-1']);
  for (let i = 0; i < 50; i += 1) change();
  assert.is(draws(terminal.out), 0);
  advance(clock, 100);
  assert.is(draws(terminal.out), 1);
  advance(clock, 3_000);
  assert.is(draws(terminal.out), 4);
  assert.match(terminal.out, /NAME +READY +STATUS +RESTARTS +AGE\nweb-1 +0\/1 +Pending +0 +0s\n/);
  assert.match(terminal.out, /web-1 +0\/1 +Pending +0 +3s\n/);
});

test('a redraw erases exactly what it drew; notes stay above', () => {
  const { clock, terminal, screen } = setUp(['web-1']);
  advance(clock, 100);
  const lines = terminal.out.split('\n').length - 1;
  screen.note('a note');
  assert.ok(terminal.out.includes(`\u001b[${lines}F\u001b[0Ja note\n`));
});

test('more pods than rows are summed up, and the picture fits the terminal', () => {
  const { clock, terminal } = setUp(
    Array.from({ length: 40 }, (_, index) => `web-${index}`),
    20,
  );
  advance(clock, 100);
  assert.match(terminal.out, /and 34 more/);
  assert.ok(terminal.out.split('\n').length <= 20);
});

test('without pods there is no table', () => {
  const { clock, terminal } = setUp([]);
  advance(clock, 100);
  assert.is(terminal.out, '\nNo pods yet. Ctrl-C stops everything.\n');
});

test('after stop nothing is drawn and no timer is left', () => {
  const { clock, terminal, screen, change } = setUp(['web-1']);
  screen.stop();
  const before = terminal.out;
  change();
  assert.is(clock.pendingTimers, 0);
  assert.is(terminal.out, before);
});

test.run();
