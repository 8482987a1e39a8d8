/** The repository's sources as text, and what they import. Reading only; the rules are in rules.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Source {
  /** From the root, with slashes: `src/api/index.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** A path from the root for a relative import (`src/api/index.ts`), else the package: `xstate`, `node:fs`. */
  readonly target: string;
  /** Erased when compiled. */
  readonly isTypeOnly: boolean;
}

/** All files of the given folders with one of the extensions, in order. */
export function readSources(folders: readonly string[], extensions: readonly string[]): Source[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      posix.join(folder, path.split(sep).join('/')),
    ),
  );
  return paths
    .filter((path) => extensions.some((extension) => path.endsWith(extension)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The text with comments blanked, line for line, so that prose about a forbidden word is no use of it. */
export function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replaceAll(/[^\n]/g, ' ');
  // Strings come first in the alternation: what looks like a comment inside one is none.
  return text.replaceAll(
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g,
    (match) => (match.startsWith('/') ? blank(match) : match),
  );
}

const STATEMENT = /(?:^|\n)\s*(import|export)(\s+type)?\s+(?:([^'";]*?)\s+from\s+)?'([^']+)'/g;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** Static, dynamic and re-exporting imports. */
export function importsOf({ path, text }: Source): Import[] {
  const code = withoutComments(text);
  const resolve = (specifier: string) =>
    specifier.startsWith('.')
      ? posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')
      : specifier;
  const found: Import[] = [];
  for (const [, , type, names = '', specifier = ''] of code.matchAll(STATEMENT)) {
    found.push({ target: resolve(specifier), isTypeOnly: type !== undefined || areAllTypes(names) });
  }
  for (const [, specifier = ''] of code.matchAll(DYNAMIC))
    found.push({ target: resolve(specifier), isTypeOnly: false });
  return found;
}

/** `{ type A, type B }` */
function areAllTypes(names: string): boolean {
  const list = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  if (list === undefined) return false;
  const parts = list.split(',').map((part) => part.trim());
  return parts.some((part) => part !== '') && parts.every((part) => part === '' || part.startsWith('type '));
}

/** The room that a file belongs to: `api`, `machines`, `cluster` (for files directly in src), … */
export function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top !== 'src') return top;
  return second.includes('.') ? 'cluster' : second;
}
