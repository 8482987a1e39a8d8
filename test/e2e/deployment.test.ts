/**
 * A Deployment of three real processes, disturbed with the real kubectl and with kill(1): replaced, restarted, released,
 * adopted, scaled, rolled out. Rows: controllers.md RS-1 ff., DP-1 ff.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { createTemporaryFolder, findKubectl } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { eventually, hasProcfs, processesWith, startUp, type Json, type Up } from './support.js';

const test = suite('e2e: a Deployment of real processes', { timeoutMs: 60_000 });
test.skipUnless(findKubectl() !== undefined, 'there is no kubectl on this machine');
test.skipUnless(hasProcfs, 'processes are found through /proc');

const folder = createTemporaryFolder('statelet-e2e-deployment');
const images = join(folder.path, 'images.yaml');
const APP = fileURLToPath(new URL('programs/app.mjs', import.meta.url));
const command = [process.execPath, APP, 'web', join(folder.path, 'traces')];
writeFileSync(
  images,
  JSON.stringify({ images: { 'example.com/web:1': { command }, 'example.com/web:2': { command } } }),
);

const template = {
  metadata: { labels: { app: 'web' } },
  spec: {
    terminationGracePeriodSeconds: 2,
    containers: [
      {
        name: 'web',
        image: 'example.com/web:1',
        env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
      },
    ],
  },
};
const DEPLOYMENT = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template },
});

let up: Up;
test.before(async () => {
  up = await startUp({ folder: folder.path, args: ['--images', images] });
  assert.is(await up.ok('apply -f -', { stdin: DEPLOYMENT }), 'deployment.apps/web created\n');
});
test.after(async () => {
  await up?.interrupt();
  folder.remove();
});

const SETTLED = 'wait --for=jsonpath={.status.readyReplicas}=N deployment/web --timeout=40s'.split(' ');
/** Waits until the Deployment has so many ready pods, and as many in all; answers their names. */
const settled = async (replicas: number): Promise<string[]> => {
  await up.ok(SETTLED.map((word) => word.replace('=N', `=${replicas}`)));
  const pods = await eventually(
    async () => (await up.json('get pods -l app=web')).items as Json[],
    (items) => items.length === replicas && items.every(isReady),
  );
  return pods.map(nameOf);
};
const isReady = ({ metadata, status }: Json): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status: value }: Json) => type === 'Ready' && value === 'True');
const nameOf = ({ metadata }: Json): string => metadata.name;
const ownerOf = async (pod: string): Promise<string | undefined> =>
  (await up.json(`get pod ${pod}`)).metadata.ownerReferences?.[0]?.name;

test('three pods become ready, each with an address of its own, so that all can listen on port 8080', async () => {
  assert.match(
    await up.ok('rollout status deployment web --timeout=40s'),
    /deployment "web" successfully rolled out\n$/,
  );
  const pods = await settled(3);
  const { items } = await up.json('get pods -l app=web');
  assert.is(new Set(items.map(({ status }: Json) => status.podIP)).size, 3);
  for (const pod of pods) assert.is(processesWith('POD', pod).length, 1);
  assert.match(await up.ok('get deployment web'), /\nweb +3\/3 +3 +3 +\d+s\n$/);
});

test('a deleted pod is replaced, and its process is gone when kubectl returns', async () => {
  const [doomed = '', ...others] = await settled(3);
  assert.is(await up.ok(`delete pod ${doomed}`), `pod "${doomed}" deleted\n`);
  assert.equal(processesWith('POD', doomed), []);
  const now = await settled(3);
  assert.not(now.includes(doomed));
  assert.ok(others.every((name) => now.includes(name)));
});

test('a process that is killed is restarted in its pod: exit code 137, RESTARTS 1', async () => {
  const [name = ''] = await settled(3);
  const [pid = 0] = processesWith('POD', name);
  process.kill(pid, 'SIGKILL');
  await up.ok(`wait --for=jsonpath={.status.containerStatuses[0].restartCount}=1 pod/${name} --timeout=20s`);
  assert.ok((await settled(3)).includes(name));
  const { status } = await up.json(`get pod ${name}`);
  const { terminated } = status.containerStatuses[0].lastState;
  assert.equal([terminated.reason, terminated.exitCode], ['Error', 137]);
  assert.not.equal(processesWith('POD', name), [pid]);
});

test('a pod whose label is changed is let go and replaced; with its label back it is one too many', async () => {
  const [name = ''] = await settled(3);
  assert.is(await up.ok(`label pod ${name} app=debug --overwrite`), `pod/${name} labeled\n`);
  const now = await settled(3);
  assert.not(now.includes(name));
  assert.is(await ownerOf(name), undefined);
  assert.is(processesWith('POD', name).length, 1);
  await up.ok(`label pod ${name} app=web --overwrite`);
  await settled(3);
});

test('a stray pod with matching labels is adopted; as one too many it is deleted, being the youngest', async () => {
  const before = await settled(3);
  const [owner] = (await up.json('get replicasets')).items as Json[];
  const labels = owner.spec.selector.matchLabels;
  // The finalizer keeps it in sight after its deletion.
  const metadata = { name: 'stray', labels, finalizers: ['example.com/look'] };
  await up.ok('create -f -', {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec }),
  });
  const stray: Json = await eventually(
    () => up.json('get pod stray'),
    (found: Json) => found.metadata.deletionTimestamp !== undefined,
  );
  assert.is(stray.metadata.ownerReferences[0].uid, owner.metadata.uid);
  await up.ok(['patch', 'pod', 'stray', '--type=merge', '--patch={"metadata":{"finalizers":null}}']);
  assert.equal((await settled(3)).sort(), before.sort());
});

test('pods that their Deployment and ReplicaSet have left behind are adopted by the next ones, none restarted', async () => {
  const before = await settled(3);
  await up.ok('delete deployment web --cascade=orphan');
  await up.ok('delete replicaset -l app=web --cascade=orphan');
  for (const name of before) assert.is(await ownerOf(name), undefined);
  await up.ok('apply -f -', { stdin: DEPLOYMENT });
  assert.equal((await settled(3)).sort(), before.sort());
  const [owner] = (await up.json('get replicasets')).items as Json[];
  for (const name of before) assert.is(await ownerOf(name), owner.metadata.name);
});

test('scaled to five and back to two', async () => {
  assert.is(await up.ok('scale deployment web --replicas=5'), 'deployment.apps/web scaled\n');
  await settled(5);
  assert.is(
    await up.ok('scale deployment/web --replicas=2 --current-replicas=5'),
    'deployment.apps/web scaled\n',
  );
  const left = await settled(2);
  await eventually(() => left.flatMap((name) => processesWith('POD', name)).length === 2);
});

test('a new image rolls out pod by pod, and is rolled back', async () => {
  const before = await settled(2);
  assert.is(
    await up.ok('set image deployment/web web=example.com/web:2'),
    'deployment.apps/web image updated\n',
  );
  assert.match(await up.ok('rollout status deployment/web --timeout=40s'), /successfully rolled out\n$/);
  const after = await settled(2);
  assert.not(after.some((name) => before.includes(name)));
  const { items } = await up.json('get pods -l app=web');
  for (const { spec } of items) assert.is(spec.containers[0].image, 'example.com/web:2');
  assert.match(await up.ok('rollout history deployment/web'), /\n1 +<none>\n2 +<none>\n/);

  assert.is(await up.ok('rollout undo deployment/web'), 'deployment.apps/web rolled back\n');
  assert.match(await up.ok('rollout status deployment/web --timeout=40s'), /successfully rolled out\n$/);
  assert.match(await up.ok('rollout history deployment/web'), /\n2 +<none>\n3 +<none>\n/);
  for (const name of before) assert.equal(processesWith('POD', name), []);
});

test('deleted with what it owns, and no process is left', async () => {
  assert.is(await up.ok('delete deployment web --cascade=foreground'), 'deployment.apps "web" deleted\n');
  assert.is((await up.json('get all')).items.length, 0);
  const marked = processesWith('HOSTNAME', 'stray');
  assert.equal(marked, []);
});

test.run();
