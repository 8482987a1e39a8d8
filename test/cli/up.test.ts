/** `statelet up` and `statelet run` in this process, with simulated containers: what they say and how they end. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CommandError } from '../../src/cli/errors.js';
import { run } from '../../src/cli/run.js';
import { up, type UpFlags } from '../../src/cli/up.js';
import { suite } from '../support/suite.js';
import { createFakeTerminal, type FakeTerminal } from './support.js';

const test = suite('cli: up and run', { timeoutMs: 40_000 });
const folder = mkdtempSync(join(tmpdir(), 'statelet-up-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const pod = (name: string, image: string, restartPolicy: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  restartPolicy: ${restartPolicy}
  terminationGracePeriodSeconds: 1
  containers: [{ name: main, image: "${image}" }]
`;
const images = file(
  'images.yaml',
  `ok: { simulated: { exitsAfter: 50ms, logs: [hello, world] } }
bad: { simulated: { exitsAfter: 50ms, exitCode: 3 } }
`,
);
const upFlags = (more: Partial<UpFlags>): UpFlags => ({
  nodes: 1,
  runtime: 'simulated',
  stateDir: join(folder, 'state'),
  filename: [],
  output: 'text',
  demo: false,
  port: 0,
  images,
  ...more,
});
/** Lets the command run until its output says something. */
async function until(terminal: FakeTerminal, says: RegExp): Promise<void> {
  while (!says.test(terminal.out)) await new Promise((done) => setTimeout(done, 10));
}
async function fails(command: Promise<number>): Promise<CommandError> {
  const error = await command.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, CommandError);
  return error as CommandError;
}

test('up serves, applies and tells; Ctrl-C stops every pod, says which, sums up and ends with 0', async () => {
  const terminal = createFakeTerminal();
  const web = file('web.yaml', pod('web', 'anything', 'Always'));
  const ended = up(upFlags({ filename: [web] }), terminal);
  await until(terminal, /1 of 1 pod ready/);
  const kubeconfig = join(folder, 'state', 'kubeconfig');
  assert.ok(terminal.out.includes(`export KUBECONFIG=${kubeconfig}`), terminal.out);
  assert.is(statSync(kubeconfig).mode & 0o777, 0o600);
  terminal.interrupt();
  assert.is(await ended, 0);
  assert.match(terminal.out, /pod\/web applied\n/);
  assert.match(terminal.out, /Normal {2}Started pod\/web: /);
  assert.match(terminal.out, /Stopping 1 pod \(interrupted\)/);
  assert.match(terminal.out, /\nstopped pod default\/web\n1 pod, 0 restarts\nevents: .*Started 1/);
});

test('a second Ctrl-C ends the process at once with 130', async () => {
  const terminal = createFakeTerminal();
  const ended = up(upFlags({}), terminal);
  await until(terminal, /KUBECONFIG/);
  terminal.interrupt();
  terminal.interrupt();
  assert.equal(terminal.exits, [130]);
  assert.is(await ended, 0);
});

test('--for ends it by itself; --output json writes one object per line, the summary last', async () => {
  const terminal = createFakeTerminal();
  const web = file('web.yaml', pod('web', 'anything', 'Always'));
  assert.is(await up(upFlags({ filename: [web], for: '300ms', output: 'json' }), terminal), 0);
  const lines = terminal.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; pods?: number });
  assert.equal(
    new Set(lines.map((line) => line.type)),
    new Set(['started', 'applied', 'pod', 'event', 'note', 'summary']),
  );
  assert.is(lines.at(-1)?.type, 'summary');
  assert.is(lines.at(-1)?.pods, 1);
});

test('a port that is in use is refused with its number; without --port another one is taken', async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const { port } = taken.address() as { port: number };
  const error = await fails(up(upFlags({ port }), createFakeTerminal()));
  assert.equal([error.exitCode, error.message.includes(`port ${port} is in use`)], [1, true]);
  taken.close();
});

test('a manifest that the API refuses is told with its file, line and field; the exit code is 1', async () => {
  const terminal = createFakeTerminal();
  const bad = file('bad.yaml', pod('bad', 'anything', 'Sometimes'));
  const error = await fails(up(upFlags({ filename: [bad] }), terminal));
  assert.equal([error.exitCode, error.message], [1, '1 of 1 objects could not be applied']);
  assert.match(terminal.err, /^error: .*bad\.yaml:2: Pod "bad" is invalid: .*spec\.restartPolicy: /m);
});

test("somebody's own kubeconfig is never written over", async () => {
  const kubeconfig = file('mine', 'apiVersion: v1\nkind: Config\ncurrent-context: production\n');
  const error = await fails(up(upFlags({ kubeconfig }), createFakeTerminal()));
  assert.is(error.exitCode, 2);
  assert.match(readFileSync(kubeconfig, 'utf8'), /production/);
});

test('an empty file becomes a kubeconfig that only its owner reads', async () => {
  const kubeconfig = file('empty', '');
  assert.is(await up(upFlags({ kubeconfig, for: '10ms' }), createFakeTerminal()), 0);
  assert.match(readFileSync(kubeconfig, 'utf8'), /^current-context: "?statelet/m);
  assert.is(statSync(kubeconfig).mode & 0o777, 0o600);
});

test('run prefixes every line of the logs and succeeds when every pod does', async () => {
  const terminal = createFakeTerminal();
  const manifest = file('ok.yaml', pod('one', 'ok', 'Never'));
  assert.is(await run({ ...upFlags({ filename: [manifest] }) }, terminal), 0);
  assert.is(terminal.out, '[pod/one/main] hello\n[pod/one/main] world\n');
  assert.is(terminal.err, '');
});

test('run prints the last word of a real process that ends at once, and of one that is restarted', async () => {
  const terminal = createFakeTerminal();
  const manifest = (name: string, script: string) =>
    pod(name, 'anything', 'OnFailure').replace('image:', `command: [sh, -c, '${script}'], image:`);
  const trace = join(folder, 'trace');
  const again = `if mkdir ${trace} 2>&-; then echo first; exit 1; else echo second; fi`;
  const both = file('short.yaml', `${manifest('short', 'echo hi')}---${manifest('again', again)}`);
  assert.is(await run(upFlags({ filename: [both], runtime: 'process', for: '30s' }), terminal), 0);
  assert.equal(terminal.out.trim().split('\n').sort(), [
    '[pod/again/main] first',
    '[pod/again/main] second',
    '[pod/short/main] hi',
  ]);
});

test('run ends with 1 when a pod failed, and names it', async () => {
  const terminal = createFakeTerminal();
  const manifest = file('mixed.yaml', `${pod('one', 'ok', 'Never')}---${pod('two', 'bad', 'Never')}`);
  assert.is(await run({ ...upFlags({ filename: [manifest] }) }, terminal), 1);
  assert.match(terminal.err, /^Pod two did not succeed: container main ended with exit code 3 \(Error\)\n$/m);
});

test('run says why a pod cannot start, as it happens and in the end; what never ran has no log', async () => {
  const terminal = createFakeTerminal();
  const command = pod('lost', 'anything', 'Never').replace('image:', 'command: [no-such-command], image:');
  const manifest = file('lost.yaml', `${command}---${pod('unknown', 'nobody/knows', 'Never')}`);
  const flags = upFlags({ filename: [manifest], runtime: 'process', for: '1s' });
  assert.is(await run(flags, terminal), 1);
  assert.is(terminal.out, '');
  assert.match(terminal.err, /Warning Failed pod\/unknown: Failed to pull image "nobody\/knows": no command/);
  assert.match(
    terminal.err,
    /^Pod lost did not succeed: container main ended with exit code 128 \(StartError: .*"no-such-command"/m,
  );
  assert.match(
    terminal.err,
    /^Pod unknown did not succeed: it has not ended: container main waits \(ErrImagePull: no command/m,
  );
  assert.match(terminal.err, /^Stopping 1 pod;/m);
});

test('what is stopped is told by name, the pods of a Job too; what had ended by itself is not', async () => {
  const terminal = createFakeTerminal();
  const job = file(
    'job.yaml',
    `apiVersion: batch/v1
kind: Job
metadata: { name: work }
spec:
  template: { spec: { restartPolicy: Never, containers: [{ name: main, image: anything }] } }
`,
  );
  const filename = [job, file('ok.yaml', pod('one', 'ok', 'Never'))];
  const ended = up(upFlags({ filename, output: 'json' }), terminal);
  await until(terminal, /"name":"one".*"phase":"Succeeded"/);
  await until(terminal, /"name":"work-.*"phase":"Running"/);
  terminal.interrupt();
  assert.is(await ended, 0);
  const notes = terminal.out
    .split('\n')
    .filter((line) => line.startsWith('{"type":"note"'))
    .map((line) => (JSON.parse(line) as { message: string }).message);
  assert.equal(notes.length, 2);
  assert.match(notes[0] ?? '', /^Stopping 1 pod \(interrupted\)/);
  assert.match(notes[1] ?? '', /^stopped pod default\/work-\w+$/);
});

test('plain lines count the pods when more or fewer are ready, not whenever one is created', async () => {
  const terminal = createFakeTerminal();
  const names = ['a', 'b', 'c'];
  const three = file('three.yaml', names.map((name) => pod(name, 'anything', 'Always')).join('---'));
  const ended = up(upFlags({ filename: [three] }), terminal);
  await until(terminal, /3 of 3 pods ready/);
  terminal.interrupt();
  await ended;
  assert.equal(terminal.out.match(/^\d(?= of \d pods? ready$)/gm), ['0', '1', '2', '3']);
});

test('run does not wait for pods that are always restarted: --for ends it', async () => {
  const terminal = createFakeTerminal();
  const manifest = file('web.yaml', pod('web', 'anything', 'Always'));
  assert.is(await run({ ...upFlags({ filename: [manifest], for: '200ms' }) }, terminal), 0);
  assert.match(terminal.err, /stopped pod default\/web/);
});

test.run();
