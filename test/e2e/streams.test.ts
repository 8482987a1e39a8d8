/**
 * exec, attach, cp, port-forward, run and logs: the real kubectl into real processes, over WebSockets and over SPDY
 * (api.md §2 and §5, node.md §6.8 and §6.9).
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createTemporaryFolder, findKubectl } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { eventually, hasProcfs, listOf, processesWith, startUp, type Up } from './support.js';

const test = suite('e2e: streams', { timeoutMs: 60_000 });
const kubectl = findKubectl();
test.skipUnless(kubectl !== undefined, 'there is no kubectl on this machine');
test.skipUnless(hasProcfs, 'processes are found through /proc');

const folder = createTemporaryFolder('statelet-e2e-streams');
const MARK = ['STATELET_E2E', folder.path] as const;
const SPDY = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };
const TRANSPORTS = [
  ['WebSockets', {}],
  ['SPDY', SPDY],
] as const;

/** Answers a line on each connection with the same line in capitals, when the client has said everything. */
const SHOUT = `require('net').createServer({ allowHalfOpen: true }, (socket) => {
  let said = '';
  socket.on('data', (chunk) => (said += chunk)).on('end', () => socket.end(said.toUpperCase()));
}).listen(7000, process.env.POD_IP);`;

const container = (name: string, command: readonly string[], more: object = {}): object => ({
  name,
  image: 'example.com/app:1',
  command,
  env: [{ name: MARK[0], value: MARK[1] }],
  ...more,
});
const pod = (name: string, containers: readonly object[], labels = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { terminationGracePeriodSeconds: 1, restartPolicy: 'Never', containers },
});
const talk = 'echo one; sleep 1.5; echo two; echo three >&2; exec sleep 600';
const MANIFESTS = listOf(
  pod('web', [container('app', [process.execPath, '-e', SHOUT])]),
  pod(
    'pair',
    [container('a', ['sh', '-c', talk]), container('b', ['sh', '-c', 'echo bee; exec sleep 600'])],
    {
      app: 'pair',
    },
  ),
  pod('short', [container('app', ['sh', '-c', 'echo begin; sleep 4; echo end'])]),
  pod('done', [container('app', ['true'])]),
);

let up: Up;
test.before(async () => {
  up = await startUp({ folder: folder.path });
  await up.ok('create -f -', { stdin: MANIFESTS });
  await up.ok('wait --for=condition=Ready pod/web pod/pair pod/short --timeout=30s');
});
test.after(async () => {
  await up?.interrupt();
  assert.equal(processesWith(...MARK), [], 'nothing is left');
  folder.remove();
});

for (const [transport, env] of TRANSPORTS) {
  test(`${transport}: exec passes output, errors, input and the exit code`, async () => {
    const script = 'echo out; echo err >&2; wc -c; exit 7';
    const { code, stdout, stderr } = await up.kubectl(['exec', '-i', 'web', '--', 'sh', '-c', script], {
      env,
      stdin: 'x'.repeat(300_000),
    });
    assert.equal(
      [code, stdout.replaceAll(' ', ''), stderr],
      [7, 'out\n300000\n', 'err\ncommand terminated with exit code 7\n'],
    );
  });

  test(`${transport}: what cannot be executed is told as upstream words it`, async () => {
    const gone = await up.kubectl('exec done -- ls', { env });
    assert.is(gone.code, 1);
    assert.match(
      gone.stderr,
      /cannot exec into a container in a completed pod|container not found \("app"\)/,
    );
    const missing = await up.kubectl('exec web -- no-such-program', { env });
    assert.match(
      missing.stderr,
      /error executing command in container: failed to exec in container: .*exec: "no-such-program": executable file not found in \$PATH/,
    );
  });

  test(`${transport}: cp carries files into the container's folder and back, byte for byte`, async () => {
    const [from, back] = [join(folder.path, 'from.bin'), join(folder.path, 'back.bin')];
    const content = randomBytes(2_000_000);
    writeFileSync(from, content);
    await up.ok(['cp', from, 'web:copy.bin'], { env });
    await up.ok(['cp', 'web:copy.bin', back], { env });
    assert.ok(readFileSync(back).equals(content));
    assert.match(await up.ok('exec web -- pwd'), /\/containers\/[0-9a-f]{64}\/work\n$/);
  });

  test(`${transport}: port-forward carries several connections, half-closed ones too`, async () => {
    const forward = spawn(kubectl?.path ?? '', ['port-forward', 'web', ':7000'], {
      env: { PATH: process.env['PATH'], HOME: folder.path, KUBECONFIG: up.kubeconfig, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const port = await new Promise<number>((resolve) => {
      forward.stdout.setEncoding('utf8').on('data', (text: string) => {
        const found = /127\.0\.0\.1:(\d+) -> 7000/.exec(text)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    });
    const ask = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = '';
        const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
        socket.end(text);
        socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
        socket.once('end', () => resolve(answer)).once('error', reject);
      });
    const words = Array.from({ length: 12 }, (_, index) => `word${index}`.repeat(1 + index * 5_000));
    assert.equal(
      await Promise.all(words.map(ask)),
      words.map((word) => word.toUpperCase()),
    );
    forward.kill('SIGINT');
    await new Promise((resolve) => forward.once('close', resolve));
  });
}

/** Runs kubectl on a terminal of its own, and types. */
const onTerminal = (command: string, typed: string): Promise<{ code: number | null; shown: string }> =>
  new Promise((resolve) => {
    const child = spawn('script', ['-qefc', `'${kubectl?.path}' ${command}`, '/dev/null'], {
      env: { PATH: process.env['PATH'], HOME: folder.path, KUBECONFIG: up.kubeconfig, SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    child.stdin.write(typed);
    child.once('close', (code) => {
      child.stdin.destroy();
      resolve({ code, shown });
    });
  });
const hasScript = (): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    // No script, or another one.
    return false;
  }
};

if (hasScript()) {
  test('exec -it: a shell on a terminal, ended by exit with its code', async () => {
    const { code, shown } = await onTerminal('exec -it web -- sh', "tty; echo he''llo\nexit 5\n");
    assert.match(shown, /\/dev\/pts\/\d+\r+\nhello/);
    assert.is(code, 5);
  });

  test('run -it --rm: the pod of a shell, gone when it ends', async () => {
    const { code, shown } = await onTerminal(
      'run shell -it --rm --restart=Never --image=any --command -- sh',
      "tty; echo he''llo\nexit 3\n",
    );
    assert.match(shown, /\/dev\/pts\/\d+\r+\nhello[^]*pod "shell" deleted/);
    assert.is(code, 3);
    assert.is((await up.kubectl('get pod shell')).code, 1);
  });
}

test('run -i --rm with a pipe: what is piped in is read to its end', async () => {
  const { code, stdout } = await up.kubectl(
    'run piped -i --rm --quiet --restart=Never --image=any --command -- sh -c wc',
    { stdin: 'a b c\n' },
  );
  assert.is(code, 0);
  assert.match(stdout, /^\s*1\s+3\s+6\s*$/m);
});

test('attach shows what a container writes', async () => {
  await up.ok('create -f -', {
    stdin: listOf(pod('ticks', [container('app', ['sh', '-c', 'while :; do echo tick; sleep 0.1; done'])])),
  });
  await up.ok('wait --for=condition=Ready pod/ticks --timeout=30s');
  const { stdout } = await up.kubectl('attach ticks', { until: (text) => text.includes('tick\ntick\n') });
  assert.match(stdout, /tick\ntick\n/);
  await up.ok('delete pod ticks');
});

test('a client that is interrupted leaves no command behind', async () => {
  const mark = `600${process.pid}`;
  const running = (): string[] =>
    processesWith(...MARK)
      .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      .filter((line) => line.includes(`sleep\0${mark}`));
  await up.kubectl(['exec', 'web', '--', 'sh', '-c', `echo up; exec sleep ${mark}`], {
    until: (text) => text.includes('up'),
  });
  await eventually(() => running().length === 0);
});

test('logs: --all-containers, --prefix, -l, --tail, --limit-bytes, --timestamps, --since and --since-time', async () => {
  await eventually(
    () => up.ok('logs pair -c a'),
    (text) => text.endsWith('three\n'),
  );
  const all = await up.ok('logs pair --all-containers');
  assert.equal(all.split('\n').sort(), ['', 'bee', 'one', 'three', 'two']);
  // kubectl reads several logs in no order.
  const prefixed = await up.ok('logs -l app=pair --all-containers --prefix --tail=1');
  assert.equal(prefixed.split('\n').sort(), ['', '[pod/pair/a] three', '[pod/pair/b] bee']);
  assert.is(await up.ok('logs pair -c a --tail=2'), 'two\nthree\n');
  assert.is(await up.ok('logs pair -c a --limit-bytes=6'), 'one\ntw');
  const stamped = (await up.ok('logs pair -c a --timestamps')).split('\n');
  assert.match(stamped[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z one$/);
  const [since = ''] = (stamped[1] ?? '').split(' ');
  assert.is(await up.ok(['logs', 'pair', '-c', 'a', `--since-time=${since}`]), 'two\nthree\n');
  assert.is(await up.ok('logs pair -c a --since=1h'), 'one\ntwo\nthree\n');
  assert.match((await up.kubectl('logs pair -c zz')).stderr, /container zz is not valid for pod pair/);
});

test('logs -f goes on until the container ends, and ends with it', async () => {
  const { code, stdout } = await up.kubectl('logs -f short');
  assert.equal([code, stdout], [0, 'begin\nend\n']);
});

test.run();
