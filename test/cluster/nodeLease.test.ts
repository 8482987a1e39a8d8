/** How a node shows that it lives. */
import * as assert from 'uvu/assert';
import { createCluster } from '../../src/index.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: the lease of a node (node.md §6.2)');

test('row 121: the Node owns its Lease; in an hour it is renewed every 10 s and the status is written 12 times', async () => {
  const cluster = await createCluster({ nodes: 1 });
  try {
    await cluster.advance('1s');
    const lease = () => cluster.get('Lease', 'node-1', 'kube-node-lease');
    const first = lease();
    assert.ok(first);
    const { metadata, spec } = first;
    assert.equal(
      metadata.ownerReferences?.map(({ kind, name, uid }) => [kind, name, uid]),
      [['Node', 'node-1', cluster.get('Node', 'node-1')?.metadata.uid]],
    );
    assert.is(spec?.holderIdentity, 'node-1');
    const renewals = new Set([spec?.renewTime]);
    const versions = new Set([cluster.get('Node', 'node-1')?.metadata.resourceVersion]);
    for (let round = 0; round < 360; round += 1) {
      await cluster.advance('10s');
      const { renewTime, leaseDurationSeconds } = lease()?.spec ?? {};
      const ageMs = cluster.now() - Date.parse(renewTime ?? '');
      assert.ok(ageMs < (leaseDurationSeconds ?? 0) * 1000, `renewed ${ageMs} ms ago`);
      renewals.add(renewTime);
      versions.add(cluster.get('Node', 'node-1')?.metadata.resourceVersion);
    }
    assert.is(renewals.size, 361);
    assert.is(versions.size, 13);
  } finally {
    await cluster.stop();
  }
});

test('a lease that somebody else has written or removed is renewed all the same', async () => {
  const cluster = await createCluster({ nodes: 1 });
  try {
    await cluster.advance('1s');
    const key = { kind: 'Lease', namespace: 'kube-node-lease', name: 'node-1' } as const;
    const lease = () => cluster.get('Lease', 'node-1', 'kube-node-lease');
    const ageMs = () => cluster.now() - Date.parse(lease()?.spec?.renewTime ?? '');
    const labels = { touched: 'yes' };
    await cluster.api.patch(key, { type: 'merge', body: { metadata: { labels } } });
    await cluster.advance('10s');
    assert.ok(ageMs() < 10_000);
    assert.equal(lease()?.metadata.labels, labels, 'what somebody else has written stays');

    const uid = lease()?.metadata.uid;
    await cluster.api.delete(key);
    await cluster.advance('10s');
    assert.ok(ageMs() < 10_000);
    assert.is.not(lease()?.metadata.uid, uid);
    assert.is(lease()?.metadata.ownerReferences?.[0]?.name, 'node-1');
    assert.is(lease()?.spec?.leaseDurationSeconds, 40);
  } finally {
    await cluster.stop();
  }
});

test.run();
