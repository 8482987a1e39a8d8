/** Every mutant still applies: the text that it breaks stands exactly once in its file, and its tests are there. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

const test = suite('docs: mutants');
const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const list: string = new URL('../../scripts/mutants/list.mjs', import.meta.url).href;

test('each changes one place of its file, and names tests that exist', async () => {
  const { mutants } = (await import(list)) as { mutants: readonly Mutant[] };
  assert.ok(mutants.length >= 180);
  assert.is(new Set(mutants.map(({ name }) => name)).size, mutants.length, 'names are different');
  for (const { name, file, find, replace, tests } of mutants) {
    assert.is(readFileSync(path(file), 'utf8').split(find).length, 2, `«${name}» in ${file}`);
    assert.is.not(find, replace);
    assert.ok(tests.length > 0 && tests.every((each) => existsSync(path(each))), name);
  }
});

test.run();
