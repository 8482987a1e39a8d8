/**
 * Ends every container when statelet dies without a word (SIGKILL, a crash, the machine's out-of-memory killer): a
 * small shell in a session of its own that reads process groups from a pipe. The pipe ends with us; then it kills the
 * groups that are still registered, and every process that carries the marker of this run, until none is left.
 *
 * Not a supervisor: while statelet lives it does nothing. Killed by somebody, it is started anew.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Writable } from 'node:stream';
import { MARKER } from './procfs.js';

export interface Guardian {
  add(groupId: number): void;
  remove(groupId: number): void;
  /** Ends the guardian; resolves when it is gone. */
  close(): Promise<void>;
}

/** POSIX sh. $1: the marker as it stands in /proc/PID/environ. */
const SCRIPT = `
trap '' HUP INT QUIT TERM PIPE USR1 USR2 TSTP
groups=' '
while read -r verb id; do
  case "$verb$groups" in
    add*) groups="$groups$id " ;;
    remove*" $id "*) groups="\${groups%% $id *} \${groups#* $id }" ;;
  esac
done
for id in $groups; do kill -s KILL -- "-$id" 2>/dev/null; done
rounds=0
while [ "$rounds" -lt 100 ] && [ -d /proc/self ]; do
  found=
  for file in $(grep -lsF -- "$1" /proc/[0-9]*/environ 2>/dev/null); do
    file=\${file#/proc/}
    kill -s KILL "\${file%/environ}" 2>/dev/null && found=1
  done
  [ -n "$found" ] || break
  rounds=$((rounds + 1))
done
`;

/** More than this many unexpected ends in a row: somebody does not want a guardian. */
const MAX_RESTARTS = 5;

export const createGuardian = (runKey: string, warn: (message: string) => void): Guardian => {
  const groups = new Set<number>();
  let shell: ChildProcessByStdio<Writable, null, null> | undefined;
  let restarts = 0;
  let isClosing = false;
  let onGone: (() => void) | undefined;

  const start = (): void => {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'statelet-guardian', `${MARKER}=${runKey}`], {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    shell = child;
    // Neither the shell nor its pipe keeps statelet from ending.
    child.unref();
    (child.stdin as Writable & { unref?: () => void }).unref?.();
    child.stdin.on('error', () => {
      // EPIPE: the shell is gone, which its exit tells as well.
    });
    let isOver = false;
    const ended = (cause: string): void => {
      if (isOver) return;
      isOver = true;
      shell = undefined;
      if (isClosing) return onGone?.();
      restarts += 1;
      if (restarts > MAX_RESTARTS) {
        return warn(
          `the guardian process ends again and again (${cause}): if statelet is killed, containers may survive it`,
        );
      }
      start();
    };
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    for (const id of groups) child.stdin.write(`add ${id}\n`);
  };

  // Before the first container: one that starts while its guardian does would have none.
  start();

  return {
    add: (groupId) => {
      groups.add(groupId);
      shell?.stdin.write(`add ${groupId}\n`);
    },
    remove: (groupId) => {
      if (groups.delete(groupId)) shell?.stdin.write(`remove ${groupId}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        if (shell === undefined) return resolve();
        onGone = resolve;
        shell.ref();
        shell.stdin.end();
      }),
  };
};
