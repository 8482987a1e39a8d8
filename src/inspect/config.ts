/**
 * A chart as the JSON that `createMachine` reads: states, transitions, descriptions and tags, with every guard, action,
 * delay and actor by its name. What the names mean is not in it: `setup` brings that.
 *
 * Not exported either: a first context that is computed from the input. It stays with the machine
 * (`machine.config.context`).
 */
import type { AnyStateMachine } from 'xstate';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type ChartConfig = { readonly [key: string]: Json };

/**
 * The configuration of a chart as JSON. Keys keep the order in which the chart writes them; the result shares nothing
 * with the machine.
 *
 * @example
 * const probe = setup(implementations).createMachine({
 *   ...configOf(probeMachine),
 *   context: probeMachine.config.context,
 * });
 *
 * @throws {TypeError} when something in the chart has no name (an inline function, `and([...])`): says where.
 */
export function configOf(machine: AnyStateMachine): ChartConfig {
  const { context, ...config } = machine.config as { context?: unknown };
  const known = typeof context === 'function' || context === undefined ? config : { context, ...config };
  return jsonOf(known, machine.id) as ChartConfig;
}

function jsonOf(value: unknown, path: string): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map((item, index) => jsonOf(item, `${path}[${index}]`) ?? null);
  if (typeof value !== 'object' || !isPlain(value)) {
    throw new TypeError(`${path}: a ${typeof value} has no place in JSON: give it a name in setup()`);
  }
  const fields: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) {
    const json = jsonOf(inner, `${path}.${key}`);
    if (json !== undefined) fields[key] = json;
  }
  return fields;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
