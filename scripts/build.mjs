#!/usr/bin/env node
/**
 * Writes dist/: one file per entry point and what they share as chunks, with source maps, and the types as TypeScript
 * declares them. Bundled because Node takes half a millisecond for each module that it loads, and there are hundreds
 * (docs/decisions/0012). Packages stay outside.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ENTRY_POINTS = ['src/index.ts', 'src/testing/index.ts', 'src/cli/main.ts', 'machines/index.ts'];

rmSync(`${ROOT}/dist`, { recursive: true, force: true });
execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
await build({
  absWorkingDir: ROOT,
  entryPoints: ENTRY_POINTS,
  outbase: '.',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  sourcesContent: true,
  logLevel: 'warning',
});
