/** The command as a process: help, version, and one clear line with its exit code for what is wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const test = suite('cli: main', { timeoutMs: 120_000 });
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'statelet-cli-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function statelet(...args: readonly string[]) {
  const ended = spawnSync(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    encoding: 'utf8',
    cwd: ROOT,
    timeout: 30_000,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
/** Exactly one line that says what is wrong. */
function refuses(args: readonly string[], code: number, says: RegExp): void {
  const ended = statelet(...args, '--state-dir', join(folder, 'state'));
  assert.is(ended.code, code, ended.err);
  assert.match(ended.err, says);
  assert.is(ended.out, '');
}

test('--version and --help answer on stdout with exit code 0, and so does no argument at all', () => {
  assert.match(statelet('--version').out, /^\d+\.\d+\.\d+\n$/);
  for (const args of [['--help'], [], ['help']]) {
    const { code, out } = statelet(...args);
    assert.is(code, 0);
    assert.match(out, /Exit codes:/);
  }
  for (const command of ['up', 'run'])
    assert.match(statelet(command, '--help').out, /Examples:[\s\S]*Exit codes:/);
});

test('an unknown command, option or value ends with code 2 and names it', () => {
  refuses(['up', '--prot', '1'], 2, /^error: unknown option '--prot'/);
  refuses(['upp'], 2, /^error: unknown (command|option)/);
  refuses(['up', '--port', '70000'], 2, /whole number from 0 to 65535/);
  refuses(['up', '--nodes', 'two'], 2, /whole number from 1 to 5000/);
  refuses(['up', '--runtime', 'docker'], 2, /Allowed choices are process, simulated/);
  refuses(['run'], 2, /required option '-f, --filename/);
  refuses(['up', '--token', 'two words'], 2, /^error: a token is made of printable ASCII characters/);
  refuses(['up', '--for', 'soon'], 2, /^error: --for soon: invalid duration "soon"/);
});

test('a file that cannot be read or parsed ends with code 2 and says where', () => {
  refuses(['up', '-f', join(folder, 'absent.yaml')], 2, /^error: .*absent\.yaml/);
  const broken = file('broken.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: [}\n');
  refuses(['up', '-f', broken], 2, /^error: .*broken\.yaml:3:\d+: /);
  const images = file('images.yaml', 'web:\n  comand: [node]\n');
  refuses(['up', '--images', images], 2, /^error: .*images\.yaml:2:3: /);
  refuses(['up', '--images', join(folder, 'no.yaml')], 2, /^error: .*no\.yaml: no such file or folder\n$/);
  refuses(['up', '--images', folder], 2, /: is a folder\n$/);
  refuses(['up', '--kubeconfig', folder], 2, /: is a folder\n$/);
  refuses(
    ['run', '-f', file('empty.yaml', '# nothing\n')],
    2,
    /^error: there is no object in .*empty\.yaml\n$/,
  );
});

test('a reader that goes away early ends the command quietly', () => {
  const command = `'${process.execPath}' --import tsx '${MAIN}'`;
  // What follows the pipe reads nothing; the exit code of the command itself is written to stderr.
  const script = `{ ${command} help up; echo "code $?" >&2; } | true; sleep 0.1`;
  const ended = spawnSync('sh', ['-c', script], { encoding: 'utf8', timeout: 30_000, cwd: ROOT });
  assert.is(ended.stderr, 'code 0\n');
});

test.run();
