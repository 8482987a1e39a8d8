import * as assert from 'uvu/assert';
import { createRunQueue } from '../../src/actor/queue.js';
import { suite } from '../support/suite.js';

const test = suite('actor: queue');

const setUp = () => {
  const errors: unknown[] = [];
  const deferred: (() => void)[] = [];
  const queue = createRunQueue(
    (error) => errors.push(error),
    (drain) => deferred.push(drain),
  );
  const ran: unknown[] = [];
  const task = (name: unknown) => () => void ran.push(name);
  return { queue, errors, deferred, ran, task };
};

test('messages come first, then what is kept once per key, then what looks at many objects', () => {
  const { queue, ran, task } = setUp();
  queue.schedule('key', task('scheduled'));
  queue.coalesce('key', task('coalesced'));
  queue.coalesce('key', task('never'));
  queue.enqueue(task('message'));
  queue.enqueue(() => queue.enqueue(task('a message of a message')));
  queue.drain();
  assert.equal(ran, ['message', 'a message of a message', 'coalesced', 'scheduled']);
  assert.ok(queue.isIdle);
});

test('a drain is asked for once, however often somebody drains before it comes', () => {
  const { queue, deferred, ran, task } = setUp();
  for (let step = 0; step < 1000; step += 1) {
    queue.enqueue(task(step));
    queue.drain();
  }
  assert.is(deferred.length, 1);
  deferred[0]?.();
  queue.enqueue(task('later'));
  assert.is(deferred.length, 2);
  deferred[1]?.();
  assert.is(ran.length, 1001);
});

test('a long burst runs whole and in order', () => {
  const { queue, ran, task } = setUp();
  for (let round = 0; round < 2; round += 1) {
    for (let index = 0; index < 3000; index += 1) queue.enqueue(task(index));
    queue.drain();
    assert.equal(
      ran.splice(0),
      Array.from({ length: 3000 }, (_, index) => index),
    );
  }
});

test('a task that throws is reported, and the others run', () => {
  const { queue, errors, ran, task } = setUp();
  queue.enqueue(() => {
    throw new Error('broken on purpose');
  });
  queue.enqueue(task('next'));
  queue.drain();
  assert.equal(ran, ['next']);
  assert.is((errors[0] as Error).message, 'broken on purpose');
});

test('clearing drops what is pending, also from within a task', () => {
  const { queue, ran, task } = setUp();
  queue.enqueue(() => {
    queue.clear();
    queue.enqueue(task('after'));
  });
  queue.enqueue(task('dropped'));
  queue.schedule('key', task('dropped'));
  queue.drain();
  assert.equal(ran, ['after']);
  assert.ok(queue.isIdle);
});

test.run();
