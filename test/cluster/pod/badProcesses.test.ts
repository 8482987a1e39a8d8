/** Programs that misbehave, as pods of processes: what Kubernetes would report, and nothing left behind. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, reduce } from 'rxjs';
import * as assert from 'uvu/assert';
import { createCluster, type Cluster, type ContainerStatus } from '../../../src/index.js';
import { processesWith } from '../../runtime/process/support.js';
import { suite } from '../../support/suite.js';

const test = suite('cluster: processes that misbehave', { timeoutMs: 60_000 });

interface World {
  readonly cluster: Cluster;
  readonly stateDir: string;
  run(name: string, command: readonly string[], more?: object, spec?: object): Promise<void>;
  first(name: string): ContainerStatus | undefined;
  /** Waits for an event of the pod, and answers its message. */
  told(name: string, reason: string, message: RegExp): Promise<string>;
}

const withProcesses = async (body: (world: World) => Promise<void>): Promise<void> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'statelet-bad-'));
  const cluster = await createCluster({ runtime: 'process', stateDir });
  const crashes: unknown[] = [];
  cluster.errors$.subscribe((crash) => crashes.push(crash));
  const find = (name: string, reason: string, message: RegExp): string | undefined =>
    cluster
      .list('Event', 'default')
      .find(
        (event) =>
          event.involvedObject.name === name && event.reason === reason && message.test(event.message ?? ''),
      )?.message;
  try {
    await body({
      cluster,
      stateDir,
      run: async (name, command, more = {}, spec = {}) => {
        const containers = [{ name: 'app', image: 'none:1', command, ...more }];
        const metadata = { name };
        await cluster.apply({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata,
          spec: { terminationGracePeriodSeconds: 2, containers, ...spec },
        });
      },
      first: (name) => cluster.get('Pod', name)?.status.containerStatuses?.[0],
      told: async (name, reason, message) => {
        await cluster.runUntil(() => find(name, reason, message) !== undefined, { timeout: '20s' });
        return find(name, reason, message) ?? '';
      },
    });
    assert.equal(crashes, []);
  } finally {
    await cluster.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
};
const gone = async ({ cluster }: World, name: string): Promise<void> => {
  await cluster.api.delete({ kind: 'Pod', name, namespace: 'default' });
  await cluster.runUntil(() => cluster.get('Pod', name) === undefined, { timeout: '15s' });
};
const SLEEP = ['sleep', '600'];
const every = { periodSeconds: 1, failureThreshold: 2 };

test('a probe on a port that nobody listens to: refused, killed at the second failure, restarted', async () => {
  await withProcesses(async (world) => {
    const probes = {
      livenessProbe: { tcpSocket: { port: 9999 }, ...every },
      readinessProbe: { httpGet: { port: 9998 }, ...every },
    };
    await world.run('p', SLEEP, probes);
    const { podIP } = await world.cluster
      .runUntil(() => world.cluster.get('Pod', 'p')?.status.podIP !== undefined, { timeout: '10s' })
      .then(() => world.cluster.get('Pod', 'p')?.status ?? { podIP: '' });
    assert.is(
      await world.told('p', 'Unhealthy', /^Liveness/),
      `Liveness probe failed: dial tcp ${podIP}:9999: connect: connection refused`,
    );
    assert.is(
      await world.told('p', 'Unhealthy', /^Readiness/),
      `Readiness probe failed: Get "http://${podIP}:9998/": dial tcp ${podIP}:9998: connect: connection refused`,
    );
    await world.told('p', 'Killing', /^Container app failed liveness probe, will be restarted$/);
    await world.cluster.runUntil(() => world.first('p')?.restartCount === 1, { timeout: '10s' });
    assert.is(world.first('p')?.lastState?.terminated?.exitCode, 143);
    assert.is(world.first('p')?.ready, false);
  });
});

test('an exec probe whose command is missing: an error, which neither counts nor restarts', async () => {
  await withProcesses(async (world) => {
    await world.run('p', SLEEP, { livenessProbe: { exec: { command: ['no-such-probe'] }, ...every } });
    assert.match(
      await world.told('p', 'Unhealthy', /errored/),
      /^Liveness probe errored and resulted in unknown state: .*exec: "no-such-probe": executable file not found in \$PATH$/,
    );
    await world.cluster.advance('3s');
    assert.equal([world.first('p')?.restartCount, world.first('p')?.ready], [0, true]);
  });
});

/** Two servers that write a byte a second: from the first on, and after the head. */
const DRIPPING = `
  const net = require('net'), head = 'HTTP/1.1 200 OK\\r\\nContent-Length: 1000\\r\\n\\r\\n';
  const drip = (port, start) => net.createServer((socket) => {
    socket.on('error', () => {}).write(head.slice(0, start));
    let at = start;
    const timer = setInterval(() => socket.write(head[at++] ?? 'x'), 1000);
    socket.on('close', () => clearInterval(timer));
  }).listen(port, process.env.HOST);
  drip(8080, 1); drip(8081, head.length);`;

test('a server that answers one byte a second: too late for the head is a failure, for the body an error', async () => {
  await withProcesses(async (world) => {
    const slow = { periodSeconds: 2, timeoutSeconds: 1, initialDelaySeconds: 1 };
    await world.run('p', [process.execPath, '-e', DRIPPING], {
      livenessProbe: { httpGet: { port: 8080 }, ...slow },
      readinessProbe: { httpGet: { port: 8081 }, ...slow },
    });
    assert.match(
      await world.told('p', 'Unhealthy', /^Liveness/),
      /^Liveness probe failed: Get "http:\/\/[\d.]+:8080\/": context deadline exceeded \(Client\.Timeout exceeded while awaiting headers\)$/,
    );
    assert.match(
      await world.told('p', 'Unhealthy', /^Readiness/),
      /^Readiness probe errored and resulted in failure state: context deadline exceeded \(Client\.Timeout or context cancellation while reading body\)$/,
    );
    await world.cluster.runUntil(() => world.first('p')?.restartCount === 1, { timeout: '15s' });
  });
});

const LOOP = `
  require('http').createServer(({ url }, answer) => {
    answer.writeHead(302, { location: url === '/out' ? 'http://example.com/' : '/again' }).end('bye');
  }).listen(8080, process.env.HOST);`;

test('a redirect loop fails after ten requests; a redirect to elsewhere is only warned of', async () => {
  await withProcesses(async (world) => {
    const soon = { periodSeconds: 1, initialDelaySeconds: 1 };
    await world.run('p', [process.execPath, '-e', LOOP], {
      livenessProbe: { httpGet: { port: 8080, path: '/' }, ...soon },
      readinessProbe: { httpGet: { port: 8080, path: '/out' }, ...soon },
    });
    assert.is(
      await world.told('p', 'Unhealthy', /stopped/),
      'Liveness probe failed: Get "/again": stopped after 10 redirects',
    );
    assert.is(
      await world.told('p', 'ProbeWarning', /./),
      'Readiness probe warning: Probe terminated redirects, Response body: bye',
    );
    await world.told('p', 'Killing', /failed liveness probe, will be restarted/);
  });
});

test('a container that floods its output: rotated into at most five files, and its last line can be read', async () => {
  await withProcesses(async (world) => {
    await world.run('p', ['sh', '-c', 'exec yes "a line of output that fills the disk, again and again"']);
    const files = (): string[] => {
      const pods = join(world.stateDir, 'pods');
      return readdirSync(pods, { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.log/.test(path))
        .map((path) => join(pods, path));
    };
    let seen: string[] = [];
    await world.cluster.runUntil(
      () => {
        if (world.first('p')?.state?.running) seen = files();
        return seen.filter((path) => path.endsWith('.gz')).length >= 2;
      },
      { timeout: '40s' },
    );
    assert.ok(seen.length <= 6, seen.join('\n'));
    assert.is(
      await lastValueFrom(
        world.cluster
          .logs('default', 'p', { tailLines: 1 })
          .pipe(reduce((text, chunk) => text + String(chunk), '')),
      ),
      'a line of output that fills the disk, again and again\n',
    );
    const sizeBytes = files().reduce((sum, path) => sum + statSync(path).size, 0);
    await gone(world, 'p');
    assert.ok(sizeBytes < 500_000_000, String(sizeBytes));
    assert.equal(files(), []);
  });
});

if (existsSync('/proc/self/environ')) {
  test('a fork bomb of 200 children in sessions of their own: gone with their container, and with their pod', async () => {
    await withProcesses(async (world) => {
      const marker = `statelet-bomb-${process.pid}`;
      const fork = `for i in $(seq 200); do (setsid sleep 600 &); done; sleep 600`;
      await world.run('p', ['sh', '-c', fork], { env: [{ name: 'MARKER', value: marker }] });
      await world.cluster.runUntil(() => processesWith(marker).length >= 200, { timeout: '30s' });
      world.cluster.faults.pod('default', 'p').crash();
      await world.cluster.runUntil(() => world.first('p')?.restartCount === 1, { timeout: '20s' });
      await world.cluster.runUntil(() => processesWith(marker).length >= 200, { timeout: '30s' });
      assert.ok(processesWith(marker).length <= 202, 'those of the first instance are gone');
      await gone(world, 'p');
      assert.equal(processesWith(marker), []);
    });
  });
}

test('a process that survives SIGTERM is killed when its grace period is over, and not before', async () => {
  await withProcesses(async (world) => {
    await world.run('p', ['sh', '-c', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done']);
    await world.cluster.runUntil(() => world.first('p')?.ready === true, { timeout: '10s' });
    await world.cluster.advance('300ms');
    const statuses: unknown[] = [];
    world.cluster.watch('Pod').subscribe((event) => {
      const end =
        event.type === 'BOOKMARK' ? undefined : event.object.status.containerStatuses?.[0]?.state?.terminated;
      if (end) statuses.push([end.exitCode, end.reason]);
    });
    const before = world.cluster.now();
    await gone(world, 'p');
    const tookMs = world.cluster.now() - before;
    assert.ok(tookMs >= 1_900 && tookMs < 5_000, `${tookMs} ms`);
    assert.equal(statuses[0], [137, 'Error']);
  });
});

test('a port that another program has taken: the container crashes with that in its log, and backs off', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  try {
    await withProcesses(async (world) => {
      const listen = `require('net').createServer().listen(${port}, '127.0.0.1')`;
      const more = { terminationMessagePolicy: 'FallbackToLogsOnError' };
      await world.run('p', [process.execPath, '-e', listen], more, { hostNetwork: true });
      await world.told('p', 'BackOff', /^Back-off restarting failed container app in pod p_default/);
      const end = world.first('p')?.lastState?.terminated;
      assert.equal([end?.exitCode, end?.reason], [1, 'Error']);
      assert.match(
        end?.message ?? '',
        new RegExp(`EADDRINUSE: address already in use 127\\.0\\.0\\.1:${port}`),
      );
      assert.is(world.first('p')?.state?.waiting?.reason, 'CrashLoopBackOff');
      assert.ok(other.listening, 'nobody harmed the other program');
    });
  } finally {
    other.close();
  }
});

test.run();
