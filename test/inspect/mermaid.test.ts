/** Drawings of charts: what every kind of state and transition looks like in Mermaid and on a page. */
import * as assert from 'uvu/assert';
import { and, not, setup } from 'xstate';
import { chartOf, machinePage, machinesIndex, mermaidOf } from '../../src/inspect/index.js';
import { suite } from '../support/suite.js';

const test = suite('inspect: mermaid');

const machine = setup({
  guards: { isFull: () => true, isOpen: () => true },
  delays: { periodMs: 5 },
  actions: { pour: () => {}, drain: (_args, _params: { litres: number }) => {} },
}).createMachine({
  id: 'tank',
  description: 'A tank.',
  initial: 'empty',
  on: { 'tank.broke': '.broken', 'tank.reset': { target: '.filling' } },
  states: {
    empty: {
      description: 'Nothing in it.',
      entry: { type: 'drain', params: { litres: 2 } },
      on: {
        'tap.opened': {
          target: 'filling',
          guard: 'isOpen',
          actions: 'pour',
          description: 'Somebody is thirsty.',
        },
      },
    },
    filling: {
      initial: 'slow',
      states: {
        slow: { after: { periodMs: 'fast' } },
        fast: {
          always: { guard: and(['isFull', not('isOpen')]), target: 'done' },
          on: { 'tap.shaken': { actions: 'pour' } },
        },
        done: { type: 'final' },
      },
      on: { 'tap.slowed': '.slow' },
      onDone: 'busy',
    },
    busy: {
      type: 'parallel',
      states: {
        'left side': { initial: 'a', states: { a: {} } },
        right: { initial: 'b', states: { b: {} } },
      },
    },
    broken: { type: 'final' },
  },
});

const drawn = mermaidOf(machine);
const hasLine = (line: string) =>
  assert.ok(
    drawn.split('\n').some((text) => text.trim() === line),
    `${line}\n\n${drawn}`,
  );

test('initial and final states, events with guard and actions', () => {
  hasLine('[*] --> empty');
  hasLine('broken --> [*]');
  hasLine('empty --> filling : tap.opened [isOpen] / pour');
});

test('delays by name, eventless transitions with composed guards, loops for actions alone', () => {
  hasLine('filling__slow --> filling__fast : after periodMs');
  hasLine('filling__fast --> filling__done : always [(isFull and not isOpen)]');
  hasLine('filling__fast --> filling__fast : tap.shaken / pour');
  hasLine('filling --> busy : done');
});

test('nested states are composites, regions of a parallel state are separated', () => {
  hasLine('state "filling" as filling {');
  hasLine('state "left side" as busy__left_side {');
  assert.is(drawn.split('\n').filter((line) => line.trim() === '--').length, 1);
  assert.is(drawn.split('{').length, drawn.split('}').length);
});

test('a transition from a composite into itself starts at «any state»', () => {
  hasLine('filling__any --> filling__slow : tap.slowed');
  hasLine('root__any --> broken : tank.broke');
});

test('the page tells descriptions, parameters and targets', () => {
  const page = machinePage({ name: 'tank', machine });
  assert.match(page, /^# tank\n/);
  assert.match(page, /\| `empty` \| Nothing in it\. \| `drain\(litres: 2\)` \|  \|/);
  assert.match(
    page,
    /\| `empty` \| `tap.opened` \| `isOpen` \| `filling` \| `pour` \| Somebody is thirsty\. \|/,
  );
  // The delay's own bookkeeping is not shown.
  assert.match(page, /\| `filling.slow` \|  \|  \|  \|/);
  assert.match(page, /\| `filling.fast` \| `tap.shaken` \|  \| stays \| `pour` \|/);
  assert.match(machinesIndex([{ name: 'tank', machine }]), /\| \[tank\]\(tank\.md\) \| A tank\. \| 11 \|/);
});

test('functions without a name show as inline', () => {
  const chart = chartOf(setup({}).createMachine({ on: { go: { guard: () => true, actions: () => {} } } }));
  assert.equal([chart.edges[0]?.guard, chart.edges[0]?.actions], ['inline', ['inline']]);
});

test.run();
