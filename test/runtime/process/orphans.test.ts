/** Whatever ends, nothing of it is left: asked of the kernel by the marker in /proc/PID/environ. */
import * as assert from 'uvu/assert';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { suite } from '../../support/suite.js';
import { answer, eventually, isLinux, openHarness, processesWith, temporaryDir } from './support.js';

const test = suite('runtime/process: no orphans');

const hosts = new Set<ChildProcessByStdio<null, Readable, null>>();
test.after(() => {
  for (const host of hosts) host.kill('SIGKILL');
});

/** Starts host.ts; answers it and the id of its container once all its processes run. */
const startHost = async (
  dir: string,
): Promise<{ host: ChildProcessByStdio<null, Readable, null>; id: string }> => {
  const script = fileURLToPath(new URL('host.ts', import.meta.url));
  const host = spawn(process.execPath, ['--import', 'tsx', script, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  hosts.add(host);
  const [line] = (await once(host.stdout, 'data')) as [Buffer];
  return { host, id: line.toString().trim() };
};

/** Guardians of a state directory, by their command line. */
const guardiansOf = (id: string): number[] => {
  const marker = `STATELET_CONTAINER_ID=${id.slice(0, 20)}`;
  return allPids().filter((pid) => commandLine(pid).includes(`statelet-guardian\0${marker}`));
};
const allPids = (): number[] => processesWith('');
const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    // Gone meanwhile.
    return '';
  }
};

test('a container ends with everything it started, in its group or in a session of its own', async () => {
  const harness = await openHarness();
  const id = await harness.start(['sh', '-c', 'sleep 100 & setsid sleep 100 & sleep 0.1; exit 5']);
  assert.is((await harness.exited(id)).exitCode, 5);
  assert.equal(processesWith(id), []);
  await harness.close();
});

test('a daemon that holds the output pipes and wiped its environment does not delay the end for ever', async () => {
  const harness = await openHarness();
  const id = await harness.start(['sh', '-c', 'env -i setsid sleep 3 & sleep 0.1; echo bye']);
  assert.is((await harness.exited(id)).exitCode, 0);
  assert.is((await harness.lines('main'))[0]?.text, 'bye');
  await harness.close();
});

test('close ends all containers, running commands too, and removes the scratch files', async () => {
  const dir = temporaryDir();
  const harness = await openHarness({ dir });
  const id = await harness.start(['sh', '-c', 'trap "" TERM; setsid sleep 100 & sleep 100']);
  const exec = harness.exec(id, ['sleep', '100']);
  await eventually('all four run', () => processesWith(id).length === 4);
  assert.is(guardiansOf(id).length, 1);
  await harness.close();
  assert.equal(processesWith(id), []);
  assert.equal(guardiansOf(id), []);
  assert.equal(await exec, { type: 'exited', exitCode: 137, stdout: '', stderr: '' });
  assert.is(existsSync(join(dir, 'containers')), false);
  assert.is(existsSync(join(dir, 'lock')), false);
  rmSync(dir, { recursive: true });
});

test('SIGKILL of statelet leaves no process: not the container, its children, its daemon, or a running command', async () => {
  const dir = temporaryDir();
  const { host, id } = await startHost(dir);
  host.kill('SIGKILL');
  await once(host, 'exit');
  await eventually('all gone', () => processesWith(id).length === 0 && guardiansOf(id).length === 0);

  const next = await openHarness({ dir });
  await next.exited(await next.start(['true']));
  await next.close();
  rmSync(dir, { recursive: true });
});

test('process.exit without close ends everything before statelet is gone, without the guardian', async () => {
  const dir = temporaryDir();
  const { host, id } = await startHost(dir);
  const guardians = guardiansOf(id);
  for (const guardian of guardians) process.kill(guardian, 'SIGSTOP');
  host.kill('SIGUSR2');
  await once(host, 'exit');
  assert.equal(processesWith(id), []);
  for (const guardian of guardians) process.kill(guardian, 'SIGKILL');
  rmSync(dir, { recursive: true });
});

test('Ctrl-C to the terminal does not end the guardian before its time', async () => {
  const dir = temporaryDir();
  const { host, id } = await startHost(dir);
  const [guardian] = guardiansOf(id);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(guardian as number, signal);
  host.kill('SIGINT');
  await once(host, 'exit');
  await eventually('all gone', () => processesWith(id).length === 0 && guardiansOf(id).length === 0);
  rmSync(dir, { recursive: true });
});

test('statelet and guardian both killed: the next start ends what is left, known by its marker', async () => {
  const dir = temporaryDir();
  const { host, id } = await startHost(dir);
  for (const guardian of guardiansOf(id)) process.kill(guardian, 'SIGSTOP');
  host.kill('SIGKILL');
  await once(host, 'exit');
  for (const guardian of guardiansOf(id)) process.kill(guardian, 'SIGKILL');
  await eventually('the kernel has ended the main process', () => processesWith(id).length <= 4);
  assert.ok(processesWith(id).length > 0, 'children and the daemon are still there');

  const next = await openHarness({ dir });
  await eventually('all gone', () => processesWith(id).length === 0);
  await next.close();
  rmSync(dir, { recursive: true });
});

test('a guardian that is killed is replaced, and knows all groups', async () => {
  const harness = await openHarness();
  const id = await harness.start(['sleep', '100']);
  const [first] = guardiansOf(id);
  process.kill(first as number, 'SIGKILL');
  await eventually('another guardian', () => guardiansOf(id).some((pid) => pid !== first));
  await harness.close();
});

test('a record of a process that ended does not harm the process that got its pid', async () => {
  const dir = temporaryDir();
  const bystander = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
  const container = join(dir, 'containers', 'old');
  mkdirSync(container, { recursive: true });
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  writeFileSync(
    join(container, 'process.json'),
    JSON.stringify({ pid: bystander.pid, startTime: '1', bootId }),
  );
  const harness = await openHarness({ dir });
  assert.is(bystander.exitCode ?? bystander.signalCode, null);
  process.kill(bystander.pid as number, 0);
  await harness.close();
  bystander.kill('SIGKILL');
  await once(bystander, 'exit');
  rmSync(dir, { recursive: true });
});

test('two statelets do not share a state directory; a stale or broken lock is taken over', async () => {
  const dir = temporaryDir();
  const harness = await openHarness({ dir });
  await openHarness({ dir }).then(
    () => assert.unreachable('the directory is in use'),
    (error: Error) =>
      assert.match(error.message, new RegExp(`is in use by another statelet \\(pid ${process.pid}\\)`)),
  );
  await harness.close();
  for (const stale of [JSON.stringify({ pid: process.pid, startTime: '1', bootId: 'other' }), 'not JSON']) {
    writeFileSync(join(dir, 'lock'), stale);
    await (await openHarness({ dir })).close();
  }
  rmSync(dir, { recursive: true });
});

test('two statelets at a time use two networks; pods get addresses in turn, outside 127.0.0.0/16', async () => {
  const dir = temporaryDir();
  const first = await openHarness({ dir });
  const second = await openHarness();
  assert.match(first.ip, /^127\.[1-9]\d*\.0\.1$/);
  assert.is.not(first.ip.split('.')[1], second.ip.split('.')[1]);

  const again = await answer<{ ok: boolean; ip?: string }>((reply) =>
    first.runtime.runPodSandbox({ ...first.pod, uid: 'other', hostNetwork: false, attempt: 0 }, reply),
  );
  assert.match(again.ip ?? '', /^127\.[1-9]\d*\.0\.2$/);
  const onHost = await answer<{ ok: boolean; ip?: string }>((reply) =>
    first.runtime.runPodSandbox({ ...first.pod, uid: 'host', hostNetwork: true, attempt: 0 }, reply),
  );
  assert.is(onHost.ip, '127.0.0.1');
  await first.close();
  const later = await openHarness({ dir });
  assert.is(later.ip, first.ip.replace(/1$/, '3'), 'the last address is remembered');
  await later.close();
  await second.close();
  rmSync(dir, { recursive: true });
});

test('an unusable state directory is told with its path', async () => {
  await openHarness({ dir: '/dev/null/state' }).then(
    () => assert.unreachable('nothing can be created there'),
    (error: Error) =>
      assert.match(error.message, /^cannot use \/dev\/null\/state as state directory: ENOTDIR/),
  );
  // Node's recursive mkdir does not come back from here.
  await openHarness({ dir: '/proc/state' }).then(
    () => assert.unreachable('nothing can be created there'),
    (error: Error) => assert.match(error.message, /^cannot use \/proc\/state as state directory: ENOENT/),
  );
});

test.skipUnless(isLinux, 'processes are looked for in /proc');
test.run();
