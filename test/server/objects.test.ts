/** The API over HTTP, request by request. Row numbers are those of api.md §11. */
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { startServer, type Fixture, type Json, type Reply } from './support.js';

const test = suite('server: objects over HTTP');
const N = '/api/v1/namespaces/g';
const A = '/apis/apps/v1/namespaces/g';
const pod = (name: string, extra: object = {}) => ({
  metadata: { name, labels: { app: 'w' } },
  spec: { containers: [{ name: 'c', image: 'x:1' }], ...extra },
});
const deployment = (name: string, replicas: unknown) => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'w' } },
    template: { metadata: { labels: { app: 'w' } }, spec: pod('').spec },
  },
});

let fixture: Fixture;
const send: Fixture['send'] = (...args) => fixture.send(...args);
test.before(async () => {
  fixture = await startServer();
  await send('POST', '/api/v1/namespaces', { body: { metadata: { name: 'g' } } });
  await send('POST', `${N}/configmaps`, { body: { metadata: { name: 'a' }, data: { k: 'v' } } });
  for (const name of ['s0', 's1', 's2']) await send('POST', `${N}/secrets`, { body: { metadata: { name } } });
});
test.after(() => fixture.close());

/** A failure as the golden rows write it: code, reason, message, details. */
const failure = ({ code, body }: Reply): unknown[] => {
  assert.is(body.kind, 'Status');
  assert.is(body.apiVersion, 'v1');
  assert.equal(body.metadata, {});
  assert.is(body.status, 'Failure');
  assert.is(body.code, code);
  return [code, body.reason, body.message, body.details];
};
const bad = (message: string): unknown[] => [400, 'BadRequest', message, undefined];

test('created objects come back with 201 and can be read; kind and apiVersion stand first (rows 2, 3, 5, 6)', async () => {
  const created = await send('POST', `${N}/configmaps`, {
    body: { metadata: { name: 'b' }, data: { k: 'v' } },
  });
  assert.is(created.code, 201);
  assert.match(created.text, /^\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{"name":"b"/);
  assert.match(created.text, /\}\n$/);
  const read = await send('GET', `${N}/configmaps/b`);
  assert.equal(read.body, created.body);
  assert.is(read.headers['content-type'], 'application/json');
  assert.equal(failure(await send('POST', `${N}/configmaps`, { body: { metadata: { name: 'b' } } })), [
    409,
    'AlreadyExists',
    'configmaps "b" already exists',
    { name: 'b', kind: 'configmaps' },
  ]);
  assert.equal(failure(await send('GET', `${N}/pods/zz`)), [
    404,
    'NotFound',
    'pods "zz" not found',
    { name: 'zz', kind: 'pods' },
  ]);
  assert.equal(failure(await send('GET', `${A}/deployments/zz`)), [
    404,
    'NotFound',
    'deployments.apps "zz" not found',
    { name: 'zz', group: 'apps', kind: 'deployments' },
  ]);
});

test('unknown resources are a Status, unknown groups and paths a page (rows 7, 8)', async () => {
  const noResource = [404, 'NotFound', 'the server could not find the requested resource', {}];
  for (const path of [
    `${N}/nopes`,
    '/apis/apps/v9',
    `${N}/pods/p/nope`,
    '/api/v1/pods/p',
    '/api/v1/namespaces/g/nodes',
  ]) {
    assert.equal(failure(await send('GET', path)), noResource, path);
  }
  for (const path of [
    '/apis/nope.io/v1/foos',
    '/apis/nope',
    '/nope',
    '/healthz/nope',
    '/api//v1',
    '/api/v1/%zz',
  ]) {
    const reply = await send('GET', path);
    assert.equal([reply.code, reply.text], [404, '404 page not found\n'], path);
    assert.is(reply.headers['content-type'], 'text/plain; charset=utf-8');
  }
  assert.is((await send('GET', `${N}/configmaps/a/`)).code, 200);
});

test('a namespace that is not there: 404 on create, an empty list (row 9)', async () => {
  const path = '/api/v1/namespaces/zz/configmaps';
  assert.equal(failure(await send('POST', path, { body: { metadata: { name: 'a' } } })), [
    404,
    'NotFound',
    'namespaces "zz" not found',
    { name: 'zz', kind: 'namespaces' },
  ]);
  assert.equal((await send('GET', path)).body.items, []);
});

test('methods that a path does not have are 405 (row 10)', async () => {
  const refused = [
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  ];
  const requests = [
    ['PUT', `${N}/pods`],
    ['PATCH', `${N}/pods`],
    ['POST', `${N}/configmaps/a`],
    ['POST', '/api/v1/configmaps'],
    ['DELETE', '/api/v1/namespaces'],
    ['OPTIONS', `${N}/pods`],
    ['DELETE', `${A}/deployments/x/scale`],
  ] as const;
  for (const [method, path] of requests) {
    assert.equal(failure(await send(method, path, { body: {} })), refused, `${method} ${path}`);
  }
});

test('representations and body types that are not offered (rows 11, 12, 13)', async () => {
  assert.equal(failure(await send('GET', `${N}/configmaps/a`, { accept: 'text/html' })), [
    406,
    'NotAcceptable',
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    {},
  ]);
  assert.equal(failure(await send('POST', `${N}/configmaps`, { contentType: 'text/plain', body: '{}' })), [
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    undefined,
  ]);
  assert.equal(failure(await send('PATCH', `${N}/configmaps/a`, { body: {} })), [
    415,
    'UnsupportedMediaType',
    '415: Unsupported Media Type',
    {},
  ]);
  assert.is(
    (
      await send('PATCH', `${N}/configmaps/a?fieldManager=m`, {
        contentType: 'application/apply-patch+cbor',
        body: {},
      })
    ).code,
    415,
  );
});

test('bodies that cannot be read (row 14)', async () => {
  const unrecognized = (kind: string, cause: string) =>
    bad(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${cause}`,
    );
  const post = async (path: string, body: string | Buffer) => failure(await send('POST', path, { body }));
  assert.equal(
    await post(`${N}/configmaps`, '{nope'),
    unrecognized('ConfigMap', "invalid character 'n' looking for beginning of object key string ({nope)"),
  );
  assert.equal(
    await post(`${N}/pods`, '{"apiVersion":"v1",'),
    unrecognized('Pod', 'unexpected end of JSON input ({"apiVersion":"v1",)'),
  );
  assert.equal(
    await post(`${N}/pods`, 'hello'),
    unrecognized('Pod', "invalid character 'h' looking for beginning of value (68656c6c6f)"),
  );
  assert.equal(await post(`${N}/pods`, ''), unrecognized('Pod', 'unexpected end of JSON input (<empty>)'));
  assert.equal(
    await post(`${N}/pods`, `{${'x'.repeat(40)}`),
    unrecognized(
      'Pod',
      `invalid character 'x' looking for beginning of object key string ({${'x'.repeat(29)} ...)`,
    ),
  );
  assert.is((await send('POST', `${N}/pods`, { body: Buffer.from([0xff, 0x00, 0xfe]) })).code, 400);
  assert.match(
    (await send('POST', `${N}/pods`, { body: '[]' })).body.message,
    /cannot unmarshal array .* \(5b5d\)$/,
  );
});

test('bodies of another kind, with wrong types, or another name (rows 15, 16, 17)', async () => {
  const post = (path: string, body: unknown) => send('POST', path, { body });
  assert.equal(
    failure(await post(`${N}/configmaps`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } })),
    bad(
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ),
  );
  assert.equal(
    failure(await post(`${A}/deployments`, deployment('w', '3'))),
    bad(
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ),
  );
  assert.equal(
    failure(await send('PUT', `${N}/configmaps/b`, { body: { metadata: { name: 'a' } } })),
    bad('the name of the object (a) does not match the name on the URL (b)'),
  );
});

test('unknown and duplicate fields: refused when Strict, warned of by default (rows 18, 19)', async () => {
  const strict = 'fieldValidation=Strict';
  assert.equal(
    failure(await send('POST', `${N}/pods?${strict}`, { body: pod('p', { foo: 1 }) })),
    bad('Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo"'),
  );
  const duplicate =
    '{"metadata":{"name":"x","name":"y"},"spec":{"containers":[{"name":"c","image":"i"}],"colour":1}}';
  assert.equal(
    failure(await send('POST', `${N}/pods?${strict}`, { body: duplicate })),
    bad(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: duplicate field "metadata.name", unknown field "spec.colour"',
    ),
  );
  const warned = await send('POST', `${N}/pods?dryRun=All`, { body: duplicate });
  assert.is(warned.code, 201);
  assert.is(warned.body.metadata.name, 'y');
  assert.is(warned.body.metadata.resourceVersion, undefined);
  assert.is(
    warned.headers.warning,
    '299 - "duplicate field \\"metadata.name\\"", 299 - "unknown field \\"spec.colour\\""',
  );
  assert.is((await send('GET', `${N}/pods/y`)).code, 404);
  const ignored = await send('POST', `${N}/pods?dryRun=All&fieldValidation=Ignore`, { body: duplicate });
  assert.is(ignored.headers.warning, undefined);
});

test('request options that are out of place are 422 (api.md §3.3, §3.6, §3.7)', async () => {
  const post = async (query: string) =>
    String(failure(await send('POST', `${N}/configmaps?${query}`, { body: {} }))[2]);
  assert.is(
    await post('dryRun=X'),
    'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["X"]: supported values: "All"',
  );
  assert.is(
    await post('fieldValidation=Foo'),
    'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"',
  );
  assert.match(
    await post(`fieldManager=${'m'.repeat(129)}`),
    /fieldManager: Too long: may not be more than 128 bytes/,
  );
  const forced = await send('PATCH', `${N}/configmaps/a?force=true`, {
    contentType: 'application/merge-patch+json',
    body: {},
  });
  assert.match(forced.body.message, /force: Forbidden: may not be specified for non-apply patch$/);
});

test('YAML and protobuf are other ways to say the same', async () => {
  const yaml = await send('POST', `${N}/configmaps?fieldValidation=Strict`, {
    contentType: 'application/yaml',
    body: 'metadata:\n  name: from-yaml\ndata:\n  k: v\n',
  });
  assert.is(yaml.code, 201, yaml.text);
  const broken = await send('POST', `${N}/configmaps`, {
    contentType: 'application/yaml',
    body: 'a: [1,\nb: }',
  });
  assert.is(broken.code, 400);
  assert.match(broken.body.message, /line \d+, column \d+/);
  const twice = await send('POST', `${N}/configmaps?fieldValidation=Strict`, {
    contentType: 'application/yaml',
    body: 'metadata: {name: twice}\ndata: {k: a, k: b}\n',
  });
  assert.match(twice.body.message, /strict decoding error: duplicate field "data\.k"$/);
  const read = await send('GET', `${N}/configmaps/from-yaml`, { accept: 'application/yaml' });
  assert.is(read.headers['content-type'], 'application/yaml');
  assert.match(read.text, /^kind: ConfigMap\napiVersion: v1\nmetadata:\n {2}name: from-yaml\n/);
});

test('JSON patches fail and succeed as upstream (rows 33, 34)', async () => {
  const patch = (body: unknown) =>
    send('PATCH', `${N}/configmaps/a`, { contentType: 'application/json-patch+json', body });
  assert.equal(failure(await patch([{ op: 'test', path: '/data/k', value: 'no' }])), [
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  ]);
  assert.equal(
    failure(await patch({})),
    bad('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'),
  );
  const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'ConfigMap' }));
  assert.is((await patch(many)).code, 413);
});

test('merge patches change what they name; no change is no new version (rows 35, 36)', async () => {
  const patch = (body: unknown) =>
    send('PATCH', `${N}/configmaps/a`, { contentType: 'application/merge-patch+json', body });
  const first = await patch({ data: { k: null, n: '1' } });
  assert.equal([first.code, first.body.data], [200, { n: '1' }]);
  const again = await patch({ data: { n: '1' } });
  assert.is(again.body.metadata.resourceVersion, first.body.metadata.resourceVersion);
  assert.equal(
    failure(await patch('{x')),
    bad("error decoding patch: invalid character 'x' looking for beginning of object key string"),
  );
});

test('scale is read and written through its subresource (row 29)', async () => {
  await send('POST', `${A}/deployments`, { body: deployment('sc', 0) });
  const scaled = await send('PATCH', `${A}/deployments/sc/scale`, {
    contentType: 'application/merge-patch+json',
    body: { spec: { replicas: 2 } },
  });
  assert.is(scaled.code, 200, scaled.text);
  assert.equal([scaled.body.kind, scaled.body.apiVersion], ['Scale', 'autoscaling/v1']);
  assert.equal(scaled.body.spec, { replicas: 2 });
  assert.equal(scaled.body.status, { replicas: 0, selector: 'app=w' });
  const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const { body: table } = await send('GET', `${A}/deployments/sc/scale`, { accept: TABLE });
  assert.equal(
    table.columnDefinitions.map(({ name, format }: Json) => [name, format]),
    ['Name', 'Desired', 'Available', 'Age'].map((name) => [name, '']),
  );
  assert.equal(table.rows[0].cells.slice(0, 3), ['sc', 2, 0]);
  // kubectl scale --current-replicas sends a PUT without a Content-Type.
  const put = await send('PUT', `${A}/deployments/sc/scale`, {
    contentType: '',
    body: { ...scaled.body, spec: { replicas: 3 } },
  });
  assert.equal([put.code, put.body.spec.replicas], [200, 3], put.text);
});

test('binding and eviction answer a Status of code 201; deletion one without (rows 45, 49, 55)', async () => {
  const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  await send('POST', `${N}/pods`, { body: pod('bound') });
  const binding = { metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n1' } };
  assert.equal((await send('POST', `${N}/pods/bound/binding`, { body: binding })).body, success);
  assert.equal(failure(await send('POST', `${N}/pods/bound/binding`, { body: binding })), [
    409,
    'Conflict',
    'Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "n1"',
    { name: 'bound', kind: 'pods/binding' },
  ]);
  const evicted = await send('POST', `${N}/pods/bound/eviction`, { body: { metadata: { name: 'bound' } } });
  assert.equal([evicted.code, evicted.body], [201, success]);
  const table = await send('GET', `${N}/pods/bound`, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  const [row] = table.body.rows;
  assert.equal(row.cells.toSpliced(4, 1), [
    'bound',
    '0/1',
    'Terminating',
    '0',
    '<none>',
    'n1',
    '<none>',
    '<none>',
  ]);
  assert.equal([row.object.kind, row.object.apiVersion], ['PartialObjectMetadata', 'meta.k8s.io/v1']);

  const { uid } = (await send('GET', `${N}/configmaps/b`)).body.metadata;
  assert.equal((await send('DELETE', `${N}/configmaps/b`)).body, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'b', kind: 'configmaps', uid },
  });
});

test('lists are typed, paged and selected (rows 59, 60, 61, 62, 63)', async () => {
  const page = await send('GET', `${N}/secrets?limit=2`);
  assert.equal([page.body.kind, page.body.apiVersion, page.body.items.length], ['SecretList', 'v1', 2]);
  assert.equal([page.body.items[0].kind, page.body.items[0].apiVersion], [undefined, undefined]);
  assert.is(page.body.metadata.remainingItemCount, 1);
  const token = encodeURIComponent(page.body.metadata.continue);
  const rest = await send('GET', `${N}/secrets?limit=2&continue=${token}`);
  assert.equal(
    rest.body.items.map((item: { metadata: { name: string } }) => item.metadata.name),
    ['s2'],
  );
  assert.is(rest.body.metadata.resourceVersion, page.body.metadata.resourceVersion);
  assert.is(rest.body.metadata.continue, undefined);

  const message = async (path: string) => failure(await send('GET', path)).slice(0, 3);
  assert.equal(
    await message(`${N}/secrets?labelSelector=${encodeURIComponent('a in (x')}`),
    bad("unable to parse requirement: found '', expected: ',' or ')'").slice(0, 3),
  );
  assert.equal(
    await message(`${N}/pods?fieldSelector=foo%3Dbar`),
    bad('field label not supported: foo').slice(0, 3),
  );
  assert.equal(
    await message(`${N}/configmaps?fieldSelector=foo%3Dbar`),
    bad('"foo" is not a known field selector: only "metadata.name", "metadata.namespace"').slice(0, 3),
  );
  assert.equal(
    await message(`${N}/pods?limit=x`),
    bad('strconv.ParseInt: parsing "x": invalid syntax').slice(0, 3),
  );
  assert.equal(await message(`${N}/configmaps?resourceVersionMatch=Exact`), [
    422,
    'Invalid',
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ]);
});

test('a resourceVersion from the future is 504 with Retry-After (row 64)', async () => {
  const reply = await send('GET', `${N}/configmaps?resourceVersion=99999999`);
  const [code, reason, message, details] = failure(reply);
  assert.equal([code, reason], [504, 'Timeout']);
  assert.match(message as string, /^Timeout: Too large resource version: 99999999, current: \d+$/);
  assert.equal(details, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
  assert.is(reply.headers['retry-after'], '1');
});

test('metadata clients get metadata; tables say which columns there are', async () => {
  const list = await send('GET', `${N}/secrets`, {
    accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  });
  assert.equal([list.body.kind, list.body.apiVersion], ['PartialObjectMetadataList', 'meta.k8s.io/v1']);
  assert.equal(Object.keys(list.body.items[0]), ['kind', 'apiVersion', 'metadata']);
  const table = await send('GET', `${N}/secrets?includeObject=None`, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  assert.equal(
    table.body.columnDefinitions.map((column: { name: string }) => column.name),
    ['Name', 'Type', 'Data', 'Age'],
  );
  const odd = await send('GET', `${N}/secrets?includeObject=X`, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  assert.equal(
    failure(odd),
    bad(
      `Unable to convert to Table as requested: includeObject: Invalid value: "X": must be 'Metadata', 'Object', 'None', or empty`,
    ),
  );
});

test('a collection is deleted as a list of what it was', async () => {
  const deleted = await send('DELETE', `${N}/secrets?fieldSelector=metadata.name%3Ds0`);
  assert.equal([deleted.code, deleted.body.kind, deleted.body.items.length], [200, 'SecretList', 1]);
  assert.is((await send('GET', `${N}/secrets`)).body.items.length, 2);
  const wrong = await send('DELETE', `${N}/secrets/s1`, { body: { kind: 'Pod', apiVersion: 'v1' } });
  assert.is(wrong.code, 400);
  const policy = await send('DELETE', `${N}/secrets/zz`, { body: { propagationPolicy: 'X' } });
  assert.match(policy.body.message, /propagationPolicy: Unsupported value: "X"/);
});

test('pretty prints for people; large answers are compressed for those who can read it', async () => {
  const pretty = await send('GET', `${N}/configmaps/a?pretty=true`);
  assert.match(pretty.text, /^\{\n {2}"kind": "ConfigMap",\n/);
  assert.match((await send('GET', '/version', { headers: { 'user-agent': 'curl/8.0' } })).text, /^\{\n/);
  await send('POST', `${N}/configmaps`, {
    body: { metadata: { name: 'big' }, data: { k: 'x'.repeat(200_000) } },
  });
  const zipped = await send('GET', `${N}/configmaps/big`, { headers: { 'accept-encoding': 'gzip' } });
  assert.is(zipped.headers['content-encoding'], 'gzip');
  assert.ok(Number(zipped.headers['content-length']) < 10_000);
  assert.is((await send('GET', `${N}/configmaps/big`)).headers['content-encoding'], undefined);
});

test('the administrator may do everything, and is told who they are', async () => {
  const authorization = '/apis/authorization.k8s.io/v1';
  const spec = { resourceAttributes: { verb: 'delete', resource: 'pods' } };
  const access = await send('POST', `${authorization}/selfsubjectaccessreviews`, { body: { spec } });
  assert.equal([access.code, access.body.spec, access.body.status], [201, spec, { allowed: true }]);
  const who = await send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {} });
  assert.is(who.body.status.userInfo.username, 'kubernetes-admin');
  assert.is((await send('GET', `${authorization}/selfsubjectaccessreviews`)).code, 405);
});

test.run();
