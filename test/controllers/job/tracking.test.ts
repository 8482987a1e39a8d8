/** Exactly-once counting: controllers.md §5.6, rows 177–182, PR-52. */
import * as assert from 'uvu/assert';
import { conflict, forbidden, resourceFor, type ApiError, type Pod } from '../../../src/api/index.js';
import { createCall, type Api } from '../../../src/client/index.js';
import { createPlane, overriding, podManifest, value } from '../plane.js';
import { FINALIZER, indexed, jobManifest, look, pods, scene, type GivenPod } from './support.js';
import { suite } from '../../support/suite.js';

const test = suite('job: tracking');
const KEY = { kind: 'Job', name: 'j', namespace: 'default' } as const;
const WIDE = { parallelism: 1000, completions: 1000 };

const refused = <T>(error: ApiError = conflict(resourceFor('Pod'), 'p', 'not now')) =>
  createCall<T>((settle) => settle({ ok: false, error }));
/** Finalizers cannot be removed, `times` times. */
const withoutPatches = (api: Api, times = Infinity, error?: ApiError): Api => {
  let left = times;
  return overriding(api, {
    patch: ((key: never, patch: never, options: never) =>
      (left -= 1) >= 0 ? refused(error) : api.patch(key, patch, options)) as Api['patch'],
  });
};

test('row 177: at most 500 pods are counted in one sync, the others in the next', () => {
  const at = scene({ spec: WIDE, pods: pods('S'.repeat(501)) });
  assert.equal([at.outcome().job.status.succeeded, at.outcome().released.length], [500, 500]);
  at.advance(1_000);
  assert.is(at.outcome().job.status.succeeded, 501);
  at.stop();
  const many = look({
    spec: { ...WIDE, completionMode: 'Indexed' },
    pods: Array.from({ length: 501 }, (_, index) => ({ is: 'S', index }) as const),
  });
  assert.equal([many.released.length, many.job.status.completedIndexes], [500, '0-499']);
});

test('row 178: as long as finalizers stay, the UIDs stay uncounted; when they go, each counts once', () => {
  const at = scene({
    spec: { parallelism: 2, completions: 5 },
    pods: pods('SF'),
    intercept: (api) => withoutPatches(api, 2),
  });
  const { uncountedTerminatedPods: uncounted, succeeded, failed } = at.outcome().job.status;
  assert.equal(
    [uncounted?.succeeded?.length, uncounted?.failed?.length, succeeded, failed],
    [1, 1, undefined, undefined],
  );
  at.advance(1_000);
  const after = at.outcome().job.status;
  assert.equal([after.uncountedTerminatedPods, after.succeeded, after.failed], [{}, 1, 1]);
  at.advance(60_000);
  assert.equal([at.outcome().job.status.succeeded, at.outcome().job.status.failed], [1, 1]);
  at.stop();
});

test('row 178: when the status cannot be written, no finalizer is removed', () => {
  const intercept = (api: Api): Api => overriding(api, { update: (() => refused()) as Api['update'] });
  const { released, job } = look({ spec: { parallelism: 2, completions: 5 }, pods: pods('SF'), intercept });
  assert.equal([released, job.status], [[], {}]);
});

test('row 179: a pod that is recorded as failed stays failed, though it has succeeded since', () => {
  const at = scene({
    spec: { parallelism: 2, completions: 5 },
    pods: pods('SR'),
    prepare: (api, job) => {
      const uid = value(api.get({ kind: 'Pod', name: 'pod-0', namespace: 'default' })).metadata.uid;
      const status = { ...job.status, uncountedTerminatedPods: { failed: [uid, 'gone'] } };
      value(api.update(KEY, { ...job, status }, { subresource: 'status' }));
    },
  });
  const { failed, succeeded, uncountedTerminatedPods } = at.outcome().job.status;
  assert.equal([failed, succeeded, uncountedTerminatedPods], [2, undefined, {}]);
  at.stop();
});

/** A Job whose end is decided, with what its status has not counted yet; `a` and `b` are pods that are gone. */
const ending = (type: string, reason: string, uncounted: object, given: GivenPod) =>
  scene({
    spec: { parallelism: 1, completions: 1 },
    status: {
      startTime: '2026-01-01T00:00:00Z',
      terminating: 1,
      uncountedTerminatedPods: uncounted,
      conditions: [{ type, status: 'True', reason, message: 'so it is' }],
    },
    pods: [given],
  });

test('row 180: FailureTarget with a pod still terminating: its count moves, and Failed waits for it', () => {
  const at = ending('FailureTarget', 'DeadlineExceeded', { failed: ['a'] }, { is: 'T', isUntracked: true });
  const { job, conditions } = at.outcome();
  const { failed, terminating, uncountedTerminatedPods } = job.status;
  assert.equal([failed, terminating, uncountedTerminatedPods], [1, 1, {}]);
  assert.equal(conditions, ['FailureTarget:DeadlineExceeded']);
  at.advance(60_000);
  assert.equal(at.outcome().conditions, ['FailureTarget:DeadlineExceeded'], 'however long it takes');
  value(at.api.delete({ kind: 'Pod', name: 'pod-0', namespace: 'default' }, { gracePeriodSeconds: 0 }));
  at.advance(0);
  at.advance(1_000);
  assert.equal(at.outcome().conditions, ['FailureTarget:DeadlineExceeded', 'Failed:DeadlineExceeded']);
  assert.is(at.outcome().job.status.failed, 1);
  at.stop();
});

test('row 180: SuccessCriteriaMet with a pod still terminating: both counts move, and Complete waits for it', () => {
  const uncounted = { failed: ['a'], succeeded: ['b'] };
  const at = ending('SuccessCriteriaMet', 'CompletionsReached', uncounted, { is: 'T', isUntracked: true });
  const { job, conditions } = at.outcome();
  const { succeeded, failed, terminating, uncountedTerminatedPods } = job.status;
  assert.equal([succeeded, failed, terminating, uncountedTerminatedPods], [1, 1, 1, {}]);
  assert.equal(conditions, ['SuccessCriteriaMet:CompletionsReached']);
  value(at.api.delete({ kind: 'Pod', name: 'pod-0', namespace: 'default' }, { gracePeriodSeconds: 0 }));
  at.advance(1_000);
  assert.equal(at.outcome().conditions, [
    'SuccessCriteriaMet:CompletionsReached',
    'Complete:CompletionsReached',
  ]);
  at.stop();
});

test('PR-58: a terminating pod that is no longer the Job’s does not hold up its end', () => {
  const at = ending('FailureTarget', 'BackoffLimitExceeded', {}, { is: 'T', isUntracked: true });
  at.advance(60_000);
  assert.equal(at.outcome().conditions, ['FailureTarget:BackoffLimitExceeded']);
  const key = { kind: 'Pod', name: 'pod-0', namespace: 'default' } as const;
  at.api.patch(key, { type: 'merge', body: { metadata: { ownerReferences: null } } });
  at.advance(0);
  at.advance(1_000);
  const { job, conditions } = at.outcome();
  assert.equal(conditions, ['FailureTarget:BackoffLimitExceeded', 'Failed:BackoffLimitExceeded']);
  assert.is(job.status.terminating, 0);
  at.stop();
});

test('PR-52: a controller that starts anew between the steps counts no pod twice', () => {
  const first = scene({
    spec: { parallelism: 2, completions: 5 },
    pods: pods('SSF'),
    intercept: (api) => withoutPatches(api),
  });
  first.stop();
  const plane = createPlane({ controllers: ['job'], intercept: () => first.api });
  plane.settle();
  const { succeeded, failed } = value(first.api.get(KEY)).status;
  assert.equal([succeeded, failed], [2, 1]);
  plane.stop();
});

test('PR-53: an index that succeeds twice counts once', () => {
  const { job } = look({
    spec: { parallelism: 2, completions: 3, completionMode: 'Indexed' },
    pods: indexed('0S 0S 1R'),
  });
  assert.equal([job.status.succeeded, job.status.completedIndexes], [1, '0']);
});

const tracked = (name: string, more: object = {}): object => {
  const manifest = podManifest(name, { app: name }) as { metadata: object };
  return { ...manifest, metadata: { ...manifest.metadata, finalizers: [FINALIZER], ...more } };
};

test('row 182, JB-5: pods that no Job counts any more are let go; others are not touched', () => {
  const p = createPlane({ controllers: ['job'] });
  const running = p.create('Job', jobManifest({ parallelism: 1, completions: 9 }, {}, 'running'));
  const owner = (more: object) => ({
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', controller: true, ...more }],
  });
  p.create('Pod', tracked('of-running', owner({ name: 'running', uid: running.metadata.uid })));
  p.create('Pod', tracked('of-missing', owner({ name: 'missing', uid: 'x' })));
  p.create('Pod', tracked('of-cronjob', owner({ kind: 'CronJob', name: 'c', uid: 'y' })));
  p.create('Pod', tracked('of-other-group', owner({ apiVersion: 'example/v1', name: 'running', uid: 'z' })));
  p.create('Pod', tracked('of-nobody'));
  p.create(
    'Pod',
    tracked('of-no-controller', owner({ name: 'running', uid: running.metadata.uid, controller: false })),
  );
  p.settle();
  const kept = p
    .list('Pod')
    .filter(({ metadata }) => metadata.name.startsWith('of-') && metadata.finalizers !== undefined)
    .map(({ metadata }) => metadata.name);
  assert.equal(kept.sort(), ['of-cronjob', 'of-other-group', 'of-running']);
  p.stop();
});

test('JB-4, JB-5: a pod of nobody that is given the finalizer later is let go, too', () => {
  const p = createPlane({ controllers: ['job'] });
  p.create('Pod', podManifest('late', {}));
  p.patch('Pod', 'late', { metadata: { finalizers: [FINALIZER] } });
  p.settle();
  assert.is(p.get('Pod', 'late').metadata.finalizers, undefined);
  p.stop();
});

const NOT_YOU = forbidden(resourceFor('Pod'), 'mine', 'not you');

test('JB-5, OW-5: a pod that is adopted before its finalizer could be taken off keeps it, and is counted', () => {
  const p = createPlane({ controllers: ['job'], intercept: (api) => withoutPatches(api, 1, NOT_YOU) });
  p.create('Pod', tracked('mine'));
  p.settle();
  const labels = { app: 'mine' };
  const { spec, ...job } = jobManifest({ manualSelector: true, selector: { matchLabels: labels } }) as {
    readonly spec: { readonly template: object };
  };
  p.create('Job', { ...job, spec: { ...spec, template: { ...spec.template, metadata: { labels } } } });
  p.advance(60_000);
  const { metadata } = p.get('Pod', 'mine');
  assert.equal([metadata.ownerReferences?.[0]?.name, metadata.finalizers], ['j', [FINALIZER]]);
  p.patch('Pod', 'mine', { status: { phase: 'Succeeded' } }, 'status');
  p.advance(2_000);
  assert.is(p.get('Job', 'j').status.succeeded, 1);
  p.stop();
});

test('JB-5: when a Job is deleted and leaves its pods, their finalizers go', () => {
  const p = createPlane({ controllers: ['job', 'garbageCollector'] });
  p.create('Job', jobManifest({ parallelism: 2, completions: 2 }));
  assert.equal(
    p.list('Pod').map(({ metadata }) => metadata.finalizers),
    [[FINALIZER], [FINALIZER]],
  );
  p.remove('Job', 'j');
  p.advance(2_000);
  const left: readonly Pod[] = p.list('Pod');
  assert.equal(
    left.map(({ metadata }) => metadata.finalizers),
    [undefined, undefined],
  );
  assert.equal(
    left.map(({ metadata }) => metadata.ownerReferences ?? []),
    [[], []],
  );
  assert.is(p.list('Job').length, 0);
  p.stop();
});

test('JB-2: when a Job is gone, its pods lose their finalizers though nothing else happens to them', () => {
  const p = createPlane({ controllers: ['job'] });
  p.create('Job', jobManifest({ parallelism: 2, completions: 2 }));
  value(p.api.delete(KEY, { propagationPolicy: 'Background' }));
  p.settle();
  assert.equal(
    p.list('Pod').map(({ metadata }) => metadata.finalizers),
    [undefined, undefined],
  );
  p.stop();
});

test('a deletion that does not say what becomes of the pods is answered with upstream’s warning', () => {
  const { api, stop } = scene();
  const warned = (options: object): readonly string[] => {
    const warnings: string[] = [];
    value(api.delete(KEY, { ...options, dryRun: true, onWarning: (text) => void warnings.push(text) }));
    return warnings;
  };
  assert.equal(warned({}), [
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them ' +
      'or set propagationPolicy=Orphan to suppress this warning',
  ]);
  assert.equal(warned({ propagationPolicy: 'Background' }), []);
  stop();
});

test('e2e 27: a matching orphan is adopted and tracked; a pod that stops matching is released and replaced', () => {
  const p = createPlane({ controllers: ['job'] });
  const job = p.create('Job', jobManifest({ parallelism: 1, completions: 1 }));
  const [pod] = p.list('Pod');
  assert.ok(pod);
  p.patch('Pod', pod.metadata.name, {
    metadata: { labels: { 'batch.kubernetes.io/controller-uid': 'other' } },
  });
  p.advance(1_000);
  const released = p.get('Pod', pod.metadata.name);
  assert.equal([released.metadata.ownerReferences ?? [], released.metadata.finalizers], [[], undefined]);
  assert.is(p.list('Pod').length, 2);
  p.create('Pod', {
    ...(podManifest('stray', {}) as object),
    metadata: { name: 'stray', labels: job.spec.template.metadata.labels },
  });
  p.advance(1_000);
  const adopted = p.list('Pod').find(({ metadata }) => metadata.name === 'stray');
  // With one pod too many, the newest goes: adopted, and then removed uncounted.
  assert.ok(adopted === undefined || adopted.metadata.ownerReferences?.[0]?.uid === job.metadata.uid);
  assert.is(p.list('Pod', `batch.kubernetes.io/controller-uid=${job.metadata.uid}`).length, 1);
  p.stop();
});

test.run();
