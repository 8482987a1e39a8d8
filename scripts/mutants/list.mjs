/**
 * Behaviours that are broken on purpose: in which file, what is written instead of what, and the test files that must
 * notice. A text that is not found exactly once in its file is an error: the mutant must follow the code.
 */
import { batch } from './batch.mjs';
import { daemons } from './daemons.mjs';
import { nodes } from './nodes.mjs';
import { properties } from './properties.mjs';
import { workloads } from './workloads.mjs';

export const mutants = [...workloads, ...daemons, ...batch, ...nodes, ...properties];
