/**
 * Manifests as text: YAML or JSON, several documents, Lists taken apart. What an object must hold beyond `apiVersion` and
 * `kind` is for the API to say.
 *
 * YAML is read as sigs.k8s.io/yaml reads it, since that is what manifests are written for: mostly YAML 1.1, in which
 * `yes`, `no`, `on` and `off` are booleans and `0644` is octal. So `value: yes` is refused by the API as it would be
 * by Kubernetes, and not accepted here and refused there. Times and dates stay text. Duplicate keys are errors.
 *
 * Models: sigs.k8s.io/yaml.
 */
import type * as Yaml from 'yaml';
import type { Document, LineCounter, Node, Tags } from 'yaml';

/** A manifest as JSON would hold it; not checked beyond `apiVersion` and `kind`. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}
export interface Manifest {
  /** `file.yaml:12`: where the object begins. */
  readonly source: string;
  readonly object: ManifestObject;
}

/** A text that is no manifest. The message begins with what it is called, `:line` and `:column`. */
export class ManifestError extends Error {
  constructor(source: string, problem: string) {
    super(`${source}: ${problem}`);
    this.name = 'ManifestError';
  }
}

/**
 * The objects in a text.
 *
 * @param source what messages call the text.
 * @throws {ManifestError} `source:line:column: …`
 */
export const parseManifests = async (text: string, source: string): Promise<Manifest[]> => {
  // Loaded when needed: a command without manifests should not pay for it.
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const documents = yaml.parseAllDocuments(text, {
    lineCounter: lines,
    version: '1.1',
    customTags: (tags) => tags.filter(isKnownTag),
    prettyErrors: false,
    merge: true,
  });
  if (!Array.isArray(documents)) return [];
  const at = (offset: number): Place => lines.linePos(offset);
  return documents.flatMap((document) => {
    const problem = problemOf(document, text) ?? unresolvedAliasOf(document, yaml);
    if (problem) {
      const { line, col } = at(problem.offset);
      throw new ManifestError(`${source}:${line}:${col}`, problem.message);
    }
    return objectsOf(document, yaml, (offset) => `${source}:${at(offset).line}`);
  });
};

type Place = ReturnType<LineCounter['linePos']>;
interface Problem {
  readonly offset: number;
  readonly message: string;
}

/** JSON's types; `12:30` is text and not 750, as Go reads it. */
const isKnownTag = (tag: Tags[number]): boolean =>
  typeof tag !== 'object' ||
  (/:(map|seq|str|null|bool|int|float|merge)$/.test(tag.tag) && !('format' in tag && tag.format === 'TIME'));

const problemOf = (document: Document.Parsed, text: string): Problem | undefined => {
  const [error] = [...document.errors, ...document.warnings];
  if (!error) return undefined;
  const offset = error.pos[0];
  if (error.code === 'DUPLICATE_KEY') {
    const [key = ''] = /^[^\s:]+/.exec(text.slice(offset)) ?? [];
    return { offset, message: `the key ${key} occurs twice in one mapping` };
  }
  return { offset, message: error.message };
};

const unresolvedAliasOf = (document: Document.Parsed, yaml: typeof Yaml): Problem | undefined => {
  let problem: Problem | undefined;
  yaml.visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return undefined;
      problem = {
        offset: alias.range?.[0] ?? 0,
        message: `the anchor &${alias.source} is not defined before`,
      };
      return yaml.visit.BREAK;
    },
  });
  return problem;
};

/** The objects of one document; none when it is empty. */
const objectsOf = (
  document: Document.Parsed,
  yaml: typeof Yaml,
  sourceAt: (offset: number) => string,
): readonly Manifest[] => {
  const source = sourceAt(document.contents?.range?.[0] ?? 0);
  const value = valueOf(document, source);
  if (value === null || value === undefined) return [];
  if (!isList(value)) return [{ source, object: checked(value, source) }];
  const items = document.get('items', true);
  return (value.items ?? []).map((item, index) => {
    const node = yaml.isSeq(items) ? (items.items[index] as Node | undefined) : undefined;
    const itemSource = node?.range ? sourceAt(node.range[0]) : source;
    return { source: itemSource, object: checked(item, itemSource) };
  });
};

const valueOf = (document: Document.Parsed, source: string): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    // Too many aliases: a file that would fill the memory.
    throw new ManifestError(source, (error as Error).message);
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A List, or what the API answers to a list request: PodList, … */
const isList = (value: unknown): value is { readonly items: readonly unknown[] | null } =>
  isRecord(value) &&
  typeof value['kind'] === 'string' &&
  value['kind'].endsWith('List') &&
  (Array.isArray(value['items']) || value['items'] === null);

/** Long enough to recognise the text, and no screenful of a file that is no manifest at all. */
const ABRIDGED_CHARACTERS = 40;

const abridged = (text: string): string =>
  text.length <= ABRIDGED_CHARACTERS ? text : `${text.slice(0, ABRIDGED_CHARACTERS)}…`;

const checked = (value: unknown, source: string): ManifestObject => {
  if (!isRecord(value)) {
    const what = Array.isArray(value) ? 'a list' : abridged(JSON.stringify(value));
    throw new ManifestError(source, `a manifest is an object with apiVersion and kind; this is ${what}`);
  }
  for (const key of ['apiVersion', 'kind']) {
    const field = value[key];
    if (typeof field === 'string' && field !== '') continue;
    const problem =
      field === undefined || field === ''
        ? 'is missing'
        : `must be a string, is ${abridged(JSON.stringify(field))}`;
    throw new ManifestError(source, `${key} ${problem}`);
  }
  return value as ManifestObject;
};
