/** Server-side apply over HTTP, and the managers that other writes leave behind. api.md §6.2 */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { startServer, type Fixture, type Json } from '../support.js';
import { A, check, deployment, MERGE, N, type Row } from './support.js';

const test = suite('server answers: apply');
let fixture: Fixture;
test.before(async () => {
  fixture = await startServer();
  await fixture.send('POST', '/api/v1/namespaces', { body: { metadata: { name: 'g' } } });
});
test.after(() => fixture.close());

const APPLY = 'application/apply-patch+yaml';
const configMap = (data: object, name = 'ssa') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const patch = (path: string, body: unknown): Row[1] => ['PATCH', path, { contentType: APPLY, body }];
const owner = (row: number, manager: string, fields: object): readonly [string, Json][] => [
  [`metadata.managedFields.${row}.manager`, manager],
  [`metadata.managedFields.${row}.operation`, 'Apply'],
  [`metadata.managedFields.${row}.fieldsV1`, fields],
];
const invalid = (what: string) => ({
  code: 422,
  reason: 'Invalid',
  message: `PatchOptions.meta.k8s.io "" is invalid: ${what}`,
});

const rows: readonly Row[] = [
  [
    'an apply creates (row 38)',
    patch(`${N}/configmaps/ssa?fieldManager=me`, configMap({ a: '1', b: '2' })),
    { code: 201, fields: Object.fromEntries(owner(0, 'me', { 'f:data': { 'f:a': {}, 'f:b': {} } })) },
  ],
  [
    'an apply of the same is no creation',
    patch(`${N}/configmaps/ssa?fieldManager=me`, configMap({ a: '1', b: '2' })),
    { code: 200, fields: { data: { a: '1', b: '2' } } },
  ],
  [
    'a conflict (row 39)',
    patch(`${N}/configmaps/ssa?fieldManager=you`, configMap({ a: '9' })),
    {
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "me": .data.a',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.data.a' }],
      },
    },
  ],
  [
    'a conflict that is won',
    patch(`${N}/configmaps/ssa?fieldManager=you&force=true`, configMap({ a: '9' })),
    {
      code: 200,
      fields: {
        data: { a: '9', b: '2' },
        ...Object.fromEntries(owner(0, 'me', { 'f:data': { 'f:b': {} } })),
        ...Object.fromEntries(owner(1, 'you', { 'f:data': { 'f:a': {} } })),
      },
    },
  ],
  [
    'a field that its manager drops',
    patch(`${N}/configmaps/ssa?fieldManager=me`, configMap({})),
    { code: 200, fields: { data: { a: '9' } } },
  ],
  [
    'an apply without a manager (row 40)',
    patch(`${N}/configmaps/ssa`, configMap({})),
    invalid('fieldManager: Required value: is required for apply patch'),
  ],
  [
    'force without an apply (§3.7)',
    ['PATCH', `${N}/configmaps/ssa?force=true`, { contentType: MERGE, body: {} }],
    invalid('force: Forbidden: may not be specified for non-apply patch'),
  ],
  [
    'an apply in YAML',
    patch(
      `${N}/configmaps/yaml?fieldManager=me`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata: {k: v}\n',
    ),
    { code: 201, fields: { data: { k: 'v' } } },
  ],
  [
    'an apply that is only tried',
    patch(`${N}/configmaps/dry?fieldManager=me&dryRun=All`, configMap({ k: 'v' }, 'dry')),
    { code: 201, fields: { 'metadata.resourceVersion': undefined } },
  ],
  [
    'nothing of it is left',
    ['GET', `${N}/configmaps/dry`],
    { code: 404, reason: 'NotFound', message: 'configmaps "dry" not found' },
  ],
  [
    'an unknown field (row 41)',
    patch(`${A}/deployments/ap?fieldManager=m1`, deployment('ap', 0, { foo: 1 })),
    {
      code: 500,
      message:
        'failed to create typed patch object (/ap; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema',
    },
  ],
  [
    'a Scale is not applied',
    patch(`${A}/deployments/ap/scale?fieldManager=m1`, {}),
    { code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type' },
  ],
  [
    'a write by a client owns what it wrote, under the name of its user agent (row 2)',
    [
      'POST',
      `${N}/configmaps`,
      { body: { metadata: { name: 'a' }, data: { k: 'v' } }, headers: { 'user-agent': 'kubectl/v1.33.1' } },
    ],
    {
      code: 201,
      fields: {
        'metadata.managedFields.0.manager': 'kubectl',
        'metadata.managedFields.0.operation': 'Update',
        'metadata.managedFields.0.fieldsV1': { 'f:data': { '.': {}, 'f:k': {} } },
      },
    },
  ],
  [
    'a write that owns nothing leaves no manager (§6.2)',
    ['POST', `${N}/configmaps`, { body: { metadata: { name: 'bare' } } }],
    { code: 201, fields: { 'metadata.managedFields': undefined } },
  ],
];

for (const row of rows) test(row[0], () => check(fixture, row));

test('§3.3: what admission adds to a pod is owned by nobody (row 25)', async () => {
  const body = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x:1' }] } };
  const { body: pod } = await fixture.send('POST', `${N}/pods`, { body });
  const spec = pod.metadata.managedFields[0].fieldsV1['f:spec'];
  assert.ok(pod.spec.tolerations.length > 0 && 'f:enableServiceLinks' in spec);
  assert.equal(
    [spec['f:tolerations'], spec['f:priority'], spec['f:preemptionPolicy']],
    [undefined, undefined, undefined],
  );
});

test.run();
