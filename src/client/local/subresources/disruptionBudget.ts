/**
 * Whether the disruption budget of a pod lets it be evicted; each permission is spent once. The controller renews them
 * (`controllers/disruption`).
 *
 * Models: pkg/registry/core/pod/storage/eviction.go#Create, #checkAndDecrement (v1.36; PD-5, PD-6)
 */
import {
  forbidden,
  labelSelectorMatcher,
  plain500,
  resourceFor,
  tooManyRequests,
  withDisruptionAllowed,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '../../../api/index.js';
import type { DeleteOptions } from '../../port.js';
import { storeName, type Context } from '../context.js';

/** Evicted pods that the controller may still have to see. Source: eviction.go#MaxDisruptedPodSize. */
const MAX_DISRUPTED_PODS = 2000;
const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";
/** Source: eviction.go#createTooManyRequestsError. */
const RETRY_AFTER_SECONDS = 10;

const budgets = resourceFor('PodDisruptionBudget');

/**
 * Takes one disruption off the pod's budget, unless the eviction is only tried; a pod that does not count as healthy
 * may go without.
 * @throws {ApiError} TooManyRequests when none is left, or when the budget has changed and is not counted anew yet
 */
export const spendBudget = (context: Context, pod: Pod, { dryRun }: DeleteOptions): void => {
  const [budget, ...others] = budgetsOf(context, pod);
  if (others.length > 0)
    throw plain500(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  if (budget === undefined || (!isReady(pod) && mayGoUnhealthy(budget))) return;
  checkBudget(budget);
  if (dryRun === true) return;
  const status = spent(budget, pod, context.timestamp());
  const next: PodDisruptionBudget = { ...budget, status };
  context.store.update(storeName(budgets), budget, next);
};

/** A pod without labels has no budget, not even one that selects everything. */
const budgetsOf = ({ store }: Context, { metadata }: Pod): readonly PodDisruptionBudget[] => {
  const { labels = {}, namespace = '' } = metadata;
  if (Object.keys(labels).length === 0) return [];
  const all = store.list(storeName(budgets), namespace) as readonly PodDisruptionBudget[];
  return all.filter(({ spec }) => labelSelectorMatcher(spec.selector).matchesLabels(labels));
};

const isReady = ({ status }: Pod): boolean =>
  (status.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');

const mayGoUnhealthy = ({ spec, status }: PodDisruptionBudget): boolean =>
  spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
  (status.desiredHealthy > 0 && status.currentHealthy >= status.desiredHealthy);

const checkBudget = ({ metadata, status }: PodDisruptionBudget): void => {
  const { name, generation = 0 } = metadata;
  if ((status.observedGeneration ?? 0) < generation)
    throw refusal(
      `The disruption budget ${name} is still being processed by the server.`,
      RETRY_AFTER_SECONDS,
    );
  const resource = { group: budgets.group, plural: 'poddisruptionbudget' };
  if (status.disruptionsAllowed < 0) throw forbidden(resource, name, 'pdb disruptions allowed is negative');
  if (Object.keys(status.disruptedPods ?? {}).length > MAX_DISRUPTED_PODS)
    throw forbidden(
      resource,
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  if (status.disruptionsAllowed === 0) throw refusal(whyNone(name, status));
};

const refusal = (message: string, retryAfterSeconds?: number): Error =>
  tooManyRequests(REFUSED, {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });

const whyNone = (name: string, status: PodDisruptionBudgetStatus): string => {
  const condition = status.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const said = condition?.status === 'False' && condition.message !== '' ? condition : undefined;
  const { currentHealthy, desiredHealthy } = status;
  const refused = `The disruption budget ${name} does not allow evicting pods currently`;
  if (said?.reason === 'SyncFailed') return `${refused} because it failed sync: ${said.message}`;
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return said === undefined ? refused : `${refused} (${said.reason}): ${said.message}`;
};

/** One disruption less; the pod does not count as healthy any more. */
const spent = (
  { status }: PodDisruptionBudget,
  { metadata }: Pod,
  timestamp: string,
): PodDisruptionBudgetStatus => {
  const next = {
    ...status,
    disruptionsAllowed: status.disruptionsAllowed - 1,
    disruptedPods: { ...status.disruptedPods, [metadata.name]: timestamp },
  };
  return next.disruptionsAllowed === 0 ? withDisruptionAllowed(next, timestamp) : next;
};
