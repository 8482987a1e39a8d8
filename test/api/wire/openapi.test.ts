/** api.md §1.5: what kubectl needs of the OpenAPI v3 documents. */
import * as assert from 'uvu/assert';
import { openApiV3, resources } from '../../../src/api/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: openapi');

type Json = Readonly<Record<string, any>>; // oxlint-disable-line typescript/no-explicit-any -- documents are read like JSON
const document = (group: string, version: string): Json => openApiV3(group, version) as Json;
const schemaOf = (doc: Json, name: string): Json => doc['components'].schemas[name];

test('§1.5(a): every kind has a PATCH with its GVK, the query fieldValidation and the strategic type', () => {
  for (const { group, version, kind, plural, namespaced } of resources) {
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const path = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`;
    const patch = document(group, version)['paths'][path].patch;
    assert.equal(patch['x-kubernetes-group-version-kind'], { group, kind, version });
    assert.ok(
      patch.parameters.some((each: Json) => each['name'] === 'fieldValidation' && each['in'] === 'query'),
    );
    assert.ok(patch.requestBody.content['application/strategic-merge-patch+json'], kind);
  }
});

test('§1.5(b): merge keys and list types stand at the fields', () => {
  const { properties } = schemaOf(document('', 'v1'), 'io.k8s.api.core.v1.PodSpec');
  assert.is(properties.containers['x-kubernetes-patch-merge-key'], 'name');
  assert.is(properties.containers['x-kubernetes-patch-strategy'], 'merge');
  assert.equal(properties.containers['x-kubernetes-list-map-keys'], ['name']);
  assert.is(properties.tolerations['x-kubernetes-list-type'], 'atomic');
  const deployment = schemaOf(document('apps', 'v1'), 'io.k8s.api.apps.v1.DeploymentSpec');
  assert.is(deployment['properties'].strategy['x-kubernetes-patch-strategy'], 'retainKeys');
});

test('§1.5(c): every kind has a schema with its GVK, and every reference is there', () => {
  for (const { group, version, kind, schema } of resources) {
    const doc = document(group, version);
    assert.equal(schemaOf(doc, schema.name)['x-kubernetes-group-version-kind'], [{ group, kind, version }]);
    for (const [, name = ''] of JSON.stringify(doc).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      assert.ok(schemaOf(doc, name), name);
  }
});

test('§1.5(c): quantities and numbers or percentages are types with names, which explain shows', () => {
  const apps = document('apps', 'v1');
  const { maxSurge } = schemaOf(apps, 'io.k8s.api.apps.v1.RollingUpdateDeployment')['properties'];
  assert.equal(maxSurge.allOf, [
    { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString' },
  ]);
  const { limits } = schemaOf(apps, 'io.k8s.api.core.v1.ResourceRequirements')['properties'];
  assert.equal(limits.additionalProperties, {
    $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity',
  });
});

test('explain says of a field that it is only stored', () => {
  const { properties } = schemaOf(document('', 'v1'), 'io.k8s.api.core.v1.PodSpec');
  const said = 'statelet stores this field but does not act on it.';
  for (const name of ['hostPID', 'securityContext', 'hostAliases'])
    assert.is(properties[name].description, said, name);
  for (const name of ['containers', 'restartPolicy'])
    assert.is(properties[name].description, undefined, name);
});

test('a group that is not served has no document; a served one is built once', () => {
  assert.is(openApiV3('none.example', 'v1'), undefined);
  assert.is(openApiV3('apps', 'v1'), openApiV3('apps', 'v1'));
});

test.run();
