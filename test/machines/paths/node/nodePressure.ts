import { nodePressureMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const LOOK = 'monitorIntervalMs';

const KINDS = ['memory', 'disk', 'pid'] as const;

export const paths = planFor(nodePressureMachine)({
  // Shortages know nothing of each other: one at a time is enough.
  inputs: Object.fromEntries(KINDS.map((kind) => [kind, { name: kind }])),
  events: ({ is, context }) =>
    is('monitor.observing')
      ? [
          { type: 'usage.observed', short: [] },
          { type: 'usage.observed', short: KINDS.filter((kind) => kind === context.name) },
        ]
      : [{ type: 'usage.changed' }],
  // Thirty looks pass until a condition goes.
  abstraction: ({ nowMs, is }) =>
    KINDS.some((kind) => is(`${kind}.holding`)) ? Math.min(nowMs, 310_000) : nowMs > 0,
  states: {
    'monitor.idle': { pending: [], asked: { observeUsage: 0, evictPod: 0 } },
    'monitor.observing': { awaits: [LOOK] },
    'memory.sufficient': {},
    'memory.insufficient': { awaits: [LOOK] },
    'memory.holding': { awaits: [LOOK, 'pressureTransitionMs'] },
    'disk.sufficient': {},
    'disk.insufficient': { awaits: [LOOK] },
    'disk.holding': { awaits: [LOOK, 'pressureTransitionMs'] },
    'pid.sufficient': {},
    'pid.insufficient': { awaits: [LOOK] },
    'pid.holding': { awaits: [LOOK, 'pressureTransitionMs'] },
  },
});
