/** controllers.md §0.5: what an owner does with an object (OW-2). */
import * as assert from 'uvu/assert';
import type { ObjectMeta } from '../../src/api/index.js';
import { claimOf } from '../../src/controllers/ownership.js';
import { suite } from '../support/suite.js';

const test = suite('ownership: claims');

const owner = { name: 'web', namespace: 'default', uid: 'ours' } as ObjectMeta;
const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const ownedBy = (uid: string, more: object = {}): ObjectMeta =>
  ({
    name: 'pod',
    namespace: 'default',
    uid: 'pod',
    labels: { app: 'web' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true }],
    ...more,
  }) as unknown as ObjectMeta;
const orphan = (more: object = {}): ObjectMeta => ownedBy('', { ownerReferences: undefined, ...more });
const matches = ({ app }: Readonly<Record<string, string>>): boolean => app === 'web';

test('OW-2: what is ours and matches is kept, even when either is being deleted', () => {
  assert.is(claimOf(ownedBy('ours'), owner, matches), 'keep');
  assert.is(claimOf(ownedBy('ours', leaving), owner, matches), 'keep');
  assert.is(claimOf(ownedBy('ours'), { ...owner, ...leaving }, matches), 'keep');
});
test('OW-2: what is ours and matches no longer is released, unless we are being deleted', () => {
  const other = ownedBy('ours', { labels: { app: 'other' } });
  assert.is(claimOf(other, owner, matches), 'release');
  assert.is(claimOf(other, { ...owner, ...leaving }, matches), 'ignore');
});
test('OW-2, PR-3: what another owner controls is never touched', () => {
  assert.is(claimOf(ownedBy('theirs'), owner, matches), 'ignore');
});
test('OW-2: a matching orphan is adopted, unless either is being deleted or it is of another namespace', () => {
  assert.is(claimOf(orphan(), owner, matches), 'adopt');
  assert.is(claimOf(orphan({ labels: undefined }), owner, matches), 'ignore');
  assert.is(claimOf(orphan(leaving), owner, matches), 'ignore');
  assert.is(claimOf(orphan(), { ...owner, ...leaving }, matches), 'ignore');
  assert.is(claimOf(orphan({ namespace: 'other' }), owner, matches), 'ignore');
});

test.run();
