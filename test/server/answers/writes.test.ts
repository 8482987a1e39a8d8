/** Answers to writes that a real API server was asked for, and what api.md says where 1.36 differs. */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { startServer, type Fixture } from '../support.js';
import { A, B, check, deployment, N, STRATEGIC, type Row } from './support.js';

const test = suite('server answers: writes');
let fixture: Fixture;
test.before(async () => {
  fixture = await startServer();
  await fixture.send('POST', '/api/v1/namespaces', { body: { metadata: { name: 'g' } } });
  await fixture.send('POST', `${N}/configmaps`, { body: { metadata: { name: 'a' }, data: { k: 'v' } } });
  await fixture.send('POST', `${A}/deployments`, { body: deployment('w') });
});
test.after(() => fixture.close());

const PDBS = '/apis/policy/v1/namespaces/g/poddisruptionbudgets';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/g/leases';
const modified = (resource: string, name: string, why: string): string =>
  `Operation cannot be fulfilled on ${resource} "${name}": ${why}`;

const rows: readonly Row[] = [
  [
    'PUT of an absent Lease creates it (api.md §3.4)',
    ['PUT', `${LEASES}/l`, { body: { metadata: { name: 'l' } } }],
    { code: 201, fields: { 'metadata.name': 'l' } },
  ],
  [
    'a second PUT names the version (api.md §11 row 66)',
    ['PUT', `${LEASES}/l`, { body: { metadata: { name: 'l' } } }],
    {
      code: 422,
      reason: 'Invalid',
      message:
        'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    },
  ],
  [
    'PUT that would create an object of a given uid (api.md §3.1)',
    ['PUT', `${LEASES}/new`, { body: { metadata: { name: 'new', uid: 'X' } } }],
    {
      code: 409,
      reason: 'Conflict',
      message: modified(
        'leases.coordination.k8s.io',
        'new',
        'StorageError: invalid object, Code: 4, Key: /registry/leases/g/new, ResourceVersion: 0, ' +
          'AdditionalErrorMsg: Precondition failed: UID in precondition: X, UID in object meta: ',
      ),
    },
  ],
  [
    'a disruption budget',
    ['POST', PDBS, { body: { metadata: { name: 'b' }, spec: { minAvailable: 1 } } }],
    { code: 201 },
  ],
  [
    'PUT of a disruption budget names the version (api.md §3.4)',
    ['PUT', `${PDBS}/b`, { body: { metadata: { name: 'b' }, spec: { minAvailable: 2 } } }],
    {
      code: 422,
      reason: 'Invalid',
      message:
        'poddisruptionbudgets.policy "b" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    },
  ],
  [
    'a strategic patch of the wrong shape (api.md §6.1)',
    ['PATCH', `${N}/configmaps/a`, { contentType: STRATEGIC, body: { data: 5 } }],
    {
      code: 422,
      reason: 'Invalid',
      message: ' "" is invalid: patch: Invalid value: "map[data:5]": cannot restore map from int64',
    },
  ],
  [
    'a strategic patch of the wrong shape, a list',
    ['PATCH', `${N}/configmaps/a`, { contentType: STRATEGIC, body: { metadata: { finalizers: 'x' } } }],
    {
      code: 422,
      reason: 'Invalid',
      message:
        ' "" is invalid: patch: Invalid value: "map[metadata:map[finalizers:x]]": cannot restore slice from string',
    },
  ],
  [
    'a body of another kind, in the group of batch (api.md §3.1)',
    ['POST', `${B}/jobs`, { body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } } }],
    {
      code: 400,
      reason: 'BadRequest',
      message:
        'Secret in version "v1" cannot be handled as a Job: converting (v1.Secret) to (batch.Job): unknown conversion',
    },
  ],
  [
    'a body of another kind, read as a Scale (api.md §3.1)',
    ['PUT', `${A}/deployments/w/scale`, { body: deployment('w', 1, { paused: true }) }],
    {
      code: 200,
      fields: { kind: 'Scale', 'spec.replicas': 1 },
      warning: ['selector', 'template', 'paused']
        .map((name) => `299 - "unknown field \\"spec.${name}\\""`)
        .join(', '),
    },
  ],
  [
    'a Scale of no number',
    [
      'PUT',
      `${A}/deployments/w/scale`,
      {
        body: {
          kind: 'Scale',
          apiVersion: 'autoscaling/v1',
          metadata: { name: 'w' },
          spec: { replicas: 'x' },
        },
      },
    ],
    {
      code: 400,
      reason: 'BadRequest',
      message:
        'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
    },
  ],
  [
    'a user agent is no field manager that could be too long (api.md §3.7)',
    [
      'POST',
      `${N}/configmaps?dryRun=All`,
      { body: { metadata: { name: 'long' } }, headers: { 'user-agent': 'x'.repeat(200) } },
    ],
    { code: 201 },
  ],
];

for (const row of rows) test(row[0], () => check(fixture, row));

test('conditions of a Deployment are written in the order of the published type (pitfall 16)', async () => {
  const { newCondition } = await import('../../../src/controllers/deployment/status.js');
  assert.equal(Object.keys(newCondition('Available', 'True', 'R', 'm', 'now')), [
    'type',
    'status',
    'lastUpdateTime',
    'lastTransitionTime',
    'reason',
    'message',
  ]);
});

test.run();
