/** The TypeScript that README.md, docs/start.md and the guides show is run as it stands, against this checkout. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const test = suite('docs: code', { timeoutMs: 60_000 });
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRY = new URL('../../src/index.ts', import.meta.url).href;

/** Runs the blocks of a page one after the other, and answers what they print. */
function printedBy(page: string): string {
  const text = readFileSync(`${ROOT}/${page}`, 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  assert.ok(blocks.length > 0, `${page} shows no code`);
  return blocks.map((code) => printed(code.replaceAll(`'statelet'`, `'${ENTRY}'`))).join('');
}
function printed(code: string): string {
  const ended = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: ROOT,
    encoding: 'utf8',
    // A console that colours would print numbers that are none.
    env: { ...process.env, FORCE_COLOR: '0' },
    timeout: 50_000,
  });
  assert.is(ended.status, 0, ended.stderr);
  return ended.stdout;
}

test('README.md: the web server that fails after five requests has been restarted within five minutes', () => {
  assert.ok(Number(printedBy('README.md')) >= 1);
});

test('docs/start.md: an hour of the unhealthy pod prints the same events twice, Unhealthy and Killing among them', () => {
  const first = printedBy('docs/start.md');
  assert.match(first, /^Unhealthy \d+ Liveness probe failed: HTTP probe failed with statuscode: 500/m);
  assert.match(first, /^Killing \d+ Container server failed liveness probe, will be restarted$/m);
  assert.is(printedBy('docs/start.md'), first);
});

test('docs/guides/inspection.md: the probe’s transitions are printed as the guide shows them', () => {
  const page = readFileSync(`${ROOT}/docs/guides/inspection.md`, 'utf8');
  assert.ok(page.includes(`\`\`\`text\n${printedBy('docs/guides/inspection.md')}\`\`\``));
});

test('docs/guides/faults.md: it prints what the comments say', () => {
  assert.is(printedBy('docs/guides/faults.md'), 'OOMKilled\nnode.kubernetes.io/disk-pressure\n');
});

test.run();
