/** The chart of one container with a runtime in which everything works at once. */
import { containerMachine, type ContainerInput } from '../../machines/index.js';
import { createRig, type EffectCall, type Rig } from '../support/rig.js';

const EFFECTS = [
  'pullImage',
  'createContainer',
  'startContainer',
  'runPostStart',
  'runPreStop',
  'sendSigterm',
  'sendSigkill',
  'reportBackOff',
  'reportPullFailed',
  'reportPullBackOff',
  'reportAbsentImage',
  'reportInvalidImage',
  'reportConfigFailed',
  'reportStarted',
  'reportStartFailed',
  'reportPostStartFailed',
  'reportPreStopFailed',
  'reportKilling',
  'announceStarted',
  'announceStopped',
  'announceWaiting',
  'announceTerminated',
  'announceRestartAll',
  'announceReset',
];
const defaults: ContainerInput = {
  name: 'app',
  image: 'app:1',
  podRestartPolicy: 'Always',
  restartCount: 0,
  crashBackOffMaxMs: 300_000,
};

export type ContainerRig = Rig<typeof containerMachine>;
export type Answer = (call: EffectCall, rig: ContainerRig) => boolean;

/** A runtime in which everything works at once, unless `special` answers an effect itself. */
export const container = (
  input: Partial<ContainerInput> = {},
  special: Answer = () => false,
): ContainerRig => {
  let instances = 0;
  const rig: ContainerRig = createRig(containerMachine, EFFECTS, { ...defaults, ...input }, (call, self) => {
    if (special(call, self)) return;
    if (call.effect === 'pullImage') self.send((at) => ({ type: 'image.pulled', at, imageRef: 'app@sha' }));
    if (call.effect === 'createContainer') {
      instances += 1;
      self.send((at) => ({
        type: 'container.created',
        at,
        containerId: `c${instances}`,
        imageRef: 'app@sha',
      }));
    }
    if (call.effect === 'startContainer')
      self.send((at) => ({ type: 'container.started', at, startedAt: at }));
    if (call.effect === 'sendSigterm') exit(self, 143);
  });
  rig.send((at) => ({ type: 'container.start', at }));
  return rig;
};
export const exit = (rig: ContainerRig, exitCode: number): void =>
  rig.send((at) => ({
    type: 'container.exited',
    at,
    containerId: rig.snapshot.context.containerId ?? '',
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: rig.snapshot.context.startedAtMs,
    finishedAt: at,
  }));
export const seconds = (rig: ContainerRig, effect: string): number[] =>
  rig.timesOf(effect).map((ms) => ms / 1000);
