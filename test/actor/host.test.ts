import { assign, setup } from 'xstate';
import * as assert from 'uvu/assert';
import { bindEffects, createActorHost, type ActorCrash } from '../../src/actor/index.js';
import { createVirtualClock } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';

const test = suite('actor: host');

const counter = setup({
  types: {} as {
    context: { count: number };
    events: { type: 'add' } | { type: 'crash' } | { type: 'end' };
    input: object;
  },
  actions: {
    add: assign({ count: ({ context }) => context.count + 1 }),
    told: () => {},
    crash: () => {
      throw new Error('broken on purpose');
    },
  },
  delays: { pauseMs: 1000 },
}).createMachine({
  id: 'counter',
  context: { count: 0 },
  initial: 'counting',
  states: {
    counting: {
      on: { add: { actions: ['add', 'told'] }, crash: { actions: 'crash' }, end: 'ended' },
      after: { pauseMs: { target: 'counting', reenter: true, actions: 'add' } },
    },
    ended: { type: 'final' },
  },
});

const setUp = () => {
  const clock = createVirtualClock(0);
  return { clock, host: createActorHost({ clock }) };
};

test('messages are delivered in order, through the queue', () => {
  const { host } = setUp();
  const actor = host.spawn({ machine: counter, path: 'a', input: {} });
  actor.send({ type: 'add' });
  assert.is(actor.getSnapshot().context.count, 0);
  assert.not.ok(host.isIdle);
  host.drain();
  assert.is(actor.getSnapshot().context.count, 1);
});

test('a chain of 10,000 actors that wake one another does not overflow the stack', () => {
  const { host } = setUp();
  let reached = 0;
  const bound = bindEffects(counter, ['told']);
  const actors = Array.from({ length: 10_000 }, (_, i) =>
    host.spawn({
      machine: bound,
      path: `chain/${i}`,
      input: {},
      effects: {
        told: () => {
          reached += 1;
          actors[i + 1]?.send({ type: 'add' });
        },
      },
    }),
  );
  actors[0]?.send({ type: 'add' });
  host.drain();
  assert.is(reached, 10_000);
});

test('messages first, then coalesced tasks, then scheduled ones; the latter two once per key', () => {
  const { host } = setUp();
  const seen: string[] = [];
  host.schedule('sync', () => seen.push('sync'));
  host.schedule('sync', () => seen.push('again'));
  host.coalesce('status', () => {
    seen.push('status');
    host.enqueue(() => seen.push('news'));
    host.coalesce('other', () => seen.push('other status'));
  });
  host.enqueue(() => {
    seen.push('message');
    host.enqueue(() => seen.push('later message'));
    host.schedule('sync', () => seen.push('again'));
    host.coalesce('status', () => seen.push('again'));
  });
  host.drain();
  assert.equal(seen, ['message', 'later message', 'status', 'news', 'other status', 'sync']);
});

test('the timers of an actor fire on the clock, and go with the actor', () => {
  const { clock, host } = setUp();
  const actor = host.spawn({ machine: counter, path: 'a', input: {} });
  const other = host.spawn({ machine: counter, path: 'b', input: {} });
  assert.is(host.pendingTimers, 0, 'an actor starts as the next message');
  host.drain();
  assert.is(host.pendingTimers, 2);
  clock.step();
  clock.step();
  assert.is(actor.getSnapshot().context.count, 1);
  assert.is(clock.now(), 1000);
  actor.stop();
  assert.is(host.pendingTimers, 1);
  assert.is(clock.pendingTimers, 1);
  other.send({ type: 'end' });
  host.drain();
  assert.is(clock.pendingTimers, 0);
  assert.is(host.actorCount, 0);
});

test('stopping an actor stops what it owns, and what that owns', () => {
  const { host } = setUp();
  const node = host.spawn({ machine: counter, path: 'node', input: {} });
  const pod = host.spawn({ machine: counter, path: 'node/pod', input: {}, parent: node });
  const container = host.spawn({ machine: counter, path: 'node/pod/container', input: {}, parent: pod });
  node.stop();
  assert.ok(pod.isStopped && container.isStopped);
  assert.is(host.actorCount, 0);
  assert.is(host.pendingTimers, 0);
  container.send({ type: 'add' });
  host.drain();
  assert.is(container.getSnapshot().context.count, 0);
});

test('an actor that throws is reported and started anew; the others go on', () => {
  const { host } = setUp();
  const crashes: ActorCrash[] = [];
  host.crashes$.subscribe((crash) => crashes.push(crash));
  let restarts = 0;
  const actor = host.spawn({ machine: counter, path: 'a', input: {}, onRestart: () => (restarts += 1) });
  const other = host.spawn({ machine: counter, path: 'b', input: {} });
  actor.send({ type: 'add' });
  actor.send({ type: 'crash' });
  other.send({ type: 'add' });
  host.drain();
  assert.is(crashes.length, 1);
  assert.is(crashes[0]?.path, 'a');
  assert.ok(crashes[0]?.restarted);
  assert.is(restarts, 1);
  assert.is(actor.getSnapshot().context.count, 0);
  assert.is(actor.getSnapshot().status, 'active');
  assert.is(other.getSnapshot().context.count, 1);
  assert.is(host.pendingTimers, 2);
});

test('an actor that crashes again and again is given up', () => {
  const { host } = setUp();
  const crashes: ActorCrash[] = [];
  host.crashes$.subscribe((crash) => crashes.push(crash));
  const actor = host.spawn({ machine: counter, path: 'a', input: {} });
  for (let i = 0; i < 10; i++) {
    actor.send({ type: 'crash' });
    host.drain();
  }
  assert.is(crashes.length, 6);
  assert.not.ok(crashes[5]?.restarted);
  assert.ok(actor.isStopped);
  assert.is(host.pendingTimers, 0);
});

test('a task of the host that throws is reported, and the queue goes on', () => {
  const { host } = setUp();
  const crashes: ActorCrash[] = [];
  host.crashes$.subscribe((crash) => crashes.push(crash));
  let ran = false;
  host.enqueue(() => {
    throw new Error('broken on purpose');
  });
  host.enqueue(() => (ran = true));
  host.drain();
  assert.ok(ran);
  assert.is(crashes.length, 1);
});

test('two live actors cannot have one path; a finished one frees it', () => {
  const { host } = setUp();
  let done = 0;
  const actor = host.spawn({ machine: counter, path: 'a', input: {}, onDone: () => (done += 1) });
  assert.throws(() => host.spawn({ machine: counter, path: 'a', input: {} }), /exists already/);
  actor.send({ type: 'end' });
  host.drain();
  assert.is(done, 1);
  host.spawn({ machine: counter, path: 'a', input: {} });
});

test('effects that no machine has, and effects that nobody carries out, are errors', () => {
  const { host } = setUp();
  assert.throws(() => bindEffects(counter, ['unheardOf']), /has no action unheardOf/);
  const crashes: ActorCrash[] = [];
  host.crashes$.subscribe((crash) => crashes.push(crash));
  host
    .spawn({ machine: bindEffects(counter, ['told']), path: 'a', input: {}, effects: {} })
    .send({ type: 'add' });
  host.drain();
  assert.match(String(crashes[0]?.error), /no effect told is bound/);
});

test('inspection hands out XState events of every actor', () => {
  const { host } = setUp();
  const types = new Set<string>();
  const observer = host.inspect((event) => types.add(event.type));
  host.spawn({ machine: counter, path: 'a', input: {} }).send({ type: 'add' });
  host.drain();
  assert.ok(types.has('@xstate.event') && types.has('@xstate.snapshot') && types.has('@xstate.actor'));
  observer.unsubscribe();
});

test('stopping 1,000 actors out of 20,000 timers looks at no other actor’s timer', () => {
  const { clock, host } = setUp();
  let cleared = 0;
  const { clearTimeout } = clock;
  clock.clearTimeout = (timer) => {
    cleared += 1;
    clearTimeout(timer);
  };
  const actors = Array.from({ length: 20_000 }, (_, i) =>
    host.spawn({ machine: counter, path: `a/${i}`, input: {} }),
  );
  host.drain();
  for (const actor of actors.slice(0, 1000)) actor.stop();
  assert.is(cleared, 1000);
  assert.is(clock.pendingTimers, 19_000);
});

test.run();
