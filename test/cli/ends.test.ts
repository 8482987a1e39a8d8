/** What `statelet run` waits for, and what it calls a success. */
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/index.js';
import { canEnd, followEnds } from '../../src/cli/ends.js';
import { createPlane, podManifest } from '../controllers/plane.js';
import { jobManifest } from '../controllers/job/support.js';
import { suite } from '../support/suite.js';

const test = suite('cli: ends');

test('Jobs end, and pods that are not always restarted', () => {
  const pod = (restartPolicy: string) => ({ kind: 'Pod', spec: { restartPolicy } }) as unknown as KubeObject;
  assert.equal(
    [
      pod('Never'),
      pod('OnFailure'),
      pod('Always'),
      { kind: 'Job' } as KubeObject,
      { kind: 'Deployment' } as KubeObject,
    ].map(canEnd),
    [true, true, false, true, false],
  );
});

test('a Job ends with Complete or Failed; what has ended stays so when it is deleted, what has not has failed', async () => {
  const p = createPlane({ controllers: [] });
  const ends = followEnds(p.api);
  const names = ['good', 'bad', 'deleted'];
  const jobs = names.map((name) => p.create('Job', jobManifest({}, {}, name)));
  const conditions = (...types: string[]) => types.map((type) => ({ type, status: 'True' }));
  const startTime = '2026-01-01T00:00:00Z';
  const completionTime = '2026-01-01T00:00:01Z';
  let isOver = false;
  const over = ends.untilAll(jobs).then(() => (isOver = true));
  p.patch(
    'Job',
    'good',
    { status: { startTime, completionTime, conditions: conditions('SuccessCriteriaMet', 'Complete') } },
    'status',
  );
  p.patch(
    'Job',
    'bad',
    { status: { startTime, conditions: conditions('FailureTarget', 'Failed') } },
    'status',
  );
  assert.equal(jobs.map(ends.of), ['succeeded', 'failed', 'running']);
  await Promise.resolve();
  assert.is(isOver, false);
  for (const name of names) p.remove('Job', name, { propagationPolicy: 'Background' });
  assert.equal(jobs.map(ends.of), ['succeeded', 'failed', 'failed']);
  await over;
  ends.stop();
  p.stop();
});

test('a pod ends with its phase', () => {
  const p = createPlane({ controllers: [] });
  const ends = followEnds(p.api);
  const pod = p.create('Pod', podManifest('once', {}, { restartPolicy: 'Never' }));
  assert.is(ends.of(pod), 'running');
  p.patch('Pod', 'once', { status: { phase: 'Succeeded' } }, 'status');
  assert.is(ends.of(pod), 'succeeded');
  ends.stop();
  p.stop();
});

test.run();
