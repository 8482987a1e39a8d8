import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { simulate } from './support.js';

const test = suite('simulated runtime: presets');

const OK = { result: 'success', output: '' };
const failed = (output: string) => ({ result: 'failure', output });
const HTTP_500 = failed('HTTP probe failed with statuscode: 500');
const HTTP_REFUSED = failed(
  'Get "http://10.0.0.2:8080/": dial tcp 10.0.0.2:8080: connect: connection refused',
);

test('an unknown image runs for ever, passes its probes, and ends with 143 on SIGTERM', () => {
  const { start, advance, runtime, exits, http, tcp, execProbe, clock } = simulate();
  const id = start('nginx:1.27');
  advance(86_400_000);
  assert.equal(
    [http(id), tcp(id), execProbe(id, ['true'])].map(({ answers }) => answers[0]),
    [OK, OK, OK],
  );
  assert.equal(exits, []);
  runtime.signalContainer(id, 'SIGTERM');
  assert.equal([exits[0]?.exitCode, exits[0]?.reason, exits[0]?.finishedAt], [143, 'Error', 86_400_000]);
  assert.is(clock.pendingTimers, 0);
});

test('SIGKILL ends any container with 137', () => {
  const { start, runtime, exits } = simulate({ stubborn: { ignoresSigterm: true, exitsAfter: '1h' } });
  const id = start('stubborn');
  runtime.signalContainer(id, 'SIGTERM');
  assert.is(exits.length, 0);
  runtime.signalContainer(id, 'SIGKILL');
  assert.equal([exits[0]?.exitCode, exits[0]?.reason], [137, 'Error']);
});

test('ignoresSigterm holds with and without an actor', () => {
  const { start, runtime, exits } = simulate({ still: { ignoresSigterm: true } });
  runtime.signalContainer(start('still'), 'SIGTERM');
  assert.is(exits.length, 0);
});

test('exitsAfter 120 s ends with its exit code after 120 s, and reason Completed or Error', () => {
  const { start, advance, exits } = simulate({
    'batch:1': { exitsAfter: '120s' },
    'crash:1': { exitsAfter: '1m', exitCode: 3 },
  });
  start('batch:1');
  advance(119_999);
  assert.is(exits.length, 0);
  advance(1);
  assert.equal(
    [exits[0]?.exitCode, exits[0]?.reason, exits[0]?.startedAt, exits[0]?.finishedAt],
    [0, 'Completed', 0, 120_000],
  );
  start('crash:1');
  advance(60_000);
  assert.equal([exits[1]?.exitCode, exits[1]?.reason], [3, 'Error']);
});

test('exit codes are one per attempt, and the last repeats', () => {
  const { start, advance, exits } = simulate({ flaky: { exitsAfter: 1000, exitCode: [1, 2, 0] } });
  for (const attempt of [0, 1, 2, 3]) start('flaky', { attempt });
  advance(1000);
  assert.equal(
    exits.map(({ exitCode }) => exitCode),
    [1, 2, 0, 0],
  );
});

test('an exit code without a time ends the container at once, after the start was answered', () => {
  const { start, advance, exits } = simulate({ broken: { exitCode: 1 } });
  start('broken');
  assert.is(exits.length, 0);
  advance(0);
  assert.is(exits[0]?.exitCode, 1);
});

test('startsAfter 30 s: connections are refused and exec probes fail until then', () => {
  const { start, advance, http, tcp, execProbe } = simulate({ slow: { startsAfter: '30s' } });
  const id = start('slow');
  advance(29_999);
  assert.equal(http(id).answers, [HTTP_REFUSED]);
  assert.equal(tcp(id).answers, [failed('dial tcp 10.0.0.2:8080: connect: connection refused')]);
  assert.equal(execProbe(id, ['ls']).answers, [failed('')]);
  advance(1);
  assert.equal(
    [http(id), tcp(id), execProbe(id, ['ls'])].map(({ answers }) => answers[0]),
    [OK, OK, OK],
  );
});

test('failsAfterRequests 5: five requests succeed, the sixth and later ones get 500', () => {
  const { start, http } = simulate({
    'luksa/kubia-unhealthy': { http: { port: 8080, failsAfterRequests: 5 } },
  });
  const id = start('luksa/kubia-unhealthy:v1');
  const answers = [1, 2, 3, 4, 5, 6, 7].map(() => http(id).answers[0]);
  assert.equal(answers, [OK, OK, OK, OK, OK, HTTP_500, HTTP_500]);
});

test('timers are set only where something will happen', () => {
  const timersOf = (preset: object): number => {
    const { start, clock } = simulate({ app: preset });
    start('app');
    return clock.pendingTimers;
  };
  assert.is(timersOf({}), 0);
  assert.is(timersOf({ http: { failsAfterRequests: 5 } }), 0);
  assert.is(timersOf({ terminatesAfter: '5s' }), 0);
  assert.is(timersOf({ exitsAfter: '5s', hangsAfter: '1h' }), 2);
});

test('failsAfter and recoversAfter: HTTP fails from 60 s to 90 s, TCP from 10 s on', () => {
  const { start, advance, http, tcp } = simulate({
    web: {
      startsAfter: '5s',
      http: { failsAfter: '60s', recoversAfter: '30s', status: 503 },
      tcp: { failsAfter: '10s' },
    },
  });
  const id = start('web');
  advance(9_999);
  assert.equal([http(id).answers[0], tcp(id).answers[0]], [OK, OK]);
  advance(1);
  assert.is(tcp(id).answers[0]?.result, 'failure');
  advance(49_999);
  assert.equal(http(id).answers, [OK]);
  advance(1);
  assert.equal(http(id).answers, [failed('HTTP probe failed with statuscode: 503')]);
  advance(30_000);
  assert.equal(http(id).answers, [OK]);
  advance(3_600_000);
  assert.equal(http(id).answers, [OK]);
});

test('a declared port answers, another refuses; without a port all answer', () => {
  const { start, http, tcp } = simulate({ web: { http: { port: 8080 } }, db: { tcp: { port: 5432 } } });
  const web = start('web');
  assert.equal(http(web).answers, [OK]);
  assert.equal(http(web, { port: 8081 }).answers, [
    failed('Get "http://10.0.0.2:8081/": dial tcp 10.0.0.2:8081: connect: connection refused'),
  ]);
  assert.equal(tcp(web).answers, [OK]);
  assert.is(tcp(web, { port: 9 }).answers[0]?.result, 'failure');
  const db = start('db');
  assert.equal(tcp(db, { port: 5432 }).answers, [OK]);
  assert.is(tcp(db, { port: 5433 }).answers[0]?.result, 'failure');
});

test('status without a time is what every request gets; 3xx is a warning', () => {
  const { start, http } = simulate({ sick: { http: { status: 404 } }, moved: { http: { status: 302 } } });
  assert.equal(http(start('sick')).answers, [failed('HTTP probe failed with statuscode: 404')]);
  assert.equal(http(start('moved')).answers, [
    { result: 'warning', output: 'Probe terminated redirects, Response body: ' },
  ]);
});

test('latency delays the answer; from timeoutMs on the probe times out at timeoutMs', () => {
  const { start, advance, http } = simulate({ lazy: { http: { latency: '800ms' } } });
  const id = start('lazy');
  const inTime = http(id, { timeoutMs: 1000 });
  const late = http(id, { timeoutMs: 800 });
  advance(799);
  assert.equal([inTime.answers, late.answers], [[], []]);
  advance(1);
  assert.equal(inTime.answers, [OK]);
  assert.equal(late.answers, [
    failed(
      'Get "http://10.0.0.2:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ),
  ]);
});

test('hangsAfter: every probe times out in its own words, SIGTERM is not heard, SIGKILL is', () => {
  const { start, advance, http, tcp, execProbe, runtime, exits } = simulate({ stuck: { hangsAfter: '10s' } });
  const id = start('stuck');
  advance(10_000);
  const asked = [http(id), tcp(id), execProbe(id, ['cat', '/tmp/health'])];
  advance(999);
  assert.equal(
    asked.flatMap(({ answers }) => answers),
    [],
  );
  advance(1);
  assert.equal(
    asked.map(({ answers }) => answers[0]?.output),
    [
      'Get "http://10.0.0.2:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'dial tcp 10.0.0.2:8080: i/o timeout',
      'command timed out: "cat /tmp/health" timed out after 1s',
    ],
  );
  runtime.signalContainer(id, 'SIGTERM');
  assert.is(exits.length, 0);
  runtime.signalContainer(id, 'SIGKILL');
  assert.is(exits[0]?.exitCode, 137);
});

test('exec: results by command line, failing from its time on, `sh -c` found by its line', () => {
  const { start, advance, execProbe, exec } = simulate({
    app: {
      exec: {
        'cat /tmp/health': { failsAfter: '30s', output: "cat: can't open '/tmp/health'" },
        date: { output: 'today' },
        false: { exitCode: 1 },
      },
    },
  });
  const id = start('app');
  assert.equal(execProbe(id, ['cat', '/tmp/health']).answers, [OK]);
  assert.equal(execProbe(id, ['false']).answers, [failed('')]);
  assert.equal(exec(id, ['date']).answers, [{ type: 'exited', exitCode: 0, stdout: 'today', stderr: '' }]);
  advance(30_000);
  const output = "cat: can't open '/tmp/health'";
  assert.equal(execProbe(id, ['cat', '/tmp/health']).answers, [failed(output)]);
  assert.equal(execProbe(id, ['sh', '-c', 'cat /tmp/health']).answers, [failed(output)]);
});

test('terminatesAfter 5 s: refuses connections at once, and exits with 143 after 5 s, told once or twice', () => {
  const { start, advance, http, runtime, exits, clock } = simulate({ polite: { terminatesAfter: '5s' } });
  const id = start('polite');
  runtime.signalContainer(id, 'SIGTERM');
  advance(4_999);
  runtime.signalContainer(id, 'SIGTERM');
  assert.equal(http(id).answers, [HTTP_REFUSED]);
  assert.is(exits.length, 0);
  advance(1);
  assert.equal([exits[0]?.exitCode, exits[0]?.finishedAt, clock.pendingTimers], [143, 5_000, 0]);
});

test('pull: takes 3 s, fails twice with the words of containerd, then is present', () => {
  const { runtime, advance } = simulate({ 'far:1': { pull: { takes: '3s', fails: 2 } } });
  const pod = { namespace: 'default', name: 'p', uid: 'u', nodeName: 'n' };
  const outcomes: unknown[] = [];
  for (const _ of [1, 2, 3]) {
    runtime.pullImage({ image: 'far:1', pod, hasCommand: false }, (outcome) => outcomes.push(outcome));
    advance(2_999);
    const before = outcomes.length;
    advance(1);
    assert.is(outcomes.length, before + 1);
  }
  const message =
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/far:1": ' +
    'failed to resolve reference "docker.io/library/far:1": docker.io/library/far:1: not found';
  assert.equal(outcomes.slice(0, 2), [
    { ok: false, message },
    { ok: false, message },
  ]);
  assert.is((outcomes[2] as { ok: boolean }).ok, true);
  assert.ok(runtime.isImagePresent('far:1'));
});

test('a container that exited refuses connections and commands', () => {
  const { start, runtime, http, exec } = simulate();
  const id = start('web');
  runtime.signalContainer(id, 'SIGKILL');
  assert.equal(http(id).answers, [HTTP_REFUSED]);
  assert.equal(exec(id, ['ls']).answers, [
    { type: 'error', message: 'container is in CONTAINER_EXITED state' },
  ]);
});

test.run();
