/** What clients learn before they ask for objects (api.md §1). */
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { startServer, type Fixture, type Json } from './support.js';

const test = suite('server: discovery');
const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

let fixture: Fixture;
test.before(async () => {
  fixture = await startServer();
});
test.after(() => fixture.close());

const get = async (path: string, accept?: string): Promise<Json> =>
  (await fixture.send('GET', path, accept === undefined ? {} : { accept })).body;
const byName = (resources: Json[], key: string, name: string): Json =>
  resources.find((resource) => resource[key] === name);

test('aggregated discovery tells everything in two documents, in the newest form that is asked for', async () => {
  const reply = await fixture.send('GET', '/api', { accept: AGGREGATED });
  assert.is(
    reply.headers['content-type'],
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  );
  assert.is(reply.headers.vary, 'Accept');
  const [core] = reply.body.items;
  assert.equal(
    [reply.body.apiVersion, core.metadata, core.versions[0].version],
    ['apidiscovery.k8s.io/v2', {}, 'v1'],
  );
  const pods = byName(core.versions[0].resources, 'resource', 'pods');
  assert.equal(pods.responseKind, { group: '', version: 'v1', kind: 'Pod' });
  assert.equal(
    [pods.scope, pods.singularResource, pods.shortNames, pods.categories],
    ['Namespaced', 'pod', ['po'], ['all']],
  );
  assert.equal(byName(pods.subresources, 'subresource', 'eviction').responseKind, {
    group: 'policy',
    version: 'v1',
    kind: 'Eviction',
  });
  const groups = await get('/apis', AGGREGATED);
  assert.equal(
    groups.items.map((item: Json) => item.metadata.name),
    ['apps', 'authentication.k8s.io', 'authorization.k8s.io', 'batch', 'coordination.k8s.io', 'policy'],
  );
  const beta = await get(
    '/apis',
    'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  );
  assert.is(beta.apiVersion, 'apidiscovery.k8s.io/v2beta1');
});

test('legacy discovery tells the same, one document for each group and version', async () => {
  assert.equal((await get('/api')).versions, ['v1']);
  const groups = await get('/apis');
  assert.is(groups.kind, 'APIGroupList');
  assert.equal(byName(groups.groups, 'name', 'apps').preferredVersion, {
    groupVersion: 'apps/v1',
    version: 'v1',
  });
  assert.equal((await get('/apis/apps')).versions, [{ groupVersion: 'apps/v1', version: 'v1' }]);
  const apps = await get('/apis/apps/v1');
  assert.equal([apps.kind, apps.groupVersion], ['APIResourceList', 'apps/v1']);
  assert.equal(byName(apps.resources, 'name', 'deployments/scale'), {
    name: 'deployments/scale',
    singularName: '',
    namespaced: true,
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    verbs: ['get', 'patch', 'update'],
  });
  // kubectl drain looks here for evictions.
  const eviction = byName((await get('/api/v1')).resources, 'name', 'pods/eviction');
  assert.equal([eviction.group, eviction.version, eviction.kind], ['policy', 'v1', 'Eviction']);
});

test('what discovery lists is served, and with the verbs that it says', async () => {
  for (const path of ['/api/v1', '/apis/apps/v1', '/apis/coordination.k8s.io/v1']) {
    const { resources } = await get(path);
    assert.ok(resources.length > 0);
    for (const { name, verbs } of resources as { name: string; verbs: string[] }[]) {
      if (name.includes('/')) continue;
      assert.is(
        (await fixture.send('GET', `${path}/${name}`)).code,
        verbs.includes('list') ? 200 : 405,
        name,
      );
    }
  }
});

test('a resource that is not served is 404 whatever is asked of it', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
    const reply = await fixture.send(method, '/api/v1/namespaces/default/resourcequotas', { body: {} });
    assert.equal([reply.code, reply.body.reason], [404, 'NotFound'], method);
  }
});

test('version and health need no token', async () => {
  const version = await fixture.send('GET', '/version?timeout=32s', { token: '' });
  assert.equal(
    [version.body.major, version.body.minor, version.body.gitVersion],
    ['1', '32', 'v1.32.0+statelet'],
  );
  for (const path of ['/healthz', '/livez', '/readyz', '/readyz/ping']) {
    const reply = await fixture.send('GET', path, { token: '' });
    assert.equal([reply.code, reply.text], [200, 'ok'], path);
    assert.is(reply.headers['content-type'], 'text/plain; charset=utf-8');
  }
  assert.is((await fixture.send('GET', '/readyz?verbose')).text, '[+]ping ok\nreadyz check passed\n');
  const { paths } = await get('/');
  for (const path of ['/api/v1', '/apis/apps/v1', '/version']) assert.ok(paths.includes(path), path);
});

test('the version can be set', async () => {
  const own = await startServer({ version: { minor: '31', gitVersion: 'v1.31.9' } });
  const { body } = await own.send('GET', '/version');
  assert.equal([body.minor, body.gitVersion, body.major], ['31', 'v1.31.9', '1']);
  await own.close();
});

test('OpenAPI v3 (§1.5): an index, a document for each group and version, kept by its hash; a redirect to the right hash', async () => {
  const { paths } = await get('/openapi/v3');
  const { serverRelativeURL } = paths['apis/apps/v1'];
  assert.match(serverRelativeURL, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/);
  const document = await get(serverRelativeURL);
  const patch = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'].patch;
  assert.equal(patch['x-kubernetes-group-version-kind'], {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
  });
  assert.ok(Object.keys(patch.requestBody.content).includes('application/strategic-merge-patch+json'));
  const { headers } = await fixture.send('GET', serverRelativeURL);
  assert.match(headers['cache-control'] ?? '', /^public, .*immutable$/);
  assert.is(headers.etag, `"${serverRelativeURL.split('hash=')[1]}"`);
  const known = await fixture.send('GET', serverRelativeURL, {
    headers: { 'if-none-match': headers.etag ?? '' },
  });
  assert.equal([known.code, known.text, known.headers['content-length']], [304, '', undefined]);
  const bare = await fixture.send('GET', '/openapi/v3/apis/apps/v1');
  assert.equal([bare.code, bare.headers['cache-control']], [200, 'no-cache, private']);
  const moved = await fixture.send('GET', '/openapi/v3/apis/apps/v1?hash=OLD');
  assert.equal([moved.code, moved.headers.location], [301, serverRelativeURL]);
  const unknown = await fixture.send('GET', '/openapi/v3/apis/nope');
  assert.equal([unknown.code, unknown.text], [200, '']);
});

test('OpenAPI v2 is empty, in the encoding that kubectl accepts (pitfall 2)', async () => {
  const reply = await fixture.send('GET', '/openapi/v2?timeout=32s', {
    accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  });
  assert.equal([reply.code, reply.text], [200, '']);
  assert.is(reply.headers['content-type'], 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
  assert.is((await get('/openapi/v2')).swagger, '2.0');
});

test.run();
