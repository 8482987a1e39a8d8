/**
 * The run queue: every message between actors goes through here, so that a chain of messages cannot overflow the
 * stack, and so that a burst of changes is seen as one.
 *
 * Three lanes. Messages run in the order in which they came. A coalesced task is kept once per key and runs when no
 * message is left: a pod's status is written once after all that happened to it. A scheduled task is kept once per key
 * and runs when nothing else is left: a controller syncs once after a burst, however many pods it came from (the set
 * semantics of a work queue, spec controllers.md Q-2). Time does not move while a task is pending.
 */
export interface RunQueue {
  enqueue(task: () => void): void;
  /** Runs `task` once when no message is left. A key that waits already keeps its place and its first task. */
  coalesce(key: unknown, task: () => void): void;
  /** Runs `task` once when neither message nor coalesced task is left. Keys as above. */
  schedule(key: unknown, task: () => void): void;
  /** True when nothing is pending. */
  readonly isIdle: boolean;
  /** Runs everything, including what the tasks add. Nested calls return at once. */
  drain(): void;
  /** Drops everything that is pending. */
  clear(): void;
}

/**
 * @param onError receives what a task throws; the queue goes on.
 * @param wake called when the queue gets its first task, so that the owner can arrange for a drain.
 */
export const createRunQueue = (onError: (error: unknown) => void, wake: () => void): RunQueue => {
  let tasks: (() => void)[] = [];
  let head = 0;
  const coalesced = new Map<unknown, () => void>();
  const scheduled = new Map<unknown, () => void>();
  let isDraining = false;

  const isIdle = (): boolean => head === tasks.length && coalesced.size === 0 && scheduled.size === 0;

  const takeMessage = (): (() => void) | undefined => {
    if (head === tasks.length) return undefined;
    const task = tasks[head] as () => void;
    head += 1;
    if (head === tasks.length) {
      tasks = [];
      head = 0;
    }
    return task;
  };

  const takeFirst = (lane: Map<unknown, () => void>): (() => void) | undefined => {
    for (const [key, task] of lane) {
      lane.delete(key);
      return task;
    }
    return undefined;
  };
  const keepOnce = (lane: Map<unknown, () => void>, key: unknown, task: () => void): void => {
    if (lane.has(key)) return;
    const wasIdle = !isDraining && isIdle();
    lane.set(key, task);
    if (wasIdle) wake();
  };

  return {
    enqueue: (task) => {
      const wasIdle = !isDraining && isIdle();
      tasks.push(task);
      if (wasIdle) wake();
    },
    coalesce: (key, task) => keepOnce(coalesced, key, task),
    schedule: (key, task) => keepOnce(scheduled, key, task),
    get isIdle() {
      return isIdle();
    },
    drain: () => {
      if (isDraining) return;
      isDraining = true;
      try {
        for (;;) {
          const task = takeMessage() ?? takeFirst(coalesced) ?? takeFirst(scheduled);
          if (!task) return;
          try {
            task();
          } catch (error) {
            onError(error);
          }
        }
      } finally {
        isDraining = false;
      }
    },
    clear: () => {
      tasks = [];
      head = 0;
      coalesced.clear();
      scheduled.clear();
    },
  };
};
