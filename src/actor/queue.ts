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

/** Tasks by key, first in, first out. An array beside the map: the first entry of a large map takes long to find. */
class Lane {
  private readonly tasks = new Map<unknown, () => void>();
  private keys: unknown[] = [];
  private head = 0;

  get isEmpty(): boolean {
    return this.tasks.size === 0;
  }
  has(key: unknown): boolean {
    return this.tasks.has(key);
  }
  add(key: unknown, task: () => void): void {
    this.tasks.set(key, task);
    this.keys.push(key);
  }
  take(): (() => void) | undefined {
    if (this.tasks.size === 0) return undefined;
    const key = this.keys[this.head];
    const task = this.tasks.get(key);
    this.tasks.delete(key);
    this.head += 1;
    if (this.tasks.size === 0) {
      this.keys = [];
      this.head = 0;
    }
    return task;
  }
  clear(): void {
    this.tasks.clear();
    this.keys = [];
    this.head = 0;
  }
}

const MAX_KEPT_MESSAGES = 1024;

/**
 * @param onError receives what a task throws; the queue goes on.
 * @param defer runs the drain that it is given a moment later; asked when a task comes and no drain is to come.
 */
export const createRunQueue = (
  onError: (error: unknown) => void,
  defer: (drain: () => void) => void,
): RunQueue => {
  /** Messages from `head` to `tail`. The array is used over and over, unless it has become long. */
  let messages: ((() => void) | undefined)[] = [];
  let head = 0;
  let tail = 0;
  const coalesced = new Lane();
  const scheduled = new Lane();
  let isDraining = false;
  let isDeferred = false;

  const isIdle = (): boolean => head === tail && coalesced.isEmpty && scheduled.isEmpty;

  const forgetMessages = (): void => {
    if (messages.length > MAX_KEPT_MESSAGES) messages = [];
    head = 0;
    tail = 0;
  };

  const takeMessage = (): (() => void) | undefined => {
    if (head === tail) return undefined;
    const task = messages[head];
    messages[head] = undefined;
    head += 1;
    if (head === tail) forgetMessages();
    return task;
  };

  const drain = (): void => {
    if (isDraining) return;
    isDraining = true;
    try {
      for (;;) {
        const task = takeMessage() ?? coalesced.take() ?? scheduled.take();
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
  };

  const deferred = (): void => {
    isDeferred = false;
    drain();
  };
  /** One at a time: virtual time drains by itself at each step, and a month of them has no pause in which to run. */
  const drainLater = (): void => {
    if (isDraining || isDeferred) return;
    isDeferred = true;
    defer(deferred);
  };

  const keepOnce = (lane: Lane, key: unknown, task: () => void): void => {
    if (lane.has(key)) return;
    lane.add(key, task);
    drainLater();
  };

  return {
    enqueue: (task) => {
      messages[tail] = task;
      tail += 1;
      drainLater();
    },
    coalesce: (key, task) => keepOnce(coalesced, key, task),
    schedule: (key, task) => keepOnce(scheduled, key, task),
    get isIdle() {
      return isIdle();
    },
    drain,
    clear: () => {
      messages = [];
      forgetMessages();
      coalesced.clear();
      scheduled.clear();
    },
  };
};
