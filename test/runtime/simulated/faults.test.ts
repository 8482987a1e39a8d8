import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { POD, simulate } from './support.js';

const test = suite('simulated runtime: faults');

test('crash ends the running containers of the pod with the code given, or 1', () => {
  const { start, runtime, exits } = simulate({ timed: { exitsAfter: '1h' } });
  start('web', { name: 'a' });
  start('timed', { name: 'b' });
  assert.is(runtime.faults.crash(POD, { container: 'a', exitCode: 42 }), 1);
  assert.is(runtime.faults.crash(POD), 1);
  assert.equal(
    exits.map(({ name, exitCode, reason }) => [name, exitCode, reason]),
    [
      ['a', 42, 'Error'],
      ['b', 1, 'Error'],
    ],
  );
  assert.is(runtime.faults.crash({ namespace: 'default', name: 'other' }), 0);
});

test('hang: probes time out, SIGTERM is not heard; the next instance is sound', () => {
  const { start, advance, runtime, http, exits } = simulate();
  const id = start('web');
  assert.is(runtime.faults.hang(POD), 1);
  const asked = http(id, { timeoutMs: 2000 });
  advance(2000);
  assert.match(asked.answers[0]?.output ?? '', /Client\.Timeout exceeded/);
  runtime.signalContainer(id, 'SIGTERM');
  assert.is(exits.length, 0);
  runtime.signalContainer(id, 'SIGKILL');
  assert.is(http(start('web', { attempt: 1 })).answers[0]?.result, 'success');
});

test('a command without a limit in a hanging container ends when the container does', () => {
  const { start, runtime, exec } = simulate();
  const id = start('web');
  runtime.faults.hang(POD);
  const asked = exec(id, ['ls']);
  assert.equal(asked.answers, []);
  runtime.signalContainer(id, 'SIGKILL');
  assert.equal(asked.answers, [{ type: 'exited', exitCode: 137, stdout: '', stderr: '' }]);
});

test('failProbe: three liveness probes fail and no others; without a number all of that instance', () => {
  const { start, runtime, http } = simulate({ web: { http: { status: 200 } } });
  const id = start('web');
  runtime.faults.failProbe(POD, 'liveness', { times: 3 });
  const liveness = () => http(id, { purpose: 'liveness' }).answers[0]?.output;
  assert.is(http(id, { purpose: 'readiness' }).answers[0]?.result, 'success');
  assert.equal(
    [liveness(), liveness(), liveness(), liveness()],
    [
      'HTTP probe failed with statuscode: 500',
      'HTTP probe failed with statuscode: 500',
      'HTTP probe failed with statuscode: 500',
      '',
    ],
  );
  runtime.faults.failProbe(POD, 'all');
  assert.is(http(id, { purpose: 'startup' }).answers[0]?.result, 'failure');
  assert.is(http(id, { purpose: 'readiness' }).answers[0]?.result, 'failure');
  assert.is(http(start('web', { attempt: 1 }), { purpose: 'readiness' }).answers[0]?.result, 'success');
});

test('a failed node answers nothing, emits nothing and has no timers', () => {
  const { start, advance, runtime, http, exits, clock } = simulate({
    timed: { exitsAfter: '10s', hangsAfter: '1s' },
  });
  const id = start('timed');
  advance(1000);
  const asked = http(id);
  runtime.faults.failNode();
  assert.is(clock.pendingTimers, 0);
  const replies: unknown[] = [];
  runtime.runPodSandbox({ ...POD, hostNetwork: false, attempt: 1 }, (outcome) => replies.push(outcome));
  runtime.pullImage({ image: 'web', pod: POD, hasCommand: false }, (outcome) => replies.push(outcome));
  runtime.signalContainer(id, 'SIGKILL');
  advance(60_000);
  assert.equal([asked.answers, http(id).answers, replies, exits], [[], [], [], []]);
});

test('a recovered node reports what it lost as exited with 255 and Unknown, and works again', () => {
  const { start, advance, runtime, http, exits } = simulate();
  const id = start('web');
  runtime.faults.failNode();
  advance(5000);
  runtime.faults.recoverNode();
  assert.equal(
    exits.map(({ containerId, exitCode, reason, finishedAt }) => [containerId, exitCode, reason, finishedAt]),
    [[id, 255, 'Unknown', 5000]],
  );
  assert.is(http(start('web', { attempt: 1 })).answers[0]?.result, 'success');
});

test.run();
