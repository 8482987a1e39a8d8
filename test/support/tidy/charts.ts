/** Rules about the charts themselves: everything named, everything listed, everything documented. */
import type { AnyStateMachine } from 'xstate';

export { chartsIn } from '../../../src/inspect/index.js';

/** Functions in a chart's configuration: they would vanish from every export. */
export function inlineFunctions(name: string, machine: AnyStateMachine): string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'function') found.push(`${name}: inline function at ${path}`);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
  };
  // The function that makes the first context of the input is part of every machine that has input.
  const { context: _context, ...config } = machine.config;
  walk(config, '');
  return found;
}

/** States without a description: nobody could read them in the inspector. */
export function undescribedStates(name: string, machine: AnyStateMachine): string[] {
  const found: string[] = [];
  const walk = (node: AnyStateMachine['root']): void => {
    if (!node.description) found.push(`${name}: ${node.path.join('.') || 'the chart'} has no description`);
    for (const child of Object.values(node.states)) walk(child as AnyStateMachine['root']);
  };
  walk(machine.root);
  return found;
}
