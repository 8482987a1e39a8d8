import * as assert from 'uvu/assert';
import { ApiError, badRequest } from '../../src/api/index.js';
import { answer, createCall, type Settled } from '../../src/client/index.js';
import { suite } from '../support/suite.js';

const test = suite('client: call');

const fail = (): never => {
  throw badRequest('no');
};

test('a call that is answered at once is settled at once, for everyone who asks', () => {
  const call = answer(() => 1);
  const seen: Settled<number>[] = [];
  call.settled((outcome) => seen.push(outcome));
  call.settled((outcome) => seen.push(outcome));
  assert.equal(seen, [
    { ok: true, value: 1 },
    { ok: true, value: 1 },
  ]);
});

test('a call that is answered later settles then, once', () => {
  let settle: ((outcome: Settled<number>) => void) | undefined;
  const seen: Settled<number>[] = [];
  const call = createCall<number>((report) => (settle = report));
  call.settled((outcome) => seen.push(outcome));
  assert.equal(seen, []);
  settle?.({ ok: true, value: 2 });
  assert.equal(seen, [{ ok: true, value: 2 }]);
  assert.throws(() => settle?.({ ok: true, value: 3 }), /answered twice/);
});

test('awaiting gives the value or throws the ApiError', async () => {
  assert.is(await answer(() => 1), 1);
  try {
    await answer(fail);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ApiError);
    assert.is((error as ApiError).code, 400);
  }
});

test('a broken invariant is no outcome: it passes through', () => {
  assert.throws(
    () =>
      answer(() => {
        throw new TypeError('bug');
      }),
    /bug/,
  );
});

test('a failure that nobody reads right away is reported; one that is read is not', async () => {
  const unread: string[] = [];
  const options = { onUnobservedError: (error: ApiError) => unread.push(error.message) };
  answer(fail, options);
  answer(fail, options).settled(() => {});
  await answer(fail, options).then(undefined, () => {});
  createCall<never>((settle) => settle({ ok: false, error: badRequest('later') }), options);
  answer(() => 1, options);
  for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
  assert.equal(unread, ['no', 'later']);
});

test.run();
