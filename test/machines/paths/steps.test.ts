/**
 * `src/actor/steps.ts` reads the steps of a chart from tables. Every chart is walked along all paths of its plan both
 * ways, and must come to the same moments: state, context, tags, delays, effects asked for, transitions taken.
 */
import * as assert from 'uvu/assert';
import type { AnyStateMachine } from 'xstate';
import { precomputeSteps } from '../../../src/actor/steps.js';
import { tablesOf } from '../../../src/actor/stepTables.js';
import { suite } from '../../support/suite.js';
import type { Plan } from './plan.js';
import { plans } from './plans.js';
import { timedChart, type Moment } from './timed.js';
import { allTransitions, walkPath, walksOf } from './walk.js';

const test = suite('machines: steps from tables', { timeoutMs: 120_000 });
const all = await plans();

/** What can be told of a moment from outside, as text. */
const tellerFor = (machine: AnyStateMachine): ((moment: Moment) => string) => {
  const names = new Map(allTransitions(machine).map(({ transition, name }) => [transition, name]));
  return ({ snapshot, nowMs, timers, asked, taken }) =>
    JSON.stringify([
      snapshot.status,
      snapshot.value,
      snapshot._nodes.map(({ id }: { id: string }) => id).sort(),
      [...snapshot.tags].sort(),
      snapshot.context,
      snapshot.output,
      nowMs,
      timers.map(({ id, dueMs }) => [id, dueMs]),
      asked,
      taken.map((transition) => names.get(transition)),
    ]);
};

/** The first moment at which the two ways part; undefined when they never do. */
function parting(of: Plan): string | undefined {
  const tabled = precomputeSteps(of.machine.provide({}) as AnyStateMachine);
  const tell = tellerFor(of.machine);
  const tellTabled = tellerFor(tabled);
  const [chart, other] = [timedChart(of.machine), timedChart(tabled)];
  for (const { input, paths } of walksOf(of)) {
    for (const path of paths) {
      const expected: string[] = [];
      walkPath(chart, of.inputs[input], path, (moment) => expected.push(tell(moment)));
      let difference: string | undefined;
      walkPath(other, of.inputs[input], path, (moment, events) => {
        const told = tellTabled(moment);
        if (told !== expected[events.length])
          difference ??= `${input}: ${JSON.stringify(events)}\n${expected[events.length]}\n${told}`;
      });
      if (difference !== undefined) return difference;
    }
  }
  return undefined;
}

/** Charts with parallel states: left to XState. */
const UNCOVERED = [
  'daemonSet',
  'disruption',
  'garbageCollector',
  'job',
  'node',
  'nodeLifecycle',
  'nodePressure',
  'nodeZone',
  'replicaSet',
  'replicationController',
  'simulatedContainer',
];

test('these charts are read from tables, and no others', () => {
  const uncovered = [...all].filter(([, { machine }]) => !tablesOf(machine)).map(([name]) => name);
  assert.equal(uncovered.sort(), UNCOVERED);
});

for (const [name, of] of all) {
  if (UNCOVERED.includes(name)) continue;
  test(`${name}: the same moments as by XState, along every path`, () => assert.is(parting(of), undefined));
}

test.run();
