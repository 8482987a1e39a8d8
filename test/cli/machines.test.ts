/** `statelet machines`: the list, one chart as Mermaid and as JSON, and what it refuses. */
import * as assert from 'uvu/assert';
import * as machines from '../../machines/index.js';
import type { CommandError } from '../../src/cli/errors.js';
import { createProgram } from '../../src/cli/program.js';
import { chartsIn, configOf, mermaidOf } from '../../src/inspect/index.js';
import { suite } from '../support/suite.js';
import { createFakeTerminal } from './support.js';

const test = suite('cli: machines');
const charts = chartsIn(machines);

async function statelet(...args: readonly string[]) {
  const terminal = createFakeTerminal();
  const codes: number[] = [];
  await createProgram(terminal, (code) => codes.push(code)).parseAsync(['machines', ...args], {
    from: 'user',
  });
  assert.equal(codes, [0]);
  return terminal.out;
}
async function refused(...args: readonly string[]): Promise<CommandError> {
  return statelet(...args).then(
    () => assert.unreachable('it should be refused') as never,
    (error: unknown) => error as CommandError,
  );
}

test('without a name: one line for each chart, or JSON with --format json', async () => {
  const lines = (await statelet()).trimEnd().split('\n');
  assert.equal(
    lines.map((line) => line.split(' ')[0]),
    [...charts.keys()],
  );
  assert.match(lines.join('\n'), /^probe +One probe of one container/m);
  const rows = JSON.parse(await statelet('--format', 'json')) as { name: string; states: number }[];
  assert.equal(
    rows.map(({ name }) => name),
    [...charts.keys()],
  );
  assert.is(rows.find(({ name }) => name === 'probe')?.states, 7);
});

test('with a name: Mermaid, or the JSON that createMachine reads', async () => {
  const probe = charts.get('probe');
  assert.ok(probe);
  assert.is(await statelet('probe'), mermaidOf(probe));
  assert.is(await statelet('probe', '--format', 'mermaid'), mermaidOf(probe));
  assert.equal(JSON.parse(await statelet('probe', '--format', 'json')), configOf(probe));
});

test('an unknown chart, and a drawing of no chart, end with code 2 and say what there is', async () => {
  const unknown = await refused('cat');
  assert.is(unknown.exitCode, 2);
  assert.match(unknown.message, /^there is no chart "cat"; there are container, /);
  assert.match((await refused('--format', 'mermaid')).message, /name it/);
  assert.match(String(await refused('probe', '--format', 'svg')), /Allowed choices are json, mermaid/);
});

test.run();
