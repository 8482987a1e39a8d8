/**
 * The rules of this repository that a machine can hold. Each takes sources and answers its violations, as lines that
 * say where and what; none: the rule holds. test/tidy.test.ts applies them, and shows that each one bites.
 */
import { posix } from 'node:path';
import { importsOf, roomOf, withoutComments, type Source } from './sources.js';

/**
 * Who may import whom. Arrows run one way, so there is no cycle. Only `client` and the composition know the store:
 * whatever works on objects does so through the Api port.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  clock: [],
  api: ['clock'],
  store: ['clock', 'api'],
  client: ['clock', 'api', 'store'],
  machines: ['api'],
  actor: ['clock', 'api', 'client', 'machines'],
  controllers: ['clock', 'api', 'client', 'actor', 'machines'],
  scheduler: ['clock', 'api', 'client', 'actor', 'machines'],
  runtime: ['clock', 'api', 'machines', 'actor'],
  node: ['clock', 'api', 'client', 'actor', 'machines', 'runtime'],
  server: ['clock', 'api', 'client'],
  inspect: ['clock', 'api', 'client', 'actor', 'machines'],
  // Composition: `listen()` brings up the server, `inspect()` the inspector.
  cluster: 'clock api store client actor machines controllers scheduler runtime node server inspect'.split(
    ' ',
  ),
  testing: ['clock', 'api', 'client', 'actor', 'machines', 'inspect', 'cluster'],
  cli: ['clock', 'api', 'client', 'runtime', 'inspect', 'cluster', 'machines'],
};

export function importDirections(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const room = roomOf(source.path);
    const allowed = MAY_IMPORT[room];
    if (allowed === undefined) return [`${source.path}: no rule says what ${room} may import`];
    return localImports(source)
      .filter(({ target }) => roomOf(target) !== room && !allowed.includes(roomOf(target)))
      .map(({ target }) => `${source.path}: ${room} may not import ${roomOf(target)} (${target})`);
  });
}

/** Another room is entered through its door: index.ts, a port (for its types), or a single file of the composition. */
export function importsThroughIndex(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    localImports(source)
      .filter(({ target }) => roomOf(target) !== roomOf(source.path))
      .filter(({ target, isTypeOnly }) => {
        const isDoor = target.endsWith('/index.ts') || (isTypeOnly && target.endsWith('/port.ts'));
        return !isDoor && !/^src\/[^/]+\.ts$/.test(target) && !target.startsWith('machines/');
      })
      .map(({ target }) => `${source.path}: imports ${target} past the index of its folder`),
  );
}

/** Cycles of imports that exist when the program runs (types are erased). */
export function importCycles(sources: readonly Source[]): string[] {
  const graph = new Map(
    sources.map((source) => [
      source.path,
      localImports(source)
        .filter((edge) => !edge.isTypeOnly)
        .map((e) => e.target),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push([...trail.slice(start), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

function localImports(source: Source) {
  return importsOf(source).filter(({ target }) => /^(src|machines)\//.test(target));
}

interface Forbidden {
  readonly what: string;
  readonly pattern: RegExp;
  readonly isAllowedIn: (path: string) => boolean;
}
/** A word of a global: not a member of something else, such as `clock.setTimeout(`. */
const FORBIDDEN: readonly Forbidden[] = [
  {
    what: 'time has one door, src/clock',
    pattern:
      /\bDate\.now\b|\bnew Date\(\s*\)|(?<![.\w])(setTimeout|setInterval|setImmediate)\(|\bperformance\.now\b|\bprocess\.hrtime\b|'(node:)?timers(\/promises)?'/g,
    isAllowedIn: (path) => path.startsWith('src/clock/'),
  },
  {
    what: 'chance has one door, src/clock',
    pattern: /\bMath\.random\b|\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b/g,
    isAllowedIn: (path) => path.startsWith('src/clock/'),
  },
  {
    what: 'child processes belong to src/runtime/process',
    pattern: /'(node:)?child_process'/g,
    isAllowedIn: (path) => path.startsWith('src/runtime/process/'),
  },
];

export function doors(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    FORBIDDEN.filter(({ isAllowedIn }) => !isAllowedIn(source.path)).flatMap(({ what, pattern }) =>
      matches(source, pattern).map((match) => `${match}: ${what}`),
    ),
  );
}

/** A machine imports XState, other machines, types of the API, and its pure rules of restarting (decision 0005). */
export function machineImports(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path.startsWith('machines/'))
    .flatMap((source) =>
      importsOf(source)
        .filter(({ target, isTypeOnly }) => {
          const isApiType = target === 'src/api/index.ts' && isTypeOnly;
          const isSharedRule = target === 'src/api/podStatus/index.ts';
          return target !== 'xstate' && !target.startsWith('machines/') && !isApiType && !isSharedRule;
        })
        .map(
          ({ target }) => `${source.path}: a machine imports only xstate and types of src/api, not ${target}`,
        ),
    );
}

/** What to do is a pure function of what is observed: whatever it calls is in src/controllers, on top of src/api alone. */
export function reconcileImports(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const isPure = (target: string) => target === 'src/api/index.ts' || target.startsWith('src/controllers/');
  const visit = (source: Source): string[] => {
    if (reached.has(source.path)) return [];
    reached.add(source.path);
    return importsOf(source)
      .filter(({ isTypeOnly }) => !isTypeOnly)
      .flatMap(({ target }) => {
        if (!isPure(target)) return [`${source.path}: reconciling builds on src/api alone, not on ${target}`];
        const next = target.startsWith('src/controllers/') ? byPath.get(target) : undefined;
        return next === undefined ? [] : visit(next);
      });
  };
  return sources.filter(({ path }) => posix.basename(path) === 'reconcile.ts').flatMap(visit);
}

const LONGEST_FILE = 500;
const LONGEST_MACHINE = 250;
const FULLEST_FOLDER = 14;
/** Folders with a file per chart: as many as there are. */
const ONE_PER_CHART = /^machines$|^test\/machines(\/paths\/\w+)?$/;

export function fileLengths(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const lines = lineCount(text);
    if (lines > LONGEST_FILE) return [`${path}: ${lines} lines, more than ${LONGEST_FILE}`];
    const chart = path.startsWith('machines/') ? chartLength(text) : 0;
    return chart > LONGEST_MACHINE
      ? [`${path}: a chart of ${chart} lines, more than ${LONGEST_MACHINE}`]
      : [];
  });
}

/** From `createMachine(` on: what is left when the types and the named parts are told apart. */
function chartLength(text: string): number {
  const start = text.indexOf('.createMachine(');
  return start < 0 ? 0 : lineCount(text.slice(start));
}

export function lineCount(text: string): number {
  return text.split('\n').length - 1;
}

export function folderSizes(sources: readonly Source[]): string[] {
  const sizes = new Map<string, number>();
  for (const { path } of sources) sizes.set(posix.dirname(path), (sizes.get(posix.dirname(path)) ?? 0) + 1);
  return [...sizes]
    .filter(([folder, size]) => size > FULLEST_FOLDER && !ONE_PER_CHART.test(folder))
    .map(([folder, size]) => `${folder}: ${size} files, more than ${FULLEST_FOLDER}`);
}

/** Words that mark unfinished or private work. Comments are searched too, and texts for people. */
export function strayWords(sources: readonly Source[]): string[] {
  const unfinished = new RegExp(
    `\\b(${['TO', 'FIX'].map((start, index) => start + ['DO', 'ME'][index]).join('|')}|X{3})\\b`,
    'g',
  );
  const workplace = new RegExp(['/work', '(main|shared|tmp)\\b'].join('/'), 'g');
  return sources.flatMap((source) => [
    ...matches(source, unfinished, true).map((match) => `${match}: finish it, or file an issue`),
    ...matches(source, workplace, true).map((match) => `${match}: a path that no reader has`),
  ]);
}

export function defaultExports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    matches(source, /^export default\b/gm).map((match) => `${match}: no default exports`),
  );
}

/** Tests are run whole: nothing is singled out, nothing is left out in silence. */
export function singledOutTests(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap((source) => [
      ...matches(source, /\btest\.(only|skip)\b/g).map((match) => `${match}: use skipUnless, with a reason`),
      ...matches(source, /from 'uvu'/g).map((match) => `${match}: tests use test/support/suite.ts`),
    ]);
}

/** `path:line: text` of each match outside comments (inside too with `everywhere`). */
function matches({ path, text }: Source, pattern: RegExp, everywhere = false): string[] {
  const code = everywhere ? text : withoutComments(text);
  return [...code.matchAll(pattern)].map((match) => {
    const line = code.slice(0, match.index).split('\n').length;
    return `${path}:${line}: ${match[0].trim()}`;
  });
}
