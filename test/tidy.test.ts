/** Holds the rules of the repository: each is applied to every source, and shown to catch a violation. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { setup } from 'xstate';
import * as machines from '../machines/index.js';
import { chartsIn, inlineFunctions, undescribedStates } from './support/tidy/charts.js';
import * as rules from './support/tidy/rules.js';
import { readSources, readText, type Source } from './support/tidy/sources.js';
import { suite } from './support/suite.js';

const test = suite('tidy');

const shipped = readSources(['src', 'machines'], ['.ts']);
const all = [...shipped, ...readSources(['test', 'scripts'], ['.ts', '.mjs'])];
const texts = [...all, ...readSources(['docs'], ['.md', '.yaml', '.mjs', '.json'])];

function holds(violations: readonly string[]): void {
  assert.is(violations.join('\n'), '');
}
/** A rule that lets its own example pass holds nothing. */
function bites(rule: (sources: readonly Source[]) => string[], path: string, text: string): void {
  assert.is(rule([{ path, text }]).length, 1, `the rule does not catch: ${text}`);
}

test('imports run one way between folders', () => {
  holds(rules.importDirections(shipped));
  bites(rules.importDirections, 'src/api/a.ts', `import { b } from '../store/index.js';`);
  bites(rules.importDirections, 'src/node/a.ts', `import type { Store } from '../store/index.js';`);
  bites(rules.importDirections, 'src/store/a.ts', `export * from '../server/index.js';`);
  bites(rules.importDirections, 'src/store/a.ts', `const late = await import('../cluster.js');`);
  bites(rules.importDirections, 'src/novel/a.ts', '');
  // Prose is no import.
  holds(
    rules.importDirections([{ path: 'src/api/a.ts', text: `// import { b } from '../store/index.js';` }]),
  );
});

test('what may be imported has no cycle', () => {
  const visit = (room: string, trail: readonly string[]): void => {
    assert.not(trail.includes(room), [...trail, room].join(' → '));
    for (const next of rules.MAY_IMPORT[room] ?? []) visit(next, [...trail, room]);
  };
  for (const room of Object.keys(rules.MAY_IMPORT)) visit(room, []);
});

test('no file imports itself by way of others', () => {
  holds(rules.importCycles(shipped));
  const cycle = rules.importCycles([
    { path: 'src/api/a.ts', text: `import { b } from './b.js';` },
    { path: 'src/api/b.ts', text: `import { a } from './a.js';` },
  ]);
  assert.equal(cycle, ['src/api/a.ts → src/api/b.ts → src/api/a.ts']);
});

test('another folder is entered through its index', () => {
  holds(rules.importsThroughIndex(shipped));
  bites(rules.importsThroughIndex, 'src/store/a.ts', `import { b } from '../api/patch/merge.js';`);
});

test('only src/clock touches time and chance, only src/runtime/process child processes', () => {
  holds(rules.doors(shipped));
  bites(rules.doors, 'src/api/a.ts', 'const now = Date.now();');
  bites(rules.doors, 'src/api/a.ts', 'const now = new Date();');
  bites(rules.doors, 'src/api/a.ts', 'setTimeout(run, 5);');
  bites(rules.doors, 'src/api/a.ts', 'const half = Math.random();');
  bites(rules.doors, 'src/api/a.ts', `import { randomUUID } from 'node:crypto';`);
  bites(rules.doors, 'src/api/a.ts', `import { spawn } from 'node:child_process';`);
  holds(
    rules.doors([{ path: 'src/api/a.ts', text: 'clock.setTimeout(run, 5); new Date(ms); // Date.now()' }]),
  );
});

test('machines import only xstate and types of src/api', () => {
  holds(rules.machineImports(shipped));
  bites(rules.machineImports, 'machines/a.ts', `import { readFileSync } from 'node:fs';`);
  bites(rules.machineImports, 'machines/a.ts', `import { parseDuration } from '../src/api/index.js';`);
  holds(
    rules.machineImports([
      { path: 'machines/a.ts', text: `import type { Pod } from '../src/api/index.js';` },
    ]),
  );
});

test('reconcile.ts files build on src/api alone', () => {
  holds(rules.reconcileImports(shipped));
  bites(rules.reconcileImports, 'src/controllers/job/reconcile.ts', `import { Subject } from 'rxjs';`);
});

test('files are at most 500 lines, charts 250, folders 14 files', () => {
  holds(rules.fileLengths(all));
  holds(rules.folderSizes(all));
  bites(rules.fileLengths, 'src/api/a.ts', '\n'.repeat(501));
  bites(rules.fileLengths, 'machines/a.ts', `setup({}).createMachine({${'\n'.repeat(251)}})`);
  assert.is(
    rules.folderSizes(Array.from({ length: 15 }, (_, i) => ({ path: `src/api/${i}.ts`, text: '' }))).length,
    1,
  );
  const lengths = shipped.map(({ text }) => rules.lineCount(text)).sort((a, b) => a - b);
  console.log(
    `\n  ${lengths.length} files, ${lengths[lengths.length >> 1]} lines in the median, ${lengths.at(-1)} at most`,
  );
});

test('nothing unfinished, no path of a workplace, no default export', () => {
  holds(rules.strayWords(texts));
  holds(rules.defaultExports(all));
  bites(rules.strayWords, 'src/api/a.ts', `// ${'TO'}${'DO'}: later`);
  bites(rules.strayWords, 'docs/a.md', `see ${'/work'}/shared/spec`);
  bites(rules.defaultExports, 'src/api/a.ts', 'export default 1;');
});

test('tests single nothing out and go through the guarded suite', () => {
  holds(rules.singledOutTests(all.filter(({ path }) => path !== 'test/tidy.test.ts')));
  bites(rules.singledOutTests, 'test/a.test.ts', `test.${'only'}('one', () => {});`);
  bites(rules.singledOutTests, 'test/a.test.ts', `import { suite } from '${'uvu'}';`);
});

test('every guard, action, delay and actor of a chart is named', () => {
  const charts = chartsIn(machines);
  assert.ok(charts.size > 0);
  holds([...charts].flatMap(([name, machine]) => inlineFunctions(name, machine)));
  const inline = setup({}).createMachine({ on: { go: { guard: () => true, actions: () => {} } } });
  assert.is(inlineFunctions('inline', inline).length, 2);
});

test('every state of a chart is described', () => {
  holds([...chartsIn(machines)].flatMap(([name, machine]) => undescribedStates(name, machine)));
  const bare = setup({}).createMachine({ initial: 'idle', states: { idle: {} } });
  assert.is(undescribedStates('bare', bare).length, 2);
});

test('every chart is exported by machines/index.ts and has its page', () => {
  const index = readText('machines/index.ts');
  for (const { path, text } of shipped.filter((source) => source.path.startsWith('machines/'))) {
    if (!text.includes('.createMachine(')) continue;
    assert.ok(
      index.includes(`./${path.slice('machines/'.length, -'.ts'.length)}.js`),
      `${path} is not exported`,
    );
  }
  for (const name of chartsIn(machines).keys()) {
    const page = fileURLToPath(new URL(`../docs/reference/machines/${name}.md`, import.meta.url));
    assert.ok(existsSync(page), `docs/reference/machines/${name}.md is missing: npm run machines`);
  }
});

test.run();
