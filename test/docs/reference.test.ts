/** The generated parts of docs/reference/ are current. */
import * as assert from 'uvu/assert';
import { referencePages, stalePages } from '../../scripts/reference.js';
import { suite } from '../support/suite.js';

const test = suite('docs: reference');

test('cli.md and fields.md are as the code says: node --import tsx scripts/reference.ts', () => {
  assert.equal(stalePages(), []);
});

test('cli.md has every command with its examples and exit codes, fields.md names an unsupported field', () => {
  const pages = referencePages();
  for (const words of ['statelet up --demo', 'statelet run -f', '130  interrupted']) {
    assert.ok(pages.get('cli.md')?.includes(words), words);
  }
  assert.match(pages.get('fields.md') ?? '', /`spec\.hostPID`/);
});

test.run();
