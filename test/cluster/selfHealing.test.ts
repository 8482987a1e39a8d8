/** The promises of the first chapter, in virtual time, through the library. */
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type ClusterOptions, type Event, type Pod } from '../../src/index.js';
import { suite } from '../support/suite.js';
import { deployment, httpProbes, pod } from '../support/workloads.js';

const test = suite('cluster: self-healing');

const START_MS = 1_767_225_600_000;
const secondsOf = (time: string | undefined): number => (Date.parse(time ?? '') - START_MS) / 1000;

const withCluster = async (
  options: ClusterOptions,
  body: (cluster: Cluster) => Promise<void>,
): Promise<void> => {
  const cluster = await createCluster(options);
  const faults: unknown[] = [];
  cluster.errors$.subscribe((crash) => faults.push(crash));
  try {
    await body(cluster);
    assert.equal(faults, []);
  } finally {
    await cluster.stop();
  }
};
const eventsOf = (cluster: Cluster, name: string): string[] =>
  cluster
    .list('Event', 'default')
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message, count }: Event) => `${type} ${reason} ×${count ?? 1}: ${message}`);
const container = (
  cluster: Cluster,
  name: string,
): NonNullable<Pod['status']['containerStatuses']>[number] => {
  const status = cluster.get('Pod', name)?.status.containerStatuses?.[0];
  assert.ok(status, `pod ${name} has no container status`);
  return status;
};
const names = (cluster: Cluster): string[] =>
  cluster.list('Pod', 'default').map(({ metadata }) => metadata.name);

test('a pod is scheduled, started and Ready in the instant in which it is applied', async () => {
  await withCluster({}, async (cluster) => {
    await cluster.apply(pod('web', httpProbes));
    await cluster.settle();
    const web = cluster.get('Pod', 'web');
    assert.is(web?.status.phase, 'Running');
    assert.is(web?.spec.nodeName, 'node-1');
    assert.equal(
      web?.status.conditions?.map(({ type, status }) => `${type} ${status}`),
      [
        'PodReadyToStartContainers True',
        'Initialized True',
        'Ready True',
        'ContainersReady True',
        'PodScheduled True',
      ],
    );
    assert.equal(eventsOf(cluster, 'web'), [
      'Normal Scheduled ×1: Successfully assigned default/web to node-1',
      'Normal Pulling ×1: Pulling image "web:1"',
      'Normal Pulled ×1: Successfully pulled image "web:1" in 0s (0s including waiting). Image size: 0 bytes.',
      'Normal Created ×1: Container created',
      'Normal Started ×1: Container started',
    ]);
  });
});

test('an HTTP liveness probe that fails after five requests: killed at the third failure, restarted at once', async () => {
  const images = { 'web:1': { http: { failsAfterRequests: 5 } } };
  await withCluster({ images }, async (cluster) => {
    await cluster.apply(pod('web', { livenessProbe: { httpGet: { path: '/', port: 8080 } } }));
    await cluster.advance('79s');
    assert.is(container(cluster, 'web').restartCount, 0);
    await cluster.advance('1s');
    const status = container(cluster, 'web');
    assert.is(status.restartCount, 1);
    assert.is(secondsOf(status.state?.running?.startedAt), 80);
    assert.is(status.lastState?.terminated?.exitCode, 143);
    assert.is(status.lastState?.terminated?.reason, 'Error');
    assert.is(secondsOf(status.lastState?.terminated?.finishedAt), 80);
    const events = eventsOf(cluster, 'web');
    assert.ok(
      events.includes('Warning Unhealthy ×3: Liveness probe failed: HTTP probe failed with statuscode: 500'),
      events.join('\n'),
    );
    assert.ok(
      events.includes('Normal Killing ×1: Container app failed liveness probe, will be restarted'),
      events.join('\n'),
    );
  });
});

test('a process that hangs and ignores SIGTERM is killed with 137 when its grace period is over', async () => {
  const images = { 'web:1': { hangsAfter: '15s' } };
  await withCluster({ images }, async (cluster) => {
    await cluster.apply(
      pod('web', { livenessProbe: { tcpSocket: { port: 8080 } } }, { terminationGracePeriodSeconds: 20 }),
    );
    await cluster.advance('2m');
    const status = container(cluster, 'web');
    assert.is(status.lastState?.terminated?.exitCode, 137);
    // Probed at 20, 30, 40 s, each with a timeout of 1 s; SIGTERM at 41 s, SIGKILL 20 s later.
    assert.is(secondsOf(status.lastState?.terminated?.finishedAt), 61);
  });
});

test('an exec probe: exit code 1 fails, the container is restarted', async () => {
  const images = {
    'web:1': { exec: { 'cat /tmp/health': { failsAfter: '25s', output: 'gone' } } },
  };
  await withCluster({ images }, async (cluster) => {
    await cluster.apply(
      pod('web', { livenessProbe: { exec: { command: ['cat', '/tmp/health'] }, periodSeconds: 5 } }),
    );
    await cluster.advance('36s');
    assert.is(container(cluster, 'web').restartCount, 1);
    assert.ok(
      eventsOf(cluster, 'web').some((event) =>
        event.startsWith('Warning Unhealthy ×3: Liveness probe failed: gone'),
      ),
    );
  });
});

test('a container that crashes at once is started at 0, 0, 10, 30, 70, 150, 310 s, and is in CrashLoopBackOff between', async () => {
  const images = { 'web:1': { exitsAfter: '1ms', exitCode: 3 } };
  await withCluster({ images }, async (cluster) => {
    await cluster.apply(pod('web'));
    await cluster.advance('200s');
    const status = container(cluster, 'web');
    assert.is(status.restartCount, 5);
    assert.is(status.state?.waiting?.reason, 'CrashLoopBackOff');
    assert.match(
      status.state?.waiting?.message ?? '',
      /^back-off 2m40s restarting failed container=app pod=web_default\(/,
    );
    assert.is(status.lastState?.terminated?.exitCode, 3);
    assert.is(cluster.get('Pod', 'web')?.status.phase, 'Running');
    await cluster.advance('110100ms');
    assert.is(container(cluster, 'web').restartCount, 6);
  });
});

test('restartPolicy Never and OnFailure: Failed, Succeeded, or tried again', async () => {
  const images = { 'bad:1': { exitsAfter: '5s', exitCode: 1 }, 'good:1': { exitsAfter: '5s', exitCode: 0 } };
  await withCluster({ images }, async (cluster) => {
    await cluster.apply([
      pod('bad', {}, { restartPolicy: 'Never' }),
      pod('good', {}, { restartPolicy: 'OnFailure' }),
    ]);
    await cluster.advance('6s');
    assert.is(cluster.get('Pod', 'bad')?.status.phase, 'Failed');
    assert.is(cluster.get('Pod', 'good')?.status.phase, 'Succeeded');
    const ready = cluster.get('Pod', 'good')?.status.conditions?.find(({ type }) => type === 'Ready');
    assert.is(ready?.reason, 'PodCompleted');
  });
});

test('a Deployment of 3: a deleted pod is replaced, a crashed one restarted', async () => {
  await withCluster({ nodes: 3 }, async (cluster) => {
    await cluster.apply(deployment('web', 3, httpProbes));
    await cluster.settle();
    const before = names(cluster);
    assert.is(before.length, 3);
    assert.is(cluster.get('Deployment', 'web')?.status.availableReplicas, 3);
    assert.is(new Set(cluster.list('Pod').map(({ spec }) => spec.nodeName)).size, 3);
    const [victim = '', crashing = ''] = before;
    await cluster.api.delete({ kind: 'Pod', name: victim, namespace: 'default' });
    await cluster.settle();
    await cluster.advance('1s');
    const after = names(cluster);
    assert.is(after.length, 3);
    assert.not.ok(after.includes(victim));
    cluster.faults.pod('default', crashing).crash({ exitCode: 2 });
    assert.is(container(cluster, crashing).restartCount, 1);
    assert.equal(names(cluster), after);
  });
});

test('a pod whose label changes is released and replaced; a stray pod with matching labels is adopted', async () => {
  await withCluster({}, async (cluster) => {
    await cluster.apply(deployment('web', 2));
    await cluster.settle();
    const [released = ''] = names(cluster);
    const key = { kind: 'Pod', name: released, namespace: 'default' } as const;
    await cluster.api.patch(key, { type: 'merge', body: { metadata: { labels: { app: 'debug' } } } });
    await cluster.settle();
    assert.is(names(cluster).length, 3);
    assert.equal(cluster.get('Pod', released)?.metadata.ownerReferences ?? [], []);
    const [replicaSet] = cluster.list('ReplicaSet', 'default');
    const hash = replicaSet?.metadata.labels?.['pod-template-hash'] ?? '';
    const stray = {
      ...(pod('stray') as { metadata: object }),
      metadata: { name: 'stray', labels: { app: 'web', 'pod-template-hash': hash } },
    };
    await cluster.api.scale({ kind: 'Deployment', name: 'web', namespace: 'default' }, 3);
    await cluster.settle();
    await cluster.apply(stray);
    await cluster.settle();
    await cluster.advance('1s');
    const owned = cluster.list('Pod', 'default', { labelSelector: 'app=web' });
    assert.is(owned.length, 3);
    assert.ok(owned.every(({ metadata }) => metadata.ownerReferences?.[0]?.uid === replicaSet?.metadata.uid));
  });
});

test('scaling to 5 and back to 2; a new image rolls out without falling below 75 %', async () => {
  await withCluster({ nodes: 2, images: { 'web:2': { startsAfter: '3s' } } }, async (cluster) => {
    await cluster.apply(deployment('web', 3, httpProbes));
    await cluster.settle();
    const key = { kind: 'Deployment', name: 'web', namespace: 'default' } as const;
    await cluster.api.scale(key, 5);
    await cluster.settle();
    assert.is(cluster.get('Deployment', 'web')?.status.readyReplicas, 5);
    await cluster.api.scale(key, 2);
    await cluster.advance('1s');
    assert.is(names(cluster).length, 2);
    await cluster.api.scale(key, 4);
    await cluster.settle();
    let fewest = 4;
    const subscription = cluster.watch('Deployment').subscribe((event) => {
      if (event.type !== 'BOOKMARK') fewest = Math.min(fewest, event.object.status.availableReplicas ?? 0);
    });
    await cluster.apply(deployment('web', 4, { ...httpProbes, image: 'web:2' }));
    await cluster.runUntil(() => cluster.get('Deployment', 'web')?.status.updatedReplicas === 4, {
      timeout: '5m',
    });
    await cluster.advance('1m');
    subscription.unsubscribe();
    assert.is(cluster.get('Deployment', 'web')?.status.readyReplicas, 4);
    assert.ok(cluster.list('Pod').every(({ spec }) => spec.containers[0]?.image === 'web:2'));
    assert.ok(fewest >= 3, `as few as ${fewest} were available`);
    assert.is(cluster.list('ReplicaSet').length, 2);
  });
});

test('deleting the Deployment deletes what it made', async () => {
  await withCluster({}, async (cluster) => {
    await cluster.advance('10s');
    const { actors } = cluster.statistics;
    await cluster.apply(deployment('web', 3));
    await cluster.settle();
    await cluster.api.delete({ kind: 'Deployment', name: 'web', namespace: 'default' });
    await cluster.advance('5s');
    assert.equal(names(cluster), []);
    assert.equal(cluster.list('ReplicaSet').length, 0);
    assert.is(cluster.statistics.actors, actors);
  });
});

test('an image that cannot be pulled: ErrImagePull, then ImagePullBackOff, then it works', async () => {
  const images = { 'web:1': { pull: { fails: 3 } } };
  await withCluster({ images }, async (cluster) => {
    await cluster.apply(pod('web'));
    await cluster.settle();
    assert.is(container(cluster, 'web').state?.waiting?.reason, 'ErrImagePull');
    await cluster.advance('21s');
    assert.is(container(cluster, 'web').state?.waiting?.reason, 'ImagePullBackOff');
    assert.is(cluster.get('Pod', 'web')?.status.phase, 'Pending');
    await cluster.advance('2m');
    assert.ok(container(cluster, 'web').state?.running);
  });
});

test('logs: of the running instance, and of the one before it', async () => {
  const images = {
    'web:1': { exitsAfter: '10s', exitCode: [1, 0], logs: ['one', { after: '5s', text: 'two' }] },
  };
  await withCluster({ images }, async (cluster) => {
    await cluster.apply(pod('web'));
    await cluster.advance('12s');
    const read = (previous: boolean): string => {
      let text = '';
      cluster.logs('default', 'web', { previous }).subscribe((chunk) => (text += String(chunk)));
      return text;
    };
    assert.is(read(true), 'one\ntwo\n');
    assert.is(read(false), 'one\n');
  });
});

test('two runs with one seed are the same byte for byte: all objects, all events', async () => {
  const run = async (seed: number): Promise<string> => {
    const images = {
      'web:1': { http: { failsAfterRequests: 7 } },
      'crash:1': { exitsAfter: '3s', exitCode: 1 },
    };
    const cluster = await createCluster({ nodes: 3, seed, images });
    const trace: unknown[] = [];
    for (const kind of ['Pod', 'ReplicaSet', 'Deployment', 'Event', 'Node', 'Lease'] as const) {
      cluster.watch(kind).subscribe((event) => trace.push(event));
    }
    await cluster.apply([deployment('web', 5, httpProbes), pod('crash')]);
    await cluster.advance('4m');
    cluster.faults.node('node-2').fail();
    await cluster.api.scale({ kind: 'Deployment', name: 'web', namespace: 'default' }, 8);
    await cluster.advance('6m');
    await cluster.stop();
    return JSON.stringify(trace);
  };
  const [first, second, other] = [await run(42), await run(42), await run(43)];
  assert.is(first.length, second.length);
  assert.ok(first === second, 'two runs with one seed differ');
  assert.ok(first !== other, 'the seed changes nothing');
});

test.run();
