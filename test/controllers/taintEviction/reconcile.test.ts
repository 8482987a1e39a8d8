import * as assert from 'uvu/assert';
import type { Taint, Toleration } from '../../../src/api/index.js';
import { minTolerationSeconds, tolerationOf } from '../../../src/controllers/taintEviction/reconcile.js';
import { suite } from '../../support/suite.js';

const test = suite('taintEviction: tolerations (controllers.md NL-32)');

const taint = (key: string): Taint => ({ key, effect: 'NoExecute' });
const tolerates = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds !== undefined && { tolerationSeconds }),
});
const seconds = (...values: (number | undefined)[]): number | undefined =>
  minTolerationSeconds(values.map((value) => tolerates('a', value)));

test('row 234: none → 0, unlimited → forever, the shortest wins, what is not positive is 0', () => {
  assert.is(seconds(), 0);
  assert.is(seconds(undefined), undefined);
  assert.is(seconds(1, 2), 1);
  assert.is(seconds(1, undefined), 1);
  assert.is(seconds(-5, 10), 0);
});

for (const [title, tolerations, taints, expected] of [
  ['no taint', [], [], ['untainted', 0]],
  ['no toleration', [], ['a'], ['untolerated', 0]],
  ['another toleration, forever', [tolerates('b')], ['a'], ['untolerated', 0]],
  ['for 100 s', [tolerates('a', 100)], ['a'], ['limited', 100_000]],
  ['forever', [tolerates('a')], ['a'], ['forever', 0]],
  ['one of two', [tolerates('a', 100)], ['a', 'b'], ['untolerated', 0]],
  ['both, the shorter counts', [tolerates('a', 100), tolerates('b', 30)], ['a', 'b'], ['limited', 30_000]],
  ['both, one forever', [tolerates('a'), tolerates('b', 30)], ['a', 'b'], ['limited', 30_000]],
  ['everything', [{ operator: 'Exists' }], ['a', 'b'], ['forever', 0]],
] as const)
  test(`rows 231, 233: ${title}`, () => {
    const verdict = tolerationOf(tolerations, taints.map(taint));
    assert.equal([verdict.toleration, verdict.tolerationMs], expected);
  });

test.run();
