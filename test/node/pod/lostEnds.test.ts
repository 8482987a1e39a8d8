import * as assert from 'uvu/assert';
import type { ContainerState, ContainerStatus } from '../../../src/api/index.js';
import { withLostEnds } from '../../../src/node/pod/lostEnds.js';
import { suite } from '../../support/suite.js';

const test = suite('node: lost ends of containers');

const waiting: ContainerState = { waiting: { reason: 'PodInitializing' } };
const running: ContainerState = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const ended = (exitCode: number): ContainerState => ({ terminated: { exitCode, reason: 'x' } });
const status = (name: string, state: ContainerState, lastState: ContainerState = {}): ContainerStatus =>
  ({ name, state, lastState, ready: false, restartCount: 0, image: '', imageID: '' }) as ContainerStatus;
const shown = (statuses: readonly ContainerStatus[] | undefined): (number | string)[] =>
  (statuses ?? []).map(({ state }) => state?.terminated?.exitCode ?? Object.keys(state ?? {})[0] ?? '');
const init = (...names: string[]) => ({ initContainers: names.map((name) => ({ name })) as never });

test('a pod that never was initialized: the first init container is lost, regular ones stay as they are (row 95)', () => {
  const filled = withLostEnds(init('i', 'j'), {
    initContainerStatuses: [status('i', waiting), status('j', waiting)],
    containerStatuses: [status('a', waiting)],
  });
  assert.equal(shown(filled.initContainerStatuses), [137, 'waiting']);
  assert.equal(shown(filled.containerStatuses), ['waiting']);
});

test('gaps before the last init container that began are filled (row 95)', () => {
  const filled = withLostEnds(init('i', 'j', 'k', 'l'), {
    initContainerStatuses: [
      status('i', ended(0)),
      status('j', waiting),
      status('k', waiting, ended(1)),
      status('l', waiting),
    ],
    containerStatuses: [status('a', waiting)],
  });
  assert.equal(shown(filled.initContainerStatuses), [0, 137, 137, 'waiting']);
});

test('once the last init container has exited with 0, regular containers are lost too; ends that were seen stay', () => {
  const filled = withLostEnds(init('i'), {
    initContainerStatuses: [status('i', ended(0))],
    containerStatuses: [status('a', waiting), status('b', running), status('c', ended(3))],
  });
  assert.equal(shown(filled.containerStatuses), [137, 137, 3]);
  const { state } = filled.containerStatuses[0] as ContainerStatus;
  assert.equal(state?.terminated, {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
  });
});

test('a pod without init containers counts as initialized from the beginning', () => {
  assert.equal(
    shown(withLostEnds({}, { containerStatuses: [status('a', waiting)] }).containerStatuses),
    [137],
  );
});

test.run();
