/** The guard over uvu catches what uvu lets pass: each way of going wrong ends with a failed process and a count. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './suite.js';

const FIXTURE = fileURLToPath(new URL('./fixtures/badly.ts', import.meta.url));
const test = suite('suite');
const scratch = mkdtempSync(join(tmpdir(), 'statelet-suite-'));
test.after(() => rmSync(scratch, { recursive: true }));

function runFixture(way: string) {
  const report = join(scratch, `${way.replaceAll(' ', '-')}.json`);
  const ended = spawnSync(process.execPath, ['--import', 'tsx', FIXTURE, way], {
    encoding: 'utf8',
    timeout: 15_000,
    env: { ...process.env, STATELET_TEST_REPORT: report },
  });
  const counts = JSON.parse(readFileSync(report, 'utf8')) as Record<'passed' | 'failed' | 'skipped', number>;
  return { code: ended.status, output: ended.stdout + ended.stderr, ...counts };
}

test('a good file exits 0 and reports its count', () => {
  const { code, passed, failed, skipped } = runFixture('well');
  assert.equal({ code, passed, failed, skipped }, { code: 0, passed: 1, failed: 0, skipped: 0 });
});

const WAYS: readonly (readonly [way: string, says: RegExp])[] = [
  ['a failed assertion', /Expected values to be strictly equal/],
  ['a thrown string', /thrown, and not an Error: a string/],
  ['a test that never ends', /did not end within 100 ms/],
  ['a before hook that throws', /before hook failed: hook/],
  ['an after hook that throws', /after hook failed: Error: hook/],
  ['an each hook that throws', /hook/],
  ['an open handle', /handles are still open/],
  ['run forgotten', /is run\(\) forgotten/],
  ['without tests', /no tests/],
];
for (const [way, says] of WAYS) {
  test(`${way} fails the process`, () => {
    const { code, failed, output } = runFixture(way);
    assert.is(code, 1);
    assert.ok(failed >= 1);
    assert.match(output, says);
  });
}

test('a skipped suite is printed with its reason, and counted', () => {
  const { code, skipped, output } = runFixture('skipped');
  assert.equal([code, skipped], [0, 1]);
  assert.match(output, /^SKIPPED fixture: the moon is not full$/m);
});

test.run();
