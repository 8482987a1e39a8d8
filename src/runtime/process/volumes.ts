/**
 * Volumes of pods as folders of the state directory, and how a container gets to see them.
 *
 * A process has no file system of its own, so a volume cannot appear at its `mountPath`. Each container finds the path of
 * a volume in `STATELET_VOLUME_<NAME>`, and all of them below `STATELET_ROOT` at their mount paths: the root is its
 * scratch folder, where it starts unless it has a working directory of its own. Nothing is ever written outside the
 * state directory. Decision: docs/decisions/0008-volumes-of-processes.md.
 *
 * Invariant: a file is replaced as a whole, never seen half written; a file that has not changed is not touched.
 */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import type { ContainerConfig, ContainerMount, ContainerRuntime, PodIdentity, VolumeFile } from '../port.js';

export interface Volumes extends Required<Pick<ContainerRuntime, 'writeVolume' | 'removeVolumes'>> {
  /** Folder or file that a mount stands for; undefined when there is no such volume. */
  pathOf(pod: PodIdentity, mount: ContainerMount): string | undefined;
}

const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** Of files on their way to their name. */
const TEMPORARY = '..tmp-';

/** A path that stays below where it is put: no `..` leads out. */
const confined = (path: string): string => posix.normalize(`/${path}`).slice(1);

/** @param root folder of all volumes. */
export const createVolumes = (root: string, warn: (message: string) => void): Volumes => {
  const folderOf = (pod: PodIdentity): string => join(root, pod.uid);
  return {
    writeVolume: ({ pod, name, files }, reply) => {
      const folder = join(folderOf(pod), name);
      try {
        if (![pod.uid, name].every((part) => SAFE_NAME.test(part)))
          return reply({ ok: false, message: `"${name}" cannot be a volume's folder` });
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (files !== undefined) replaceFiles(folder, files);
      } catch (error) {
        return reply({ ok: false, message: (error as Error).message });
      }
      reply({ ok: true });
    },
    removeVolumes: (pod) => {
      try {
        rmSync(folderOf(pod), { recursive: true, force: true });
      } catch (error) {
        warn(`volumes of pod ${pod.namespace}/${pod.name} could not be removed: ${(error as Error).message}`);
      }
    },
    pathOf: (pod, { name, subPath }) => {
      const folder = join(folderOf(pod), name);
      if (statSync(folder, { throwIfNoEntry: false }) === undefined) return undefined;
      if (!subPath) return folder;
      const path = join(folder, confined(subPath));
      try {
        // As in a cluster, what is not there becomes a folder.
        if (statSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { recursive: true });
      } catch (error) {
        warn(`volume ${name} of pod ${pod.namespace}/${pod.name}: ${(error as Error).message}`);
        return undefined;
      }
      return path;
    },
  };
};

const replaceFiles = (folder: string, files: readonly VolumeFile[]): void => {
  const wanted = new Map(files.map((file) => [confined(file.path), file]));
  for (const present of filesIn(folder)) if (!wanted.has(present)) rmSync(join(folder, present));
  for (const [path, { content, mode }] of wanted) {
    const target = join(folder, path);
    if (holds(target, content)) continue;
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const temporary = join(folder, `${TEMPORARY}${path.replaceAll('/', '_')}`);
    writeFileSync(temporary, content, { mode });
    // The mode of a new file is subject to the umask.
    chmodSync(temporary, mode);
    renameSync(temporary, target);
  }
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

const holds = (path: string, content: Uint8Array): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).equals(content);

/** Where the volumes of one container are. */
export interface MountedVolumes {
  /** Variables that name them. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts links at the mount paths below the container's root. @throws when that cannot be written. */
  link(): void;
}

const NOTHING: MountedVolumes = { env: {}, link: () => {} };

/** @param root the scratch folder of the container. */
export const mountVolumes = (
  volumes: Volumes,
  { pod, name, mounts }: ContainerConfig,
  root: string,
  warn: (message: string) => void,
): MountedVolumes => {
  if (mounts.length === 0) return NOTHING;
  const links = new Map<string, string>();
  const env: Record<string, string> = { STATELET_ROOT: root };
  const absent: ContainerMount[] = [];
  for (const mount of mounts) {
    const path = volumes.pathOf(pod, mount);
    if (path === undefined) {
      absent.push(mount);
      continue;
    }
    env[`STATELET_VOLUME_${mount.name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`] = path;
    links.set(join(root, confined(mount.mountPath)), path);
  }
  if (absent.length > 0) warn(absentWarning({ pod, name }, absent));
  return {
    env,
    link: () => {
      for (const [at, path] of [...links].sort(([a], [b]) => a.length - b.length)) {
        if (at === root || statSync(at, { throwIfNoEntry: false }) !== undefined) continue;
        mkdirSync(dirname(at), { recursive: true, mode: 0o700 });
        symlinkSync(path, at);
      }
    },
  };
};

const absentWarning = (
  { pod, name }: Pick<ContainerConfig, 'pod' | 'name'>,
  mounts: readonly ContainerMount[],
): string => {
  const list = mounts.map((mount) => `${mount.name} at ${mount.mountPath}`).join(', ');
  return `pod ${pod.namespace}/${pod.name}, container ${name}: a local process cannot have these volumes: ${list}`;
};
