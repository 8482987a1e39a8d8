/** Images that are actor logic: the protocol of src/runtime/simulated/protocol.ts. */
import * as assert from 'uvu/assert';
import { assign, emit, fromCallback, fromTransition, setup } from 'xstate';
import { suite } from '../../support/suite.js';
import { simulate } from './support.js';

const test = suite('simulated runtime: images as actor logic');

const REFUSED = 'Get "http://10.0.0.2:8080/": dial tcp 10.0.0.2:8080: connect: connection refused';
const STATUS_500 = 'HTTP probe failed with statuscode: 500';

test('a machine answers by its tags, on the clock: not listening, serving, failing, hanging', () => {
  const kettle = setup({}).createMachine({
    initial: 'cold',
    states: {
      cold: { tags: 'notListening', after: { 5000: 'boiling' } },
      boiling: { after: { 60_000: 'dry' } },
      dry: { tags: 'failing', after: { 1000: 'stuck' } },
      stuck: { tags: 'hanging' },
    },
  });
  const { start, advance, http, tcp, execProbe } = simulate({ 'kettle:1': kettle });
  const id = start('kettle:1');
  assert.is(http(id).answers[0]?.output, REFUSED);
  advance(5000);
  assert.is(http(id).answers[0]?.result, 'success');
  advance(60_000);
  assert.is(http(id).answers[0]?.output, STATUS_500);
  assert.is(tcp(id).answers[0]?.result, 'failure');
  assert.is(execProbe(id, ['ls']).answers[0]?.result, 'failure');
  advance(1000);
  assert.equal(http(id).answers, []);
});

test('a machine answers by emitting: status, body, latency; it sees port, path, headers and time', () => {
  const seen: unknown[] = [];
  const server = setup({
    types: {} as { events: { type: 'http.requested'; path: string; at: number } },
    actions: {
      answer: emit(({ event }) => {
        seen.push(event);
        return { type: 'http.responded', status: event.path === '/' ? 201 : 404, body: 'hi', latencyMs: 50 };
      }),
    },
  }).createMachine({ on: { 'http.requested': { actions: 'answer' } } });
  const { start, advance, http } = simulate({ server });
  const id = start('server');
  advance(7);
  const asked = http(id);
  assert.equal(asked.answers, []);
  advance(50);
  assert.equal(asked.answers, [{ result: 'success', output: 'hi' }]);
  assert.equal(seen, [{ type: 'http.requested', port: 8080, path: '/', headers: [], at: 7 }]);
});

test('the end of a machine is the end of the process; its output is the exit code', () => {
  const job = (output?: number | { exitCode: number; message: string }) =>
    setup({}).createMachine({
      initial: 'working',
      states: { working: { after: { 3000: 'done' } }, done: { type: 'final' } },
      output: output as never,
    });
  const { start, advance, exits } = simulate({
    fine: job(),
    four: job(4),
    told: job({ exitCode: 5, message: 'why' }),
  });
  for (const image of ['fine', 'four', 'told']) start(image);
  advance(3000);
  assert.equal(
    exits.map(({ exitCode, reason, message }) => [exitCode, reason, message]),
    [
      [0, 'Completed', undefined],
      [4, 'Error', undefined],
      [5, 'Error', 'why'],
    ],
  );
});

test('a machine that is final from the start exits after its start was answered', () => {
  const { start, exits } = simulate({
    gone: setup({}).createMachine({ initial: 'end', states: { end: { type: 'final' } } }),
  });
  start('gone');
  assert.is(exits[0]?.exitCode, 0);
});

test('SIGTERM: unhandled it kills with 143; handled the machine decides; refused on purpose nothing happens', () => {
  const base = setup({});
  const deaf = base.createMachine({ on: { 'signal.received': {} } });
  const polite = base.createMachine({
    initial: 'up',
    states: {
      up: { on: { 'signal.received': 'closing' } },
      closing: { tags: 'notListening', after: { 2000: 'closed' } },
      closed: { type: 'final' },
    },
  });
  const { start, advance, runtime, exits } = simulate({ plain: base.createMachine({}), deaf, polite });
  for (const image of ['plain', 'deaf', 'polite'])
    runtime.signalContainer(start(image, { name: image }), 'SIGTERM');
  assert.equal(
    exits.map(({ name, exitCode }) => [name, exitCode]),
    [['plain', 143]],
  );
  advance(2000);
  assert.equal(exits.at(-1)?.name, 'polite');
  assert.is(exits.at(-1)?.exitCode, 0);
  assert.is(exits.length, 2);
});

test('input tells the instance who it is; log lines come by emitting', () => {
  const greeter = setup({
    types: {} as {
      input: { attempt: number; env: Record<string, string>; container: string };
      context: { text: string };
    },
    actions: { greet: emit(({ context }) => ({ type: 'log.written', text: context.text })) },
  }).createMachine({
    context: ({ input }) => ({ text: `${input.container} ${input.attempt} ${input.env['NAME']}` }),
    entry: 'greet',
  });
  const { start, lines } = simulate({ greeter });
  start('greeter', { attempt: 2, env: [['NAME', 'ada']] });
  assert.equal(lines('app', 2), ['app 2 ada']);
});

test('an actor that throws exits with 1, and its error is in the log', () => {
  const broken = setup({
    actions: {
      explode: assign(() => {
        throw new Error('out of cheese');
      }),
    },
  }).createMachine({ on: { 'http.requested': { actions: 'explode' } } });
  const { start, http, exits, lines } = simulate({ broken });
  const id = start('broken');
  assert.is(http(id).answers[0]?.output, REFUSED);
  assert.is(exits[0]?.exitCode, 1);
  assert.match(lines()[0] ?? '', /^Error: out of cheese/);
});

test('fromTransition logic counts requests and answers by emitting', () => {
  const counter = fromTransition((count: number, event: { type: string }, { emit }) => {
    if (event.type !== 'http.requested') return count;
    emit({ type: 'http.responded', status: count < 2 ? 200 : 503 } as never);
    return count + 1;
  }, 0);
  const { start, http } = simulate({ counter });
  const id = start('counter');
  assert.equal(
    [1, 2, 3].map(() => http(id).answers[0]?.result),
    ['success', 'success', 'failure'],
  );
});

test('fromCallback logic receives requests and signals, emits, and is torn down at the end', () => {
  let isTornDown = false;
  const server = fromCallback<{ type: string }>(({ receive, emit }) => {
    receive((event) => {
      if (event.type === 'exec.requested') emit({ type: 'exec.exited', exitCode: 3, stderr: 'no' } as never);
      if (event.type === 'signal.received') emit({ type: 'process.exited', exitCode: 0 } as never);
      if (event.type === 'tcp.connected') emit({ type: 'connection.refused' } as never);
    });
    return () => void (isTornDown = true);
  });
  const { start, runtime, exec, tcp, exits } = simulate({ server });
  const id = start('server');
  assert.equal(exec(id, ['x']).answers, [{ type: 'exited', exitCode: 3, stdout: '', stderr: 'no' }]);
  assert.is(tcp(id).answers[0]?.output, 'dial tcp 10.0.0.2:8080: connect: connection refused');
  runtime.signalContainer(id, 'SIGTERM');
  assert.equal([exits[0]?.exitCode, isTornDown], [0, true]);
});

test('an answer without a request is told in the log', () => {
  const chatty = setup({ actions: { answer: emit({ type: 'http.responded', status: 200 }) } }).createMachine({
    entry: 'answer',
  });
  const { start, lines } = simulate({ chatty });
  start('chatty');
  assert.equal(lines(), ['statelet: http.responded was emitted while no request was being handled']);
});

test.run();
