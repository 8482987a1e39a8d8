import * as assert from 'uvu/assert';
import { createUidCache } from '../../../src/controllers/garbageCollector/uidCache.js';
import { suite } from '../../support/suite.js';

const test = suite('garbageCollector: owners known to be absent');

test('row 243: of rc1, rc2, rc1, rc3, a cache of 2 keeps rc1 and rc3', () => {
  const cache = createUidCache(2);
  const asked = ['rc1', 'rc2', 'rc1', 'rc3'].filter((uid) => {
    if (cache.has(uid)) return false;
    cache.add(uid);
    return true;
  });
  assert.equal(asked, ['rc1', 'rc2', 'rc3']);
  assert.equal(
    ['rc1', 'rc2', 'rc3'].map((uid) => cache.has(uid)),
    [true, false, true],
  );
});
test.run();
