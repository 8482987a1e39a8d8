/**
 * The images file (`--images FILE`): what stands behind an image name. For local processes an image is a command; for
 * simulated containers the same entry carries a preset, which this module passes on unread.
 *
 *     images:                       # this key may be left out
 *       luksa/kubia:
 *         command: [node, app.js]   # entrypoint; a container's own `command` replaces it
 *         args: [--verbose]         # a container's own `args` replaces them
 *         env: { PORT: 8080 }       # a container's own `env` wins
 *         workingDir: kubia         # from the folder of this file, which is also the default
 *         simulated: { exitsAfter: 120s }
 *
 * Invariant: a wrong file is refused as a whole, with file:line:column; no key is ignored.
 */
import { dirname, resolve } from 'node:path';
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { ImagesFileError } from './imagesFileError.js';

export interface ImageEntry {
  /** As written in the file. */
  readonly name: string;
  /** Entrypoint; empty when the file gives none. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  /** Absolute. */
  readonly workingDir: string;
  /** The preset of a simulated container as plain data, not yet checked; `undefined` when there is none. */
  readonly simulated: unknown;
  /** `file:line:column` of the entry, for messages about it. */
  readonly source: string;
}

export { ImagesFileError };

export interface ImageMap {
  readonly entries: readonly ImageEntry[];
  /**
   * The entry of an image as a pod names it: first exactly; then with `docker.io/library/` and `:latest` made
   * explicit; then, for entries without tag, the same repository with any tag or digest.
   */
  find(image: string): ImageEntry | undefined;
}

const KEYS = ['command', 'args', 'env', 'workingDir', 'simulated'];

/** Repository with its registry, and the tag or digest if one is written. Models: distribution/reference#ParseNormalizedNamed. */
export const splitImage = (
  image: string,
): { repository: string; tag: string | undefined; digest: string | undefined } => {
  const [name = '', digest] = image.split('@', 2);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const path = colon < 0 ? name : name.slice(0, colon);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  const slash = path.indexOf('/');
  const first = slash < 0 ? '' : path.slice(0, slash);
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  const repository = hasRegistry
    ? path
        .replace(/^index\.docker\.io\//, 'docker.io/')
        .replace(/^docker\.io\/(?=[^/]+$)/, 'docker.io/library/')
    : `docker.io/${slash < 0 ? 'library/' : ''}${path}`;
  return { repository, tag, digest };
};

const keyOf = (image: string): string => {
  const { repository, tag, digest } = splitImage(image);
  return digest === undefined ? `${repository}:${tag ?? 'latest'}` : `${repository}@${digest}`;
};

export const createImageMap = (entries: readonly ImageEntry[]): ImageMap => {
  const byName = new Map<string, ImageEntry>();
  const byKey = new Map<string, ImageEntry>();
  const byRepository = new Map<string, ImageEntry>();
  for (const entry of entries) {
    const { repository, tag, digest } = splitImage(entry.name);
    byName.set(entry.name, entry);
    byKey.set(keyOf(entry.name), entry);
    if (tag === undefined && digest === undefined) byRepository.set(repository, entry);
  }
  return {
    entries,
    find: (image) =>
      byName.get(image) ?? byKey.get(keyOf(image)) ?? byRepository.get(splitImage(image).repository),
  };
};

/** No image stands for anything. */
export const NO_IMAGES: ImageMap = createImageMap([]);

/**
 * Reads the text of an images file. `file` is its path: it starts every message, and its folder is where relative
 * working directories begin.
 *
 * @throws {ImagesFileError} with file:line:column when the YAML is broken, a key is unknown or a value has a wrong type.
 */
export const parseImages = (text: string, file: string): ImageMap => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) throw new ImagesFileError(`${at(broken.pos[0])}: ${broken.message}`);
  if (document.contents === null) return NO_IMAGES;

  const top = mapping(document, document.contents, at, 'the images file');
  const only = top.items.length === 1 ? top.items[0] : undefined;
  const images =
    only !== undefined && textOf(only.key) === 'images'
      ? mapping(document, only.value, at, 'images', only.key as Node)
      : top;
  return createImageMap(images.items.map((item) => readEntry({ document, at, file }, item)));
};

interface Source {
  readonly document: Document;
  readonly at: (offset: number) => string;
  readonly file: string;
}
type Item = YAMLMap['items'][number];

const offsetOf = (node: unknown): number => (node as Node | null | undefined)?.range?.[0] ?? 0;

const textOf = (node: unknown): string | undefined =>
  isScalar(node) && typeof node.value === 'string' ? node.value : undefined;

const resolved = (document: Document, node: unknown): unknown =>
  typeof node === 'object' && node !== null && 'source' in node && 'resolve' in node
    ? (node as unknown as { resolve(document: Document): unknown }).resolve(document)
    : node;

const mapping = (
  document: Document,
  value: unknown,
  at: (offset: number) => string,
  what: string,
  key?: Node,
): YAMLMap => {
  const node = resolved(document, value);
  if (isMap(node)) return node;
  throw new ImagesFileError(`${at(offsetOf(node) || offsetOf(key))}: ${what} must be a mapping`);
};

const readEntry = ({ document, at, file }: Source, item: Item): ImageEntry => {
  const name = textOf(item.key);
  if (name === undefined || name === '') {
    throw new ImagesFileError(`${at(offsetOf(item.key))}: the name of an image must be a non-empty string`);
  }
  const map = mapping(document, item.value, at, `image "${name}"`, item.key as Node);
  const values = new Map<string, unknown>();
  for (const field of map.items) {
    const key = textOf(field.key);
    if (key === undefined || !KEYS.includes(key)) {
      const shown = String((field.key as { value?: unknown } | null)?.value);
      throw new ImagesFileError(
        `${at(offsetOf(field.key))}: image "${name}": unknown key "${shown}"; known are ${KEYS.join(', ')}` +
          ' (what a simulated container does belongs under "simulated")',
      );
    }
    values.set(key, resolved(document, field.value));
  }
  const fail = (node: unknown, message: string): never => {
    throw new ImagesFileError(`${at(offsetOf(node) || offsetOf(item.key))}: image "${name}": ${message}`);
  };
  const strings = (key: string): string[] => {
    const node = values.get(key);
    if (node === undefined) return [];
    if (!isSeq(node)) return fail(node, `${key} must be a list of strings`);
    return node.items.map((part) => scalar(part) ?? fail(part, `${key} must be a list of strings`));
  };
  const command = strings('command');
  if (values.has('command') && command.length === 0) fail(values.get('command'), 'command must not be empty');

  const envNode = values.get('env');
  if (envNode !== undefined && !isMap(envNode)) fail(envNode, 'env must be a mapping of names to values');
  const env = (isMap(envNode) ? envNode.items : []).map((pair): readonly [string, string] => [
    textOf(pair.key) ?? fail(pair.key, 'env must be a mapping of names to values'),
    scalar(resolved(document, pair.value)) ?? fail(pair.key, `env ${String(pair.key)} must be a string`),
  ]);

  const dirNode = values.get('workingDir');
  const dir = dirNode === undefined ? '.' : (textOf(dirNode) ?? fail(dirNode, 'workingDir must be a string'));
  const preset = values.get('simulated') as Node | undefined;
  return {
    name,
    command,
    args: strings('args'),
    env,
    workingDir: resolve(dirname(file), dir),
    simulated: preset?.toJS(document) as unknown,
    source: at(offsetOf(item.key)),
  };
};

/** A string, number or boolean as its source text; anything else is none. */
const scalar = (node: unknown): string | undefined => {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'string') return node.value;
  if (typeof node.value === 'number' || typeof node.value === 'boolean')
    return node.source ?? String(node.value);
  return undefined;
};
