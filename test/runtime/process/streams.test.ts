/** Streams into real processes: exec with input and terminal, attach, port-forward; and what is left behind: nothing. */
import { createServer, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { createVirtualClock } from '../../../src/clock/index.js';
import type {
  ByteSink,
  ContainerRuntime,
  ExecStreamOutcome,
  OpenStream,
  Outcome,
  ProcessOutput,
} from '../../../src/runtime/port.js';
import { cooked } from '../../../src/runtime/process/streams/cooked.js';
import { onTerminal } from '../../../src/runtime/process/streams/terminal.js';
import { createViewers } from '../../../src/runtime/process/streams/viewers.js';
import { suite } from '../../support/suite.js';
import { answer, eventually, isLinux, openHarness, processesWith, type Harness } from './support.js';

const test = suite('process runtime: streams');
test.skipUnless(isLinux, 'processes are looked for in /proc');

let harness: Harness;
test.before.each(async () => {
  harness = await openHarness();
});
test.after.each(async () => {
  const { sandboxId, dir } = harness;
  await harness.close();
  assert.ok(sandboxId);
  assert.equal(processesWith(dir), [], 'nothing is left');
});

interface Collected extends ProcessOutput {
  readonly out: string;
  readonly err: string;
  readonly hasEnded: boolean;
}
const collect = (): Collected => {
  const text = { stdout: '', stderr: '' };
  let hasEnded = false;
  const sink = (name: 'stdout' | 'stderr'): ByteSink => ({
    write: (piece, taken) => {
      text[name] += Buffer.from(piece).toString();
      taken();
    },
    end: () => {
      hasEnded = true;
    },
  });
  return {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    get out() {
      return text.stdout;
    },
    get err() {
      return text.stderr;
    },
    get hasEnded() {
      return hasEnded;
    },
  };
};

interface Running {
  readonly output: Collected;
  readonly ended: Promise<ExecStreamOutcome>;
  readonly open: OpenStream;
  type(text: string): void;
}
const openExec = (
  runtime: ContainerRuntime,
  containerId: string,
  command: readonly string[],
  { stdin = false, tty = false } = {},
): Running => {
  const output = collect();
  let open: OpenStream | undefined;
  const ended = answer<ExecStreamOutcome>((reply) => {
    open = runtime.openExec({ containerId, command, stdin, tty }, output, reply);
  });
  const stream = open as unknown as OpenStream;
  return {
    output,
    ended,
    open: stream,
    type: (text) => stream.input.write(Buffer.from(text), () => {}),
  };
};
const sleeper = (): Promise<string> => harness.start(['sleep', '1000']);

test('output and errors apart, the exit code at the end, the input until it is closed', async () => {
  const id = await sleeper();
  const script = 'read line; echo "got $line"; echo oops >&2; cat; exit 7';
  const running = openExec(harness.runtime, id, ['sh', '-c', script], { stdin: true });
  running.type('one\ntwo\n');
  await eventually('cat has answered', () => running.output.out === 'got one\ntwo\n');
  running.open.input.end();
  assert.equal(await running.ended, { type: 'exited', exitCode: 7 });
  assert.equal([running.output.out, running.output.err], ['got one\ntwo\n', 'oops\n']);
});

test('the input can be opened by its name, and is empty unless it is asked for', async () => {
  const id = await sleeper();
  const named = openExec(harness.runtime, id, ['sh', '-c', 'sleep 0.2; cat /dev/stdin'], { stdin: true });
  named.type('x');
  named.open.input.end();
  await named.ended;
  assert.is(named.output.out, 'x');
  const empty = openExec(harness.runtime, id, ['wc', '-c']);
  await empty.ended;
  assert.is(empty.output.out.trim(), '0');
});

test('32 MiB go through a command without loss while the reader is slower', async () => {
  const id = await sleeper();
  let size = 0;
  let isBusy = false;
  const slow: ByteSink = {
    write: (piece, taken) => {
      assert.is(isBusy, false, 'one piece at a time');
      isBusy = true;
      size += piece.length;
      setImmediate(() => {
        isBusy = false;
        taken();
      });
    },
    end: () => {},
  };
  const command = ['head', '-c', String(32 * 1024 * 1024), '/dev/zero'];
  const outcome = await answer<ExecStreamOutcome>((reply) => {
    harness.runtime.openExec(
      { containerId: id, command, stdin: false, tty: false },
      { stdout: slow, stderr: slow },
      reply,
    );
  });
  assert.equal([outcome, size], [{ type: 'exited', exitCode: 0 }, 32 * 1024 * 1024]);
});

test('what cannot be started is told; so is a container that does not run', async () => {
  const id = await sleeper();
  assert.equal(await openExec(harness.runtime, id, ['no-such-program']).ended, {
    type: 'error',
    message:
      'failed to exec in container: unable to start container process: exec: "no-such-program": executable file not found in $PATH',
  });
  assert.is(harness.runtime.isContainerRunning(id), true);
  harness.runtime.signalContainer(id, 'SIGKILL');
  await harness.exited(id);
  assert.is(harness.runtime.isContainerRunning(id), false);
  assert.is((await openExec(harness.runtime, id, ['true']).ended).type, 'error');
});

test('a client that goes away: its command is hung up, and killed when it does not care', async () => {
  const id = await sleeper();
  const polite = openExec(harness.runtime, id, ['sleep', '1001']);
  const stubborn = openExec(harness.runtime, id, [
    'sh',
    '-c',
    "trap '' HUP; echo up; while :; do sleep 0.1; done",
  ]);
  await eventually('both run', () => stubborn.output.out === 'up\n' && processesWith(id).length >= 3);
  polite.open.close();
  stubborn.open.close();
  await eventually('only the container is left', () => processesWith(id).length === 1);
});

test('the end of the container ends its commands, and their clients are told', async () => {
  const id = await sleeper();
  const running = openExec(harness.runtime, id, ['sh', '-c', 'sleep 1002 & wait']);
  await eventually('it runs', () => processesWith(id).length === 3);
  harness.runtime.signalContainer(id, 'SIGKILL');
  assert.equal(await running.ended, { type: 'exited', exitCode: 137 });
});

const TTY = { stdin: true, tty: true };
const hasTerminals = onTerminal({ executable: '/bin/true', args: [], env: {} }) !== undefined;

if (hasTerminals) {
  test('a terminal: one stream with echo, sizes, Ctrl-C, job control, and the exit code', async () => {
    const id = await sleeper();
    const running = openExec(harness.runtime, id, ['sh'], TTY);
    const shows = (what: string, pattern: RegExp): Promise<void> =>
      eventually(what, () => pattern.test(running.output.out));
    running.type('tty; echo $TERM; echo err >&2\n');
    await shows('a terminal of its own', /\/dev\/pts\/\d+\r\nxterm\r\nerr\r\n/);
    running.open.resize({ columns: 97, rows: 31 });
    const marks = '[ "$(stty size)" = "31 97" ]';
    running.type(`until ${marks}; do sleep 0.05; done; echo resi''zed\n`);
    await shows('the size', /resized\r\n/);
    running.type("echo slee''ps; sleep 1003\n");
    await shows('it sleeps', /sleeps\r\n/);
    running.type('\x03');
    running.type("echo inter''rupted $?\n");
    await shows('Ctrl-C', /interrupted 130\r\n/);
    running.type('exit 5\n');
    assert.equal(await running.ended, { type: 'exited', exitCode: 5 });
    assert.is(running.output.err, '');
  });

  test('a terminal whose client goes away takes everything on it along', async () => {
    const id = await sleeper();
    const running = openExec(harness.runtime, id, ['sh', '-c', 'sleep 1004 & sleep 1005'], TTY);
    await eventually('all run', () => processesWith(id).length === 5);
    running.open.close();
    await eventually('only the container is left', () => processesWith(id).length === 1);
  });

  test('arguments, quotes and the shell of the container reach a command on a terminal as they are', async () => {
    const id = await harness.start(['sleep', '1000'], { env: [['SHELL', '/bin/none']] });
    const command = ['sh', '-c', 'printf "%s|" "$@" "$SHELL"', 'x', "it's", '$HOME "q"', '', 'a b'];
    const running = openExec(harness.runtime, id, command, { stdin: false, tty: true });
    assert.equal(await running.ended, { type: 'exited', exitCode: 0 });
    assert.is(running.output.out, `it's|$HOME "q"||a b|/bin/none|`);
  });

  test('a container on a terminal gets SIGTERM itself, and its log has nothing else', async () => {
    const id = await harness.start(['sh', '-c', 'trap "exit 9" TERM; echo up; sleep 1000 & wait'], {
      tty: true,
    });
    await eventually('it is up', () => processesWith(id).length >= 2);
    const attached = attach(id);
    const lines = harness.lines('main');
    await new Promise((resolve) => setTimeout(resolve, 200));
    harness.runtime.signalContainer(id, 'SIGTERM');
    assert.is((await harness.exited(id)).exitCode, 9);
    assert.equal(await attached.ended, { ok: true });
    assert.equal(
      (await lines).map(({ text }) => text),
      ['up\r'],
    );
  });
}

const attach = (containerId: string, stdin = false) => {
  const output = collect();
  let open: OpenStream | undefined;
  const ended = answer<Outcome<object>>((reply) => {
    open = harness.runtime.attach({ containerId, stdin }, output, reply);
  });
  return { output, ended, open: open as unknown as OpenStream };
};

test('attach shows what is written from now on, to several clients, and ends with the container', async () => {
  const id = await harness.start(['sh', '-c', 'echo early; read line; echo "got $line"; echo no >&2'], {
    stdin: true,
    stdinOnce: true,
  });
  await eventually('it has begun', () => processesWith(id).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const viewer = attach(id);
  const writer = attach(id, true);
  writer.open.input.write(Buffer.from('hello\n'), () => {});
  assert.equal(await writer.ended, { ok: true });
  assert.equal(await viewer.ended, { ok: true });
  for (const { output } of [viewer, writer]) assert.equal([output.out, output.err], ['got hello\n', 'no\n']);
  assert.equal(
    (await harness.lines('main')).map(({ text }) => text),
    ['early', 'got hello', 'no'],
  );
});

test('stdinOnce: the input ends with its first client; without it, it stays open for the next', async () => {
  const once = await harness.start(['cat'], { name: 'once', stdin: true, stdinOnce: true });
  attach(once, true).open.close();
  assert.is((await harness.exited(once)).exitCode, 0);

  const many = await harness.start(['cat'], { name: 'many', stdin: true });
  const first = attach(many, true);
  first.open.input.end();
  first.open.close();
  const second = attach(many, true);
  second.open.input.write(Buffer.from('still here\n'), () => {});
  await eventually('cat has answered', () => second.output.out === 'still here\n');
});

const STUCK: ByteSink = { write: () => {}, end: () => {} };

test('a client that takes nothing holds the container up, and costs it no line when it ends', async () => {
  const id = await harness.start(['sh', '-c', 'for i in 1 2 3; do echo $i; sleep 0.1; done']);
  const ended = answer<Outcome<object>>((reply) => {
    const request = { containerId: id, stdin: false };
    harness.runtime.attach(request, { stdout: STUCK, stderr: STUCK }, reply);
  });
  assert.is((await harness.exited(id)).exitCode, 0);
  assert.equal(await ended, { ok: true });
  assert.equal(
    (await harness.lines('main')).map(({ text }) => text),
    ['1', '2', '3'],
  );
});

test('a client that takes nothing for 30 s is let go, and the container goes on', () => {
  const clock = createVirtualClock();
  const viewers = createViewers(clock);
  const replies: Outcome<object>[] = [];
  let taken = 0;
  viewers.add({ stdout: STUCK, stderr: STUCK }, (outcome) => replies.push(outcome));
  viewers.show('stdout', Buffer.from('x'), () => void (taken += 1));
  clock.moveTo(clock.now() + 29_999);
  assert.equal([taken, replies], [0, []]);
  clock.step();
  assert.equal([taken, replies], [1, [{ ok: false, message: 'the client took no output for 30 s' }]]);
  viewers.show('stdout', Buffer.from('y'), () => void (taken += 1));
  assert.equal([taken, clock.pendingTimers], [2, 0]);
});

test('without a terminal: newlines both ways, echo, Ctrl-C and Ctrl-D', () => {
  const shown = collect();
  let typed = '';
  let isOver = false;
  let interrupts = 0;
  const programme: ByteSink = {
    write: (piece, done) => {
      typed += Buffer.from(piece).toString();
      done();
    },
    end: () => void (isOver = true),
  };
  const { input, output } = cooked(programme, shown.stdout, () => void (interrupts += 1));
  input.write(Buffer.from('ls\r'), () => {});
  output.write(Buffer.from('a\nb\n'), () => {});
  input.write(Buffer.from('\x03'), () => {});
  assert.equal([typed, isOver, interrupts], ['ls\n', false, 1]);
  input.write(Buffer.from('\x04'), () => {});
  assert.equal([shown.out, isOver], ['ls\r\na\r\nb\r\n', true]);
});

const listen = (host: string, serve: (socket: Socket) => void): Promise<{ port: number; close(): void }> =>
  new Promise((resolve) => {
    const server = createServer({ allowHalfOpen: true }, serve).listen(0, host, () => {
      const { port } = server.address() as { port: number };
      resolve({ port, close: () => server.close() });
    });
  });
const forward = (port: number) => {
  const output = collect();
  let open: OpenStream | undefined;
  const ended = answer<Outcome<object>>((reply) => {
    open = harness.runtime.portForward({ sandboxId: harness.sandboxId, port }, output.stdout, reply);
  });
  return { output, ended, open: open as unknown as OpenStream };
};

test("port-forward connects to the pod's address; a client that has said everything still gets its answer", async () => {
  const server = await listen(harness.ip, (socket) => {
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString()));
    socket.once('end', () => setTimeout(() => socket.end(`you said ${said}`), 300));
  });
  const connection = forward(server.port);
  connection.open.input.write(Buffer.from('hello'), () => {});
  connection.open.input.end();
  assert.equal(await connection.ended, { ok: true });
  assert.equal([connection.output.out, connection.output.hasEnded], ['you said hello', true]);
  server.close();
});

test('port-forward is over when the server is, also for a client that would go on; refusals are told', async () => {
  const server = await listen(harness.ip, (socket) => socket.end('bye'));
  const connection = forward(server.port);
  assert.equal(await connection.ended, { ok: true });
  assert.is(connection.output.out, 'bye');
  server.close();
  const { port } = server;
  assert.equal(await forward(port).ended, {
    ok: false,
    message: `dial tcp ${harness.ip}:${port}: connect: connection refused`,
  });
});

test.run();
