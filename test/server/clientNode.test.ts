/** @kubernetes/client-node against the server: what it refuses of other servers (http, foreign CAs) it must take here. */
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  type KubernetesListObject,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { startServer, type Fixture } from './support.js';

const test = suite('server: @kubernetes/client-node');
const namespace = 'default';

let fixture: Fixture;
let config: KubeConfig;
test.before(async () => {
  fixture = await startServer();
  config = new KubeConfig();
  config.loadFromString(fixture.server.kubeconfig);
});
test.after(() => fixture.close());

test('objects are created, read, patched, listed and deleted', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const created = await core.createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: 'a' }, data: { k: 'v' } },
  });
  assert.is(created.metadata?.name, 'a');
  assert.instance(created.metadata?.creationTimestamp, Date);
  const patched = await core.patchNamespacedConfigMap({
    namespace,
    name: 'a',
    body: [{ op: 'replace', path: '/data/k', value: 'w' }],
  });
  assert.equal(patched.data, { k: 'w' });
  assert.is((await core.listNamespacedConfigMap({ namespace })).items.length, 1);
  await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
  try {
    await config.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name: 'none' });
    assert.unreachable('it was found');
  } catch (error) {
    assert.is((error as { code: number }).code, 404);
    assert.match((error as { body: string }).body, /deployments\.apps \\"none\\" not found/);
  }
});

test('an informer lists, then follows', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const list = (): Promise<KubernetesListObject<V1ConfigMap>> => core.listNamespacedConfigMap({ namespace });
  await fixture.api.create('ConfigMap', { metadata: { name: 'first', namespace } });
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list);
  const seen: string[] = [];
  const all = new Promise<void>((resolve) => {
    const note = (what: string) => (object: V1ConfigMap) => {
      seen.push(`${what} ${object.metadata?.name}`);
      if (seen.length === 4) resolve();
    };
    informer.on('add', note('add'));
    informer.on('update', note('update'));
    informer.on('delete', note('delete'));
  });
  await informer.start();
  await fixture.api.create('ConfigMap', { metadata: { name: 'second', namespace } });
  const second = { kind: 'ConfigMap', namespace, name: 'second' } as const;
  await fixture.api.patch(second, { type: 'merge', body: { data: { k: 'v' } } });
  await fixture.api.delete(second);
  await all;
  assert.equal(seen, ['add first', 'add second', 'update second', 'delete second']);
  await informer.stop();
});

test.run();
