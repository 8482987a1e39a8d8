/** The pages under docs/reference/machines/ are those of the charts as they are now. */
import * as assert from 'uvu/assert';
import * as machines from '../../machines/index.js';
import { machineFiles, machinePages, staleFiles } from '../../scripts/machines.js';
import { suite } from '../support/suite.js';

const test = suite('docs: machines');

test('every page is current: npm run machines', () => {
  assert.equal(staleFiles(machineFiles(machinePages(machines))), []);
});

test('a chart that changed makes its page and the index stale, a page without chart is left over', () => {
  const pages = machinePages(machines);
  const [first] = pages;
  assert.ok(first);
  const renamed = { ...first, name: 'renamed' };
  const stale = staleFiles(machineFiles([renamed, ...pages.slice(1)]));
  assert.equal(stale, ['README.md', `${first.name}.md`, 'renamed.md'].sort());
});

test.run();
