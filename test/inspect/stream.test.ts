/** What `cluster.inspect` hands out: paths and cluster time, filtered before it is made, the same in every run. */
import * as assert from 'uvu/assert';
import { assign, createActor, setup, type InspectionEvent } from 'xstate';
import { bindEffects, createActorHost } from '../../src/actor/index.js';
import { createVirtualClock } from '../../src/clock/index.js';
import { createCluster } from '../../src/index.js';
import {
  createInspect,
  type InspectedEvent,
  type InspectOptions,
  type SnapshotInspected,
} from '../../src/inspect/index.js';
import { suite } from '../support/suite.js';

const test = suite('inspect: stream');

const lamp = bindEffects(
  setup({
    types: {} as {
      context: { flips: number; owner: string };
      events: { type: 'lamp.flip' } | { type: 'lamp.break' };
    },
    guards: { isWorn: ({ context }) => context.flips >= 2 },
    delays: { glowMs: 1_000 },
    actions: {
      shine: (_args, _params: { watts: number }) => {},
      count: assign({ flips: ({ context }) => context.flips + 1 }),
    },
  }).createMachine({
    id: 'lamp',
    context: { flips: 0, owner: 'hall' },
    initial: 'off',
    on: { 'lamp.break': '.broken' },
    states: {
      off: {
        on: {
          'lamp.flip': [
            { guard: 'isWorn', target: 'broken' },
            { target: 'on', actions: 'count' },
          ],
        },
      },
      on: { entry: { type: 'shine', params: { watts: 40 } }, after: { glowMs: 'off' } },
      broken: { type: 'final' },
    },
  }),
  ['shine'],
);

const setUp = () => {
  const clock = createVirtualClock(5_000);
  const host = createActorHost({ clock });
  const spawn = (path: string) =>
    host.spawn({ machine: lamp, path, input: undefined, effects: { shine: () => {} } });
  return { clock, host, spawn, inspect: createInspect(host) };
};
const from = <T extends InspectedEvent['type']>(events: readonly InspectedEvent[], type: T) =>
  events.filter((event): event is Extract<InspectedEvent, { type: T }> => event.type === type);

test('an event, its transition, its effect and the state it leads to, by path and cluster time', () => {
  const { host, spawn, inspect } = setUp();
  const actor = spawn('house/lamp');
  host.drain();
  const seen: InspectedEvent[] = [];
  inspect((event) => seen.push(event));
  seen.length = 0;
  actor.send({ type: 'lamp.flip' });
  host.drain();
  const about = { path: 'house/lamp', at: 5_000 };
  assert.equal(from(seen, 'event'), [{ type: 'event', ...about, event: { type: 'lamp.flip' } }]);
  assert.equal(from(seen, 'microstep'), [
    {
      type: 'microstep',
      ...about,
      event: 'lamp.flip',
      transitions: [
        {
          from: ['off'],
          trigger: 'event',
          name: 'lamp.flip',
          guard: '',
          actions: ['count'],
          targets: [['on']],
          isReentering: false,
          description: '',
        },
      ],
      state: 'on',
    },
  ]);
  const delay = 'xstate.after.glowMs.lamp.on';
  assert.equal(
    from(seen, 'action').map(({ action }) => action),
    [
      { type: 'shine', params: { watts: 40 } },
      { type: 'xstate.raise', params: { event: { type: delay }, id: delay, delay: 1_000 } },
    ],
  );
  assert.equal(from(seen, 'snapshot'), [
    { type: 'snapshot', ...about, event: 'lamp.flip', status: 'active', state: 'on' },
  ]);
});

test('a delay arrives as an event at its due time; a final state and a stop end the actor', () => {
  const { clock, host, spawn, inspect } = setUp();
  const seen: InspectedEvent[] = [];
  inspect((event) => seen.push(event));
  const [broken, stopped] = [spawn('a'), spawn('b')];
  broken.send({ type: 'lamp.flip' });
  host.drain();
  clock.step();
  broken.send({ type: 'lamp.break' });
  host.drain();
  stopped.stop();
  const delay = from(seen, 'event').find(({ event }) => event.type.startsWith('xstate.after'));
  assert.equal(delay, {
    type: 'event',
    path: 'a',
    at: 6_000,
    event: { type: 'xstate.after.glowMs.lamp.on' },
  });
  const ends = from(seen, 'snapshot').filter(({ status }) => status !== 'active');
  assert.equal(
    ends.map(({ path, status, state }) => [path, status, state]),
    [
      ['a', 'done', 'broken'],
      ['b', 'stopped', 'off'],
    ],
  );
  assert.not(seen.some(({ path }) => path === 'cluster'));
});

test('actors that live already are introduced at once; changed context comes on demand', () => {
  const { host, spawn, inspect } = setUp();
  const actor = spawn('house/lamp');
  host.drain();
  const seen: InspectedEvent[] = [];
  inspect((event) => seen.push(event), { context: true });
  assert.equal(seen[0], { type: 'actor', path: 'house/lamp', at: 5_000, machine: 'lamp' });
  assert.equal((seen[1] as SnapshotInspected).context, { flips: 0, owner: 'hall' });
  actor.send({ type: 'lamp.flip' });
  host.drain();
  assert.equal(from(seen, 'snapshot').at(-1)?.context, { flips: 1 });
});

test('the filter is asked first: by pattern, by several, by function', () => {
  const { spawn, inspect } = setUp();
  const paths = (options: InspectOptions) => {
    const seen = new Set<string>();
    inspect(({ path }) => seen.add(path), options).unsubscribe();
    return [...seen];
  };
  for (const path of [
    'node/n1',
    'node/n1/pod/a/x',
    'node/n1/pod/b/x/container/c/probe/liveness',
    'node/n10',
    'job/a/x',
  ])
    spawn(path);
  assert.equal(paths({ filter: 'node/n1' }), [
    'node/n1',
    'node/n1/pod/a/x',
    'node/n1/pod/b/x/container/c/probe/liveness',
  ]);
  assert.equal(paths({ filter: 'node/*/pod/a' }), ['node/n1/pod/a/x']);
  assert.equal(paths({ filter: '**/probe/*' }), ['node/n1/pod/b/x/container/c/probe/liveness']);
  assert.equal(paths({ filter: ['node/n1?', 'job/**/x', 'node/*0'] }), ['node/n10', 'job/a/x']);
  assert.equal(paths({ filter: (path) => path.length < 9 }), ['node/n1', 'node/n10', 'job/a/x']);
});

test('a filter that refuses everything leaves nothing to convert', () => {
  const { host, spawn, inspect } = setUp();
  const actor = spawn('a');
  let converted = 0;
  inspect(() => assert.unreachable('nothing matches'), { filter: () => false });
  const event = Object.defineProperty({ type: 'lamp.flip' as const }, 'watched', {
    enumerable: true,
    get: () => (converted += 1),
  });
  actor.send(event);
  host.drain();
  assert.is(converted, 0);
  inspect(() => {}, { filter: 'a' });
  actor.send(event);
  host.drain();
  assert.is(converted, 1);
});

test('raw: XState’s own events, with the actor itself', () => {
  const { host, spawn, inspect } = setUp();
  const seen: InspectionEvent[] = [];
  const observation = inspect((event) => seen.push(event), { raw: true, filter: 'a' });
  const actor = spawn('a');
  spawn('b');
  host.drain();
  assert.is(seen[0]?.type, '@xstate.actor');
  assert.ok(seen.every(({ actorRef }) => (actorRef as { id?: string }).id === 'a'));
  observation.unsubscribe();
  const before = seen.length;
  actor.send({ type: 'lamp.flip' });
  host.drain();
  assert.is(seen.length, before);
});

test('a crash is told as a snapshot with the error', () => {
  const clock = createVirtualClock(0);
  const host = createActorHost({ clock });
  const seen: InspectedEvent[] = [];
  createInspect(host)((event) => seen.push(event));
  const shine = () => {
    throw new RangeError('too bright');
  };
  host.spawn({ machine: lamp, path: 'a', input: undefined, effects: { shine } }).send({ type: 'lamp.flip' });
  host.drain();
  const crash = from(seen, 'snapshot').find(({ status }) => status === 'error');
  assert.is(crash?.error, 'RangeError: too bright');
});

test('an actor in a system of its own is inspected once it is adopted; its children have no session ids', () => {
  const { host, inspect } = setUp();
  const seen: InspectedEvent[] = [];
  const parent = setup({ actors: { lamp } }).createMachine({
    id: 'parent',
    initial: 'lit',
    states: { lit: { invoke: { src: 'lamp', id: 'bulb' } } },
  });
  const early = host.adopt(createActor(setup({}).createMachine({ id: 'idle' }), { id: 'process/early' }));
  inspect((event) => seen.push(event));
  const late = host.adopt(createActor(parent, { id: 'process/late' }));
  late.start();
  assert.equal(
    [...new Set(seen.map(({ path }) => path))],
    ['process/early', 'process/late', 'process/late/bulb'],
  );
  early.start().stop();
  assert.is(from(seen, 'snapshot').at(-1)?.status, 'stopped');
});

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    containers: [{ name: 'app', image: 'web:1', livenessProbe: { httpGet: { path: '/', port: 8080 } } }],
  },
};

async function runOfCluster(): Promise<InspectedEvent[]> {
  const images = { 'web:1': { http: { port: 8080, failsAfterRequests: 3 } } };
  await using cluster = await createCluster({ nodes: 2, seed: 7, images });
  const seen: InspectedEvent[] = [];
  cluster.inspect((event) => seen.push(event), { context: true });
  await cluster.apply(pod);
  await cluster.advance('3m');
  return seen;
}

test('two runs of a cluster with one seed give the same stream, with the paths of all its actors', async () => {
  const [first, second] = [await runOfCluster(), await runOfCluster()];
  const texts = first.map((event) => JSON.stringify(event));
  assert.equal(
    texts,
    second.map((event) => JSON.stringify(event)),
  );
  assert.not(texts.some((text) => /"x:\d+"|sessionId/.test(text)));
  const paths = new Set(first.map(({ path }) => path));
  const probe = [...paths].find((path) =>
    /^node\/node-\d\/pod\/default\/web\/container\/app\/probe\/liveness$/.test(path),
  );
  assert.ok(probe, [...paths].join('\n'));
  assert.ok(paths.has('process/default/web/app/0') && paths.has('process/default/web/app/1'));
  // The fourth to sixth answers are failures, 10 s apart: the third failure is final.
  const held = first.find(
    (event) => event.type === 'microstep' && event.path === probe && event.state === 'held',
  );
  assert.equal(from([held as InspectedEvent], 'microstep')[0]?.transitions[0]?.guard, 'failureIsFinal');
});

test.run();
