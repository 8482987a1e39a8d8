/** All plans, by the name of their chart: every file in the folders `node` and `controllers` beside this one. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plan } from './plan.js';

const FOLDERS = ['node', 'controllers'];

export const plans = async (): Promise<ReadonlyMap<string, Plan>> => {
  const found = new Map<string, Plan>();
  for (const folder of FOLDERS) {
    for (const file of readdirSync(fileURLToPath(new URL(folder, import.meta.url)))) {
      const { paths } = (await import(new URL(`${folder}/${file}`, import.meta.url).href)) as { paths: Plan };
      found.set(file.replace(/\.ts$/, ''), paths);
    }
  }
  return found;
};
