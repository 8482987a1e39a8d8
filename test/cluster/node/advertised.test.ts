/** Resources that a node does not know by itself: somebody writes them into its capacity. */
import * as assert from 'uvu/assert';
import { createCluster } from '../../../src/index.js';
import { suite } from '../../support/suite.js';

const test = suite('cluster: advertised resources');

const DONGLE = 'example.com/dongle';
const wanting = (name: string, amount: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [{ name: 'c', image: 'example.com/app:1', resources: { limits: { [DONGLE]: amount } } }],
  },
});

test('capacity that is patched is allocatable within ten seconds, and stays; pods take it, and wait for it', async () => {
  const cluster = await createCluster({ nodes: 2, clock: 'virtual', seed: 1 });
  const advertise = (amount: string | null) =>
    cluster.api.patch(
      { kind: 'Node', name: 'node-2' },
      { type: 'merge', body: { status: { capacity: { [DONGLE]: amount } } } },
      { subresource: 'status' },
    );
  const allocatable = () => cluster.get('Node', 'node-2')?.status?.allocatable?.[DONGLE];
  const nodeOf = (name: string) => cluster.get('Pod', name)?.spec.nodeName;
  await cluster.advance('1m');
  await cluster.apply(wanting('first', '3'));
  await cluster.advance('1s');
  assert.is(nodeOf('first'), undefined);
  await advertise('4');
  await cluster.advance('10s');
  assert.is(allocatable(), '4');
  await cluster.advance('10s');
  assert.is(nodeOf('first'), 'node-2');
  assert.is(cluster.get('Pod', 'first')?.status.phase, 'Running');
  await cluster.apply(wanting('second', '2'));
  await cluster.advance('20m');
  assert.is(allocatable(), '4', 'a report keeps what was advertised');
  assert.match(
    cluster.get('Pod', 'second')?.status.conditions?.[0]?.message ?? '',
    /^0\/2 nodes are available: 2 Insufficient example\.com\/dongle\./,
  );
  await cluster.api.delete({ kind: 'Pod', namespace: 'default', name: 'first' });
  await cluster.advance('1m');
  assert.is(cluster.get('Pod', 'second')?.status.phase, 'Running');
  await advertise(null);
  await cluster.advance('10s');
  assert.is(allocatable(), undefined);
  await cluster.stop();
});

test.run();
