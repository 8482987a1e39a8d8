/** controllers.md DP-43 and DP-44: which of several old ReplicaSets gives up pods first. */
import * as assert from 'uvu/assert';
import { oldSizesNext } from '../../../src/controllers/deployment/rolling.js';
import { suite } from '../../support/suite.js';
import { deployment, replicaSet } from '../objects.js';

const test = suite('deployment: order of old ReplicaSets');

const fresh = replicaSet('new', { replicas: 2, available: 2, image: 'web:3' });

test('DP-44: of available pods the oldest ReplicaSet gives up its own first', () => {
  const oldest = replicaSet('oldest', { replicas: 2, available: 2, ageSeconds: 90 });
  const younger = replicaSet('younger', { replicas: 2, available: 2, ageSeconds: 60 });
  const next = oldSizesNext(deployment(4, { unavailable: 1 }), [younger, oldest], fresh);
  assert.equal(next, [
    { name: 'oldest', replicas: 0 },
    { name: 'younger', replicas: 1 },
  ]);
});

test('DP-43: pods that are not available go before any other, the oldest ReplicaSet’s first', () => {
  const oldest = replicaSet('oldest', { replicas: 2, available: 1, ageSeconds: 90 });
  const younger = replicaSet('younger', { replicas: 2, available: 0, ageSeconds: 60 });
  const next = oldSizesNext(deployment(5, { unavailable: 2 }), [younger, oldest], fresh);
  assert.equal(next, [
    { name: 'oldest', replicas: 1 },
    { name: 'younger', replicas: 0 },
  ]);
});

test.run();
