/** Rules about the charts themselves: everything named, everything listed, everything documented. */
import { StateMachine, type AnyStateMachine } from 'xstate';

/** The charts among the exports of machines/index.ts, by name without the suffix `Machine`. */
export function chartsIn(exported: Readonly<Record<string, unknown>>): Map<string, AnyStateMachine> {
  return new Map(
    Object.entries(exported)
      .filter((entry): entry is [string, AnyStateMachine] => entry[1] instanceof StateMachine)
      .map(([key, machine]) => [key.replace(/Machine$/, ''), machine]),
  );
}

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
