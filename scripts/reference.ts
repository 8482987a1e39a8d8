/**
 * Fills the generated parts of docs/reference/: the commands' help in cli.md, the fields of every kind in fields.md, and
 * invariants.md.
 * A part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`; what is around it is written by hand.
 *
 *     node --import tsx scripts/reference.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { resources, type Schema } from '../src/api/index.js';
import { createProgram } from '../src/cli/program.js';
import type { Terminal } from '../src/cli/terminal.js';
import { invariants } from '../src/testing/index.js';

const FOLDER = new URL('../docs/reference/', import.meta.url);
/** Width of a help text in the documentation. */
const COLUMNS = 100;

/** Path of the page to its text as it should be. */
export function referencePages(): Map<string, string> {
  return new Map([
    ['cli.md', filled('cli.md', commandHelp())],
    ['fields.md', filled('fields.md', new Map([['fields', unsupportedFields()]]))],
    ['invariants.md', filled('invariants.md', new Map([['invariants', invariantTable()]]))],
  ]);
}

/** Names of the pages that are not as they should be. */
export function stalePages(): string[] {
  return [...referencePages()].filter(([name, text]) => read(name) !== text).map(([name]) => name);
}

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

function filled(name: string, parts: ReadonlyMap<string, string>): string {
  let text = read(name);
  for (const [part, content] of parts) {
    const [begin, end] = [`<!-- begin ${part} -->`, `<!-- end ${part} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/reference/${name} has no part "${part}"`);
    text = `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
  }
  return text;
}

/** The help of the program and of each command, by name. */
function commandHelp(): Map<string, string> {
  let said = '';
  const terminal: Terminal = {
    isInteractive: false,
    columns: COLUMNS,
    rows: 24,
    colors: pc.createColors(false),
    write: (text) => void (said += text),
    warn: () => {},
    onInterrupt: () => () => {},
    exit: () => {},
  };
  const program = createProgram(terminal, () => {});
  const helpOf = (command: typeof program): string => {
    said = '';
    command.outputHelp();
    return '```text\n' + said.trim() + '\n```';
  };
  return new Map([program, ...program.commands].map((command) => [command.name(), helpOf(command)]));
}

function invariantTable(): string {
  const rows = invariants.map(({ id, when, says }) => `| ${id} | ${when} | ${says} |`);
  return ['| id | when | says |', '|---|---|---|', ...rows].join('\n');
}

/** For every kind, the fields of spec and below that are kept but not acted on. */
function unsupportedFields(): string {
  return resources
    .map(({ kind, apiVersion, schema }) => {
      const fields = ignoredIn(schema).map((path) => `- \`${path}\``);
      return [
        `### ${kind} (${apiVersion})`,
        fields.length === 0 ? 'Every field is acted on.' : fields.join('\n'),
      ];
    })
    .flat()
    .join('\n\n');
}

/** Pods' templates repeat what Pod has; they are named, not repeated. */
function ignoredIn(schema: Schema, path = ''): string[] {
  if (schema.type === 'list') return ignoredIn(schema.item, `${path}[]`);
  if (schema.type === 'map') return ignoredIn(schema.value, `${path}{}`);
  if (schema.type !== 'object') return [];
  return Object.entries(schema.fields).flatMap(([name, field]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    if (field.options.supported === false) return [inner];
    if (/(^|\.)spec\.template$/.test(inner)) return [`${inner} (as Pod)`];
    return ignoredIn(field.schema, inner);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of referencePages()) writeFileSync(new URL(name, FOLDER), text);
}
