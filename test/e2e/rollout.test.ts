/**
 * `kubectl rollout` and `kubectl set image` against a cluster on the machine's clock whose containers are simulated:
 * status, history, undo, restart, pause and resume, and a rollout that fails. Rows: controllers.md §2, §11.2.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createCluster, type Cluster } from '../../src/index.js';
import { createTemporaryFolder, findKubectl, runKubectl, type KubectlOutcome } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { deployment } from '../support/workloads.js';

const test = suite('e2e: kubectl rollout', { timeoutMs: 60_000 });
test.skipUnless(findKubectl() !== undefined, 'there is no kubectl on this machine');

const folder = createTemporaryFolder('statelet-e2e-rollout');
const kubeconfig = join(folder.path, 'config');
let cluster: Cluster;
test.before(async () => {
  cluster = await createCluster({
    nodes: 2,
    clock: 'system',
    images: { 'web:bad': { pull: { fails: true } } },
  });
  await cluster.listen({ kubeconfig });
  await kubectlOk('create namespace shop');
  await applyWeb('web:1', 'first');
});
test.after(async () => {
  await cluster?.stop();
  folder.remove();
});

const kubectl = (command: string | readonly string[], stdin?: string): Promise<KubectlOutcome> =>
  runKubectl(typeof command === 'string' ? command.split(' ') : command, {
    kubeconfig,
    home: folder.path,
    timeoutMs: 60_000,
    ...(stdin !== undefined && { stdin }),
  });
const kubectlOk = async (command: string | readonly string[], stdin?: string): Promise<string> => {
  const { code, stdout, stderr } = await kubectl(command, stdin);
  assert.is(code, 0, `kubectl ${String(command)}: ${stdout}${stderr}`);
  return stdout;
};
const IN = '-n shop';
const applyWeb = async (image: string, cause: string): Promise<void> => {
  const manifest = deployment('web', 3, { image }, { progressDeadlineSeconds: 3 }) as { metadata: object };
  const annotated = {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { 'kubernetes.io/change-cause': cause } },
  };
  await kubectlOk(`apply ${IN} -f -`, JSON.stringify(annotated));
};
const rolledOut = async (): Promise<void> => {
  assert.match(
    await kubectlOk(`rollout status deployment/web ${IN} --timeout=20s`),
    /deployment "web" successfully rolled out\n$/,
  );
};
/** Revisions, as `kubectl rollout history` lists them. */
const history = async (): Promise<readonly string[]> =>
  (await kubectlOk(`rollout history deployment/web ${IN}`))
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.replace(/\s+/g, ' ').trim());
/** Images of all pods that are not on their way out, and what the Deployment says of itself. */
const images = (): readonly string[] => [
  ...new Set(
    cluster
      .list('Pod', 'shop')
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ spec }) => spec.containers[0]?.image ?? ''),
  ),
];
const condition = (type: string) =>
  cluster.get('Deployment', 'web', 'shop')?.status.conditions?.find((one) => one.type === type);

test('status waits for the first rollout, and the history has one revision with its cause', async () => {
  await rolledOut();
  assert.equal(await history(), ['1 first']);
  assert.is(condition('Progressing')?.reason, 'NewReplicaSetAvailable');
});

test('set image rolls out a second revision; its template can be read', async () => {
  assert.is(
    await kubectlOk(`set image deployment/web app=web:2 ${IN}`),
    'deployment.apps/web image updated\n',
  );
  await rolledOut();
  assert.equal(images(), ['web:2']);
  assert.equal(await history(), ['1 first', '2 first']);
  assert.match(await kubectlOk(`rollout history deployment/web --revision=2 ${IN}`), /Image:\s+web:2\n/);
  assert.match(await kubectlOk(`rollout history deployment/web --revision=1 ${IN}`), /Image:\s+web:1\n/);
});

test('restart replaces every pod under a third revision', async () => {
  const before = new Set(cluster.list('Pod', 'shop').map(({ metadata }) => metadata.uid));
  assert.is(await kubectlOk(`rollout restart deployment/web ${IN}`), 'deployment.apps/web restarted\n');
  await rolledOut();
  const template = cluster.get('Deployment', 'web', 'shop')?.spec.template;
  assert.type(template?.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'], 'string');
  await cluster.runUntil(
    () => cluster.list('Pod', 'shop').every(({ metadata }) => !before.has(metadata.uid)),
    {
      timeout: '40s',
    },
  );
  assert.is((await history()).length, 3);
});

test('DP-12: paused, a new image waits; resumed, it rolls out', async () => {
  assert.is(await kubectlOk(`rollout pause deployment/web ${IN}`), 'deployment.apps/web paused\n');
  await kubectlOk(`set image deployment/web app=web:3 ${IN}`);
  await cluster.runUntil(() => condition('Progressing')?.reason === 'DeploymentPaused', { timeout: '10s' });
  assert.equal(images(), ['web:2']);
  const { stderr } = await kubectl(`rollout undo deployment/web ${IN}`);
  assert.match(
    stderr,
    /you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume'/,
  );
  assert.is(await kubectlOk(`rollout resume deployment/web ${IN}`), 'deployment.apps/web resumed\n');
  await rolledOut();
  assert.equal(images(), ['web:3']);
});

test('DP-80: undo goes back to the revision before, or to a given one, under a new number', async () => {
  assert.is(await kubectlOk(`rollout undo deployment/web ${IN}`), 'deployment.apps/web rolled back\n');
  await rolledOut();
  assert.equal(images(), ['web:2']);
  assert.is(
    await kubectlOk(`rollout undo deployment/web --to-revision=1 ${IN}`),
    'deployment.apps/web rolled back\n',
  );
  await rolledOut();
  assert.equal(images(), ['web:1']);
  assert.equal(
    (await history()).map((line) => line.split(' ')[0]),
    ['2', '4', '5', '6'],
  );
  assert.match(
    await kubectlOk(`rollout undo deployment/web --to-revision=6 ${IN}`),
    /skipped rollback \(current template already matches revision 6\)/,
  );
  const missing = await kubectl(`rollout undo deployment/web --to-revision=99 ${IN}`);
  assert.match(missing.stderr, /unable to find specified revision 99 in history/);
});

test('PR-28: an image that cannot be pulled: ProgressDeadlineExceeded after 3 s; the rest stays; undo mends it', async () => {
  await kubectlOk(`set image deployment/web app=web:bad ${IN}`);
  const failed = await kubectl(`rollout status deployment/web ${IN} --timeout=20s`);
  assert.is(failed.code, 1);
  assert.match(failed.stderr, /error: deployment "web" exceeded its progress deadline/);
  assert.is(condition('Progressing')?.reason, 'ProgressDeadlineExceeded');
  assert.is(
    cluster.get('Deployment', 'web', 'shop')?.status.availableReplicas,
    3,
    'maxUnavailable 25% of 3 is 0',
  );
  const described = await kubectlOk(`describe deployment web ${IN}`);
  assert.match(described, /Progressing\s+False\s+ProgressDeadlineExceeded/);
  assert.match(described, /OldReplicaSets:.*\bweb-\w+ \(3\/3 replicas created\)/);
  assert.match(described, /NewReplicaSet:\s+web-\w+ \(1\/1 replicas created\)/);
  await kubectlOk(`rollout undo deployment/web ${IN}`);
  await rolledOut();
  assert.equal(images(), ['web:1']);
});

test('scale and rollout status of what is there', async () => {
  assert.is(await kubectlOk(`scale deployment/web --replicas=5 ${IN}`), 'deployment.apps/web scaled\n');
  await rolledOut();
  assert.match(await kubectlOk(`get deployment web ${IN}`), /\bweb\s+5\/5\s+5\s+5\b/);
});

test.run();
