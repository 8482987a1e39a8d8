import * as assert from 'uvu/assert';
import { planRollback, rolledBack, surplusHistory } from '../../../src/controllers/deployment/history.js';
import {
  findNew,
  newAnnotations,
  newReplicaSet,
  replicaSetName,
  REVISION,
  REVISION_HISTORY,
  ROLLBACK_TO,
  TEMPLATE_HASH,
} from '../../../src/controllers/deployment/replicaSets.js';
import { templateHash } from '../../../src/controllers/podTemplate.js';
import { suite } from '../../support/suite.js';
import { deployment, replicaSet, template, type ReplicaSetOptions } from '../objects.js';

const test = suite('deployment: ReplicaSets, revisions, history (controllers.md §2.3, §2.8, §2.9)');
const empty = (name: string, options: ReplicaSetOptions = {}) =>
  replicaSet(name, { replicas: 0, ...options });
const surplus = (limit: number | undefined, ...old: ReturnType<typeof replicaSet>[]) =>
  surplusHistory(deployment(1, { spec: { revisionHistoryLimit: limit } }), old).map(
    ({ metadata }) => metadata.name,
  );

test('row 69: empty old ReplicaSets beyond the limit go', () => {
  assert.is(surplus(1, empty('a'), empty('b'), empty('c')).length, 2);
  const mixed = [
    empty('a'),
    empty('b', { statusReplicas: 1 }),
    replicaSet('c', { replicas: 1, statusReplicas: 0 }),
    replicaSet('d', { replicas: 1 }),
  ];
  assert.equal(surplus(0, ...mixed), ['a']);
  assert.is(surplus(0, empty('a'), empty('b')).length, 2);
  assert.equal(surplus(0, replicaSet('a'), replicaSet('b')), []);
  assert.equal(surplus(0, empty('a', { isTerminating: true }), empty('b', { isTerminating: true })), []);
  assert.equal(surplus(2 ** 31 - 1, empty('a'), empty('b')), []);
  assert.equal(surplus(undefined, empty('a')), []);
});
test('DP-70: one whose status lags is skipped, and not replaced by a later one', () => {
  assert.equal(
    surplus(1, empty('a', { generation: 2, observedGeneration: 1, ageSeconds: 9 }), empty('b')),
    [],
  );
});
test('row 70: the lowest revision goes first; without one it is 0', () => {
  const revision = (value?: string): ReplicaSetOptions =>
    value === undefined ? {} : { annotations: { [REVISION]: value } };
  const first = (a?: string, b?: string) =>
    surplus(
      1,
      empty('rs1', { ...revision(a), ageSeconds: 20 }),
      empty('rs2', { ...revision(b), ageSeconds: 10 }),
    );
  assert.equal(
    [first('1', '2'), first('2', '1'), first('1', undefined), first(undefined, '2')],
    [['rs1'], ['rs2'], ['rs2'], ['rs1']],
  );
});
test('row 71: names are cut to 253 characters, never in the hash', () => {
  assert.is(replicaSetName('x'.repeat(242), '1234567890'), `${'x'.repeat(242)}-1234567890`);
  assert.is(replicaSetName('x'.repeat(250), '1234567890'), `${'x'.repeat(242)}-1234567890`);
  assert.is(replicaSetName('x'.repeat(10), 'h'.repeat(252)), `${'x'.repeat(10)}-${'h'.repeat(252)}`);
});
test('row 85: different templates and collision counts have different hashes, equal ones the same', () => {
  const hashes = [
    templateHash(template('web:1'), undefined),
    templateHash(template('web:2'), undefined),
    templateHash(template('web:1'), 0),
    templateHash(template('web:1'), 1),
  ];
  assert.is(new Set(hashes).size, 4);
  assert.is(templateHash(template('web:1'), undefined), hashes[0]);
  for (const hash of hashes) assert.match(hash, /^[456789bcdf]{1,10}$/);
});
test('DP-20: the new ReplicaSet is the oldest with the template, whatever its hash label', () => {
  const labelled = (name: string, ageSeconds: number) => {
    const rs = replicaSet(name, { ageSeconds, image: 'web:2' });
    return {
      ...rs,
      spec: { ...rs.spec, template: template('web:2', { app: 'web', [TEMPLATE_HASH]: name }) },
    };
  };
  const sets = [replicaSet('other', { ageSeconds: 99 }), labelled('younger', 5), labelled('older', 9)];
  assert.is(findNew(deployment(1), sets)?.metadata.name, 'older');
  assert.is(findNew(deployment(1), [replicaSet('other')]), undefined);
});
test('DP-21: the manifest of a new ReplicaSet', () => {
  const dep = deployment(3, {
    surge: 1,
    spec: { minReadySeconds: 7 },
    annotations: { note: 'kept', [REVISION]: '4' },
  });
  const { metadata, spec } = newReplicaSet(dep, 2, 5n);
  const hash = templateHash(dep.spec.template, undefined);
  assert.is(metadata.name, `web-${hash}`);
  assert.equal(metadata['labels'], { app: 'web', [TEMPLATE_HASH]: hash });
  assert.equal(metadata['annotations'], {
    note: 'kept',
    [REVISION]: '5',
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
  });
  assert.equal(metadata['ownerReferences'], [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      uid: 'deployment',
      controller: true,
      blockOwnerDeletion: true,
    },
  ]);
  assert.equal([spec.replicas, spec['minReadySeconds']], [2, 7]);
  assert.equal(spec['selector'], { matchLabels: { app: 'web', [TEMPLATE_HASH]: hash } });
});
test('DP-26: a revision is raised, never lowered, and the old one goes into the history', () => {
  const after = (current: Record<string, string>, revision: number) =>
    newAnnotations(deployment(1), current, BigInt(revision), true);
  assert.equal(after({ [REVISION]: '1', [REVISION_HISTORY]: '0' }, 3), {
    [REVISION]: '3',
    [REVISION_HISTORY]: '0,1',
  });
  assert.is(after({ [REVISION]: '5' }, 3), undefined);
  assert.is(after({ [REVISION]: 'x' }, 3), undefined);
});
test('DP-26: the history is kept within 2000 characters, the oldest entries go', () => {
  const history = Array.from({ length: 500 }, (_, index) => String(1000 + index)).join(',');
  const annotations = newAnnotations(
    deployment(1),
    { [REVISION]: '1500', [REVISION_HISTORY]: history },
    2000n,
    true,
  );
  const kept = annotations?.[REVISION_HISTORY] ?? '';
  assert.ok(kept.length <= 2000);
  assert.ok(kept.endsWith(',1499,1500'));
  assert.not.ok(kept.startsWith('1000'));
});
test('DP-27: annotations are taken over but for those of tools and of the controller; none is taken away', () => {
  const annotations = {
    note: 'new',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    [ROLLBACK_TO]: '1',
    'deployment.kubernetes.io/desired-replicas': '9',
  };
  assert.equal(newAnnotations(deployment(1, { annotations }), { [REVISION]: '1', own: 'kept' }, 1n, true), {
    [REVISION]: '1',
    own: 'kept',
    note: 'new',
  });
});

const revisions = [
  replicaSet('one', { image: 'web:1', annotations: { [REVISION]: '1', note: 'one' } }),
  replicaSet('two', { image: 'web:2', annotations: { [REVISION]: '2' } }),
];
test('DP-80, row 82: back to the last revision, a given one, or a reason why not', () => {
  const plan = (wanted: number, sets = revisions) => {
    const result = planRollback(deployment(1), sets, BigInt(wanted));
    return result.to === 'revision' ? result.revision : result.message;
  };
  assert.is(plan(0), 1n);
  assert.is(plan(1), 1n);
  assert.is(plan(7), 'Unable to find the revision to rollback to.');
  assert.is(plan(0, revisions.slice(1)), 'Unable to find last revision.');
  assert.is(plan(2), 'The rollback revision contains the same template as current deployment "web"');
});
test('DP-80: a rollback takes template and annotations, and clears the request', () => {
  const dep = deployment(1, {
    annotations: { [ROLLBACK_TO]: '1', note: 'current', extra: 'gone', [REVISION]: '2' },
  });
  const after = rolledBack(dep, revisions[0]);
  assert.equal(after.metadata.annotations, { [REVISION]: '2', note: 'one' });
  assert.equal(after.spec.template.spec?.containers[0]?.image, 'web:1');
  assert.equal(rolledBack(dep, undefined).metadata.annotations, {
    note: 'current',
    extra: 'gone',
    [REVISION]: '2',
  });
});
test.run();
