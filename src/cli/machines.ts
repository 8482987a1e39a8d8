/** `statelet machines`: the charts that decide everything, as a list, as JSON for `createMachine`, or as Mermaid text. */
import * as machines from '../../machines/index.js';
import { chartOf, chartsIn, configOf, mermaidOf, type ChartState } from '../inspect/index.js';
import { EXIT_OK, usageError } from './errors.js';
import type { Terminal } from './terminal.js';

export interface MachinesFlags {
  readonly format?: 'json' | 'mermaid' | undefined;
}

/**
 * Prints the list of charts, or one chart.
 * @throws {CommandError} for a chart that does not exist, and for a drawing of no chart in particular.
 */
export function printMachines(
  name: string | undefined,
  { format }: MachinesFlags,
  terminal: Terminal,
): number {
  const charts = chartsIn(machines);
  if (name === undefined) {
    if (format === 'mermaid') throw usageError('--format mermaid draws one chart: name it');
    const rows = [...charts].map(([chart, machine]) => rowOf(chart, chartOf(machine)));
    terminal.write(format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : listOf(rows));
    return EXIT_OK;
  }
  const machine = charts.get(name);
  if (machine === undefined) {
    throw usageError(`there is no chart "${name}"; there are ${[...charts.keys()].join(', ')}`);
  }
  terminal.write(format === 'json' ? `${JSON.stringify(configOf(machine), null, 2)}\n` : mermaidOf(machine));
  return EXIT_OK;
}

interface Row {
  readonly name: string;
  readonly states: number;
  readonly description: string;
}

function rowOf(name: string, root: ChartState): Row {
  return { name, states: countStates(root) - 1, description: root.description };
}

function countStates(state: ChartState): number {
  return state.children.reduce((count, child) => count + countStates(child), 1);
}

function listOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.map(({ name, description }) => `${name.padEnd(width)}  ${description}\n`).join('');
}
