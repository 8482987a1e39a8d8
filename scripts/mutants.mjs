#!/usr/bin/env node
/**
 * Breaks behaviours on purpose, one at a time, and runs the tests that should notice: a test that passes without the
 * behaviour proves nothing. Works on a copy; the sources stay as they are.
 *
 *     npm run mutants                 all of scripts/mutants/list.mjs
 *     npm run mutants -- probe surge  those whose name or file contains one of the words
 *
 * Prints each mutant with the test that caught it. Exits 1 when fewer than 95 % are caught, when a mutant no longer
 * applies to its file, or when a test fails without any mutant.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { mutants } from './mutants/list.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COPIED = ['src', 'machines', 'test', 'docs', 'package.json', 'tsconfig.json'];
const LEAST_CAUGHT = 0.95;
/** A mutant that makes a test run for ever is caught, too. */
const LIMIT_MS = 120_000;
/** What is broken shows in so many random runs, or not at all. */
const PROPERTY_RUNS = '150';

const words = process.argv.slice(2);
const chosen = mutants.filter(
  ({ name, file }) => words.length === 0 || words.some((word) => name.includes(word) || file.includes(word)),
);
const copy = mkdtempSync(join(tmpdir(), 'statelet-mutants-'));

/** What fails in a test file: the name of its first failing test, or how it ended; undefined when it passes. */
function failureOf(test) {
  const result = spawnSync(process.execPath, ['--import', 'tsx', test], {
    cwd: copy,
    env: { ...process.env, STATELET_PROPERTY_RUNS: PROPERTY_RUNS },
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  if (result.status === 0) return undefined;
  const output = stripVTControlCharacters(`${result.stdout}\n${result.stderr}`);
  return (
    /FAIL\s+.*?"(.+)"/.exec(output)?.[1] ?? (result.signal ? 'it does not end' : 'it ends with an error')
  );
}

/** The source with the behaviour broken. */
function broken({ name, file, find, replace }, source) {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`«${name}» no longer applies: ${file} has ${parts.length - 1} times ${find}`);
  return parts.join(replace);
}

function catchOne(mutant) {
  const path = join(copy, mutant.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, broken(mutant, source));
  try {
    for (const test of mutant.tests) {
      const failure = failureOf(test);
      if (failure !== undefined) return `${test.replace(/^test\/|\.test\.ts$/g, '')}: ${failure}`;
    }
    return undefined;
  } finally {
    writeFileSync(path, source);
  }
}

function run() {
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const red = [...new Set(chosen.flatMap(({ tests }) => tests))].filter(
    (test) => failureOf(test) !== undefined,
  );
  if (red.length > 0) throw new Error(`these fail without any mutant: ${red.join(' ')}`);
  for (const mutant of chosen) broken(mutant, readFileSync(join(copy, mutant.file), 'utf8'));
  let caught = 0;
  for (const mutant of chosen) {
    const by = catchOne(mutant);
    if (by !== undefined) caught += 1;
    const mark = by === undefined ? pc.red('survived') : pc.green('caught  ');
    console.log(
      `${mark} ${mutant.name} ${pc.dim(`(${mutant.file})`)}${by === undefined ? '' : `\n         ${pc.dim(by)}`}`,
    );
  }
  console.log(`${caught} of ${chosen.length} mutants caught`);
  return chosen.length > 0 && caught / chosen.length >= LEAST_CAUGHT;
}

// Children of an interrupted run end with it; the copy must go, too.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    rmSync(copy, { recursive: true, force: true });
    process.exit(130);
  });

try {
  process.exitCode = run() ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
