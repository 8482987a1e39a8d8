import * as assert from 'uvu/assert';
import { PriorityQueue, type Queued } from '../../src/scheduler/queue.js';
import { suite } from '../support/suite.js';

const test = suite('scheduler: queue (SC-1)');
const item = (name: string, priority: number): Queued & { name: string } => ({ name, priority, sequence: 0 });

test('higher priority first, then first come', () => {
  const queue = new PriorityQueue<ReturnType<typeof item>>();
  for (const [name, priority] of [
    ['a', 0],
    ['b', 5],
    ['c', 0],
    ['d', 5],
    ['e', -1],
  ] as const)
    queue.push(item(name, priority));
  assert.equal(
    [...Array(6)].map(() => queue.pop()?.name),
    ['b', 'd', 'a', 'c', 'e', undefined],
  );
});
test('an item that comes back queues behind', () => {
  const queue = new PriorityQueue<ReturnType<typeof item>>();
  const [first, second] = [item('a', 0), item('b', 0)];
  queue.push(first);
  queue.push(second);
  queue.push(queue.pop() ?? first);
  assert.equal([queue.pop()?.name, queue.pop()?.name, queue.size], ['b', 'a', 0]);
});
test('1,000 random arrivals come out in order', () => {
  const queue = new PriorityQueue<ReturnType<typeof item>>();
  let state = 7;
  const items = Array.from({ length: 1000 }, (_, index) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return item(String(index), state % 7);
  });
  for (const each of items) queue.push(each);
  const out = items.map(() => queue.pop()?.name);
  const sorted = [...items]
    .sort((a, b) => b.priority - a.priority || a.sequence - b.sequence)
    .map(({ name }) => name);
  assert.equal(out, sorted);
});
test.run();
