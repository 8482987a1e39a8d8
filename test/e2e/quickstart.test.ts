/**
 * The README's first command, in a fresh copy of what is in the package's folder: `npm start -- --for 30s` builds, runs
 * the bundled examples as real processes, shows how a container is killed and restarted, and ends by itself.
 *
 * `npm ci` is not repeated: the copy borrows the installed packages.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createTemporaryFolder } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { hasProcfs, processesWith, ROOT } from './support.js';

const test = suite('e2e: quick start', { timeoutMs: 180_000 });
test.skipUnless(process.platform !== 'win32', 'the examples are for Linux and macOS');

const folder = createTemporaryFolder('statelet-e2e-start');
test.after(() => folder.remove());

const SOURCES = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src',
  'machines',
  'docs',
  'scripts',
];

test('npm start -- --for 30s: exit code 0, the kubectl line, a restart, and a summary that counts it', async () => {
  for (const name of SOURCES) cpSync(join(ROOT, name), join(folder.path, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  const { code, said } = await npm('start', '--', '--for', '30s');
  assert.is(code, 0, said);
  const kubeconfig = join(folder.path, '.statelet', 'kubeconfig');
  assert.ok(said.includes(`export KUBECONFIG=${kubeconfig}\n`), said);
  assert.match(said, /\n4 of 4 pods ready\n/);
  assert.match(
    said,
    / Warning Unhealthy \(x3\) pod\/unhealthy-\S+: Liveness probe failed: HTTP probe failed with statuscode: 500\n/,
  );
  assert.match(
    said,
    / Killing pod\/unhealthy-\S+: Container server failed liveness probe, will be restarted\n/,
  );
  assert.match(said, /\nStopping 4 pods \(time is over\)/);
  assert.match(said, /\n4 pods, [1-9] restarts?\nevents: .*Unhealthy [3-9]/);
  assert.ok(existsSync(kubeconfig));
  if (hasProcfs) assert.equal(processesWith('PWD', join(folder.path, 'docs', 'examples', 'web')), []);
});

test('npm ci finds every package in the lock file, those of other platforms too', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ path, name })),
  );
  const missing = wanted.filter(
    ({ path, name }) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
  );
  assert.equal(missing, []);
});

function npm(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, { cwd: folder.path, env: { ...process.env, NO_COLOR: '1' } });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

test.run();
