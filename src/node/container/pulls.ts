/**
 * The image pulls of one node: one at a time, in the order in which they are asked for.
 *
 * Models: pkg/kubelet/images/puller.go#serialImagePuller (v1.36; spec node.md 2.6). Differs: no limit of pulls per second.
 */
import type { ContainerRuntime } from '../../runtime/index.js';

type Pull = ContainerRuntime['pullImage'];
type PullReply = Parameters<Pull>[1];

export interface ImagePulls {
  /** Like the runtime's, in its turn. `began` is called when the pull itself begins. */
  pull(request: Parameters<Pull>[0], began: () => void, reply: PullReply): void;
  /** The machine died: nothing of what was asked for is answered. */
  forget(): void;
}

export const createImagePulls = (runtime: ContainerRuntime): ImagePulls => {
  let waiting: (() => void)[] = [];
  let isBusy = false;
  let life = 0;
  const run = (...[request, began, reply]: Parameters<ImagePulls['pull']>): void => {
    isBusy = true;
    const own = life;
    began();
    runtime.pullImage(request, (outcome) => {
      if (own !== life) return;
      isBusy = false;
      reply(outcome);
      if (!isBusy) waiting.shift()?.();
    });
  };
  return {
    pull: (request, began, reply) => {
      if (isBusy) waiting.push(() => run(request, began, reply));
      else run(request, began, reply);
    },
    forget: () => {
      life += 1;
      waiting = [];
      isBusy = false;
    },
  };
};
