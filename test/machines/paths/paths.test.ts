/**
 * Every chart is walked along shortest paths that take every transition that can be taken, delays in their order, and
 * each state must mean what its plan says. A chart without a plan fails.
 */
import * as assert from 'uvu/assert';
import { assign, setup } from 'xstate';
import * as machines from '../../../machines/index.js';
import { chartsIn } from '../../../src/inspect/index.js';
import { suite } from '../../support/suite.js';
import { planFor, type Plan } from './plan.js';
import { plans } from './plans.js';
import { timedChart } from './timed.js';
import { allTransitions, restingStates, violations, walkPath, walksOf } from './walk.js';

const test = suite('machines: paths', { timeoutMs: 120_000 });
const all = await plans();

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
          wrong.set(
            violation,
            `${violation}\n    ${input}: ${events.map((event) => JSON.stringify(event)).join('\n    ')}`,
          );
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
      .map(
        (name) => `explained as unreachable, and ${taken.has(name) ? 'taken' : 'not in the chart'}: ${name}`,
      ),
    ...restingStates(of.machine)
      .filter((state) => !(state in of.states))
      .map((state) => `no meaning: ${state}`),
    ...Object.keys(of.states)
      .filter((state) => !states.has(state))
      .map((state) => `never entered: ${state}`),
    ...wrong,
  ];
}

test('every chart has a plan of its own: a file test/machines/paths/<folder>/<chart>.ts', () => {
  const missing = [...chartsIn(machines)].filter(([name, machine]) => all.get(name)?.machine !== machine);
  assert.equal(
    missing.map(([name]) => name),
    [],
  );
});

for (const [name, of] of all) {
  test(`${name}: every transition is taken, and every state means what it says`, () => {
    assert.is(defects(of).join('\n'), '');
  });
}

const kettle = setup({
  types: {} as { context: { boils: number }; events: { type: 'kettle.fill' } | { type: 'kettle.empty' } },
  delays: { warmMs: 1_000, boilMs: 5_000, neverMs: Infinity },
  guards: { isBroken: () => false },
  actions: { ring: () => {}, count: assign({ boils: ({ context }) => context.boils + 1 }) },
}).createMachine({
  id: 'kettle',
  context: { boils: 0 },
  initial: 'empty',
  states: {
    empty: { on: { 'kettle.fill': 'heating' } },
    heating: {
      after: { warmMs: { target: 'warm' }, boilMs: 'boiling', neverMs: 'cold' },
      on: { 'kettle.empty': [{ guard: 'isBroken', target: 'broken' }, { target: 'empty' }] },
    },
    warm: { after: { boilMs: 'boiling' }, on: { 'kettle.empty': 'empty' } },
    boiling: { entry: ['ring', 'count'], on: { 'kettle.empty': 'empty' } },
    cold: {},
    broken: { type: 'final' },
  },
});
const kettlePlan: Parameters<ReturnType<typeof planFor<typeof kettle>>>[0] = {
  inputs: { kettle: undefined },
  events: () => [{ type: 'kettle.fill' }, { type: 'kettle.empty' }],
  abstraction: ({ context }) => Math.min(context.boils, 2),
  states: {
    empty: { pending: [] },
    heating: { pending: ['warmMs', 'boilMs'] },
    warm: { pending: ['boilMs'] },
    boiling: { pending: [] },
  },
};

test('delays pass in the order of their due times: 5 s never before 1 s, and an endless one never', () => {
  const found = defects(planFor(kettle)(kettlePlan));
  assert.equal(found, [
    'never taken: heating: kettle.empty [isBroken] → broken',
    'never taken: heating: after boilMs → boiling',
    'never taken: heating: after neverMs → cold',
    'no meaning: cold',
    'no meaning: broken',
  ]);
  const chart = timedChart(kettle);
  const heating = chart.transition(chart.initial(undefined), { type: 'kettle.fill' });
  assert.throws(
    () => chart.transition(heating, { type: 'xstate.after.boilMs.kettle.heating' }),
    /does not pass before xstate\.after\.warmMs/,
  );
  const boiling = ['warmMs.kettle.heating', 'boilMs.kettle.warm'].reduce(
    (moment, delay) => chart.transition(moment, { type: `xstate.after.${delay}` }),
    heating,
  );
  assert.equal([boiling.snapshot.value, boiling.nowMs, boiling.asked], ['boiling', 6_000, { ring: 1 }]);
});

test('a meaning that does not hold is told with its path; an explanation that is not needed is refused', () => {
  const unreached = {
    'heating: kettle.empty [isBroken] → broken': 'never built',
    'heating: after boilMs → boiling': 'warm comes first',
    'heating: after neverMs → cold': 'an endless delay',
  };
  const states = { ...kettlePlan.states, cold: {}, broken: {} };
  const explained = (changed: Partial<typeof kettlePlan>) =>
    defects(planFor(kettle)({ ...kettlePlan, states, unreached, ...changed }));
  // States that no path reaches are not to be given a meaning in silence.
  assert.equal(explained({}), ['never entered: cold', 'never entered: broken']);
  const [wrong = ''] = explained({ states: { ...states, boiling: { asked: { ring: 1 } } } }).slice(2);
  assert.match(wrong, /^boiling: ring was asked for 2 times, not 1\n {4}kettle: .*kettle\.fill/);
  assert.match(
    explained({ states: { ...states, warm: { pending: [] } } })[2] ?? '',
    /pending should be none, is boilMs/,
  );
  assert.match(
    explained({
      states: { ...states, empty: { holds: { 'it never boiled': ({ context }) => context.boils === 0 } } },
    })[2] ?? '',
    /^empty: not true that it never boiled/,
  );
  assert.is(
    explained({ unreached: { ...unreached, 'warm: kettle.empty → empty': 'wrong' } })[0],
    'explained as unreachable, and taken: warm: kettle.empty → empty',
  );
});

test.run();
