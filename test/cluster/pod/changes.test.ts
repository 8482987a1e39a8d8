/** Restart rules, ephemeral containers, other images, images that cannot be had (node.md 1.6, 1.8, 2.6, 2.7, 3). */
import * as assert from 'uvu/assert';
import { fromCallback } from 'xstate';
import type { ImageEvent, ImageInput } from '../../../src/runtime/index.js';
import { suite } from '../../support/suite.js';
import { container, withPod } from './rig.js';

const test = suite('cluster: changes of pods');

const rule = (action: string, ...values: number[]): object => ({
  action,
  exitCodes: { operator: 'In', values },
});

test('a restart rule restarts what the policy would not; another exit code ends the container (row 86)', async () => {
  const image = { 'app:1': { exitsAfter: '2s', exitCode: [42, 1] } };
  const spec = {
    restartPolicy: 'Never',
    containers: [
      container('app', 'app:1', { restartPolicy: 'Never', restartPolicyRules: [rule('Restart', 42)] }),
    ],
  };
  await withPod(spec, { images: image }, async (rig) => {
    await rig.at(3);
    assert.equal([rig.state('app'), rig.status('app').restartCount], ['running*', 1]);
    await rig.at(5);
    assert.is(rig.state('app'), 'Error 1');
    assert.is(rig.pod?.status.phase, 'Failed');
  });
});

test('a container with the policy Never in a pod with Always is not restarted, and the pod fails with it (rows 33, 86)', async () => {
  const images = { 'once:1': { exitsAfter: '2s', exitCode: 1 } };
  const spec = { containers: [container('app', 'once:1', { restartPolicy: 'Never' })] };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(60);
    assert.equal([rig.state('app'), rig.status('app').restartCount], ['Error 1', 0]);
    assert.is(rig.pod?.status.phase, 'Failed');
  });
});

test('RestartAllContainers: every container begins anew, init containers first; Initialized stays True (3.3, row 40)', async () => {
  const images = {
    'init:1': { exitsAfter: '2s' },
    'app:1': { exitsAfter: '5s', exitCode: [42, 0] },
    'deaf:1': { ignoresSigterm: true },
  };
  const spec = {
    restartPolicy: 'Never',
    initContainers: [container('i', 'init:1')],
    containers: [
      container('app', 'app:1', {
        restartPolicy: 'Never',
        restartPolicyRules: [rule('RestartAllContainers', 42)],
      }),
      container('other', 'deaf:1'),
    ],
  };
  await withPod(spec, { images }, async (rig) => {
    assert.is(rig.condition('AllContainersRestarting'), 'False');
    await rig.at(7);
    assert.equal(['i', 'app', 'other'].map(rig.state), [
      'RestartingAllContainers',
      'RestartingAllContainers',
      'running*',
    ]);
    assert.is(rig.condition('AllContainersRestarting'), 'True RestartAllContainersStarted');
    assert.is(rig.condition('Initialized'), 'True');
    assert.is(rig.pod?.status.phase, 'Running');
    const { state, lastState } = rig.status('app');
    assert.is(state?.waiting?.message, 'The container is removed because RestartAllContainers in place');
    assert.equal(
      [lastState?.terminated?.exitCode, lastState?.terminated?.reason],
      [137, 'RestartingAllContainers'],
    );
    // The one that does not hear SIGTERM has 2 s.
    await rig.at(9);
    assert.equal(['i', 'app'].map(rig.state), ['running', 'RestartingAllContainers']);
    assert.is(rig.condition('AllContainersRestarting'), 'False');
    await rig.at(11);
    assert.equal(['i', 'app', 'other'].map(rig.state), ['Completed 0*', 'running*', 'running*']);
    assert.equal(
      ['i', 'app', 'other'].map((name) => rig.status(name).restartCount),
      [1, 1, 1],
    );
    assert.ok(rig.events.includes('Killing spec.containers{other}: killing'));
    await rig.at(17);
    assert.is(rig.state('app'), 'Completed 0');
  });
});

test('an ephemeral container is started once, and decides neither the phase nor a condition (1.8)', async () => {
  const images = { 'tool:1': { exitsAfter: '2s', exitCode: 3 } };
  await withPod({ containers: [container('app', 'app:1')] }, { images }, async (rig) => {
    await rig.patch({ ephemeralContainers: [{ name: 'debug', image: 'tool:1' }] }, 'ephemeralcontainers');
    assert.is(rig.state('debug'), 'running');
    assert.is(rig.status('debug').started, undefined);
    await rig.at(60);
    assert.equal([rig.state('debug'), rig.status('debug').restartCount], ['Error 3', 0]);
    assert.is(rig.condition('Ready'), 'True');
    assert.is(rig.pod?.status.phase, 'Running');
    assert.ok(rig.events.includes('Started spec.ephemeralContainers{debug}: Container started'));
    await rig.remove();
    assert.is(rig.pod, undefined);
  });
});

test('ephemeral containers may only be added, with fields that make sense for them (1.8)', async () => {
  await withPod({ containers: [container('app', 'app:1')] }, {}, async (rig) => {
    const add = (more: object): Promise<void> =>
      rig.patch(
        { ephemeralContainers: [{ name: 'debug', image: 'tool:1', ...more }] },
        'ephemeralcontainers',
      );
    const refused = async (more: object, pattern: RegExp): Promise<void> => {
      const message = await add(more).then(
        () => 'accepted',
        (error: Error) => error.message,
      );
      assert.match(message, pattern);
    };
    await refused({ targetContainerName: 'none' }, /targetContainerName: Not found: "none"/);
    await refused(
      { ports: [{ containerPort: 80 }] },
      /ports: Forbidden: cannot be set for an Ephemeral Container/,
    );
    await refused({ name: 'app' }, /\.name: Duplicate value: "app"/);
    await add({});
    await refused({ image: 'tool:2' }, /existing ephemeral containers "debug" may not be changed/);
  });
});

test('kubectl set image: the container is killed and restarted with the new image (1.6)', async () => {
  await withPod({ containers: [container('app', 'app:1')] }, {}, async (rig) => {
    await rig.at(10);
    await rig.patch({ containers: [{ name: 'app', image: 'app:2' }] });
    assert.equal(
      [rig.state('app'), rig.status('app').restartCount, rig.status('app').image],
      ['running*', 1, 'app:2'],
    );
    assert.ok(
      rig.events.includes(
        'Killing spec.containers{app}: Container app definition changed, will be restarted',
      ),
    );
    assert.is(rig.pod?.metadata.generation, 2);
    assert.is(rig.pod?.status.observedGeneration, 2);
  });
});

test('another image ends a back-off, of pulls and of crashes (row 78)', async () => {
  const images = { 'gone:1': { pull: { fails: true } }, 'crash:1': { exitsAfter: '1s', exitCode: 1 } };
  await withPod({ containers: [container('app', 'gone:1')] }, { images }, async (rig) => {
    await rig.at(60);
    assert.is(rig.state('app'), 'ImagePullBackOff');
    await rig.patch({ containers: [{ name: 'app', image: 'crash:1' }] });
    await rig.at(300);
    assert.is(rig.state('app'), 'CrashLoopBackOff');
    await rig.patch({ containers: [{ name: 'app', image: 'app:1' }] });
    assert.is(rig.state('app'), 'running*');
  });
});

test('an image name that cannot be read: InvalidImageName and InspectFailed (row 113)', async () => {
  await withPod({ containers: [container('app', 'FOO')] }, {}, async (rig) => {
    assert.is(rig.state('app'), 'InvalidImageName');
    const why =
      'Failed to apply default image tag "FOO": couldn\'t parse image name "FOO": invalid reference format: repository name (FOO) must be lowercase';
    assert.is(rig.status('app').state?.waiting?.message, why);
    assert.ok(rig.events.includes(`InspectFailed spec.containers{app}: ${why}`));
    assert.ok(rig.events.includes('Failed spec.containers{app}: Error: InvalidImageName'));
  });
});

test('pulls of a node come one after the other: two of 5 s each take 10 s (2.6)', async () => {
  const images = { 'a:1': { pull: { takes: '5s' } }, 'b:1': { pull: { takes: '5s' } } };
  await withPod({ containers: [container('app', 'a:1')] }, { images }, async (rig) => {
    const other = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'q' },
      spec: { containers: [container('app', 'b:1')] },
    };
    await rig.cluster.apply(other);
    await rig.at(9.9);
    const running = (): unknown =>
      rig.cluster.get('Pod', 'q')?.status.containerStatuses?.[0]?.state?.running?.startedAt;
    assert.is(rig.state('app'), 'running*');
    assert.is(running(), undefined);
    await rig.at(10);
    assert.ok(running());
    const messages = rig.cluster.list('Event', 'default').map(({ message }) => message);
    assert.ok(
      messages.includes(
        'Successfully pulled image "b:1" in 5s (10s including waiting). Image size: 0 bytes.',
      ),
      messages.join('\n'),
    );
  });
});

test('the end of the log is the termination message of a container that asks for it and fails (row 114)', async () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  const images = {
    'bad:1': { exitsAfter: '1s', exitCode: 1, logs: lines },
    'good:1': { exitsAfter: '1s', exitCode: 0, logs: lines },
  };
  const spec = {
    restartPolicy: 'Never',
    containers: [
      container('bad', 'bad:1', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
      container('good', 'good:1', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
      container('file', 'bad:1'),
    ],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(2);
    const messageOf = (name: string): string => rig.status(name).state?.terminated?.message ?? '';
    assert.is(messageOf('bad'), `${lines.slice(20).join('\n')}\n`);
    assert.is(messageOf('good'), '');
    assert.is(messageOf('file'), '');
  });
});

test('the generation is 1 at first, and grows with each change and with a deletion; the node follows (row 116)', async () => {
  const spec = {
    containers: [container('app', 'app:1', { lifecycle: { preStop: { sleep: { seconds: 5 } } } })],
  };
  await withPod(spec, {}, async (rig) => {
    const generations = (): unknown[] => [
      rig.pod?.metadata.generation,
      rig.pod?.status.observedGeneration,
      rig.pod?.status.conditions?.find(({ type }) => type === 'Ready')?.observedGeneration,
    ];
    assert.equal(generations(), [1, 1, 1]);
    await rig.patch({ containers: [{ name: 'app', image: 'app:2' }] });
    await rig.at(6);
    assert.equal(generations(), [2, 2, 2]);
    await rig.remove();
    await rig.at(7);
    assert.equal(generations(), [3, 3, 3]);
  });
});

test('fails, succeeds, then runs: Always runs with two restarts, OnFailure succeeds with one, Never fails (row 85)', async () => {
  // Each attempt ends one second later than the one before begins, until the third, which stays.
  const steps = fromCallback<ImageEvent, ImageInput, { type: 'process.exited'; exitCode: number }>(
    ({ input, emit }) => {
      if (input.attempt < 2) emit({ type: 'process.exited', exitCode: input.attempt === 0 ? 1 : 0 });
    },
  );
  for (const [restartPolicy, phase, restarts] of [
    ['Always', 'Running', 2],
    ['OnFailure', 'Succeeded', 1],
    ['Never', 'Failed', 0],
  ] as const) {
    const spec = { restartPolicy, containers: [container('app', 'app:1')] };
    await withPod(spec, { images: { 'app:1': steps } }, async (rig) => {
      await rig.at(60);
      assert.equal([rig.pod?.status.phase, rig.status('app').restartCount], [phase, restarts]);
      assert.is(rig.status('app').ready, restartPolicy === 'Always');
    });
  }
});

test('what a container wrote is its log, and a failure has its reason (row 118)', async () => {
  const images = { 'app:1': { exitsAfter: '1s', exitCode: 1, logs: ['hello'] } };
  await withPod(
    { restartPolicy: 'Never', containers: [container('app', 'app:1')] },
    { images },
    async (rig) => {
      await rig.at(2);
      let text = '';
      rig.cluster.logs('default', 'p').subscribe((chunk) => (text += String(chunk)));
      assert.is(text, 'hello\n');
      assert.is(rig.status('app').state?.terminated?.reason, 'Error');
    },
  );
});

test('Ready changes when the last container has become ready; a startup probe touches no condition by itself (row 123)', async () => {
  const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1 };
  const startupProbe = { exec: { command: ['started'] }, periodSeconds: 1, failureThreshold: 100 };
  const images = { 'a:1': { startsAfter: '3s' }, 'b:1': { startsAfter: '6s' } };
  const spec = {
    containers: [
      container('a', 'a:1', { startupProbe, readinessProbe }),
      container('b', 'b:1', { readinessProbe }),
    ],
  };
  await withPod(spec, { images }, async (rig) => {
    await rig.at(5);
    assert.equal(['a', 'b'].map(rig.state), ['running*', 'running']);
    assert.is(rig.status('a').started, true);
    assert.is(rig.condition('Ready'), 'False ContainersNotReady');
    await rig.at(7);
    assert.is(rig.condition('Ready'), 'True');
  });
});

test.run();
