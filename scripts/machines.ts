/**
 * Writes docs/reference/machines/: a page for each chart that machines/index.ts exports, and their index. With
 * `--check` it writes nothing and exits 1 when a page is missing, stale or left over.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as machines from '../machines/index.js';
import { chartsIn, machinePage, machinesIndex, type MachinePage } from '../src/inspect/index.js';

const FOLDER = fileURLToPath(new URL('../docs/reference/machines/', import.meta.url));

/** The charts among the exports, by name: `probeMachine` is the chart `probe`. */
export function machinePages(exported: Readonly<Record<string, unknown>>): MachinePage[] {
  return [...chartsIn(exported)]
    .map(([name, machine]) => ({ name, machine }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** File name to text. */
export function machineFiles(pages: readonly MachinePage[]): Map<string, string> {
  const files = new Map([['README.md', machinesIndex(pages)]]);
  for (const page of pages) files.set(`${page.name}.md`, machinePage(page));
  return files;
}

/** Names of the files that are missing, stale or left over. */
export function staleFiles(files: ReadonlyMap<string, string>): string[] {
  const stale = [...files]
    .filter(([name, text]) => readOrEmpty(join(FOLDER, name)) !== text)
    .map(([name]) => name);
  return [...stale, ...leftOver(files)].sort();
}

function leftOver(files: ReadonlyMap<string, string>): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.md') && !files.has(name));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function main(): void {
  mkdirSync(FOLDER, { recursive: true });
  const files = machineFiles(machinePages(machines));
  const stale = staleFiles(files);
  if (process.argv.includes('--check')) {
    for (const name of stale)
      console.error(`docs/reference/machines/${name} is not current: npm run machines`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const name of leftOver(files)) rmSync(join(FOLDER, name));
  for (const [name, text] of files) writeFileSync(join(FOLDER, name), text);
  console.log(`${files.size - 1} charts, ${stale.length} pages changed`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
