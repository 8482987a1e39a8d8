/** exec, attach and port-forward where containers are simulated: the image's logic answers, on the virtual clock. */
import * as assert from 'uvu/assert';
import type { ExecStreamOutcome, Outcome, ProcessOutput } from '../../../src/runtime/port.js';
import { suite } from '../../support/suite.js';
import { simulate, type Simulation } from './support.js';

const test = suite('simulated runtime: streams');

const collect = (): { readonly said: string[]; readonly output: ProcessOutput } => {
  const said: string[] = [];
  const sink = (name: string) => ({
    write: (piece: Uint8Array, taken: () => void) => {
      if (piece.length > 0) said.push(`${name}: ${Buffer.from(piece).toString()}`);
      taken();
    },
    end: () => {},
  });
  return { said, output: { stdout: sink('out'), stderr: sink('err') } };
};
const exec = ({ runtime }: Simulation, containerId: string, command: string[], tty = false) => {
  const { said, output } = collect();
  const answers: ExecStreamOutcome[] = [];
  const open = runtime.openExec({ containerId, command, stdin: false, tty }, output, (outcome) =>
    answers.push(outcome),
  );
  return { said, answers, open };
};

test('a command says what its preset says, with its exit code', () => {
  const simulation = simulate({
    'db:1': { exec: { 'cat /x': { output: 'hello' }, false: { exitCode: 3, output: 'oops' } } },
  });
  const id = simulation.start('db:1');
  assert.is(simulation.runtime.isContainerRunning(id), true);
  const { said, answers } = exec(simulation, id, ['cat', '/x']);
  assert.equal([said, answers], [['out: hello'], [{ type: 'exited', exitCode: 0 }]]);
  const failing = exec(simulation, id, ['false']);
  assert.equal([failing.said, failing.answers], [['err: oops'], [{ type: 'exited', exitCode: 3 }]]);
  assert.equal(exec(simulation, id, ['false'], true).said, ['out: oops']);
});

test('a container that does not run is told, and its end ends what hangs in it', () => {
  const simulation = simulate({ 'stuck:1': { hangsAfter: '1s' } });
  const id = simulation.start('stuck:1');
  simulation.advance(1_000);
  const waiting = exec(simulation, id, ['ls']);
  const closed = exec(simulation, id, ['ls']);
  closed.open.close();
  simulation.advance(60_000);
  assert.equal(waiting.answers, []);
  simulation.runtime.signalContainer(id, 'SIGKILL');
  assert.equal([waiting.answers, closed.answers], [[{ type: 'exited', exitCode: 137 }], []]);
  assert.is(simulation.runtime.isContainerRunning(id), false);
  assert.is(exec(simulation, id, ['ls']).answers[0]?.type, 'error');
});

test('attach shows the log from now on, and ends with the container', () => {
  const simulation = simulate({ 'job:1': { logs: ['begun'], exitsAfter: '5s' } });
  const id = simulation.start('job:1');
  const { said, output } = collect();
  const answers: Outcome<object>[] = [];
  simulation.runtime.attach({ containerId: id, stdin: false }, output, (outcome) => answers.push(outcome));
  assert.equal(answers, []);
  simulation.advance(5_000);
  assert.equal([said, answers], [[], [{ ok: true }]]);
});

test('no port leads anywhere, and the refusal says why', () => {
  const { runtime } = simulate();
  const answers: Outcome<object>[] = [];
  runtime.portForward({ sandboxId: 's', port: 80 }, collect().output.stdout, (outcome) =>
    answers.push(outcome),
  );
  assert.equal(answers, [{ ok: false, message: 'containers are simulated: nobody can connect to port 80' }]);
});

test.run();
