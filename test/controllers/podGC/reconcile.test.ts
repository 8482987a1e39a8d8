import * as assert from 'uvu/assert';
import type { Node, Pod } from '../../../src/api/index.js';
import { collectable, type Collectable } from '../../../src/controllers/podGC/reconcile.js';
import { pod as makePod } from '../objects.js';
import { suite } from '../../support/suite.js';

const test = suite('podGC: what is collectable (controllers.md §7.5)');

const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);
const collect = (pods: readonly Pod[], nodes: readonly Node[] = [], threshold = 12_500): Collectable =>
  collectable(pods, (name) => nodes.find(({ metadata }) => metadata.name === name), threshold);
const pod = (name: string, phase: string, ageSeconds: number, isEvicted = false): Pod => {
  const made = makePod(name, { phase, ageSeconds });
  return isEvicted ? { ...made, status: { ...made.status, reason: 'Evicted' } } : made;
};
const node = (name: string, ready: string, taint?: object): Node =>
  ({
    metadata: { name },
    spec: { taints: taint ? [taint] : [] },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  }) as unknown as Node;

const ended = [pod('a', 'Failed', 30), pod('b', 'Succeeded', 20), pod('c', 'Failed', 10)];

test('row 235: three ended pods, one is kept: the two oldest go; pods that run are not counted', () => {
  assert.equal(names(collect([...ended, pod('run', 'Running', 99)], [], 1).surplus), ['a', 'b']);
});
test('row 235: a threshold of 0 collects none; exactly the threshold collects none', () => {
  assert.equal(names(collect(ended, [], 0).surplus), []);
  assert.equal(names(collect(ended, [], 3).surplus), []);
});
test('row 235: pods that their node evicted go first; equal ages go by name', () => {
  const pods = [pod('b', 'Failed', 30), pod('a', 'Failed', 30), pod('evicted', 'Failed', 1, true)];
  assert.equal(names(collect(pods, [], 1).surplus), ['evicted', 'a']);
});

const outOfService = { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' };
for (const [title, on, isTerminating, expected] of [
  ['terminating, not ready, out of service', node('n', 'Unknown', outOfService), true, ['p']],
  ['the effect does not matter', node('n', 'False', { ...outOfService, effect: 'NoSchedule' }), true, ['p']],
  ['a ready node', node('n', 'True', outOfService), true, []],
  ['no such taint', node('n', 'Unknown'), true, []],
  ['not terminating', node('n', 'Unknown', outOfService), false, []],
] as const)
  test(`row 238: ${title}`, () => {
    assert.equal(
      names(collect([makePod('p', { nodeName: 'n', isTerminating })], [on]).outOfService),
      expected,
    );
  });

test('row 237: terminating and never bound goes; bound, or not terminating, does not', () => {
  const pods = [
    makePod('unbound', { isTerminating: true }),
    makePod('bound', { isTerminating: true, nodeName: 'n' }),
    makePod('waiting'),
  ];
  assert.equal(names(collect(pods, [node('n', 'True')]).unscheduled), ['unbound']);
});

test('row 236: pods by the name of the node that is not there', () => {
  const pods = [makePod('a', { nodeName: 'gone' }), makePod('b', { nodeName: 'n' }), makePod('c')];
  const { orphaned } = collect(pods, [node('n', 'True')]);
  assert.equal(
    [...orphaned].map(([name, on]) => [name, names(on)]),
    [['gone', ['a']]],
  );
});

test.run();
