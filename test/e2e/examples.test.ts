/**
 * The bundled examples of batch work, daemons and rollouts, each with the real kubectl and real processes on three nodes.
 * The same files in virtual time, to the second: test/cluster/examples.test.ts.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createTemporaryFolder, findKubectl } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { eventually, ROOT, startUp, type Json, type Up } from './support.js';

/** A CronJob of every minute needs up to a minute to begin. */
const test = suite('e2e: examples', { timeoutMs: 120_000 });
test.skipUnless(findKubectl() !== undefined, 'there is no kubectl on this machine');

const EXAMPLES = join(ROOT, 'docs', 'examples');
const folder = createTemporaryFolder('statelet-e2e-examples');
let up: Up;
test.before(async () => {
  const images = join(EXAMPLES, 'images.yaml');
  up = await startUp({ folder: folder.path, args: ['--nodes', '3', '--images', images] });
  // The one begins with the next minute, the other waits between its tries: meanwhile the others run.
  await apply('cronjob/cronjob.yaml');
  await apply('job/failing.yaml');
});
test.after(async () => {
  await up?.interrupt();
  folder.remove();
});

const apply = (path: string): Promise<string> => up.ok(`apply -f ${join(EXAMPLES, path)}`);
const finished = (job: string, condition: string): Promise<string> =>
  up.ok(`wait --for=condition=${condition} job/${job} --timeout=90s`);
const podsOf = async (selector: string): Promise<readonly Json[]> =>
  (await up.json(`get pods -l ${selector}`)).items;
const seconds = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
/** The table of events that ends a description, one line each, with blanks squeezed. */
const eventsOf = async (what: string): Promise<readonly string[]> => {
  const described = await up.ok(`describe ${what}`);
  return described
    .slice(described.indexOf('Events:'))
    .split('\n')
    .slice(3)
    .filter(Boolean)
    .map((line) =>
      line
        .trim()
        .replace(/ {2,}/g, ' | ')
        .replace(/ \| [\dms]+( \(x\d+ over [\dms]+\))? \| /, ' | '),
    );
};

test('a Job of five completions, one after the other', async () => {
  await apply('job/sequential.yaml');
  await finished('steps', 'Complete');
  const pods = (await podsOf('job-name=steps')).map(({ status }: Json) => status);
  const runs = pods
    .map(({ startTime, containerStatuses }: Json) => [
      startTime,
      containerStatuses[0].state.terminated.finishedAt,
    ])
    .sort();
  assert.is(runs.length, 5);
  for (const [index, [start]] of runs.entries())
    if (index > 0) assert.ok(start >= runs[index - 1]?.[1], 'the next begins when the one before has ended');
  assert.match(await up.ok('get job steps'), /\nsteps +Complete +5\/5 +\d+s +\d+s\n$/);
  const events = await eventsOf('job steps');
  assert.is(
    events.filter((line) =>
      line.startsWith('Normal | SuccessfulCreate | job-controller | Created pod: steps-'),
    ).length,
    5,
  );
  assert.is(events.at(-1), 'Normal | Completed | job-controller | Job completed');
});

test('then two at a time', async () => {
  await apply('job/job.yaml');
  await finished('parts', 'Complete');
  const described = await up.ok('describe job parts');
  assert.match(
    described,
    /\nPods Statuses: +0 Active \(0 Ready\) \/ 5 Succeeded \/ 0 Failed\nCompleted Indexes: +0-4\n/,
  );
  const { startTime, completionTime } = (await up.json('get job parts')).status;
  const sequential = (await up.json('get job steps')).status;
  assert.ok(seconds(startTime, completionTime) < seconds(sequential.startTime, sequential.completionTime));
});

test('a Job whose task fails at first is restarted in its pods, and completes', async () => {
  await apply('job/flaky.yaml');
  await finished('flaky', 'Complete');
  const pods = await podsOf('job-name=flaky');
  assert.equal(
    pods.map(({ status }: Json) => status.containerStatuses[0].restartCount),
    [1, 1, 1],
  );
  const { succeeded, failed } = (await up.json('get job flaky')).status;
  assert.equal([succeeded, failed], [3, undefined]);
});

test('a Job whose task fails every time is tried again after 10 s and 20 s, and has failed', async () => {
  await finished('failing', 'Failed');
  const starts = (await podsOf('job-name=failing'))
    .map(({ metadata }: Json) => metadata.creationTimestamp)
    .sort();
  assert.is(starts.length, 3);
  assert.ok(seconds(starts[0], starts[1]) >= 10 && seconds(starts[1], starts[2]) >= 20, starts.join(' '));
  const events = await eventsOf('job failing');
  assert.is(
    events.at(-1),
    'Warning | BackoffLimitExceeded | job-controller | Job has reached the specified backoff limit',
  );
});

test('a Job that is limited in time', async () => {
  await apply('job/deadline.yaml');
  await finished('late', 'Failed');
  const described = await up.ok('describe job late');
  assert.match(described, /\nActive Deadline Seconds: +3s\n/);
  assert.match(described, /\nPods Statuses: +0 Active \(0 Ready\) \/ \d Succeeded \/ 1 Failed\n/);
  const events = await eventsOf('job late');
  assert.is(
    events.at(-1),
    'Warning | DeadlineExceeded | job-controller | Job was active longer than specified deadline',
  );
});

test('a DaemonSet follows the label of its nodes', async () => {
  await apply('agent/daemonset.yaml');
  const on = async (): Promise<string> =>
    (await podsOf('app=agent'))
      .filter(({ metadata }: Json) => metadata.deletionTimestamp === undefined)
      .map(({ spec }: Json) => spec.nodeName)
      .sort()
      .join(' ');
  assert.is(await on(), '');
  await up.ok('label node node-1 node-3 disk=ssd');
  await up.ok('rollout status daemonset/agent --timeout=60s');
  assert.is(await on(), 'node-1 node-3');
  assert.match(await up.ok('get daemonset agent'), /\nagent +2 +2 +2 +2 +2 +disk=ssd +\d+s\n$/);
  await up.ok('label node node-1 disk-');
  await eventually(on, (nodes) => nodes === 'node-3');
  await eventually(
    () => up.ok('describe daemonset agent'),
    (text) => /\nPods Status: +1 Running \/ 0 Waiting/.test(text),
  );
  const events = await eventsOf('daemonset agent');
  assert.match(
    events.at(-1) ?? '',
    /^Normal \| SuccessfulDelete \| daemonset-controller \| Deleted pod: agent-/,
  );
});

test('replicas that keep apart take a node each; a fourth waits, and says for what', async () => {
  await apply('spread/deployment.yaml');
  await up.ok('rollout status deployment/apart --timeout=60s');
  const nodes = async (): Promise<string> =>
    (await podsOf('app=apart'))
      .map(({ spec }: Json) => spec.nodeName ?? 'none')
      .sort()
      .join(' ');
  assert.is(await nodes(), 'node-1 node-2 node-3');
  await up.ok('scale deployment/apart --replicas=4');
  await eventually(nodes, (all) => all === 'node-1 node-2 node-3 none');
  await eventually(
    () => up.ok('describe pods -l app=apart'),
    (text) =>
      text.includes("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. no new claims"),
  );
  await up.ok('rollout restart deployment/apart');
  await up.ok('scale deployment/apart --replicas=3');
  await up.ok('rollout status deployment/apart --timeout=60s');
  await eventually(nodes, (all) => all === 'node-1 node-2 node-3');
});

test('a rollout with a bad image ends in ProgressDeadlineExceeded, and is undone', async () => {
  await apply('rollout/deployment.yaml');
  await up.ok('rollout status deployment/shop --timeout=60s');
  await up.ok('set image deployment/shop shop=example.com/no-such-image:2');
  const { code, stderr } = await up.kubectl('rollout status deployment/shop --timeout=60s');
  assert.equal([code, stderr.trim()], [1, 'error: deployment "shop" exceeded its progress deadline']);
  const described = await up.ok('describe deployment shop');
  assert.match(described, /\nReplicas: +3 desired \| 1 updated \| 4 total \| 3 available \| 1 unavailable\n/);
  assert.match(
    described,
    /\n +Available +True +MinimumReplicasAvailable\n +Progressing +False +ProgressDeadlineExceeded\n/,
  );
  assert.is(await up.ok('rollout undo deployment/shop'), 'deployment.apps/shop rolled back\n');
  assert.match(await up.ok('rollout status deployment/shop --timeout=60s'), /successfully rolled out\n$/);
  const events = await eventsOf('deployment shop');
  assert.equal(
    events.map((line) => line.replace(/shop-\w+/, 'shop-x')),
    [
      'Normal | ScalingReplicaSet | deployment-controller | Scaled up replica set shop-x from 0 to 3',
      'Normal | ScalingReplicaSet | deployment-controller | Scaled up replica set shop-x from 0 to 1',
      'Normal | ScalingReplicaSet | deployment-controller | Scaled down replica set shop-x from 1 to 0',
    ],
  );
});

test('a CronJob of every minute: its run, its history, and a run by hand', async () => {
  const [job] = await eventually(
    async () =>
      (await up.json('get jobs')).items.filter(({ metadata }: Json) => /^report-\d/.test(metadata.name)),
    (jobs) => jobs.length > 0,
  );
  const { name, annotations } = job.metadata;
  const scheduled = annotations['batch.kubernetes.io/cronjob-scheduled-timestamp'];
  assert.match(scheduled, /:00Z$/);
  assert.is(name, `report-${Date.parse(scheduled) / 60_000}`);
  await finished(name, 'Complete');
  await eventually(
    () => up.ok('describe cronjob report'),
    (text) => /\nActive Jobs: +<none>\n/.test(text),
  );
  const events = await eventsOf('cronjob report');
  assert.ok(
    events.includes(`Normal | SuccessfulCreate | cronjob-controller | Created job ${name}`),
    events.join('\n'),
  );
  assert.ok(
    events.includes(
      `Normal | SawCompletedJob | cronjob-controller | Saw completed job: ${name}, condition: Complete`,
    ),
    events.join('\n'),
  );
  assert.is(await up.ok('create job --from=cronjob/report report-now'), 'job.batch/report-now created\n');
  await finished('report-now', 'Complete');
});

test.run();
