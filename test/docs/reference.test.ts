/** The generated parts of docs/reference/ are current. */
import * as assert from 'uvu/assert';
import { referencePages, stalePages } from '../../scripts/reference.js';
import { suite } from '../support/suite.js';

const test = suite('docs: reference');

test('cli.md, fields.md and invariants.md are as the code says: node --import tsx scripts/reference.ts', () => {
  assert.equal(stalePages(), []);
});

test('cli.md has every command with its examples and exit codes, fields.md names an unsupported field', () => {
  const pages = referencePages();
  for (const words of ['statelet up --demo', 'statelet run -f', '130  interrupted']) {
    assert.ok(pages.get('cli.md')?.includes(words), words);
  }
  assert.match(pages.get('fields.md') ?? '', /`spec\.hostPID`/);
});

test('invariants.md names every property of §10, seen or not', () => {
  const page = referencePages().get('invariants.md') ?? '';
  const named = new Set<number>();
  for (const [, from, to = from] of page.matchAll(/\bPR-(\d+)(?: to PR-(\d+))?/g))
    for (let id = Number(from); id <= Number(to); id += 1) named.add(id);
  const all = [
    [1, 8],
    [10, 15],
    [20, 29],
    [30, 36],
    [40, 43],
    [50, 59],
    [60, 66],
    [70, 75],
  ].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
  assert.equal(
    all.filter((id) => !named.has(id)),
    [],
  );
});

test.run();
