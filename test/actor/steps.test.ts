/** Steps from tables in the host: what an actor does must not depend on whether somebody watches it. */
import * as assert from 'uvu/assert';
import { assign, emit, raise, setup } from 'xstate';
import { bindEffects, createActorHost } from '../../src/actor/index.js';
import { createVirtualClock } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';

const test = suite('actor: steps from tables');

interface Context {
  readonly rounds: number;
}
type Event =
  | { readonly type: 'go' }
  | { readonly type: 'first' }
  | { readonly type: 'second' }
  | { readonly type: 'third' }
  | { readonly type: 'fail' };

/** Two regions, raised events, a delay that is re-armed, and an end. */
const machine = bindEffects(
  setup({
    types: {} as { context: Context; events: Event; emitted: { type: 'ended' } },
    delays: { shortMs: 10 },
    guards: {
      isOver: ({ context }) => context.rounds >= 3,
      fails: ({ event }) => {
        if (event.type === 'fail') throw new Error('no');
        return true;
      },
    },
    actions: {
      count: assign(({ context }) => ({ rounds: context.rounds + 1 })),
      // What is raised while a raised event is handled comes last.
      raiseTwo: raise({ type: 'first' } as const),
      raiseSecond: raise({ type: 'second' } as const),
      raiseThird: raise({ type: 'third' } as const),
      tellEnd: emit({ type: 'ended' } as const),
      note: () => {},
    },
  }).createMachine({
    id: 'both',
    context: { rounds: 0 },
    initial: 'working',
    states: {
      working: {
        type: 'parallel',
        always: { guard: 'isOver', target: 'over' },
        states: {
          left: {
            initial: 'a',
            states: {
              a: {
                entry: { type: 'note', params: 'a' },
                after: { shortMs: { target: 'a', reenter: true, actions: 'count' } },
                on: { go: { actions: ['raiseTwo', 'raiseSecond'] } },
              },
            },
          },
          right: {
            on: {
              first: { actions: [{ type: 'note', params: 'first' }, 'raiseThird'] },
              second: { actions: { type: 'note', params: 'second' } },
              third: { actions: { type: 'note', params: 'third' } },
              fail: { guard: 'fails' },
            },
          },
        },
      },
      over: { type: 'final', entry: [{ type: 'note', params: 'over' }, 'tellEnd'] },
    },
  }),
  ['note'],
);

const run = (isWatched: boolean): { notes: string[]; done: number; steps: number } => {
  const clock = createVirtualClock();
  const host = createActorHost({ clock });
  const notes: string[] = [];
  let done = 0;
  let steps = 0;
  const watching = host.inspect(({ type }) => void (steps += type === '@xstate.microstep' ? 1 : 0));
  if (!isWatched) watching.unsubscribe();
  const actor = host.spawn({
    machine,
    path: 'both',
    input: undefined,
    effects: { note: (text: string) => notes.push(`${text}@${clock.now() % 1000}`) },
    onDone: () => (done += 1),
  });
  actor.send({ type: 'go' });
  host.drain();
  while (clock.step()) host.drain();
  host.stop();
  return { notes, done, steps };
};

test('raised events come in order, delays re-arm, and the end is an end; watched or not', () => {
  const alone = run(false);
  assert.equal(alone.notes, ['a@0', 'first@0', 'second@0', 'third@0', 'a@10', 'a@20', 'a@30', 'over@30']);
  assert.is(alone.done, 1);
  assert.is(alone.steps, 0);
  const watched = run(true);
  assert.equal(watched.notes, alone.notes);
  assert.is(watched.done, 1);
  assert.is(watched.steps, 8, 'every step is told: four events, three delays, the way to the end');
});

test('a guard that throws is reported with its name and state, and the actor is started anew', () => {
  const host = createActorHost({ clock: createVirtualClock() });
  const errors: unknown[] = [];
  host.crashes$.subscribe(({ error }) => errors.push(error));
  const actor = host.spawn({ machine, path: 'both', input: undefined, effects: { note: () => {} } });
  host.drain();
  actor.send({ type: 'fail' });
  host.drain();
  assert.is(errors.length, 1);
  assert.match(String(errors[0]), /'fails'.*'both\.working\.right'/s);
  assert.not(actor.isStopped);
  host.stop();
});

test.run();
