/** Which of a module's exports are charts, and their names. */
import { StateMachine, type AnyStateMachine } from 'xstate';

/**
 * The charts among the exports of a module, in alphabetical order. The name of a chart is that of its export without
 * `Machine`: `probeMachine` is the chart `probe`.
 */
export function chartsIn(exported: Readonly<Record<string, unknown>>): ReadonlyMap<string, AnyStateMachine> {
  const charts = Object.entries(exported)
    .filter((entry): entry is [string, AnyStateMachine] => entry[1] instanceof StateMachine)
    .map(([key, machine]): [string, AnyStateMachine] => [key.replace(/Machine$/, ''), machine]);
  return new Map(charts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
