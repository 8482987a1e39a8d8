/** The JSON of every chart is what `createMachine` reads: the chart made of it is the same, and walks the same ways. */
import * as assert from 'uvu/assert';
import { and, setup, type AnyStateMachine } from 'xstate';
import * as machines from '../../../machines/index.js';
import { chartsIn, configOf, type Transition } from '../../../src/inspect/index.js';
import { suite } from '../../support/suite.js';
import { plans } from './plans.js';
import { timedChart, type Moment } from './timed.js';
import { walkPath, walksOf } from './walk.js';

const test = suite('inspect: JSON of charts', { timeoutMs: 120_000 });
const all = await plans();

/** Through text and back, with the implementations of the original. */
function rebuilt(machine: AnyStateMachine): AnyStateMachine {
  const config = JSON.parse(JSON.stringify(configOf(machine))) as object;
  const { actions, guards, delays, actors } = machine.implementations;
  const { context } = machine.config as { context?: unknown };
  return setup({ actions, guards, delays, actors } as never).createMachine({
    ...config,
    // What is computed from the input is not data.
    ...(typeof context === 'function' ? { context } : {}),
  } as never) as unknown as AnyStateMachine;
}

/** JSON has no `undefined`: a context that begins with one has its keys in another order. */
const told = ({ snapshot, timers, asked, nowMs }: Moment): string =>
  JSON.stringify([
    snapshot.value,
    Object.entries(snapshot.context as object)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    snapshot.status,
    [...snapshot.tags],
    timers,
    asked,
    nowMs,
  ]);

for (const [name, machine] of chartsIn(machines)) {
  test(`${name}: JSON → createMachine gives the same definition and the same paths`, () => {
    const again = rebuilt(machine);
    assert.is.not(again, machine);
    assert.is(JSON.stringify(again.definition), JSON.stringify(machine.definition));
    assert.equal(configOf(again), configOf(machine));
    const plan = all.get(name);
    assert.ok(plan, `${name} has no plan`);
    const [original, copy] = [timedChart(machine), timedChart(again)];
    const taken = new Set<Transition>();
    for (const { input, paths } of walksOf(plan)) {
      for (const path of paths) {
        const moments: Moment[] = [];
        walkPath(original, plan.inputs[input], path, (moment) => moments.push(moment));
        // Paths that take a transition for the first time are enough.
        const news = moments.flatMap((moment) => moment.taken).filter((transition) => !taken.has(transition));
        if (news.length === 0) continue;
        for (const transition of news) taken.add(transition);
        walkPath(copy, plan.inputs[input], path, (moment, walked) => {
          const expected = moments[walked.length];
          assert.ok(expected);
          if (told(moment) !== told(expected)) assert.is(told(moment), told(expected));
        });
      }
    }
    assert.ok(taken.size > 0);
  });
}

test('what has no name is refused, with its place', () => {
  const inline = setup({}).createMachine({ id: 'door', on: { open: { guard: () => true } } });
  assert.throws(() => configOf(inline), /^door\.on\.open\.guard: a function has no place in JSON/);
  const guards = { a: () => true, b: () => true };
  const composed = setup({ guards }).createMachine({ id: 'door', on: { open: { guard: and(['a', 'b']) } } });
  assert.throws(() => configOf(composed), /door\.on\.open\.guard/);
});

test.run();
