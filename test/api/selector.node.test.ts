import * as assert from 'uvu/assert';
import {
  findUntoleratedTaint,
  matchesNodeAffinity,
  matchesNodeSelectorTerms,
  toleratesTaint,
} from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: node selection');

const node = { metadata: { name: 'n1', labels: { disk: 'ssd', cores: '8' } } };
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

test('node selector terms know In, NotIn, Exists, DoesNotExist, Gt and Lt', () => {
  const matching = [
    expression('disk', 'In', 'hdd', 'ssd'),
    expression('disk', 'NotIn', 'hdd'),
    expression('zone', 'NotIn', 'a'),
    expression('disk', 'Exists'),
    expression('zone', 'DoesNotExist'),
    expression('cores', 'Gt', '7'),
    expression('cores', 'Lt', '9'),
    { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
  ];
  const failing = [
    expression('zone', 'In', 'a'),
    expression('disk', 'NotIn', 'ssd'),
    expression('cores', 'Gt', '8'),
    expression('cores', 'Lt', '8'),
    expression('disk', 'Gt', '1'),
    expression('disk', 'Resembles', 'ssd'),
    { matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }] },
  ];
  for (const term of matching) assert.ok(matchesNodeSelectorTerms([term], node), JSON.stringify(term));
  for (const term of failing) assert.not.ok(matchesNodeSelectorTerms([term], node), JSON.stringify(term));
});

test('one term suffices, all its requirements must hold, and an empty term holds for no node', () => {
  const good = expression('disk', 'Exists');
  const bad = expression('disk', 'DoesNotExist');
  assert.ok(matchesNodeSelectorTerms([bad, good], node));
  assert.not.ok(
    matchesNodeSelectorTerms(
      [{ matchExpressions: [...good.matchExpressions, ...bad.matchExpressions] }],
      node,
    ),
  );
  assert.not.ok(matchesNodeSelectorTerms([{}], node));
  assert.not.ok(matchesNodeSelectorTerms([], node));
});

test('a pod’s nodeSelector and required affinity must both hold', () => {
  const affinity = (operator: string) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [expression('cores', operator)],
      },
    },
  });
  assert.ok(matchesNodeAffinity({}, node));
  assert.ok(matchesNodeAffinity({ nodeSelector: { disk: 'ssd' }, affinity: affinity('Exists') }, node));
  assert.not.ok(matchesNodeAffinity({ nodeSelector: { disk: 'hdd' } }, node));
  assert.not.ok(matchesNodeAffinity({ affinity: affinity('DoesNotExist') }, node));
});

test('a toleration covers taints by key, value and effect; what it leaves out covers all', () => {
  const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  const covering = [
    { key: 'gpu', value: 'yes' },
    { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
    { key: 'gpu', operator: 'Exists' },
    { operator: 'Exists' },
    { operator: 'Exists', effect: 'NoSchedule' },
  ];
  const failing = [
    { key: 'gpu', value: 'no' },
    { key: 'gpu' },
    { key: 'cpu', operator: 'Exists' },
    { operator: 'Exists', effect: 'NoExecute' },
  ];
  for (const toleration of covering) assert.ok(toleratesTaint(toleration, taint), JSON.stringify(toleration));
  for (const toleration of failing) {
    assert.not.ok(toleratesTaint(toleration, taint), JSON.stringify(toleration));
  }
});

test('PreferNoSchedule keeps no pod off a node', () => {
  const soft = { key: 'a', effect: 'PreferNoSchedule' };
  const hard = { key: 'b', effect: 'NoExecute' };
  assert.is(findUntoleratedTaint([soft], []), undefined);
  assert.is(findUntoleratedTaint([soft, hard], undefined), hard);
  assert.is(findUntoleratedTaint([hard], [{ key: 'b', operator: 'Exists' }]), undefined);
});

test.run();
