/** Server-side apply and the managers of fields, on the Api port. api.md §6.2, §11 rows 38 to 41 */
import * as assert from 'uvu/assert';
import { ApiError, type Deployment, type ManagedFieldsEntry } from '../../src/api/index.js';
import type { Api, Call, WriteOptions } from '../../src/client/index.js';
import { createSeededRandom } from '../../src/clock/index.js';
import { suite } from '../support/suite.js';
import { createTestApi, told, value } from './cluster.js';

const test = suite('client/local: apply');

const key = { kind: 'Deployment', namespace: 'default', name: 'w' } as const;
const config = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'w', ...metadata },
  ...(Object.keys(spec).length > 0 && { spec }),
});
const containers = (...list: readonly object[]) => ({ template: { spec: { containers: list } } });
const whole = (replicas: number, image = 'x:1') =>
  config({
    replicas,
    selector: { matchLabels: { app: 'w' } },
    template: { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'c', image }] } },
  });
const apply = (api: Api, manager: string, body: unknown, options: WriteOptions = {}): Call<Deployment> =>
  api.patch(key, { type: 'apply', body }, { fieldManager: manager, ...options });
const merge = (api: Api, manager: string, body: unknown): Deployment =>
  value(api.patch(key, { type: 'merge', body }, { fieldManager: manager }));
/** Managers as `name operation subresource` with their fields. */
const managers = ({ metadata }: { metadata: { managedFields?: readonly ManagedFieldsEntry[] } }) =>
  Object.fromEntries(
    (metadata.managedFields ?? []).map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(' '),
      fieldsV1,
    ]),
  );
const REPLICAS = { 'f:spec': { 'f:replicas': {} } };

test('row 38: the first apply creates; its manager owns exactly what it said', () => {
  const { api, time } = createTestApi();
  let created = 0;
  const onCreated = (): void => void (created += 1);
  const object = value(apply(api, 'm1', whole(0), { onCreated }));
  assert.is(object.spec.progressDeadlineSeconds, 600);
  assert.equal(object.metadata.managedFields, [
    {
      manager: 'm1',
      operation: 'Apply',
      apiVersion: 'apps/v1',
      time: time(),
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:template': {
            'f:metadata': { 'f:labels': { 'f:app': {} } },
            'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
          },
        },
      },
    },
  ]);
  const again = value(apply(api, 'm1', whole(0), { onCreated }));
  assert.is(again.metadata.resourceVersion, object.metadata.resourceVersion, 'nothing is written');
  assert.is(created, 1);
});

test('row 39: a value that another manager owns is a Conflict 409; the same value is shared', () => {
  const { api } = createTestApi();
  value(apply(api, 'm1', whole(0)));
  assert.equal(told(apply(api, 'm2', config({ replicas: 2 }))), {
    text: '409 Conflict | Apply failed with 1 conflict: conflict with "m1": .spec.replicas',
    details: {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.spec.replicas' }],
    },
  });
  const shared = value(apply(api, 'm2', config({ replicas: 0 })));
  assert.equal(managers(shared)['m2 Apply'], REPLICAS);
  assert.is(
    told(apply(api, 'm3', config({ replicas: 5, ...containers({ name: 'c', image: 'z' }) }))).text,
    '409 Conflict | Apply failed with 3 conflicts: conflicts with "m1":\n- .spec.replicas\n' +
      '- .spec.template.spec.containers[name="c"].image\nconflicts with "m2":\n- .spec.replicas',
  );
});

test('§6.2: force takes the fields from the others', () => {
  const { api } = createTestApi();
  value(apply(api, 'm1', whole(0)));
  value(apply(api, 'm2', config({ replicas: 0 })));
  const taken = value(apply(api, 'm3', config({ replicas: 5 }), { force: true }));
  assert.is(taken.spec.replicas, 5);
  assert.equal(managers(taken)['m3 Apply'], REPLICAS);
  assert.is(managers(taken)['m2 Apply'], undefined, 'a manager without fields is gone');
  assert.not.ok('f:replicas' in (managers(taken)['m1 Apply'] as typeof REPLICAS)['f:spec']);
});

test('§6.2: what a manager says no more is removed, unless somebody else owns it', () => {
  const { api } = createTestApi();
  const labels = { a: '1', b: '1' };
  value(apply(api, 'm1', { ...whole(3), metadata: { name: 'w', labels } }));
  value(apply(api, 'm2', config({}, { labels: { b: '1' } })));
  const dropped = value(apply(api, 'm1', whole(3)));
  assert.equal(dropped.metadata.labels, { b: '1' });
  const bare = config({
    selector: { matchLabels: { app: 'w' } },
    template: { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'c', image: 'x:1' }] } },
  });
  assert.is(value(apply(api, 'm1', bare)).spec.replicas, 1, 'the default is back');
});

test('§6.2: an item of a keyed list goes with its last owner, with all that is in it', () => {
  const { api } = createTestApi();
  value(apply(api, 'm1', whole(0)));
  value(apply(api, 'm2', config(containers({ name: 'side', image: 's:1' }))));
  const with2 = value(api.get(key));
  assert.equal(
    with2.spec.template.spec.containers.map(({ name }) => name),
    ['c', 'side'],
  );
  merge(api, 'm3', {
    spec: containers({ name: 'c', image: 'x:1' }, { name: 'side', image: 's:1', workingDir: '/w' }),
  });
  const kept = value(apply(api, 'm2', config()));
  const [, side] = kept.spec.template.spec.containers;
  assert.is(side, undefined, 'an item is gone with the one who owned it, whatever else was in it');
});

test('§6.2: an update owns what it changed, defaults included, and takes it from others', () => {
  const { api } = createTestApi();
  const created = value(api.create('Deployment', whole(1), { fieldManager: 'kubectl-create' }));
  const fields = managers(created)['kubectl-create Update'] as { 'f:spec': Record<string, unknown> };
  assert.equal(Object.keys(fields['f:spec']), [
    'f:progressDeadlineSeconds',
    'f:replicas',
    'f:revisionHistoryLimit',
    'f:selector',
    'f:strategy',
    'f:template',
  ]);
  assert.equal(fields['f:spec']['f:strategy'], {
    'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} },
    'f:type': {},
  });
  const scaled = merge(api, 'other', { spec: { replicas: 2 } });
  assert.equal(managers(scaled)['other Update'], REPLICAS);
  assert.not.ok('f:replicas' in (managers(scaled)['kubectl-create Update'] as typeof fields)['f:spec']);
  assert.is(
    told(apply(api, 'm1', config({ replicas: 9 }))).text,
    '409 Conflict | Apply failed with 1 conflict: conflict with "other" using apps/v1: .spec.replicas',
  );
});

test('§6.2: scale and status are managers of their own', () => {
  const { api } = createTestApi();
  value(apply(api, 'm1', whole(0)));
  value(api.scale(key, 3, { fieldManager: 'sc' }));
  assert.is(
    told(apply(api, 'm1', whole(0))).text,
    '409 Conflict | Apply failed with 1 conflict: conflict with "sc" with subresource "scale" using apps/v1: .spec.replicas',
  );
  const status = { subresource: 'status', fieldManager: 'st' } as const;
  const body = { spec: { replicas: 8 }, status: { replicas: 3 } };
  const written = value(api.patch(key, { type: 'merge', body }, status));
  assert.equal(managers(written)['sc Update scale'], REPLICAS);
  assert.equal(managers(written)['st Update status'], { 'f:status': { 'f:replicas': {} } });
  const applied = config();
  const reported = value(
    api.patch(
      key,
      { type: 'apply', body: { ...applied, status: { replicas: 4 } } },
      { ...status, fieldManager: 'op', force: true },
    ),
  );
  assert.is(reported.status.replicas, 4);
  assert.equal(managers(reported)['op Apply status'], { 'f:status': { 'f:replicas': {} } });
});

test('§6.2: an object without managers gets one that owns everything at its first apply', () => {
  const { api } = createTestApi();
  value(api.create('Deployment', whole(1)));
  assert.is(value(api.get(key)).metadata.managedFields, undefined);
  assert.is(merge(api, 'm', { spec: { replicas: 2 } }).metadata.managedFields, undefined);
  assert.is(
    told(apply(api, 'm1', config({ replicas: 9 }))).text,
    '409 Conflict | Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
  );
});

test('§6.2: writers of this process leave the managers as they are', () => {
  const { api, trusted } = createTestApi();
  const object = value(apply(api, 'm1', whole(0)));
  const annotated = { ...object, metadata: { ...object.metadata, annotations: { revision: '1' } } };
  const written = value(trusted.update(key, annotated));
  assert.equal(written.metadata.managedFields, object.metadata.managedFields);
});

test('§6.2: at most ten updaters are told apart', () => {
  const { api, clock } = createTestApi();
  value(api.create('Deployment', whole(1), { fieldManager: 'm0' }));
  for (let index = 1; index <= 14; index += 1) {
    clock.moveTo(clock.now() + 1_000);
    merge(api, `m${index}`, { metadata: { annotations: { [`a${index}`]: '' } } });
  }
  const names = Object.keys(managers(value(api.get(key))));
  assert.is(names.length, 10);
  assert.ok(names.includes('ancient-changes Update'));
  assert.ok(names.includes('m14 Update') && !names.includes('m1 Update'));
});

test('§6.2: a client may write the managers, and have them forgotten', () => {
  const { api } = createTestApi();
  value(apply(api, 'm1', whole(0)));
  const entry = {
    manager: 'm9',
    operation: 'Apply',
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1',
    fieldsV1: REPLICAS,
  };
  const renamed = merge(api, 'x', { metadata: { managedFields: [entry] } });
  assert.equal(managers(renamed), { 'm9 Apply': REPLICAS });
  const garbled = merge(api, 'x', { metadata: { managedFields: [{ ...entry, fieldsV1: { a: {} } }] } });
  assert.equal(managers(garbled), { 'm9 Apply': REPLICAS });
  const kept = merge(api, 'x', { metadata: { managedFields: null } });
  assert.equal(managers(kept), { 'm9 Apply': REPLICAS });
  const reset = merge(api, 'x', { metadata: { managedFields: [{}] } });
  assert.is(reset.metadata.managedFields, undefined);
});

test('§6.2: what kubectl applied in the old way is its own, and its annotation follows', () => {
  const { api } = createTestApi();
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const old = whole(1);
  const annotations = { [annotation]: JSON.stringify(old) };
  value(
    api.create(
      'Deployment',
      { ...old, metadata: { name: 'w', annotations } },
      { fieldManager: 'kubectl-client-side-apply' },
    ),
  );
  const conflict = /^409 Conflict \| Apply failed with 1 conflict: conflict with "kubectl-client-side-apply"/;
  assert.match(told(apply(api, 'other', whole(2))).text, conflict);
  const applied = value(apply(api, 'kubectl', whole(2)));
  assert.is(applied.spec.replicas, 2);
  assert.is(applied.metadata.annotations?.[annotation], `${JSON.stringify(whole(2))}\n`);
  merge(api, 'somebody', { spec: { replicas: 7 } });
  assert.match(
    told(apply(api, 'kubectl', whole(3))).text,
    /conflict with "somebody" using apps\/v1: .spec.replicas$/,
  );
});

test('§3.3: a pod that is applied or replaced again keeps what admission added to it', () => {
  const { api } = createTestApi();
  const pod = { kind: 'Pod', namespace: 'default', name: 'p' } as const;
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'x' }], tolerations: [{ key: 'a', operator: 'Exists' }] },
  };
  const again = () => value(api.patch(pod, { type: 'apply', body }, { fieldManager: 'm' }));
  const first = again();
  assert.is(first.spec.tolerations?.length, 3);
  assert.is(again().metadata.resourceVersion, first.metadata.resourceVersion);
  const { tolerations: _tolerations, priority: _priority, preemptionPolicy: _policy, ...spec } = first.spec;
  const replaced = value(
    api.update(pod, { ...first, spec: { ...spec, tolerations: body.spec.tolerations } }),
  );
  assert.equal(replaced, first, 'and is not written');
});

test('rows 40 and 41, §6.2: applies that cannot be', () => {
  const { api } = createTestApi();
  value(apply(api, 'm1', whole(0)));
  const refused = (body: unknown): string => told(apply(api, 'm1', body)).text;
  assert.is(
    told(api.patch(key, { type: 'apply', body: whole(0) })).text,
    '422 Invalid | PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  );
  const typed = (kind: string, name = '/w'): string =>
    `500 – | failed to create typed patch object (${name}; apps/v1, Kind=${kind}): `;
  assert.is(refused(config({ foo: 1 })), `${typed('Deployment')}.spec.foo: field not declared in schema`);
  assert.is(
    refused({ ...config(), kind: undefined }),
    `${typed('')}no corresponding type for apps/v1, Kind=`,
  );
  assert.is(
    refused({ ...config(), apiVersion: 'apps/v2' }),
    '400 BadRequest | Incorrect version specified in apply patch. Specified patch version: apps/v2, expected: apps/v1',
  );
  assert.is(
    refused(config({}, { managedFields: [{ manager: 'x' }] })),
    '400 BadRequest | metadata.managedFields must be nil',
  );
  assert.is(
    refused(config({}, { name: undefined })),
    '400 BadRequest | the name of the object (w based on URL) was undeterminable: name must be provided',
  );
  assert.match(
    refused(config({}, { resourceVersion: '1', labels: { a: 'b' } })),
    /^409 Conflict .* has been modified/,
  );
  const absent = { ...key, name: 'new' };
  const body = { ...whole(0), metadata: { name: 'new', uid: 'abc' } };
  assert.is(
    told(api.patch(absent, { type: 'apply', body }, { fieldManager: 'm1' })).text,
    '409 Conflict | Operation cannot be fulfilled on deployments.apps "new": uid mismatch: ' +
      'the provided object specified uid abc, and no existing object was found',
  );
  assert.match(
    told(api.patch(absent, { type: 'apply', body }, { fieldManager: 'm', subresource: 'status' })).text,
    /^404/,
  );
});

test('whatever managers apply: each has what it said, and an apply that is repeated changes nothing', () => {
  const random = createSeededRandom(7);
  const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)] as T;
  const { api } = createTestApi();
  value(apply(api, 'base', whole(0)));
  let completed = 0;
  for (let round = 0; round < 200; round += 1) {
    const labels = Object.fromEntries(
      ['a', 'b'].filter(() => random.integer(2) === 0).map((name) => [name, pick(['1', '2'])]),
    );
    const side = pick([
      [],
      [{ name: 's', image: pick(['s:1', 's:2']) }],
      [{ name: 's', image: 's:1', tty: true }],
    ]);
    const body = config(side.length > 0 ? containers(...side) : {}, { labels });
    const manager = pick(['m1', 'm2', 'm3']);
    const before = value(api.get(key));
    const attempt = (options: WriteOptions): Deployment | ApiError => {
      let outcome: Deployment | ApiError | undefined;
      apply(api, manager, body, options).settled((settled) => {
        outcome = settled.ok ? settled.value : settled.error;
      });
      if (outcome === undefined) throw new Error('the call is not settled');
      if (outcome instanceof ApiError)
        assert.is(value(api.get(key)), before, 'a refused apply changes nothing');
      return outcome;
    };
    const first = attempt({});
    const isRefused = first instanceof ApiError;
    if (isRefused) assert.ok(first.code === 409 || first.code === 422, first.message);
    const applied = isRefused ? attempt({ force: true }) : first;
    if (applied instanceof ApiError) {
      // Who gives up the image of a container that others name leaves a container without one.
      assert.match(applied.message, /containers\[1\]\.image: Required value$/);
      continue;
    }
    completed += 1;
    for (const [name, text] of Object.entries(labels)) assert.is(applied.metadata.labels?.[name], text);
    for (const wanted of side) {
      const found = applied.spec.template.spec.containers.find(({ name }) => name === wanted.name);
      assert.is(found?.image, wanted.image, `round ${round}`);
    }
    const again = value(apply(api, manager, body));
    assert.is(again.metadata.resourceVersion, applied.metadata.resourceVersion, `round ${round}`);
    for (const { fieldsV1 } of applied.metadata.managedFields ?? []) {
      const owned = Object.keys((fieldsV1 as Json)?.['f:metadata']?.['f:labels'] ?? {});
      for (const name of owned.filter((element) => element !== '.'))
        assert.ok(
          applied.metadata.labels?.[name.slice(2)] !== undefined,
          `round ${round}: ${name} is owned and absent`,
        );
    }
  }
  assert.ok(completed > 100, `${completed}`);
});

// oxlint-disable-next-line typescript/no-explicit-any -- FieldsV1 is looked into key by key
type Json = any;

test.run();
