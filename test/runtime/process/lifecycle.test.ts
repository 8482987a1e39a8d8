import * as assert from 'uvu/assert';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSystemClock } from '../../../src/clock/index.js';
import { DRAIN_GRACE_MS } from '../../../src/runtime/process/exec.js';
import { parseImages } from '../../../src/runtime/images/index.js';
import type { Outcome } from '../../../src/runtime/port.js';
import { suite } from '../../support/suite.js';
import { answer, eventually, isLinux, openHarness, type Harness } from './support.js';

const test = suite('runtime/process: life of a container');
let harness: Harness;
test.before(async () => {
  process.env['STATELET_TEST_SECRET'] = 'hunter2';
  harness = await openHarness();
});
test.after(async () => {
  delete process.env['STATELET_TEST_SECRET'];
  await harness.close();
});

const startFails = async (command: readonly string[], config = {}): Promise<string> => {
  const id = await harness.create({ command, name: 'broken', ...config });
  const outcome = await answer<Outcome<object>>((reply) => harness.runtime.startContainer(id, reply));
  assert.is(outcome.ok, false);
  return outcome.ok ? '' : outcome.message;
};

test('exit codes: 0 is Completed, 3 is Error, SIGTERM 143, SIGKILL 137 (node.md 2.4, row 109)', async () => {
  const done = await harness.exited(await harness.start(['true'], { name: 'a' }));
  assert.equal([done.exitCode, done.reason], [0, 'Completed']);
  const failed = await harness.exited(await harness.start(['sh', '-c', 'exit 3'], { name: 'b' }));
  assert.equal([failed.exitCode, failed.reason], [3, 'Error']);
  assert.ok(failed.finishedAt >= failed.startedAt);

  const polite = await harness.start(['sleep', '100'], { name: 'c' });
  harness.runtime.signalContainer(polite, 'SIGTERM');
  assert.is((await harness.exited(polite)).exitCode, 143);

  const stubborn = await harness.start(
    ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.02; done'],
    { name: 'd' },
  );
  await readyLine('d');
  harness.runtime.signalContainer(stubborn, 'SIGTERM');
  harness.runtime.signalContainer(stubborn, 'SIGKILL');
  const killed = await harness.exited(stubborn);
  assert.equal([killed.exitCode, killed.reason], [137, 'Error']);
});

test('SIGTERM goes to the whole group, and the shell may trap it and choose its exit code', async () => {
  const id = await harness.start(['sh', '-c', 'trap "exit 7" TERM; echo ready; sleep 100 & wait'], {
    name: 'trap',
  });
  await readyLine('trap');
  harness.runtime.signalContainer(id, 'SIGTERM');
  assert.is((await harness.exited(id)).exitCode, 7);
});

const readyLine = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const lines = harness.runtime.logs({ pod: harness.pod, name, attempt: 0 }, { follow: true });
    const subscription = lines.subscribe({
      next: ({ text }) => {
        if (text !== 'ready') return;
        resolve();
        subscription.unsubscribe();
      },
      error: reject,
    });
  });

test("the environment is the container's own: pod address, host name, PATH and HOME, and no secret of ours", async () => {
  const id = await harness.start(['env'], {
    name: 'env',
    env: [
      ['GREETING', 'hello'],
      ['HOME', '/tmp'],
    ],
  });
  await harness.exited(id);
  const environment = new Map(
    (await harness.lines('env')).map(({ text }): [string, string] => {
      const at = text.indexOf('=');
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  assert.is(environment.get('POD_IP'), harness.ip);
  assert.is(environment.get('HOST'), harness.ip);
  assert.is(environment.get('HOSTNAME'), harness.pod.name);
  assert.is(environment.get('GREETING'), 'hello');
  assert.is(environment.get('HOME'), '/tmp');
  assert.is(environment.get('PATH'), process.env['PATH']);
  assert.is(environment.has('STATELET_TEST_SECRET'), false);
  assert.equal(
    [...environment.keys()].sort().filter((name) => !/^(PWD|_|SHLVL)$/.test(name)),
    ['GREETING', 'HOME', 'HOST', 'HOSTNAME', 'PATH', 'POD_IP', 'STATELET_CONTAINER_ID', 'TERMINATION_LOG'],
  );
});

test('command replaces entrypoint and arguments of the image, args only its arguments', async () => {
  const images = parseImages(
    'app: { command: [echo, image], args: [defaults], env: { A: "1" } }',
    '/tmp/images.yaml',
  );
  const mapped = await openHarness({ images });
  const said = async (
    name: string,
    config: { command: string[]; args: string[] },
  ): Promise<string | undefined> => {
    await mapped.exited(await mapped.start(config.command, { ...config, name, image: 'app:2' }));
    return (await mapped.lines(name))[0]?.text;
  };
  assert.is(await said('a', { command: [], args: [] }), 'image defaults');
  assert.is(await said('b', { command: [], args: ['mine'] }), 'image mine');
  assert.is(await said('c', { command: ['echo'], args: [] }), '');
  assert.is(await said('d', { command: ['echo', 'all'], args: ['mine'] }), 'all mine');
  assert.is(await said('e', { command: ['sh', '-c', 'echo $A'], args: [] }), '1');
  await mapped.close();
});

test('a program sees the name that it was called by, as in a container: its messages begin with it', async () => {
  await harness.exited(
    await harness.start(['sh', '-c', 'tr "\\0" " " < /proc/$$/cmdline'], { name: 'named' }),
  );
  const [line] = await harness.lines('named');
  assert.match(line?.text ?? '', /^sh -c tr /);
  const id = await harness.start(['sleep', '60'], { name: 'beside' });
  const outcome = await harness.exec(id, ['cat', '/absent']);
  assert.is(outcome.type === 'exited' && outcome.stderr, 'cat: /absent: No such file or directory\n');
});

test('an image without a command is not pulled, and the message says what to do', async () => {
  const { runtime, pod } = harness;
  const pull = (hasCommand: boolean): Promise<Outcome<{ imageRef: string }>> =>
    answer((reply) => runtime.pullImage({ image: 'nginx:1.27', pod, hasCommand }, reply));
  assert.equal(await pull(false), {
    ok: false,
    message:
      'no command is known for image "nginx:1.27": map it in the images file (--images FILE) or set command in the container',
  });
  assert.is(runtime.isImagePresent('nginx:1.27'), false);
  assert.equal(await pull(true), { ok: true, imageRef: 'docker.io/library/nginx:1.27', sizeBytes: 0 });
  assert.is(runtime.isImagePresent('nginx:1.27'), false, 'the next container may have no command');
});

test('a command that cannot be started is answered in the words of a container runtime', async () => {
  const prefix = 'failed to create containerd task: unable to start container process: ';
  const file = join(harness.dir, 'plain');
  writeFileSync(file, '#!/bin/sh\n');
  assert.is(await startFails(['foo']), `${prefix}exec: "foo": executable file not found in $PATH`);
  assert.is(await startFails(['']), `${prefix}exec: "": executable file not found in $PATH`);
  assert.is(
    await startFails(['/no/such']),
    `${prefix}exec: "/no/such": stat /no/such: no such file or directory`,
  );
  assert.is(await startFails([file]), `${prefix}exec: "${file}": permission denied`);
  assert.is(await startFails([harness.dir]), `${prefix}exec: "${harness.dir}": is a directory`);
  assert.is(
    await startFails(['true'], { workingDir: '/no/such' }),
    `${prefix}chdir to cwd ("/no/such") set in config.json failed: no such file or directory`,
  );
  assert.is(
    await startFails(['true'], { env: [['PATH', '/nowhere']] }),
    `${prefix}exec: "true": executable file not found in $PATH`,
  );
  writeFileSync(file, '#!/no/interpreter\n');
  chmodSync(file, 0o755);
  assert.is(await startFails([file]), `${prefix}exec: "${file}": no such file or directory`);
  assert.match(await startFails(['echo', 'x'.repeat(3_000_000)]), /argument list too long$/);
  assert.match(await startFails(['echo', 'a\0b']), /null bytes/);
});

test('a relative command and working directory are found from the working directory', async () => {
  const dir = join(harness.dir, 'app');
  mkdirSync(dir);
  writeFileSync(join(dir, 'run.sh'), '#!/bin/sh\npwd\n');
  chmodSync(join(dir, 'run.sh'), 0o755);
  await harness.exited(await harness.start(['./run.sh'], { name: 'relative', workingDir: dir }));
  assert.is((await harness.lines('relative'))[0]?.text, dir);
});

test('the termination message is the last 4096 bytes of the file named by TERMINATION_LOG (node.md 2.7, row 114)', async () => {
  const script = 'head -c 5000 /dev/zero | tr "\\0" x > "$TERMINATION_LOG"; printf END >> "$TERMINATION_LOG"';
  const told = await harness.exited(await harness.start(['sh', '-c', script], { name: 'last-words' }));
  assert.is(told.message, `${'x'.repeat(4093)}END`);
  const silent = await harness.exited(await harness.start(['true'], { name: 'silent' }));
  assert.is(silent.message, undefined);
});

test('a kill that comes before the start is carried out right after it; a signal to the dead is no error', async () => {
  const id = await harness.create({ name: 'doomed', command: ['sleep', '100'] });
  harness.runtime.signalContainer(id, 'SIGKILL');
  await answer<Outcome<object>>((reply) => harness.runtime.startContainer(id, reply));
  assert.is((await harness.exited(id)).exitCode, 137);
  harness.runtime.signalContainer(id, 'SIGTERM');
  harness.runtime.signalContainer('no-such-container', 'SIGKILL');
  assert.is(harness.exits.filter(({ containerId }) => containerId === id).length, 1);
});

test('a container that is removed while it waits for its start never runs', async () => {
  const first = await harness.create({ name: 'first', command: ['true'] });
  const second = await harness.create({ name: 'second', command: ['sleep', '100'] });
  const outcomes: boolean[] = [];
  harness.runtime.startContainer(first, ({ ok }) => outcomes.push(ok));
  harness.runtime.startContainer(second, ({ ok }) => outcomes.push(ok));
  harness.runtime.removeContainer(second);
  await eventually('both are answered', () => outcomes.length === 2);
  assert.equal(outcomes, [true, false]);
});

test('a hundred processes start and end at once, each told once, none left', async () => {
  const crowd = await openHarness();
  const ids = await Promise.all(
    Array.from({ length: 100 }, (_, i) => crowd.start(['sh', '-c', `exit ${i % 5}`], { name: `c${i}` })),
  );
  const ends = await Promise.all(ids.map((id) => crowd.exited(id)));
  assert.equal(
    ends.map(({ exitCode }) => exitCode),
    ids.map((_, i) => i % 5),
  );
  assert.is(crowd.exits.length, 100);
  await crowd.close();
  assert.equal(crowd.warnings, []);
});

test("capacity is the machine's, in Kubernetes quantities", () => {
  const capacity = harness.runtime.capacity();
  assert.match(capacity['cpu'] ?? '', /^\d+$/);
  assert.match(capacity['memory'] ?? '', /^\d+Ki$/);
  assert.match(capacity['ephemeral-storage'] ?? '', /^\d+Ki$/);
  assert.is(capacity['pods'], '110');
});

test('a volume that a process cannot have is warned of', async () => {
  await harness.create({
    name: 'mounted',
    command: ['true'],
    mounts: [{ name: 'data', mountPath: '/data', readOnly: false }],
  });
  assert.match(
    harness.warnings.join('\n'),
    /container mounted: a local process cannot have these volumes: data at \/data/,
  );
});

test('removing the sandbox ends what is in it and frees its address', async () => {
  const alone = await openHarness();
  const id = await alone.start(['sleep', '100']);
  await answer((reply) => alone.runtime.removePodSandbox(alone.sandboxId, reply));
  assert.is((await alone.exited(id)).exitCode, 137);
  assert.equal(await answer((reply) => alone.runtime.startContainer(id, reply)), {
    ok: false,
    message: `no such container: ${id}`,
  });
  await alone.close();
});

test('an end, or the answer of a command, waits for no grace when nobody holds the pipes', async () => {
  const system = createSystemClock();
  const impatient = {
    ...system,
    setTimeout: (callback: () => void, delayMs: number) =>
      delayMs >= DRAIN_GRACE_MS && delayMs < 1_000 ? undefined : system.setTimeout(callback, delayMs),
  };
  const graceless = await openHarness({ clock: impatient });
  const id = await graceless.start(['sleep', '100']);
  for (let i = 0; i < 5; i++) {
    assert.equal(await graceless.exec(id, ['echo', 'x']), {
      type: 'exited',
      exitCode: 0,
      stdout: 'x\n',
      stderr: '',
    });
  }
  graceless.runtime.signalContainer(id, 'SIGKILL');
  await graceless.exited(id);
  await graceless.close();
});

test('output to /dev/stdout and /dev/stderr arrives, as in a container', async () => {
  const script = 'echo to stdout > /dev/stdout; echo to stderr > /dev/stderr';
  await harness.exited(await harness.start(['sh', '-c', script], { name: 'dev' }));
  const lines = await harness.lines('dev');
  assert.equal(
    new Set(lines.map(({ stream, text }) => `${stream}: ${text}`)),
    new Set(['stdout: to stdout', 'stderr: to stderr']),
  );
});

test.skipUnless(isLinux, 'addresses and /proc are those of Linux');
test.run();
