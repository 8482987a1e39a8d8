/** How a pod ends: hooks, grace periods, force deletion, deadlines (node.md 5), in virtual time. */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.js';
import { container, sidecar, withPod } from './rig.js';

const test = suite('cluster: termination of pods');

const images = {
  'slow:1': { terminatesAfter: '3s' },
  'deaf:1': { ignoresSigterm: true },
  'job:1': { exitsAfter: '10s' },
  'crash:1': { exitsAfter: '1s', exitCode: 0 },
  'polite:1': { exec: { drain: { exitCode: 0 } } },
};
const sleepFor = (seconds: number): object => ({ preStop: { sleep: { seconds } } });

test('a deaf container is killed with 137 Error when its grace period is over, not OOMKilled; only then its object goes (rows 99, 109)', async () => {
  const spec = {
    terminationGracePeriodSeconds: 7,
    restartPolicy: 'Never',
    containers: [container('app', 'deaf:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    const ends: unknown[] = [];
    rig.cluster.watch('Pod').subscribe((event) => {
      if (event.type !== 'BOOKMARK') ends.push(event.object.status.containerStatuses?.[0]?.state?.terminated);
    });
    await rig.at(10);
    await rig.remove();
    assert.is(rig.pod?.metadata.deletionGracePeriodSeconds, 7);
    await rig.at(16.9);
    assert.is(rig.state('app'), 'running*');
    assert.is(rig.pod?.status.phase, 'Running');
    await rig.at(17);
    assert.is(rig.pod, undefined);
    const last = ends.at(-1) as { exitCode: number; reason: string };
    assert.equal([last.exitCode, last.reason], [137, 'Error']);
    assert.ok(rig.events.includes('Killing spec.containers{app}: Stopping container app'));
  });
});

test('the preStop hook runs first, within the same deadline: 5 s of sleep, then SIGTERM (row 105)', async () => {
  const spec = { containers: [container('app', 'slow:1', { lifecycle: sleepFor(5) })] };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(10);
    await rig.remove();
    await rig.at(17.9);
    assert.is(rig.state('app'), 'running*');
    await rig.at(18);
    assert.is(rig.pod, undefined);
  });
});

test('a second deletion with a shorter grace period cuts the hook short (row 105)', async () => {
  const spec = {
    terminationGracePeriodSeconds: 100,
    containers: [container('app', 'app:1', { lifecycle: sleepFor(50) })],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.remove();
    await rig.at(5);
    await rig.remove(30);
    await rig.at(30);
    assert.ok(rig.pod);
    await rig.at(35);
    assert.is(rig.pod, undefined);
  });
});

test('an exec preStop hook that fails is told, and the container is stopped all the same', async () => {
  const preStop = { exec: { command: ['drain'] } };
  const failing = { 'polite:1': { exec: { drain: { exitCode: 2, output: 'no' } } } };
  await withPod(
    { containers: [container('app', 'polite:1', { lifecycle: { preStop } })] },
    { images: failing },
    async (rig) => {
      await rig.remove();
      assert.is(rig.pod, undefined);
      assert.ok(rig.events.includes('FailedPreStopHook spec.containers{app}: PreStopHook failed'));
    },
  );
});

test('an HTTP hook succeeds whatever the status; one that nobody answers fails (row 104)', async () => {
  const postStart = { httpGet: { path: '/hello', port: 8080 } };
  const spec = { containers: [container('app', 'app:1', { lifecycle: { postStart } })] };
  await withPod(spec, { images: { 'app:1': { http: { port: 8080, status: 500 } } } }, async (rig) => {
    assert.is(rig.state('app'), 'running*');
  });
  await withPod(spec, { images: { 'app:1': { http: { port: 9090 } } } }, async (rig) => {
    assert.is(rig.state('app'), 'PostStartHookError');
    assert.match(
      rig.status('app').state?.waiting?.message ?? '',
      /^HTTP lifecycle hook \(\/hello\) for Container "app" in Pod "p_default\(.*\)" failed - error: Get "http:\/\/10\..*:8080\/hello": dial tcp .*: connect: connection refused$/,
    );
    assert.ok(rig.events.includes('FailedPostStartHook spec.containers{app}: PostStartHook failed'));
    assert.ok(rig.events.includes('Killing spec.containers{app}: FailedPostStartHook'));
  });
});

test('an exec postStart hook that fails: its command, exit code and output are in the message', async () => {
  const postStart = { exec: { command: ['warm', 'up'] } };
  const failing = { 'app:1': { exec: { 'warm up': { exitCode: 4, output: 'cold' } } } };
  await withPod(
    { containers: [container('app', 'app:1', { lifecycle: { postStart } })] },
    { images: failing },
    async (rig) => {
      assert.match(
        rig.status('app').state?.waiting?.message ?? '',
        /^Exec lifecycle hook \(\[warm up\]\) for Container "app" in Pod "p_default\(.*\)" failed - error: command 'warm up' exited with 4: cold, message: "cold"$/,
      );
    },
  );
});

test('containers behind a postStart hook of 4 s start after it; the hooked one is not shown as running before', async () => {
  const postStart = { sleep: { seconds: 4 } };
  const spec = { containers: [container('a', 'a:1', { lifecycle: { postStart } }), container('b', 'b:1')] };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(3);
    assert.equal(['a', 'b'].map(rig.state), ['ContainerCreating', 'ContainerCreating']);
    assert.is(rig.pod?.status.phase, 'Pending');
    await rig.at(4);
    assert.equal(['a', 'b'].map(rig.state), ['running*', 'running*']);
  });
});

test('SIGTERM goes to regular containers at once, to sidecars in reverse order after them (row 103)', async () => {
  const spec = {
    initContainers: [sidecar('s1', 'slow:1'), sidecar('s2', 'slow:1')],
    containers: [container('a', 'slow:1'), container('b', 'job:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.remove();
    await rig.at(3);
    assert.equal(['a', 'b', 's1', 's2'].map(rig.state), ['Error 143', 'Error 143', 'running*', 'running*']);
    await rig.at(6);
    assert.equal(['s1', 's2'].map(rig.state), ['running*', 'Error 143']);
    await rig.at(9);
    assert.is(rig.pod, undefined);
  });
});

test('when the grace period is over, all sidecars get what is left: 2 s (row 103)', async () => {
  const spec = {
    terminationGracePeriodSeconds: 10,
    initContainers: [sidecar('s1', 'deaf:1'), sidecar('s2', 'deaf:1')],
    containers: [container('app', 'deaf:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.remove();
    await rig.at(11.9);
    assert.equal(['app', 's1', 's2'].map(rig.state), ['Error 137', 'running*', 'running*']);
    await rig.at(12);
    assert.is(rig.pod, undefined);
  });
});

test('a force deletion: the object goes at once, the containers within 2 s', async () => {
  await withPod({ containers: [container('app', 'deaf:1')] }, { images }, async (rig) => {
    await rig.remove(0);
    assert.is(rig.pod, undefined);
    assert.ok(rig.cluster.statistics.actors > 1);
    await rig.at(2);
    const { actors } = rig.cluster.statistics;
    await rig.at(100);
    assert.is(rig.cluster.statistics.actors, actors);
  });
});

test('a pod that is deleted between two runs of a container that exits with 0 can end Succeeded (2.2)', async () => {
  await withPod({ containers: [container('app', 'crash:1')] }, { images }, async (rig) => {
    await rig.at(5);
    assert.is(rig.state('app'), 'CrashLoopBackOff');
    const phases: unknown[] = [];
    rig.cluster.watch('Pod').subscribe((event) => {
      if (event.type !== 'BOOKMARK') phases.push(event.object.status.phase);
    });
    await rig.remove();
    assert.is(rig.pod, undefined);
    assert.is(phases.at(-1), 'Succeeded');
  });
});

test('a pod that is deleted before its containers begin ends Failed; none of them is started (rows 95, 122)', async () => {
  const spec = { initContainers: [container('i', 'job:1')], containers: [container('app', 'app:1')] };
  await withPod(spec, { images: { ...images, 'job:1': { pull: { takes: '1h' } } } }, async (rig) => {
    let last: unknown;
    rig.cluster.watch('Pod').subscribe((event) => {
      if (event.type === 'DELETED') last = event.object.status;
    });
    await rig.remove();
    const {
      phase,
      initContainerStatuses = [],
      containerStatuses = [],
    } = last as NonNullable<typeof rig.pod>['status'];
    assert.is(phase, 'Failed');
    assert.equal(initContainerStatuses[0]?.state?.terminated, {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
    });
    assert.is(containerStatuses[0]?.state?.waiting?.reason, 'PodInitializing');
  });
});

test('probes of a pod that is being deleted do not kill; readiness goes on and may fail (row 106)', async () => {
  const probe = { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 1 };
  const spec = {
    containers: [
      container('app', 'closing:1', { livenessProbe: probe, readinessProbe: probe, lifecycle: sleepFor(20) }),
    ],
  };
  await withPod(spec, { images: { 'closing:1': { http: { failsAfter: '12s' } } } }, async (rig) => {
    await rig.at(10);
    await rig.remove();
    assert.is(rig.condition('Ready'), 'True');
    await rig.at(13);
    assert.is(rig.condition('Ready'), 'False ContainersNotReady');
    assert.is(rig.status('app').restartCount, 0);
    assert.is(rig.events.filter((event) => event.includes('Liveness')).length, 0);
  });
});

test('a probe may have a grace period of its own, shorter or longer than that of the pod (rows 101, 107)', async () => {
  for (const [seconds, kind] of [
    [5, 'livenessProbe'],
    [60, 'livenessProbe'],
    [5, 'startupProbe'],
    [60, 'startupProbe'],
  ] as const) {
    const probe = {
      tcpSocket: { port: 81 },
      initialDelaySeconds: 10,
      failureThreshold: 1,
      terminationGracePeriodSeconds: seconds,
    };
    const spec = {
      terminationGracePeriodSeconds: 30,
      containers: [container('app', 'deaf:1', { [kind]: probe })],
    };
    await withPod(
      spec,
      { images: { 'deaf:1': { ignoresSigterm: true, tcp: { port: 80 } } } },
      async (rig) => {
        await rig.at(10 + seconds - 0.1);
        assert.is(rig.status('app').restartCount, 0);
        await rig.at(10 + seconds);
        assert.is(rig.status('app').restartCount, 1);
      },
    );
  }
});

test('activeDeadlineSeconds: DeadlineExceeded at the second, then the grace period; the phase waits for the end (5.6)', async () => {
  const spec = { activeDeadlineSeconds: 20, containers: [container('app', 'slow:1')] };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(20);
    assert.ok(
      rig.events.includes('DeadlineExceeded: Pod was active on the node longer than the specified deadline'),
    );
    assert.is(rig.pod?.status.phase, 'Running');
    await rig.at(23);
    const { phase, reason, message } = rig.pod?.status ?? {};
    assert.equal(
      [phase, reason, message],
      ['Failed', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline'],
    );
    assert.is(rig.condition('Ready'), 'False PodFailed');
    await rig.remove();
    assert.is(rig.pod, undefined);
  });
});

test('a deadline that is set or lowered while the pod runs counts from its start (row 115)', async () => {
  await withPod({ containers: [container('app', 'app:1')] }, { images }, async (rig) => {
    await rig.at(100);
    await rig.patch({ activeDeadlineSeconds: 500 });
    await rig.at(200);
    await rig.patch({ activeDeadlineSeconds: 150 });
    await rig.at(201);
    assert.is(rig.pod?.status.reason, 'DeadlineExceeded');
  });
});

test('a deadline also ends a pod whose init containers never finish, and leaves no timer when a pod ends before', async () => {
  const spec = {
    activeDeadlineSeconds: 20,
    initContainers: [container('i', 'forever:1')],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(21);
    assert.equal([rig.pod?.status.phase, rig.pod?.status.reason], ['Failed', 'DeadlineExceeded']);
  });
  const early = {
    activeDeadlineSeconds: 3600,
    restartPolicy: 'Never',
    containers: [container('app', 'job:1')],
  };
  await withPod(early, { images }, async (rig) => {
    await rig.at(11);
    assert.is(rig.pod?.status.phase, 'Succeeded');
    await rig.at(4000);
    assert.is(rig.pod?.status.reason, undefined);
  });
});

test('a negative grace period is stored as 1 (row 117)', async () => {
  await withPod(
    { terminationGracePeriodSeconds: -1, containers: [container('app', 'app:1')] },
    {},
    async (rig) => {
      assert.is(rig.pod?.spec.terminationGracePeriodSeconds, 1);
    },
  );
});

test.run();
