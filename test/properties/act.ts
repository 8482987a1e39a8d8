/** One thing that happens in a random run. It tells what it has done, for whoever must find out. */
import type { ApiError } from '../../src/api/index.js';
import type { World } from './world.js';

export type Act = (world: World) => string;

/** At least one. */
export type Choices<T> = readonly [T, ...T[]];

/** One of several: undefined when there is none. */
export function pick<T>(world: World, choices: Choices<T>): T;
export function pick<T>(world: World, choices: readonly T[]): T | undefined;
export function pick<T>(world: World, choices: readonly T[]): T | undefined {
  return choices[Math.floor(world.random.next() * choices.length)];
}
export const between = (world: World, least: number, most: number): number =>
  least + Math.floor(world.random.next() * (most - least + 1));

/** Answers that are no fault of anybody: it is gone, it is there already, or may not be changed now. */
export const isRefused = (error: ApiError): boolean =>
  ['NotFound', 'AlreadyExists', 'Conflict', 'Invalid'].includes(error.reason ?? '');
