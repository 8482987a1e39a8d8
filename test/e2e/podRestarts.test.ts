/**
 * Containers that turn unhealthy, hang or crash, as real processes, and what the real kubectl shows of it.
 * Rows: node.md 1.6, 3.4, 4.6 to 4.10, 9.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { createTemporaryFolder, findKubectl } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { listOf, startUp, type Json, type Up } from './support.js';

const test = suite('e2e: restarts of real processes', { timeoutMs: 90_000 });
test.skipUnless(findKubectl() !== undefined, 'there is no kubectl on this machine');

const APP = fileURLToPath(new URL('programs/app.mjs', import.meta.url));
const folder = createTemporaryFolder('statelet-e2e-pods');
const traces = (mode: string): string => join(folder.path, 'traces', mode);

const pod = (mode: string, livenessProbe?: object, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: mode },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'app',
        image: 'example.com/app:1',
        command: [process.execPath, APP, mode, traces(mode)],
        ...(livenessProbe !== undefined && {
          livenessProbe: {
            initialDelaySeconds: 1,
            periodSeconds: 1,
            timeoutSeconds: 1,
            failureThreshold: 3,
            ...livenessProbe,
          },
        }),
      },
    ],
    ...spec,
  },
});

let up: Up;
test.before(async () => {
  up = await startUp({ folder: folder.path });
  const manifests = listOf(
    pod('crash'),
    pod('http', { httpGet: { path: '/health', port: 8080 } }),
    pod('tcp', { tcpSocket: { port: 8080 } }),
    pod('exec', { exec: { command: ['cat', join(traces('exec'), 'healthy')] }, timeoutSeconds: 5 }),
    pod('hang', { httpGet: { path: '/', port: 8080 } }),
  );
  await up.ok('apply -f -', { stdin: manifests });
});
test.after(async () => {
  await up?.interrupt();
  folder.remove();
});

const restarted = async (name: string): Promise<Json> => {
  await up.ok(`wait --for=jsonpath={.status.containerStatuses[0].restartCount}=1 pod/${name} --timeout=60s`);
  return await up.json(`get pod ${name}`);
};
/** Events of a pod with a reason: how often, and the message. */
const eventsOf = async (name: string, reason: string): Promise<(readonly [number, string])[]> => {
  const selector = `involvedObject.name=${name},reason=${reason}`;
  const { items } = await up.json(`get events --field-selector ${selector}`);
  return items.map(({ count, message }: Json) => [count, message]);
};
const KILLING = 'Container app failed liveness probe, will be restarted';

interface Case {
  readonly mode: string;
  readonly exitCode: number;
  /** Message of Unhealthy; IP stands for the pod's address. */
  readonly says: string;
  /** What the first instance printed, and what the second one begins with. */
  readonly previous: RegExp;
}
const CASES: readonly Case[] = [
  {
    mode: 'http',
    exitCode: 143,
    says: 'Liveness probe failed: HTTP probe failed with statuscode: 500',
    previous: /^http: instance one\n(request [1-5]: 200\n){5}(request [6-8]: 500\n){3}$/,
  },
  {
    mode: 'tcp',
    exitCode: 143,
    says: 'Liveness probe failed: dial tcp IP:8080: connect: connection refused',
    previous: /^tcp: instance one\nclosed its port\n$/,
  },
  {
    mode: 'exec',
    exitCode: 0,
    says: `Liveness probe failed: cat: ${join(traces('exec'), 'healthy')}: No such file or directory\n`,
    previous: /^exec: instance one\n$/,
  },
  {
    mode: 'hang',
    exitCode: 137,
    says: 'Liveness probe failed: Get "http://IP:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    previous: /^hang: instance one\nwill not go\n$/,
  },
];

for (const { mode, exitCode, says, previous } of CASES) {
  test(`${mode}: restarted after three failed probes; events, describe and both logs tell why`, async () => {
    const { status } = await restarted(mode);
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const { terminated } = status.containerStatuses[0].lastState;
    assert.equal([terminated.reason, terminated.exitCode], [reason, exitCode]);
    assert.equal(await eventsOf(mode, 'Unhealthy'), [[3, says.replace('IP', status.podIP)]]);
    assert.equal(await eventsOf(mode, 'Killing'), [[1, KILLING]]);
    assert.match(await up.ok(`get pod ${mode}`), new RegExp(`\\n${mode} +1/1 +Running +1 \\(\\d+s ago\\) `));
    const described = await up.ok(`describe pod ${mode}`);
    assert.match(
      described,
      new RegExp(`Last State: +Terminated\\n +Reason: +${reason}\\n +Exit Code: +${exitCode}\\n`),
    );
    assert.match(described, /Restart Count: +1\n/);
    assert.match(described, /Warning +Unhealthy +\d+s \(x3 over \d+s\) +kubelet +Liveness probe failed: /);
    assert.match(described, new RegExp(`Normal +Killing +\\d+s +kubelet +${KILLING}\\n`));
    assert.match(await up.ok(`logs ${mode} --previous`), previous);
    assert.match(await up.ok(`logs ${mode}`), new RegExp(`^${mode}: instance two\n`));
  });
}

test('crash: restarted at once, after 10 s and after 20 s, with CrashLoopBackOff in between (node.md 3.4)', async () => {
  const backOff = 'jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff';
  await up.ok(`wait --for=${backOff} pod/crash --timeout=30s`);
  assert.match(await up.ok('logs crash'), /^crash: instance (one|two)\ncrashes\n$/);
  await up.ok('wait --for=jsonpath={.status.containerStatuses[0].restartCount}=3 pod/crash --timeout=60s');
  await up.ok(`wait --for=${backOff} pod/crash --timeout=30s`);
  const { metadata, status } = await up.json('get pod crash');
  const [container] = status.containerStatuses;
  assert.equal(
    [container.restartCount, container.lastState.terminated.reason, container.lastState.terminated.exitCode],
    [3, 'Error', 3],
  );
  const subject = `crash_default(${metadata.uid})`;
  assert.is(container.state.waiting.message, `back-off 40s restarting failed container=app pod=${subject}`);
  const [[, message] = []] = await eventsOf('crash', 'BackOff');
  assert.is(message, `Back-off restarting failed container app in pod ${subject}`);
  assert.match(await up.ok('get pod crash'), /\ncrash +0\/1 +CrashLoopBackOff +3 \(\d+s ago\) /);

  const times = (name: string) =>
    readFileSync(join(traces('crash'), name), 'utf8')
      .trim()
      .split('\n')
      .map(Number);
  const [starts, ends] = [times('starts'), times('ends')];
  const waits = [0, 1, 2].map((index) => (starts[index + 1] ?? 0) - (ends[index] ?? 0));
  // Down to the second: the process takes a moment to end and to start.
  const isNear = (wait: number, least: number) => wait >= least && wait < least + 5_000;
  assert.ok(
    isNear(waits[0] ?? -1, 0) && isNear(waits[1] ?? 0, 10_000) && isNear(waits[2] ?? 0, 20_000),
    `${waits}`,
  );
});

test('logs -f follows one instance to its end; get --watch tells of each change; delete waits', async () => {
  const watching = up.kubectl('get pod --watch --no-headers', {
    until: (said) => /^late +0\/1 +Completed/m.test(said),
  });
  await up.ok('create -f -', { stdin: LATE });
  assert.is(await up.ok('logs -f late --pod-running-timeout=10s'), 'one\ntwo\n');
  const watched = await watching;
  assert.match(watched.stdout, /^late +0\/1 +(Pending|ContainerCreating)[\s\S]*^late +0\/1 +Completed/m);
  assert.is(await up.ok('logs late --tail=1'), 'two\n');
  assert.is(await up.ok('delete pod late'), 'pod "late" deleted\n');
  assert.match(
    (await up.kubectl('get pod late')).stderr,
    /^Error from server \(NotFound\): pods "late" not found/,
  );
});
const LATE = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'late' },
  spec: {
    restartPolicy: 'Never',
    containers: [
      { name: 'app', image: 'example.com/app:1', command: ['sh', '-c', 'echo one; sleep 1; echo two'] },
    ],
  },
});

test.run();
