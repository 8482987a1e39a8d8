/**
 * Ends what a container left outside its process group (a daemon that called setsid), found by the marker in its
 * environment. Containers that end together share one look at /proc.
 *
 * Not found: a process that left the group and wiped its environment. Only a cgroup could hold it.
 */
import type { Clock } from '../../../clock/index.js';
import { killMarked } from './procfs.js';

export interface Reaper {
  /** Calls back when no process of the container is left. */
  reap(containerId: string, reaped: () => void): void;
}

export const createReaper = (clock: Clock, warn: (message: string) => void): Reaper => {
  let waiting = new Map<string, () => void>();
  let isBusy = false;
  const pause = (): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, 0));

  const run = async (): Promise<void> => {
    isBusy = true;
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      try {
        const isClean = await killMarked((id) => batch.has(id), pause);
        if (!isClean) warn(`processes of ${[...batch.keys()].join(', ')} could not be killed`);
      } catch (error) {
        warn(`processes that left their group could not be looked for: ${(error as Error).message}`);
      }
      for (const reaped of batch.values()) reaped();
    }
    isBusy = false;
  };

  return {
    reap: (containerId, reaped) => {
      waiting.set(containerId, reaped);
      if (!isBusy) void run();
    },
  };
};
