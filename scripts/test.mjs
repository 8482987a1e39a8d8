#!/usr/bin/env node
/**
 * Runs the test files, each in a process of its own, two at a time.
 *
 *     node scripts/test.mjs                        every test under test/
 *     node scripts/test.mjs test/api store/watch   the files whose path contains one of the words
 *
 * With `--names FILE` it writes the names of the tests that passed, by file, as JSON (scripts/conformance.mjs reads it).
 *
 * Prints one line per file, the whole output of a file that fails, every SKIPPED line with its reason, and closes with
 * `N passed, N failed, N skipped`. Exits 1 when a test failed, when a file reports nothing, and when no test ran.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pc from 'picocolors';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AT_A_TIME = 2;
/** A file that has not ended by then hangs in a way that its own limits cannot see, such as an endless loop. */
const FILE_LIMIT_MS = 10 * 60_000;

/** Paths of the test files that match one of the filters (all without filters), in order. */
function testFiles(filters) {
  const words = filters.map((filter) => filter.replace(/^\.\//, '').replace(/\/$/, ''));
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${path.split(sep).join('/')}`)
    .filter((path) => path.endsWith('.test.ts') && !path.includes('/fixtures/'))
    .filter((path) => words.length === 0 || words.some((word) => isMeant(path, word)))
    .sort();
}

/** A folder or file that exists means itself; anything else is a part of a path. */
function isMeant(path, word) {
  return existsSync(join(ROOT, word)) ? path === word || path.startsWith(`${word}/`) : path.includes(word);
}

/** Runs one file to its end. Never rejects. */
function runFile(path, report) {
  return new Promise((resolve) => {
    const env = { ...process.env, STATELET_TEST_REPORT: report };
    if (pc.isColorSupported) env.FORCE_COLOR ??= '1';
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['--import', 'tsx', path], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    let note = '';
    const limit = setTimeout(() => {
      note = `\n  killed: it had not ended after ${FILE_LIMIT_MS / 60_000} minutes\n`;
      child.kill('SIGKILL');
    }, FILE_LIMIT_MS);
    const end = (code) => {
      clearTimeout(limit);
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({
        path,
        code,
        seconds,
        output: Buffer.concat(chunks).toString('utf8') + note,
        ...counts(report),
      });
    };
    child.on('error', (error) => {
      note = `\n  could not be started: ${error.message}\n`;
      end(1);
    });
    // `exit` and not `close`: a process that the test left behind may hold the pipes open.
    child.on('exit', (code) => setTimeout(end, 20, code ?? 1));
  });
}

/** What the file reported; nothing when it died before it could. */
function counts(report) {
  try {
    return { ...JSON.parse(readFileSync(report, 'utf8')), isReported: true };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, isReported: false };
  }
}

function print(result) {
  const isFailed = result.code !== 0 || result.failed > 0 || !result.isReported;
  const mark = isFailed ? pc.red('✘') : pc.green('•');
  const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
  const detail = `${result.passed} passed${skipped}, ${result.seconds.toFixed(1)} s`;
  process.stdout.write(`${mark} ${result.path} ${pc.dim(detail)}\n`);
  if (isFailed) process.stdout.write(`${result.output}\n`);
  else
    for (const line of result.output.match(/^SKIPPED .*$/gm) ?? [])
      process.stdout.write(`  ${pc.yellow(line)}\n`);
  return isFailed;
}

const { values: flags, positionals: filters } = parseArgs({
  options: { names: { type: 'string' } },
  allowPositionals: true,
});
const files = testFiles(filters);
const names = {};
const scratch = mkdtempSync(join(tmpdir(), 'statelet-tests-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const failedFiles = [];
const queue = files.map((path, index) => ({ path, report: join(scratch, `${index}.json`) }));

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const result = await runFile(next.path, next.report);
    const isFailed = print(result);
    total.passed += result.passed;
    total.skipped += result.skipped;
    names[next.path] = result.names ?? [];
    // A file that died without a word counts as one failure.
    total.failed += isFailed ? Math.max(1, result.failed) : 0;
    if (isFailed) failedFiles.push(result.path);
  }
}
await Promise.all(Array.from({ length: AT_A_TIME }, work));
rmSync(scratch, { recursive: true, force: true });
if (flags.names !== undefined) writeFileSync(flags.names, JSON.stringify(names));

if (files.length === 0)
  process.stdout.write(`no test file matches ${filters.join(' ') || relative(ROOT, 'test')}\n`);
if (failedFiles.length > 0) process.stdout.write(`\nfailed: ${failedFiles.sort().join(' ')}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 || total.passed + total.skipped === 0 ? 1 : 0;
