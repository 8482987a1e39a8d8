import * as assert from 'uvu/assert';
import {
  advancedCrashBackOff,
  crashBackOffRemainingMs,
  emptyBackOff,
} from '../../machines/containerBackOff.js';
import { suite } from '../support/suite.js';
import { container, exit, seconds, type Answer } from './containerRig.js';

const test = suite('machines: crash back-off');

const ended = (finishedAt: number) => ({
  containerId: 'c',
  exitCode: 1,
  reason: 'Error',
  startedAt: 0,
  finishedAt,
});
const backing = {
  crashBackOff: emptyBackOff,
  crashBackOffMaxMs: 300_000,
  exit: undefined,
  previousExit: undefined,
  killCause: undefined,
};

test('nothing to wait for before an end, and after the first one; then 10 s (row 75)', () => {
  assert.is(crashBackOffRemainingMs(backing), 0);
  const first = { ...backing, exit: ended(5_000) };
  assert.is(crashBackOffRemainingMs(first), 0);
  const crashBackOff = advancedCrashBackOff(first);
  assert.equal(crashBackOff, { delayMs: 10_000, raisedAtMs: 5_000 });
  assert.is(crashBackOffRemainingMs({ ...first, crashBackOff, exit: ended(6_000) }), 10_000);
});

test('an entry is forgotten 10 minutes after the last start', () => {
  const crashBackOff = { delayMs: 80_000, raisedAtMs: 0 };
  assert.is(crashBackOffRemainingMs({ ...backing, crashBackOff, exit: ended(600_000) }), 80_000);
  const late = { ...backing, crashBackOff, exit: ended(600_001) };
  assert.is(crashBackOffRemainingMs(late), 0);
  assert.is(advancedCrashBackOff(late).delayMs, 10_000);
});

test('the delay reaches 300 s and stays there (row 79)', () => {
  const crashing: Answer = ({ effect }, rig) => {
    if (effect === 'announceStarted') exit(rig, 1);
    return false;
  };
  const rig = container({}, crashing);
  rig.advance(1_600_000);
  assert.equal(seconds(rig, 'startContainer'), [0, 0, 10, 30, 70, 150, 310, 610, 910, 1210, 1510]);
});

test.run();
