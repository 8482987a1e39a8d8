/**
 * The run queue: every message between actors goes through here, so that a chain of messages cannot overflow the
 * stack, and so that a burst of changes is seen as one.
 *
 * Two lanes. Ordinary tasks run in the order in which they came. A scheduled task is kept once per key and runs only
 * when no ordinary task is left: it is how a controller syncs once after a burst (the set semantics of a work queue,
 * spec controllers.md Q-2). Time does not move while a task is pending.
 */
export interface RunQueue {
  enqueue(task: () => void): void;
  /** Runs `task` once when no ordinary task is left. A key that waits already keeps its place and its first task. */
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
  const scheduled = new Map<unknown, () => void>();
  let isDraining = false;

  const isIdle = (): boolean => head === tasks.length && scheduled.size === 0;

  const takeOrdinary = (): (() => void) | undefined => {
    if (head === tasks.length) return undefined;
    const task = tasks[head] as () => void;
    head += 1;
    if (head === tasks.length) {
      tasks = [];
      head = 0;
    }
    return task;
  };

  const takeScheduled = (): (() => void) | undefined => {
    for (const [key, task] of scheduled) {
      scheduled.delete(key);
      return task;
    }
    return undefined;
  };

  return {
    enqueue: (task) => {
      const wasIdle = !isDraining && isIdle();
      tasks.push(task);
      if (wasIdle) wake();
    },
    schedule: (key, task) => {
      if (scheduled.has(key)) return;
      const wasIdle = !isDraining && isIdle();
      scheduled.set(key, task);
      if (wasIdle) wake();
    },
    get isIdle() {
      return isIdle();
    },
    drain: () => {
      if (isDraining) return;
      isDraining = true;
      try {
        for (;;) {
          const task = takeOrdinary() ?? takeScheduled();
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
      scheduled.clear();
    },
  };
};
