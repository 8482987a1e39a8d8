/** What the real kubectl shows and does of a CronJob, on a cluster in virtual time. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createCluster } from '../../src/index.js';
import { createTemporaryFolder, findKubectl, runKubectl } from '../support/kubectl.js';
import { suite } from '../support/suite.js';

const test = suite('e2e: a CronJob and kubectl', { timeoutMs: 60_000 });
test.skipUnless(findKubectl() !== undefined, 'there is no kubectl on this machine');

const START = Date.parse('2026-01-01T00:00:00Z');
const IMAGES = { 'batch:1': { exitsAfter: '120s' } };
const CRON_JOB = JSON.stringify({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tick' },
  spec: {
    schedule: '0,15,30,45 * * * *',
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'batch:1' }] } } },
    },
  },
});

test('kubectl creates a Job from it, lists it and describes it', async () => {
  const folder = createTemporaryFolder('statelet-cronjob');
  const kubeconfig = join(folder.path, 'config');
  const cluster = await createCluster({ nodes: 1, clock: 'virtual', startTime: START, images: IMAGES });
  await cluster.listen({ kubeconfig });
  const kubectl = async (command: string, stdin?: string): Promise<string> => {
    const { code, stdout, stderr } = await runKubectl(command.split(' '), {
      kubeconfig,
      home: folder.path,
      ...(stdin !== undefined && { stdin }),
    });
    assert.is(code, 0, `kubectl ${command}: ${stderr}`);
    return stdout;
  };
  assert.is(await kubectl('apply -f -', CRON_JOB), 'cronjob.batch/tick created\n');
  await cluster.advance('16m');
  assert.match(
    await kubectl('get cronjob'),
    /^NAME +SCHEDULE +TIMEZONE +SUSPEND +ACTIVE +LAST SCHEDULE +AGE\ntick +0,15,30,45 \* \* \* \* +<none> +False +1 +60s +16m\n$/,
  );
  assert.is(await kubectl('create job --from=cronjob/tick by-hand'), 'job.batch/by-hand created\n');
  await cluster.advance('5m');
  const described = await kubectl('describe cronjob tick');
  assert.match(described, /Schedule: +0,15,30,45 \* \* \* \*\nConcurrency Policy: +Allow\nSuspend: +False\n/);
  assert.match(described, /Successful Job History Limit: +3\nFailed Job History Limit: +1\n/);
  assert.match(described, /Last Schedule Time: +Thu, 01 Jan 2026 00:15:00 \+0000\nActive Jobs: +<none>\n/);
  const events = described.slice(described.indexOf('Events:'));
  assert.match(events, /Normal +SuccessfulCreate .* cronjob-controller +Created job tick-29453775\n/);
  assert.match(
    events,
    /Warning +UnexpectedJob .* Saw a job that the controller did not create or forgot: by-hand\n/,
  );
  assert.match(events, /Normal +SawCompletedJob .* Saw completed job: tick-29453775, condition: Complete\n/);
  assert.is(cluster.get('Job', 'by-hand')?.status.succeeded, 1);
  assert.match(
    await kubectl(`patch cronjob tick -p {"spec":{"suspend":true}}`),
    /^cronjob\.batch\/tick patched\n$/,
  );
  assert.match(await kubectl('get cronjob tick --no-headers'), / True +0 /);
  await cluster.stop();
  folder.remove();
});

test('what cannot be is refused in the words of the API, and nothing is stored', async () => {
  const folder = createTemporaryFolder('statelet-cronjob-bad');
  const kubeconfig = join(folder.path, 'config');
  const cluster = await createCluster({ nodes: 0, clock: 'virtual', startTime: START });
  await cluster.listen({ kubeconfig });
  const refused = async (spec: object): Promise<string> => {
    const { code, stderr } = await runKubectl(['create', '-f', '-'], {
      kubeconfig,
      home: folder.path,
      stdin: JSON.stringify({
        ...JSON.parse(CRON_JOB),
        spec: { ...JSON.parse(CRON_JOB).spec, ...spec },
      }),
    });
    assert.is(code, 1);
    return stderr;
  };
  assert.is(
    await refused({ schedule: '61 * * * *' }),
    'The CronJob "tick" is invalid: spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61\n',
  );
  assert.is(
    await refused({ timeZone: 'Mars/Olympus' }),
    'The CronJob "tick" is invalid: spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus\n',
  );
  assert.equal(cluster.list('CronJob'), []);
  await cluster.stop();
  folder.remove();
});

test.run();
