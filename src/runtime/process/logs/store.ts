/** The logs of all containers: which are kept, and how one is found. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defer } from 'rxjs';
import type { ContainerRuntime, LogRef } from '../../port.js';
import type { StateDir } from '../stateDir.js';
import { readLog } from './reader.js';
import type { LogWriter } from './writer.js';

export interface LogStore extends Pick<ContainerRuntime, 'logs' | 'removeLogs'> {
  /**
   * Removes the logs of instances before the previous one, as the kubelet's container garbage collector does by
   * keeping one dead instance (node.md 6.6).
   */
  dropOldLogs(ref: LogRef): void;
}

const list = (dir: string): string[] => {
  try {
    return readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

export const createLogStore = (
  stateDir: StateDir,
  writerOf: (path: string) => LogWriter | undefined,
  warn: (message: string) => void,
): LogStore => {
  const remove = (dir: string, isUnwanted: (attempt: number) => boolean): void => {
    try {
      for (const file of list(dir)) {
        if (isUnwanted(Number.parseInt(file, 10))) rmSync(join(dir, file), { force: true });
      }
    } catch (error) {
      warn(`logs in ${dir} could not be removed: ${(error as Error).message}`);
    }
  };
  return {
    logs: ({ pod, name, attempt }, options) =>
      defer(() => {
        const path = join(stateDir.logDir(pod, name), `${attempt}.log`);
        return readLog({ path, writer: writerOf(path), ...options });
      }),
    removeLogs: ({ pod, name, attempt }) =>
      remove(stateDir.logDir(pod, name), (found) => attempt === undefined || found === attempt),
    dropOldLogs: ({ pod, name, attempt }) =>
      remove(stateDir.logDir(pod, name), (found) => found < attempt - 1),
  };
};
