/** Mutants of containers, probes, nodes and the scheduler. */
import { CHARTS, mutant } from './mutant.mjs';

export const nodes = [
  mutant(
    'container back-off starts at 20 s',
    `${CHARTS}/containerBackOff.ts`,
    'INITIAL_BACK_OFF_MS = 10_000',
    'INITIAL_BACK_OFF_MS = 20_000',
    'container',
  ),
  mutant(
    'container back-off resets after 20 min',
    `${CHARTS}/containerBackOff.ts`,
    'BACK_OFF_EXPIRY_MS = 600_000',
    'BACK_OFF_EXPIRY_MS = 1_200_000',
    'container',
  ),
  mutant(
    'container back-off does not double',
    `${CHARTS}/containerBackOff.ts`,
    ': container.crashBackOff.delayMs * 2;',
    ': container.crashBackOff.delayMs;',
    'container',
  ),
  mutant(
    'one failure more than the threshold',
    `${CHARTS}/probeTiming.ts`,
    'context.run + 1 : 1',
    'context.run + 1 : 0',
    'probe',
  ),
  mutant(
    'readiness begins as ready',
    `${CHARTS}/probeTiming.ts`,
    "Readiness: 'Failure'",
    "Readiness: 'Success'",
    'probe',
  ),
  mutant(
    'the initial delay is ignored',
    `${CHARTS}/probeTiming.ts`,
    'Math.max(passedPeriods, duePeriods)',
    'passedPeriods',
    'probe',
  ),

  mutant(
    'two nodes that are down disrupt a zone',
    'src/controllers/nodeLifecycle/reconcile.ts',
    'notReady > 2 &&',
    'notReady > 1 &&',
    'node',
  ),
  mutant(
    'small zones are evicted from',
    `${CHARTS}/nodeZone.ts`,
    'context.secondaryEvictionRate : 0',
    'context.secondaryEvictionRate : context.evictionRate',
    'nodeZone',
  ),
  mutant(
    'all zones down: evicted all the same',
    `${CHARTS}/nodeZone.ts`,
    "if (state === 'AllZonesDisrupted') return 0;",
    '',
    'nodeZone',
  ),
  mutant(
    'the longest toleration counts',
    'src/controllers/taintEviction/reconcile.ts',
    'Math.min(least ?? Number.POSITIVE_INFINITY, Math.max(0, tolerationSeconds))',
    'Math.max(least ?? 0, tolerationSeconds)',
    'eviction',
  ),
  mutant(
    'the youngest ended pods are collected',
    'src/controllers/podGC/reconcile.ts',
    'return aMs - bMs',
    'return bMs - aMs',
    'podGC',
  ),
  mutant(
    'untolerated taints are ignored',
    'src/scheduler/filters.ts',
    'if (!toleratesTaintWithAny(spec.tolerations, taint)) return TAINTED;',
    '',
    'scheduler',
  ),
  mutant(
    'node affinity is ignored',
    'src/scheduler/filters.ts',
    'if (facts.selectsNodes && !matchesNodeAffinity(spec, node)) return NO_AFFINITY;',
    '',
    'scheduler',
  ),
];
