import * as assert from 'uvu/assert';
import { createReferenceCache } from '../../../src/controllers/garbageCollector/referenceCache.js';
import { suite } from '../../support/suite.js';

const test = suite('garbageCollector: owners known to be absent');
const owner = (uid: string) => ({ apiVersion: 'v1', kind: 'ReplicationController', name: uid, uid });

test('row 243: of rc1, rc2, rc1, rc3, a cache of 2 keeps rc1 and rc3', () => {
  const cache = createReferenceCache(2);
  const asked = ['rc1', 'rc2', 'rc1', 'rc3'].filter((uid) => {
    if (cache.has(owner(uid), 'default')) return false;
    cache.add(owner(uid), 'default');
    return true;
  });
  assert.equal(asked, ['rc1', 'rc2', 'rc3']);
  assert.equal(
    ['rc1', 'rc2', 'rc3'].map((uid) => cache.has(owner(uid), 'default')),
    [true, false, true],
  );
});
test('row 242: a reference that is wrong in one respect does not stand for the right ones', () => {
  const cache = createReferenceCache(10);
  cache.add(owner('rc'), 'default');
  assert.ok(cache.has({ ...owner('rc'), controller: true }, 'default'));
  assert.not.ok(cache.has(owner('rc'), 'other'));
  for (const right of [{ apiVersion: 'v2' }, { kind: 'ReplicaSet' }, { name: 'other' }, { uid: 'other' }])
    assert.not.ok(cache.has({ ...owner('rc'), ...right }, 'default'));
});
test.run();
