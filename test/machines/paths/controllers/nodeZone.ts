import { nodeZoneMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const input = { evictionRate: 0.1, secondaryEvictionRate: 0.01, largeZoneSize: 50 };

export const paths = planFor(nodeZoneMachine)({
  inputs: { zone: input },
  events: ({ nowMs: atMs, context }) => [
    { type: 'nodes.changed' },
    ...([undefined, 'Normal', 'PartialDisruption', 'FullDisruption'] as const).map((disruption) => ({
      type: 'zone.assessed' as const,
      disruption,
      size: 5,
      areAllZonesDown: false,
      atMs,
    })),
    { type: 'zone.assessed', disruption: 'PartialDisruption', size: 51, areAllZonesDown: false, atMs },
    { type: 'zone.assessed', disruption: 'FullDisruption', size: 5, areAllZonesDown: true, atMs },
    ...(context.queue.length < 2
      ? [{ type: 'node.queued' as const, name: `n${context.queue.length + 1}`, atMs }]
      : []),
    { type: 'node.dequeued', name: 'n1' },
  ],
  abstraction: ({ context, nowMs }) => [
    context.disruption,
    context.rate,
    context.queue.length,
    context.queue.includes('n1'),
    context.tokenAtMs > nowMs,
  ],
  states: {
    'assessment.settled': {},
    'assessment.gathering': { awaits: ['passMs'] },
    'disruption.unassessed': {
      holds: { 'no node counts': ({ context }) => context.disruption === undefined },
    },
    'disruption.Normal': { holds: { 'one node in 10 s': ({ context }) => context.rate === 0.1 } },
    'disruption.PartialDisruption': {
      holds: {
        'one in 100 s in a large zone, none in a small one': ({ context }) =>
          context.rate === 0.01 || context.rate === 0,
      },
    },
    'disruption.FullDisruption': { holds: { 'one node in 10 s': ({ context }) => context.rate === 0.1 } },
    'disruption.AllZonesDisrupted': { holds: { 'none may be tainted': ({ context }) => context.rate === 0 } },
    'tainting.idle': {
      holds: {
        'nobody waits, or none may be tainted': ({ context }) =>
          context.queue.length === 0 || context.rate === 0,
      },
    },
    'tainting.waiting': {
      awaits: ['untilTurnMs'],
      holds: {
        'somebody waits, and may be tainted': ({ context }) => context.queue.length > 0 && context.rate > 0,
      },
    },
  },
});
