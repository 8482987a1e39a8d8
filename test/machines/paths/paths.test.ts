/**
 * Every chart is walked along shortest paths that take every transition that can be taken, delays in their order, and
 * each state must mean what its plan says. A chart without a plan fails.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as machines from '../../../machines/index.js';
import { chartsIn } from '../../../src/inspect/index.js';
import { suite } from '../../support/suite.js';
import type { Plan } from './plan.js';
import { timedChart } from './timed.js';
import { allTransitions, restingStates, violations, walkPath, walksOf } from './walk.js';

const test = suite('machines: paths', { timeoutMs: 60_000 });

const FOLDERS = ['node', 'controllers'];
const plans = new Map<string, Plan>();
for (const folder of FOLDERS) {
  for (const file of readdirSync(fileURLToPath(new URL(folder, import.meta.url)))) {
    const { paths } = (await import(new URL(`${folder}/${file}`, import.meta.url).href)) as { paths: Plan };
    plans.set(file.replace(/\.ts$/, ''), paths);
  }
}

interface Result {
  /** Transitions that were taken, by name. */
  readonly taken: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
  readonly wrong: readonly string[];
  readonly walked: number;
}

function walkAll(of: Plan): Result {
  const names = new Map(allTransitions(of.machine).map(({ transition, name }) => [transition, name]));
  const taken = new Set<string>();
  const states = new Set<string>();
  const wrong = new Map<string, string>();
  let walked = 0;
  const chart = timedChart(of.machine);
  for (const { input, paths } of walksOf(of)) {
    for (const path of paths) {
      walked += 1;
      walkPath(chart, of.inputs[input], path, (moment, events) => {
        for (const transition of moment.taken) taken.add(names.get(transition) ?? 'unknown');
        for (const node of moment.snapshot._nodes) states.add(node.path.join('.'));
        for (const violation of violations(of, moment)) {
          if (wrong.has(violation)) continue;
          wrong.set(violation, `${violation}\n    ${input}: ${events.map((event) => JSON.stringify(event)).join('\n    ')}`);
        }
      });
    }
  }
  return { taken, states, wrong: [...wrong.values()], walked };
}

/** What is missing or wrong, told by transition and by path. */
function defects(of: Plan): string[] {
  const { taken, states, wrong } = walkAll(of);
  const explained = of.unreached ?? {};
  const names = allTransitions(of.machine).map(({ name }) => name);
  return [
    ...names.filter((name) => !taken.has(name) && !(name in explained)).map((name) => `never taken: ${name}`),
    ...Object.keys(explained)
      .filter((name) => taken.has(name) || !names.includes(name))
      .map((name) => `explained as unreachable, and ${taken.has(name) ? 'taken' : 'not in the chart'}: ${name}`),
    ...restingStates(of.machine).filter((state) => !(state in of.states)).map((state) => `no meaning: ${state}`),
    ...Object.keys(of.states).filter((state) => !states.has(state)).map((state) => `never entered: ${state}`),
    ...wrong,
  ];
}

test('every chart has a plan, and every plan a chart', () => {
  assert.equal([...plans.keys()].sort(), [...chartsIn(machines).keys()]);
  for (const [name, machine] of chartsIn(machines)) assert.is(plans.get(name)?.machine, machine, name);
});

for (const [name, of] of plans) {
  test(`${name}: every transition is taken, and every state means what it says`, () => {
    assert.is(defects(of).join('\n'), '');
  });
}

test.run();
