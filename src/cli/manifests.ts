/**
 * Reads the manifests that `-f` names: files, folders (their .yaml, .yml and .json files, in order of name; not what
 * lies deeper) and `-` for standard input.
 *
 * Models: k8s.io/cli-runtime/pkg/resource (visitors).
 */
import { readFile, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { ManifestError, parseManifests, type Manifest } from '../cluster/manifests/index.js';

const EXTENSIONS = ['.json', '.yaml', '.yml'];

/**
 * Objects in the order of the names, and in each file in the order of its documents.
 *
 * @param names files, folders, or `-`.
 * @throws {ManifestError} when a name leads nowhere, a folder holds no manifest, or a file is wrong.
 */
export const readManifests = async (
  names: readonly string[],
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<Manifest[]> => {
  const manifests: Manifest[] = [];
  for (const name of names) {
    if (name === '-') {
      manifests.push(...(await parseManifests(await readText(stdin), 'stdin')));
      continue;
    }
    for (const file of await filesOf(name)) {
      manifests.push(...(await parseManifests(await reading(file, readFile(file, 'utf8')), file)));
    }
  }
  return manifests;
};

const filesOf = async (name: string): Promise<readonly string[]> => {
  const stats = await reading(name, stat(name));
  if (!stats.isDirectory()) return [name];
  const entries = await reading(name, readdir(name, { withFileTypes: true }));
  const files = entries
    .filter((entry) => !entry.isDirectory() && EXTENSIONS.includes(extname(entry.name)))
    .map((entry) => join(name, entry.name))
    .sort();
  if (files.length === 0) throw new ManifestError(name, `no ${EXTENSIONS.join(', ')} file in this folder`);
  return files;
};

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'is a folder',
};

/** What a read of the file gives. @throws {ManifestError} that says in words why it cannot be read. */
export const reading = async <T>(name: string, read: Promise<T>): Promise<T> => {
  try {
    return await read;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new ManifestError(name, PROBLEMS[code] ?? message);
  }
};
