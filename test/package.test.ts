/**
 * The package as a user gets it: packed, installed in an empty folder, imported in plain Node, and type-checked by a
 * strict consumer.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './support/suite.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const test = suite('package', { timeoutMs: 180_000 });
const folder = mkdtempSync(join(tmpdir(), 'statelet-package-'));
let packed: readonly string[] = [];

function run(command: string, args: readonly string[], cwd = folder) {
  const ended = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  return {
    code: ended.status,
    stdout: ended.stdout ?? '',
    output: `${ended.stdout ?? ''}${ended.stderr ?? ''}`,
  };
}
function mustRun(command: string, args: readonly string[], cwd = folder): string {
  const { code, stdout, output } = run(command, args, cwd);
  assert.is(code, 0, `${command} ${args.join(' ')}\n${output}`);
  return stdout;
}

test.before(() => {
  mustRun('npm', ['run', '--silent', 'build'], ROOT);
  const answer = JSON.parse(
    mustRun('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT),
  );
  const [{ filename, files }] = answer as [{ filename: string; files: { path: string }[] }];
  packed = files.map((file) => file.path);
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  install(join(folder, filename));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** With npm; where no registry can be reached, as npm would have laid it out, with the dependencies of this checkout. */
function install(tarball: string): void {
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0'];
  if (run('npm', ['install', ...flags, tarball]).code === 0) return;
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  mustRun('tar', ['-xzf', tarball, '-C', unpacked]);
  const modules = join(folder, 'node_modules');
  cpSync(join(unpacked, 'package'), join(modules, 'statelet'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
}

test('the tarball holds the built code, the docs and the licence, and nothing else', () => {
  for (const path of ['README.md', 'CHANGELOG.md', 'LICENSE', 'docs/start.md', 'docs/examples/images.yaml']) {
    assert.ok(packed.includes(path), `${path} is missing`);
  }
  const stray = packed.filter(
    (path) =>
      !/^(dist\/(src|machines|chunks)\/|docs\/|README\.md|CHANGELOG\.md|LICENSE|package\.json)/.test(path),
  );
  assert.equal(stray, []);
  // Bundled: a file per entry point, and what they share.
  const entries = packed.filter((path) => /^dist\/.*\.js$/.test(path) && !path.startsWith('dist/chunks/'));
  assert.equal(entries.sort(), [
    'dist/machines/index.js',
    'dist/src/cli/main.js',
    'dist/src/index.js',
    'dist/src/testing/index.js',
  ]);
});

test('its three entry points are imported by plain Node, and a cluster lives', () => {
  writeFileSync(
    join(folder, 'consumer.mjs'),
    `import { createCluster } from 'statelet';
     import * as machines from 'statelet/machines';
     import * as testing from 'statelet/testing';
     const cluster = await createCluster({ nodes: 1, clock: 'virtual', seed: 1 });
     const spec = { containers: [{ name: 'main', image: 'example.com/app:1' }] };
     await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec });
     await cluster.advance('1m');
     const phase = cluster.get('Pod', 'one', 'default').status.phase;
     await cluster.stop();
     console.log(JSON.stringify({ phase, machines: 'probeMachine' in machines, testing: typeof testing }));`,
  );
  const said = JSON.parse(mustRun(process.execPath, ['consumer.mjs']));
  assert.equal(said, { phase: 'Running', machines: true, testing: 'object' });
});

test('its types check in a strict consumer', () => {
  writeFileSync(
    join(folder, 'consumer.ts'),
    `import { createCluster } from 'statelet';
     import { probeMachine } from 'statelet/machines';
     import * as testing from 'statelet/testing';
     const cluster = await createCluster({ nodes: 3, clock: 'virtual', seed: 1 });
     await cluster.advance('5m');
     const phase: string | undefined = cluster.get('Pod', 'web-0', 'default')?.status?.phase;
     const names: (string | undefined)[] = cluster.list('Node').map((node) => node.metadata.name);
     // @ts-expect-error -- no such kind
     cluster.list('Nodule');
     export { names, phase, probeMachine, testing };`,
  );
  const flags = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', '--types', ''];
  mustRun(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '--noEmit',
    ...flags,
    'consumer.ts',
  ]);
});

test('its command answers', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const command = join(folder, 'node_modules', 'statelet', 'dist', 'src', 'cli', 'main.js');
  assert.is(mustRun(process.execPath, [command, '--version']).trim(), version);
});

test.run();
