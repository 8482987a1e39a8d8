import * as assert from 'uvu/assert';
import { ApiError } from '../../src/api/index.js';
import { answer } from '../../src/client/index.js';
import { slowStart } from '../../src/controllers/deps.js';
import { suite } from '../support/suite.js';

const test = suite('controllers: slow start (PH-8)');
const refusal = new ApiError({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'no',
});

/** Calls and successes when only the first `limit` calls succeed. */
const start = (count: number, limit: number): readonly [number, number, boolean] => {
  let calls = 0;
  let result: readonly [number, boolean] = [-1, false];
  slowStart(
    count,
    () => {
      calls += 1;
      const mayPass = calls <= limit;
      return answer(() => {
        if (!mayPass) throw refusal;
      });
    },
    (successes, error) => {
      result = [successes, error === refusal];
    },
  );
  return [calls, ...result];
};
test('row 1: all fail: one call', () => assert.equal(start(10, 0), [1, 0, true]));
test('row 2: none fails: ten calls', () => assert.equal(start(10, 10), [10, 10, false]));
test('row 3: five succeed: seven calls in batches of 1, 2 and 4', () =>
  assert.equal(start(10, 5), [7, 5, true]));
test('nothing to do is done at once', () => assert.equal(start(0, 0), [0, 0, false]));
test.run();
