/**
 * What a container runs: argv from command, args and image; the environment; the executable on the container's own
 * PATH. Looked up before anything is started, so that a missing command is told in the words people search for.
 *
 * Models: command and args of Kubernetes against ENTRYPOINT and CMD; lookups as Go's os/exec and runc word them (v1.36).
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { ImageEntry } from '../images/index.js';
import type { ContainerConfig } from '../port.js';
import { MARKER } from './groups/procfs.js';

/** A container's file for its termination message; there is no /dev/termination-log of its own on a shared machine. */
export const TERMINATION_LOG = 'TERMINATION_LOG';

export type Found =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly message: string };

/** argv of the container: `command` replaces the image's entrypoint and its arguments, `args` only the arguments. */
export const argvOf = (config: ContainerConfig, image: ImageEntry | undefined): readonly string[] => {
  if (config.command.length > 0) return [...config.command, ...config.args];
  return [...(image?.command ?? []), ...(config.args.length > 0 ? config.args : (image?.args ?? []))];
};

export interface Surroundings {
  readonly containerId: string;
  readonly podIP: string;
  readonly terminationLog: string;
  /** Where its volumes are. */
  readonly volumes: Readonly<Record<string, string>>;
}

/**
 * The whole environment: of statelet's own only PATH and HOME, so that no secret of the parent leaks; then the pod's
 * address, the paths of its volumes, the image's and the container's variables, later ones winning; the marker last.
 */
export const environmentOf = (
  config: ContainerConfig,
  image: ImageEntry | undefined,
  { containerId, podIP, terminationLog, volumes }: Surroundings,
): Record<string, string> => {
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: process.env['HOME'] ?? '/',
    HOSTNAME: config.pod.name,
    POD_IP: podIP,
    HOST: podIP,
    [TERMINATION_LOG]: terminationLog,
    ...volumes,
  };
  for (const [name, value] of image?.env ?? []) environment[name] = value;
  for (const [name, value] of config.env) environment[name] = value;
  environment[MARKER] = containerId;
  return environment;
};

/** Words of the operating system for what Node reports as a code. */
const ERRNO_TEXT: Readonly<Record<string, string>> = {
  E2BIG: 'argument list too long',
  EACCES: 'permission denied',
  EAGAIN: 'resource temporarily unavailable',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  ENOENT: 'no such file or directory',
  ENOMEM: 'cannot allocate memory',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many levels of symbolic links',
};

export const errnoText = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return ERRNO_TEXT[code ?? ''] ?? message;
};

const checkExecutable = (path: string): Found => {
  try {
    if (!statSync(path).isFile()) return { ok: false, message: 'is a directory' };
  } catch (error) {
    return { ok: false, message: `stat ${path}: ${errnoText(error)}` };
  }
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    return { ok: false, message: errnoText(error) };
  }
  return checkInterpreter(path);
};

/** Longest first line that the kernel reads. Source: Linux include/uapi/linux/binfmts.h (BINPRM_BUF_SIZE). */
const SHEBANG_BYTES = 256;

/** A script whose interpreter is missing fails with ENOENT at exec, when it is too late to say which file it was. */
const checkInterpreter = (path: string): Found => {
  const head = Buffer.alloc(SHEBANG_BYTES);
  let length: number;
  try {
    const file = openSync(path, 'r');
    length = readSync(file, head, 0, SHEBANG_BYTES, 0);
    closeSync(file);
  } catch {
    // Executable, but not readable: nothing to check, the kernel decides.
    return { ok: true, path };
  }
  const line = head.toString('latin1', 0, length).split('\n', 1)[0] ?? '';
  const interpreter = /^#!\s*(\S+)/.exec(line)?.[1];
  if (interpreter === undefined) return { ok: true, path };
  try {
    accessSync(interpreter, constants.X_OK);
    return { ok: true, path };
  } catch (error) {
    return { ok: false, message: errnoText(error) };
  }
};

/** The executable of `name`: on `searchPath` when it holds no slash, else from `cwd`. Models: os/exec#LookPath. */
export const findExecutable = (name: string, searchPath: string, cwd: string): Found => {
  const failed = (cause: string): Found => ({ ok: false, message: `exec: "${name}": ${cause}` });
  if (name.includes('/')) {
    const found = checkExecutable(resolve(cwd, name));
    return found.ok ? found : failed(found.message);
  }
  for (const folder of name === '' ? [] : searchPath.split(delimiter)) {
    const path = join(resolve(cwd, folder === '' ? '.' : folder), name);
    try {
      if (!statSync(path).isFile()) continue;
      accessSync(path, constants.X_OK);
    } catch {
      // Not in this folder, or not for us: the next one may have it.
      continue;
    }
    const found = checkInterpreter(path);
    return found.ok ? found : failed(found.message);
  }
  return failed('executable file not found in $PATH');
};

/** Undefined when `path` is a folder that can be entered; else the runtime's words. */
export const checkWorkingDir = (path: string): string | undefined => {
  const failed = (cause: string): string => `chdir to cwd ("${path}") set in config.json failed: ${cause}`;
  try {
    if (!statSync(path).isDirectory()) return failed('not a directory');
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return failed(errnoText(error));
  }
};

/** A container that cannot start. Grep for `executable file not found in $PATH`, as with containerd. */
export const startFailure = (cause: string): string =>
  `failed to create containerd task: unable to start container process: ${cause}`;

/** A command that cannot be run in a container. */
export const execFailure = (cause: string): string =>
  `failed to exec in container: unable to start container process: ${cause}`;
