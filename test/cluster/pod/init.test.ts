/** Init containers and sidecars of a pod, in virtual time (node.md 1.5, 1.7, 5.5). */
import * as assert from 'uvu/assert';
import { summarizePod } from '../../../src/api/index.js';
import type { Pod } from '../../../src/index.js';
import { suite } from '../../support/suite.js';
import { container, sidecar, withPod } from './rig.js';

const test = suite('cluster: init containers and sidecars');

const images = {
  'ok:1': { exitsAfter: '2s' },
  'flaky:1': { exitsAfter: '2s', exitCode: [1, 0] },
  'bad:1': { exitsAfter: '2s', exitCode: 1 },
  'job:1': { exitsAfter: '10s' },
  'badjob:1': { exitsAfter: '10s', exitCode: 3 },
  'side:1': { terminatesAfter: '1s' },
  'crash:1': { exitsAfter: '5s', exitCode: 0 },
  'slow:1': { startsAfter: '5s', http: {} },
};

test('init containers run in order, each when the one before has exited with 0; PodInitializing until then', async () => {
  const spec = {
    initContainers: [container('one', 'ok:1'), container('two', 'ok:1')],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    assert.equal(['one', 'two', 'app'].map(rig.state), ['running', 'PodInitializing', 'PodInitializing']);
    assert.is(rig.pod?.status.phase, 'Pending');
    assert.is(rig.condition('Initialized'), 'False ContainersNotInitialized');
    assert.is(
      rig.pod?.status.conditions?.find(({ type }) => type === 'Initialized')?.message,
      'containers with incomplete status: [one two]',
    );
    await rig.at(2);
    assert.equal(['one', 'two', 'app'].map(rig.state), ['Completed 0*', 'running', 'PodInitializing']);
    await rig.at(4);
    assert.equal(['one', 'two', 'app'].map(rig.state), ['Completed 0*', 'Completed 0*', 'running*']);
    assert.is(rig.pod?.status.phase, 'Running');
    assert.is(rig.condition('Initialized'), 'True');
    assert.is(rig.condition('Ready'), 'True');
    assert.ok(rig.events.includes('Started spec.initContainers{one}: Container started'));
    assert.ok(rig.events.includes('Started spec.containers{app}: Container started'));
    // An exit with 0 is final, also under the policy Always.
    await rig.at(600);
    assert.is(rig.status('one').restartCount, 0);
  });
});

test('a failing init container under Always is tried again with back-off; the others wait (row 90)', async () => {
  const spec = {
    initContainers: [container('init1', 'bad:1'), container('init2', 'ok:1')],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    // Runs from 0 and 2, and ends at 2 and 4; then 10 s of back-off.
    await rig.at(5);
    assert.equal(['init1', 'init2', 'app'].map(rig.state), [
      'CrashLoopBackOff',
      'PodInitializing',
      'PodInitializing',
    ]);
    assert.is(rig.pod?.status.phase, 'Pending');
    assert.is(
      rig.pod?.status.conditions?.find(({ type }) => type === 'Initialized')?.message,
      'containers with incomplete status: [init1 init2]',
    );
    await rig.at(14);
    assert.is(rig.state('init1'), 'running');
    assert.is(rig.status('init1').restartCount, 2);
  });
});

test('a failing init container under Never fails the pod; what never ran stays PodInitializing (row 91)', async () => {
  const spec = {
    restartPolicy: 'Never',
    initContainers: [container('init1', 'ok:1'), container('init2', 'bad:1')],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(4);
    assert.is(rig.pod?.status.phase, 'Failed');
    assert.equal(['init1', 'init2', 'app'].map(rig.state), ['Completed 0*', 'Error 1', 'PodInitializing']);
    assert.is(rig.condition('Initialized'), 'False ContainersNotInitialized');
    assert.is(
      rig.pod?.status.conditions?.find(({ type }) => type === 'Initialized')?.message,
      'containers with incomplete status: [init2]',
    );
    assert.is(rig.condition('Ready'), 'False PodFailed');
  });
});

test('an init container that fails once and then succeeds lets the pod begin (row 81)', async () => {
  const spec = { initContainers: [container('i', 'flaky:1')], containers: [container('app', 'app:1')] };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(4);
    assert.equal(['i', 'app'].map(rig.state), ['Completed 0*', 'running*']);
    assert.is(rig.status('i').restartCount, 1);
  });
});

test('a sidecar lets the next begin once it has started: at once, or when its startup probe succeeds (row 82)', async () => {
  const startupProbe = { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 10 };
  const spec = {
    initContainers: [sidecar('s', 'slow:1', { startupProbe }), container('i', 'ok:1')],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(4);
    assert.equal(['s', 'i', 'app'].map(rig.state), ['running', 'PodInitializing', 'PodInitializing']);
    assert.is(rig.status('s').started, false);
    await rig.at(5);
    assert.equal(['s', 'i'].map(rig.state), ['running*', 'running']);
    await rig.at(7);
    assert.equal(['s', 'i', 'app'].map(rig.state), ['running*', 'Completed 0*', 'running*']);
    assert.is(rig.condition('Ready'), 'True');
  });
});

test('a sidecar whose readiness probe fails makes the pod unready, and does not hold back the others', async () => {
  const readinessProbe = { exec: { command: ['ready'] } };
  const spec = {
    initContainers: [sidecar('s', 'unready:1', { readinessProbe })],
    containers: [container('app', 'app:1')],
  };
  const unready = { 'unready:1': { exec: { ready: { exitCode: 1 } } } };
  await withPod(spec, { images: unready }, async (rig) => {
    assert.equal(['s', 'app'].map(rig.state), ['running', 'running*']);
    assert.is(rig.pod?.status.phase, 'Running');
    const ready = rig.pod?.status.conditions?.find(({ type }) => type === 'ContainersReady');
    assert.is(ready?.message, 'containers with unready status: [s]');
  });
});

test('a sidecar that exits is restarted under every policy, with back-off; the pod does not end by it', async () => {
  const spec = {
    restartPolicy: 'Never',
    initContainers: [sidecar('s', 'crash:1')],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(5);
    assert.equal([rig.state('s'), rig.status('s').restartCount], ['running*', 1]);
    await rig.at(10);
    assert.is(rig.state('s'), 'CrashLoopBackOff');
    await rig.at(20);
    assert.equal([rig.state('s'), rig.status('s').restartCount], ['running*', 2]);
    assert.is(rig.pod?.status.phase, 'Running');
  });
});

test('a sidecar that its liveness probe condemns is restarted, in words of its own (1.7)', async () => {
  const livenessProbe = { httpGet: { port: 80 }, periodSeconds: 10, failureThreshold: 1 };
  const failing = { 'side:1': { http: { failsAfter: '15s' } } };
  const spec = {
    initContainers: [sidecar('s', 'side:1', { livenessProbe })],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images: failing }, async (rig) => {
    await rig.at(20);
    assert.is(rig.status('s').restartCount, 1);
    assert.ok(
      rig.events.includes('Killing spec.initContainers{s}: Init container s failed liveness probe'),
      rig.events.join('\n'),
    );
  });
});

test('when the regular containers have ended, the sidecars end: the last of the spec first; the pod Succeeded (row 111)', async () => {
  const spec = {
    restartPolicy: 'OnFailure',
    initContainers: [sidecar('s1', 'side:1'), container('i', 'ok:1'), sidecar('s2', 'side:1')],
    containers: [container('app', 'job:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(12);
    assert.equal(['s1', 's2', 'app'].map(rig.state), ['running*', 'running*', 'Completed 0']);
    // A terminal phase is held back while something runs.
    assert.is(rig.pod?.status.phase, 'Running');
    await rig.at(13);
    assert.equal(['s1', 's2'].map(rig.state), ['running*', 'Error 143']);
    await rig.at(14);
    assert.equal(['s1', 's2'].map(rig.state), ['Error 143', 'Error 143']);
    assert.is(rig.pod?.status.phase, 'Succeeded');
    assert.is(rig.condition('Initialized'), 'True PodCompleted');
    assert.is(rig.condition('Ready'), 'False PodCompleted');
  });
});

test('a deaf sidecar is killed when the grace period is over, and the pod Succeeded; it Failed if its container did', async () => {
  for (const [image, phase] of [
    ['job:1', 'Succeeded'],
    ['badjob:1', 'Failed'],
  ] as const) {
    const spec = {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 5,
      initContainers: [sidecar('s', 'deaf:1')],
      containers: [container('app', image)],
    };
    await withPod(spec, { images: { ...images, 'deaf:1': { ignoresSigterm: true } } }, async (rig) => {
      await rig.at(14.9);
      assert.is(rig.state('s'), 'running*');
      await rig.at(15);
      assert.is(rig.state('s'), 'Error 137');
      assert.is(rig.pod?.status.phase, phase);
    });
  }
});

test('kubectl shows Init:0/2, Init:CrashLoopBackOff and 2/2 (1.9)', async () => {
  const cells = (pod: Pod | undefined): unknown[] => {
    assert.ok(pod);
    const { readyContainers, totalContainers, status } = summarizePod(pod);
    return [`${readyContainers}/${totalContainers}`, status];
  };
  const spec = {
    initContainers: [sidecar('s', 'side:1'), container('i', 'flaky:1'), container('j', 'ok:1')],
    containers: [container('app', 'app:1')],
  };
  await withPod(spec, { images }, async (rig) => {
    assert.equal(cells(rig.pod), ['1/2', 'Init:1/3']);
    await rig.at(4);
    assert.equal(cells(rig.pod), ['1/2', 'Init:2/3']);
    await rig.at(6);
    assert.equal(cells(rig.pod), ['2/2', 'Running']);
  });
});

test.run();
