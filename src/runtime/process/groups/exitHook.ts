/** One `exit` listener of the process for all runtimes: the last chance to end containers, without waiting. */
const hooks = new Set<() => void>();

const runHooks = (): void => {
  for (const hook of hooks) hook();
};

/** Runs `kill` when this process exits; answers how to take it back. */
export const killAtExit = (kill: () => void): (() => void) => {
  if (hooks.size === 0) process.on('exit', runHooks);
  hooks.add(kill);
  return () => {
    hooks.delete(kill);
    if (hooks.size === 0) process.off('exit', runHooks);
  };
};
