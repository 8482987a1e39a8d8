/** Rows of controllers.md §11.4: what the first look at a Job and its pods leads to. */
import * as assert from 'uvu/assert';
import { badRequest, notFound } from '../../../src/api/index.js';
import { createCall, type Api } from '../../../src/client/index.js';
import { overriding, value } from '../plane.js';
import { indexed, look, pods, scene, type Given, type GivenPod } from './support.js';
import { suite } from '../../support/suite.js';

const test = suite('job: rows of one sync');

/** [created, deleted, active, succeeded, failed, terminating] */
type Counts = readonly [number, number, number, number, number, number];
const counts = (given: Given): Counts => {
  const { created, deleted, job } = look(given);
  const { active = 0, succeeded = 0, failed = 0, terminating = 0 } = job.status;
  return [created.length, deleted.length, active, succeeded, failed, terminating];
};
const spec = (parallelism: number, completions?: number, more: object = {}): object => ({
  parallelism,
  ...(completions !== undefined && { completions }),
  ...more,
});
const FAILED_ONLY = { podReplacementPolicy: 'Failed' };

const NON_INDEXED: readonly (readonly [string, Given, Counts])[] = [
  ['125: job start', { spec: spec(2, 5) }, [2, 0, 2, 0, 0, 0]],
  ['126: work queue start', { spec: spec(2) }, [2, 0, 2, 0, 0, 0]],
  ['127: too few active pods', { spec: spec(2, 5), pods: pods('RS') }, [1, 0, 2, 1, 0, 0]],
  [
    '128: work queue, policy Failed: a terminating pod is not replaced yet',
    { spec: spec(1, undefined, FAILED_ONLY), pods: pods('RFT') },
    [0, 0, 1, 0, 1, 1],
  ],
  [
    '129: the same with TerminatingOrFailed: the terminating pod counts as failed',
    { spec: spec(1), pods: pods('RFT') },
    [0, 0, 1, 0, 2, 1],
  ],
  [
    '130: more terminating pods than parallelism',
    { spec: spec(1, 1, FAILED_ONLY), pods: pods('RRTTTT') },
    [0, 1, 1, 0, 0, 5],
  ],
  ['133: too many active pods', { spec: spec(2, 5), pods: pods('RRR') }, [0, 1, 2, 0, 0, 1]],
  [
    '137: more active pods than parallelism',
    { spec: spec(2, 20), pods: pods('RRRRRRRRRR') },
    [0, 8, 2, 0, 0, 8],
  ],
  [
    '138: more active pods than remaining completions',
    { spec: spec(3, 4), pods: pods('RRRSS') },
    [0, 1, 2, 2, 0, 1],
  ],
];
for (const [name, given, expected] of NON_INDEXED)
  test(`row ${name}`, () => {
    assert.equal(counts(given), expected);
  });

test('row 131: a failure just now holds the next pod up, and the status counts no active pod (JB-33)', () => {
  const just = { is: 'F', endedAgoSeconds: 0 } as const;
  assert.equal(counts({ spec: spec(1, 5), pods: [just] }), [0, 0, 0, 0, 1, 0]);
  const older = { is: 'F', endedAgoSeconds: 10 } as const;
  assert.equal(counts({ spec: spec(1, 5), pods: [older] }), [1, 0, 1, 0, 1, 0]);
});

const limited = (api: Api, limit: number): Api => {
  let left = limit;
  return overriding(api, {
    create: ((kind: never, object: never, options: never) => {
      if (kind === 'Pod' && (left -= 1) < 0)
        return createCall((settle) => settle({ ok: false, error: badRequest('no more pods') }));
      return api.create(kind, object, options);
    }) as Api['create'],
  });
};

test('rows 132, 140: refused creations end the slow start, and only what was created is active', () => {
  const given = { spec: spec(100, 200), intercept: (api: Api) => limited(api, 10) };
  const at = scene(given);
  const { created, job, events } = at.outcome();
  assert.equal([created.length, job.status.active], [10, 10]);
  assert.match(events[0] ?? '', /^FailedCreate Error creating: no more pods/);
  at.stop();
  assert.equal(
    counts({ spec: spec(2, 5), pods: pods('R'), intercept: (api) => limited(api, 0) }),
    [0, 0, 1, 0, 0, 0],
  );
});

test('row 133: a surplus pod loses its finalizer before it is deleted, and counts neither way', () => {
  const { released, deleted, job } = look({ spec: spec(2, 5), pods: pods('RRR') });
  assert.equal(released, deleted);
  assert.is(job.status.failed, undefined);
});

test('row 134: of three ready pods two are kept, and two are ready', () => {
  const { job } = look({ spec: spec(2, 5), pods: pods('RRR', { isReady: true }) });
  assert.is(job.status.ready, 2);
});

test('rows 135, 136: all completions; a work queue is done with its first success, once no pod runs', () => {
  const done = look({ spec: spec(5, 5), pods: pods('SSSSS') });
  assert.equal(done.conditions, ['SuccessCriteriaMet:CompletionsReached', 'Complete:CompletionsReached']);
  assert.is(done.job.status.completionTime, '2026-01-01T00:00:00Z');
  assert.equal([done.released.length, done.job.status.uncountedTerminatedPods], [5, {}]);
  assert.equal(done.events, ['Completed Job completed']);
  const winding = look({ spec: spec(2), pods: pods('RS') });
  assert.equal([winding.conditions, winding.created.length], [[], 0], 'no new pod after the first success');
  assert.equal(look({ spec: spec(2), pods: pods('SS') }).conditions.length, 2);
  assert.equal(look({ spec: spec(2), pods: pods('SF') }).conditions.length, 2);
});

test('row 139, 155: a Job that is being deleted deletes nothing, and lets its pods go', () => {
  for (const suspend of [false, true]) {
    const { deleted, released, created } = look({
      spec: spec(2, 5, { suspend }),
      pods: pods('RRR'),
      prepare: (api) => {
        const key = { kind: 'Job', name: 'j', namespace: 'default' } as const;
        api.delete(key, { propagationPolicy: 'Foreground' });
      },
    });
    assert.equal([deleted.length, released.length, created.length], [0, 3, 0]);
  }
});

test('row 141: more failures than backoffLimit: FailureTarget and Failed in one sync when no pod is left', () => {
  const { conditions, job, events } = look({ spec: spec(1, 1, { backoffLimit: 0 }), pods: pods('F') });
  assert.equal(conditions, ['FailureTarget:BackoffLimitExceeded', 'Failed:BackoffLimitExceeded']);
  assert.equal([job.status.failed, job.status.completionTime], [1, undefined]);
  assert.equal(events, ['BackoffLimitExceeded Job has reached the specified backoff limit']);
});

interface IndexedRow {
  readonly name: string;
  readonly spec: object;
  readonly pods?: string;
  /** Completion indexes of the new pods. */
  readonly created?: string;
  readonly deleted?: number;
  readonly completed?: string;
  readonly failed?: number;
  readonly conditions?: readonly string[];
}
const inIndexes = (parallelism: number, completions: number, more: object = {}): object =>
  spec(parallelism, completions, { completionMode: 'Indexed', ...more });
const INDEXED: readonly IndexedRow[] = [
  { name: '142: job start', spec: inIndexes(2, 5), created: '0,1' },
  {
    name: '143: policy Failed, one terminating',
    spec: inIndexes(2, 5, FAILED_ONLY),
    pods: '0T',
    created: '1',
  },
  {
    name: '144: completed',
    spec: inIndexes(2, 3),
    pods: '0S 1F 1S 2S',
    completed: '0-2',
    failed: 1,
    conditions: ['SuccessCriteriaMet:CompletionsReached', 'Complete:CompletionsReached'],
  },
  {
    name: '145: failed; the pods that run count as failed, and must end first',
    spec: inIndexes(2, 3, { backoffLimit: 0 }),
    pods: '0S 1F 2R',
    deleted: 1,
    completed: '0',
    failed: 2,
    conditions: ['FailureTarget:BackoffLimitExceeded'],
  },
  {
    name: '146: repeated completed index',
    spec: inIndexes(2, 3),
    pods: '0S 1S 1S',
    created: '2',
    completed: '0,1',
  },
  {
    name: '147: running and completed',
    spec: inIndexes(8, 20),
    pods: '0R 2S 3P 4S 5S 7S 8S 9S',
    created: '1,6,10,11,12,13',
    completed: '2,4,5,7-9',
  },
  { name: '148: some failed pods', spec: inIndexes(3, 4), pods: '0F 1P 2F', created: '0,2', failed: 2 },
  {
    name: '149: pods without a valid index go, or are not counted',
    spec: inIndexes(2, 5),
    pods: 'R noneR noneP noneS noneF',
    deleted: 3,
  },
  { name: '150: repeated indexes', spec: inIndexes(3, 5), pods: '0R 0R 2P 2P', deleted: 2 },
  {
    name: '151: out of range',
    spec: inIndexes(2, 5),
    pods: '0S 5P 6S 7F 8R',
    deleted: 2,
    completed: '0',
  },
];
for (const row of INDEXED)
  test(`row ${row.name}`, () => {
    const outcome = look({ spec: row.spec, ...(row.pods !== undefined && { pods: indexed(row.pods) }) });
    const created = outcome.created.map(
      ({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'],
    );
    assert.is(created.sort((a, b) => Number(a) - Number(b)).join(','), row.created ?? '');
    assert.is(outcome.deleted.length, row.deleted ?? 0);
    const { completedIndexes = '', failed = 0, succeeded = 0 } = outcome.job.status;
    assert.is(completedIndexes, row.completed ?? '');
    assert.is(failed, row.failed ?? 0);
    assert.equal(outcome.conditions, row.conditions ?? []);
    assert.is(succeeded > 0, completedIndexes !== '');
  });

test('rows 152, 154: suspending removes the pods uncounted and clears startTime; resuming starts again', () => {
  const at = scene({ spec: spec(2, 5), pods: pods('RR') });
  const key = { kind: 'Job', name: 'j', namespace: 'default' } as const;
  at.advance(5_000);
  at.api.patch(key, { type: 'merge', body: { spec: { suspend: true } } });
  at.advance(0);
  const suspended = at.outcome();
  assert.equal(suspended.conditions, ['Suspended:JobSuspended']);
  const { active, terminating, startTime, failed } = suspended.job.status;
  assert.equal([active, terminating, startTime, failed], [undefined, 2, undefined, undefined]);
  assert.equal([suspended.deleted.length, suspended.released.length], [2, 2]);
  at.advance(5_000);
  at.api.patch(key, { type: 'merge', body: { spec: { suspend: false } } });
  at.advance(0);
  const resumed = at.outcome();
  assert.equal(resumed.conditions, []);
  assert.equal([resumed.created.length, resumed.job.status.startTime], [2, '2026-01-01T00:00:10Z']);
  assert.equal(resumed.events, ['Suspended Job suspended', 'Resumed Job resumed']);
  at.stop();
});

test('JB-26: a Suspended condition with another reason is written anew, once: startTime does not move on', () => {
  const at = scene({
    spec: spec(1, 1),
    status: { conditions: [{ type: 'Suspended', status: 'False', reason: 'Other' }] },
  });
  at.advance(60_000);
  const { job, events } = at.outcome();
  assert.is(job.status.startTime, '2026-01-01T00:00:00Z');
  assert.equal(
    job.status.conditions?.map(({ reason, message }) => `${reason} ${message}`),
    ['JobResumed Job resumed'],
  );
  assert.equal(events, ['Resumed Job resumed']);
  at.stop();
});

test('row 156: the deadline counts from startTime, and ends the Job at exactly its second', () => {
  const given = (agoSeconds: number, more: object = {}, letters = 'R'): Given => ({
    spec: spec(1, 1, { activeDeadlineSeconds: 10, ...more }),
    status: { startTime: `2025-12-31T23:59:${60 - agoSeconds}Z` },
    pods: pods(letters),
  });
  const past = look(given(15));
  assert.equal(past.conditions, ['FailureTarget:DeadlineExceeded']);
  assert.equal([past.deleted.length, past.job.status.failed, past.job.status.terminating], [1, 1, 1]);
  assert.equal(look(given(10)).conditions, ['FailureTarget:DeadlineExceeded']);
  assert.equal(look(given(9)).conditions, []);
  assert.equal(look(given(15, { backoffLimit: 0 }, 'F')).conditions[0], 'FailureTarget:BackoffLimitExceeded');
  assert.equal(look(given(15, { suspend: true })).conditions, ['Suspended:JobSuspended']);
});

test('row 156: the deadline wakes the controller by itself, 10 s after the start', () => {
  const at = scene({ spec: spec(1, 1, { activeDeadlineSeconds: 10 }) });
  at.advance(9_999);
  assert.equal(at.outcome().conditions, []);
  at.advance(1);
  // The pod was never bound, and is gone at once; the cache knows it a second later.
  assert.equal(at.outcome().conditions, ['FailureTarget:DeadlineExceeded']);
  at.advance(1_000);
  assert.equal(at.outcome().conditions, ['FailureTarget:DeadlineExceeded', 'Failed:DeadlineExceeded']);
  at.stop();
});

test('row 157: restarts in place fail the Job when they reach backoffLimit, and with 0 at the first', () => {
  const fails = (backoffLimit: number, letters: string, restarts: number): boolean =>
    look({
      spec: spec(2, 2, { backoffLimit }),
      template: { restartPolicy: 'OnFailure' },
      pods: pods(letters, { restarts }),
    }).conditions.includes('FailureTarget:BackoffLimitExceeded');
  assert.equal([fails(0, 'R', 0), fails(0, 'R', 1), fails(1, 'R', 0)], [false, true, false]);
  assert.equal(
    [fails(1, 'R', 1), fails(1, 'P', 1), fails(2, 'R', 1), fails(2, 'RR', 1)],
    [true, true, false, true],
  );
});

test('row 158: with restartPolicy Never failed pods must exceed backoffLimit', () => {
  assert.equal(counts({ spec: spec(1, 1, { backoffLimit: 1 }), pods: pods('F') }), [1, 0, 1, 0, 1, 0]);
  assert.is(look({ spec: spec(1, 1, { backoffLimit: 1 }), pods: pods('FF') }).conditions.length, 2);
  assert.equal(counts({ spec: spec(2, 3, { backoffLimit: 6 }), pods: pods('FFFFFFR') }), [1, 0, 2, 0, 6, 0]);
  assert.is(look({ spec: spec(2, 3, { backoffLimit: 6 }), pods: pods('FFFFFFF') }).conditions.length, 2);
});

test('row 176: a Job of another controller is left alone', () => {
  const status = { active: 1, ready: 1 };
  const elsewhere = look({ spec: spec(2, 2, { managedBy: 'example.com/other' }), status });
  assert.equal([elsewhere.created.length, elsewhere.job.status], [0, status]);
  const ours = look({ spec: spec(2, 2, { managedBy: 'kubernetes.io/job-controller' }) });
  assert.equal([ours.created.length, ours.job.status.active], [2, 2]);
});

test('row 187, JB-27: as many ready pods as there are, also when there is none any more', () => {
  const at = scene({ spec: spec(3, 3), pods: [...pods('RR', { isReady: true }), ...pods('R')] });
  const { active, ready } = at.outcome().job.status;
  assert.equal([active, ready], [3, 2]);
  for (const name of ['pod-0', 'pod-1'])
    value(
      at.api.patch(
        { kind: 'Pod', name, namespace: 'default' },
        { type: 'merge', body: { status: { conditions: [] } } },
        { subresource: 'status' },
      ),
    );
  at.advance(999);
  assert.is(at.outcome().job.status.ready, 2, 'changes of pods are gathered for a second');
  at.advance(1);
  assert.is(at.outcome().job.status.ready, 0);
  at.stop();
});

test('row 187, JB-20: what another controller writes of its Job stays, and its pods and finalizers are its own', () => {
  const status = { active: 1, ready: 1, startTime: '2026-01-01T00:00:00Z' };
  const at = scene({ spec: spec(1, 1, { managedBy: 'example.com/other' }), status, pods: pods('SF') });
  at.advance(600_000);
  const { job, created, released, deleted, events } = at.outcome();
  assert.equal([job.status, created, released, deleted, events], [status, [], [], [], []]);
  at.stop();
});

test('row 187, JB-13: each replacement of an index is told how often it has failed and was ignored', () => {
  const rules = [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [3] } }];
  const limited = { completionMode: 'Indexed', backoffLimitPerIndex: 3, podFailurePolicy: { rules } };
  const counts = (given: Given) =>
    look(given).created.map(({ metadata: { annotations = {} } }) => [
      annotations['batch.kubernetes.io/job-completion-index'],
      annotations['batch.kubernetes.io/job-index-failure-count'],
      annotations['batch.kubernetes.io/job-index-ignored-failure-count'],
    ]);
  assert.equal(counts({ spec: spec(2, 2, limited) }), [
    ['0', '0', undefined],
    ['1', '0', undefined],
  ]);
  const failed = (exitCode: number): GivenPod => ({ is: 'F', index: 0, failures: 1, exitCode });
  assert.equal(counts({ spec: spec(1, 1, limited), pods: [failed(1)] }), [['0', '2', undefined]]);
  assert.equal(counts({ spec: spec(1, 1, limited), pods: [failed(3)] }), [['0', '1', '1']]);
});

test('JB-25: no completions asked for: Complete at once', () => {
  assert.equal(look({ spec: spec(1, 0) }).conditions.length, 2);
});

test('JB-24: a pod that is gone when an ending Job deletes it holds nothing up', () => {
  const gone = (api: Api): Api =>
    overriding(api, {
      delete: ((key: { kind: string; name: string }, options: never) =>
        key.kind === 'Pod'
          ? createCall((settle) =>
              settle({ ok: false, error: notFound({ group: '', plural: 'pods' }, key.name) }),
            )
          : api.delete(key as never, options)) as Api['delete'],
    });
  const spent = { spec: spec(1, 1, { backoffLimit: 0 }), pods: pods('RF') };
  const { conditions, job } = look({ ...spent, intercept: gone });
  assert.equal(conditions, ['FailureTarget:BackoffLimitExceeded']);
  assert.is(job.status.active, undefined);
});

test.run();
