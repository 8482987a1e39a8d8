/** The life of a pod with real processes: init containers, a sidecar, volumes, hooks, a fork that is left behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, reduce } from 'rxjs';
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type Pod } from '../../../src/index.js';
import { suite } from '../../support/suite.js';
import { processesWith } from '../../runtime/process/support.js';
import { container, sidecar } from './rig.js';

const test = suite('cluster: pods of processes', { timeoutMs: 60_000 });

const withProcesses = async (body: (cluster: Cluster) => Promise<void>): Promise<void> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'statelet-pods-'));
  const cluster = await createCluster({ clock: 'system', runtime: 'process', stateDir });
  const crashes: unknown[] = [];
  cluster.errors$.subscribe((crash) => crashes.push(crash));
  try {
    await body(cluster);
    assert.equal(crashes, []);
  } finally {
    await cluster.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
};
const apply = (cluster: Cluster, spec: object): Promise<unknown> =>
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
const until = (cluster: Cluster, holds: (pod: Pod | undefined) => boolean): Promise<void> =>
  cluster.runUntil(() => holds(cluster.get('Pod', 'p')), { timeout: '30s' });
const shell = (name: string, script: string, more: object = {}): object =>
  container(name, 'none:1', { command: ['sh', '-c', script], ...more });
const logOf = (cluster: Cluster, name: string): Promise<string> =>
  lastValueFrom(
    cluster.logs('default', 'p', { container: name }).pipe(reduce((text, chunk) => text + String(chunk), '')),
  );

test('init containers hand over files in a shared folder; a ConfigMap is read as a file', async () => {
  await withProcesses(async (cluster) => {
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { greeting: 'hello' },
    });
    const volumeMounts = [
      { name: 'shared', mountPath: '/shared' },
      { name: 'config', mountPath: '/etc/config' },
    ];
    await apply(cluster, {
      restartPolicy: 'Never',
      volumes: [
        { name: 'shared', emptyDir: {} },
        { name: 'config', configMap: { name: 'c' } },
      ],
      initContainers: [
        shell('one', 'cat etc/config/greeting > shared/out', { volumeMounts }),
        shell('two', 'echo " world" >> "$STATELET_VOLUME_SHARED/out"', { volumeMounts }),
      ],
      containers: [shell('app', 'cat shared/out', { volumeMounts })],
    });
    await until(cluster, (pod) => pod?.status.phase === 'Succeeded');
    assert.is(await logOf(cluster, 'app'), 'hello world\n');
  });
});

test('a sidecar outlives its pod’s container; a preStop hook runs in the container; nothing is left', async () => {
  await withProcesses(async (cluster) => {
    const volumeMounts = [{ name: 'shared', mountPath: '/shared' }];
    const trapped = (name: string): string =>
      `trap 'echo ${name} >> shared/ends; exit 0' TERM; (sleep 1000) & while :; do sleep 0.05; done`;
    const seen: string[] = [];
    await apply(cluster, {
      volumes: [{ name: 'shared', emptyDir: {} }],
      initContainers: [
        sidecar('side', 'none:1', {
          command: ['sh', '-c', `${trapped('side').replace("exit 0'", "cat shared/ends; exit 0'")}`],
          volumeMounts,
        }),
      ],
      containers: [
        shell('app', trapped('app'), {
          volumeMounts,
          lifecycle: { preStop: { exec: { command: ['sh', '-c', 'echo hook >> shared/ends'] } } },
        }),
      ],
    });
    await until(
      cluster,
      (pod) =>
        pod?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
    );
    const id = cluster.get('Pod', 'p')?.status.containerStatuses?.[0]?.containerID?.split('//')[1] ?? 'none';
    assert.ok(processesWith(id).length > 0);
    cluster.logs('default', 'p', { container: 'side', follow: true }).subscribe({
      next: (chunk) => seen.push(...String(chunk).trim().split('\n')),
      error: () => {},
    });
    await cluster.api.delete({ kind: 'Pod', name: 'p', namespace: 'default' });
    await until(cluster, (pod) => pod === undefined);
    assert.equal(processesWith(id), []);
    // What the shell itself says of the helper that it lost comes before.
    assert.equal(seen.slice(-3), ['hook', 'app', 'side']);
  });
});

test.run();
