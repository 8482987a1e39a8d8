/** `cluster.apply`: what it refuses, and that it does as `kubectl apply` with what was applied before. */
import * as assert from 'uvu/assert';
import { ApiError } from '../../src/api/index.js';
import { ManifestError } from '../../src/index.js';
import { createCluster } from '../../src/cluster.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: apply');

const refusal = async (manifest: string | object): Promise<string> => {
  await using cluster = await createCluster({ nodes: 1 });
  try {
    await cluster.apply(manifest);
  } catch (error) {
    assert.instance(error, ApiError);
    return `${(error as ApiError).code}: ${(error as ApiError).message}`;
  }
  throw new Error('it was accepted');
};

test('an unknown kind, an unknown version and a missing name are refused in the words of kubectl', async () => {
  const metadata = { name: 'a' };
  assert.is(
    await refusal({ apiVersion: 'v1', kind: 'Pot', metadata }),
    '400: no matches for kind "Pot" in version "v1"',
  );
  assert.is(
    await refusal({ apiVersion: 'apps/v7', kind: 'Deployment', metadata }),
    '400: no matches for kind "Deployment" in version "apps/v7"',
  );
  assert.is(
    await refusal({ apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'a-' } }),
    '400: Pod: a manifest that is applied needs metadata.name',
  );
  assert.is(await refusal({ kind: 'Pod' }), '400: a manifest needs apiVersion and kind');
  assert.is(await refusal([5]), '400: a manifest is an object, not 5');
});

test('text that is no manifest is refused with line and column; what is written in YAML 1.1 means what it means to kubectl', async () => {
  await using cluster = await createCluster({ nodes: 1 });
  for (const [text, message] of [
    ['kind: Pod\n', 'manifest:1: apiVersion is missing'],
    ['\nkind: Pod: x\n', 'manifest:2:7: Nested mappings are not allowed in compact mappings'],
  ] as const) {
    const error: unknown = await cluster.apply(text).catch((reason: unknown) => reason);
    assert.instance(error, ManifestError);
    assert.is((error as Error).message, message);
  }
  const yes = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { debug: yes }\n';
  const error: unknown = await cluster.apply(yes).catch((reason: unknown) => reason);
  assert.match((error as Error).message, 'cannot unmarshal bool into Go struct field');
});

test('what the last manifest had and this one has not is deleted; what others set stays', async () => {
  await using cluster = await createCluster({ nodes: 1 });
  const map = (data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data,
  });
  await cluster.apply(map({ a: '1', b: '1' }));
  const key = { kind: 'ConfigMap', name: 'settings', namespace: 'default' } as const;
  await cluster.api.patch(key, { type: 'merge', body: { data: { foreign: 'kept' } } }, {});
  await cluster.apply(map({ b: '2' }));
  assert.equal(cluster.get('ConfigMap', 'settings')?.data, { b: '2', foreign: 'kept' });
});

test.run();
