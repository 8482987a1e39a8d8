/** Finished Jobs that have to go: controllers.md §5.9 (JB-80) and row 244 of §11.7. The test plays the Job controller. */
import * as assert from 'uvu/assert';
import type { Job } from '../../../src/api/index.js';
import { answer, type ObjectKey } from '../../../src/client/index.js';
import { expiresInMs } from '../../../src/controllers/ttlAfterFinished/reconcile.js';
import { ago, NOW_MS } from '../objects.js';
import { createPlane, overriding, value, type Plane, type PlaneOptions } from '../plane.js';
import { suite } from '../../support/suite.js';

const test = suite('ttlAfterFinished: controller');

const jobThat = (ttlSecondsAfterFinished: number | undefined, type?: string, agoSeconds = 0): Job =>
  ({
    metadata: { name: 'j', uid: 'j' },
    spec: { ttlSecondsAfterFinished },
    status: {
      ...(type && { conditions: [{ type, status: 'True', lastTransitionTime: ago(agoSeconds) }] }),
    },
  }) as unknown as Job;

test('row 244: what is left of the life of a finished Job', () => {
  const left = (...job: Parameters<typeof jobThat>) => expiresInMs(jobThat(...job), NOW_MS);
  assert.equal(
    [left(10), left(undefined, 'Complete'), left(10, 'Suspended')],
    [undefined, undefined, undefined],
  );
  for (const type of ['Complete', 'Failed'])
    assert.equal([left(0, type), left(10, type), left(15, type, 10)], [0, 10_000, 5_000], type);
  assert.is(left(5, 'Complete', 8), -3_000);
  const leaving = jobThat(0, 'Complete');
  const metadata = { ...leaving.metadata, deletionTimestamp: ago(0) };
  assert.is(expiresInMs({ ...leaving, metadata }, NOW_MS), undefined);
});

const manifest = (ttlSecondsAfterFinished?: number): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j' },
  spec: {
    ...(ttlSecondsAfterFinished !== undefined && { ttlSecondsAfterFinished }),
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c:1' }] } },
  },
});
const withJob = (
  ttlSeconds: number | undefined,
  body: (plane: Plane) => void,
  options: PlaneOptions = {},
): void => {
  const plane = createPlane({ controllers: ['ttlAfterFinished', 'garbageCollector'], ...options });
  plane.create('Job', manifest(ttlSeconds));
  try {
    body(plane);
  } finally {
    plane.stop();
  }
};
const finish = (plane: Plane): void => {
  const now = `${new Date(plane.clock.now()).toISOString().slice(0, 19)}Z`;
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
  const conditions = [condition('FailureTarget'), condition('Failed')];
  plane.patch('Job', 'j', { status: { startTime: now, conditions } }, 'status');
};
const isThere = (plane: Plane): boolean => plane.list('Job').length > 0;

test('row 244: the Job goes when its time is over, and not a millisecond before', () => {
  withJob(10, (plane) => {
    plane.advance(60_000);
    assert.ok(isThere(plane), 'it has not finished');
    finish(plane);
    plane.advance(9_999);
    assert.ok(isThere(plane));
    plane.advance(1);
    assert.not.ok(isThere(plane));
  });
});
test('row 244: 0 s is at once; without a limit it stays', () => {
  withJob(0, (plane) => {
    finish(plane);
    plane.advance(0);
    assert.not.ok(isThere(plane));
  });
  withJob(undefined, (plane) => {
    finish(plane);
    plane.advance(24 * 3_600_000);
    assert.ok(isThere(plane));
  });
});
test('JB-80: its pods go with it, before it (foreground)', () => {
  withJob(5, (plane) => {
    const { uid } = plane.get('Job', 'j').metadata;
    const owner = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      name: 'j',
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    plane.create('Pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', ownerReferences: [owner], finalizers: ['example.com/held'] },
      spec: { containers: [{ name: 'c', image: 'c:1' }] },
    });
    finish(plane);
    plane.advance(5_000);
    assert.equal(plane.get('Job', 'j').metadata.finalizers, ['foregroundDeletion'], 'waits for its pod');
    plane.patch('Pod', 'p', { metadata: { finalizers: null } });
    plane.runPods();
    assert.equal([plane.list('Pod').length, isThere(plane)], [0, false]);
  });
});
test('JB-80: a limit that is raised, or taken away, after the end is honoured', () => {
  withJob(10, (plane) => {
    finish(plane);
    plane.advance(5_000);
    plane.patch('Job', 'j', { spec: { ttlSecondsAfterFinished: 60 } });
    plane.advance(54_999);
    assert.ok(isThere(plane));
    plane.advance(1);
    assert.not.ok(isThere(plane));
  });
  withJob(10, (plane) => {
    finish(plane);
    plane.patch('Job', 'j', { spec: { ttlSecondsAfterFinished: null } });
    plane.advance(600_000);
    assert.ok(isThere(plane));
  });
});
test('JB-80: the live Job decides: one of the same name that came after it is left alone', () => {
  let isLate = false;
  withJob(
    10,
    (plane) => {
      finish(plane);
      isLate = true;
      plane.advance(20_000);
      assert.ok(isThere(plane), 'what is read live has another uid');
    },
    {
      intercept: (api) =>
        overriding(api, {
          get: ((key: ObjectKey) => {
            if (!isLate || key.kind !== 'Job') return api.get(key);
            const job = value(api.get(key));
            return answer(() => ({ ...job, metadata: { ...job.metadata, uid: 'another' } }));
          }) as typeof api.get,
        }),
    },
  );
});

test.run();
