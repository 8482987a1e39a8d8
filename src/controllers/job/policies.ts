/**
 * What a Job's podFailurePolicy says about a failed pod, and whether its successPolicy is met. Pure.
 *
 * Models: pkg/controller/job/pod_failure_policy.go, success_policy.go (v1.36; JB-45, JB-60)
 */
import type {
  ContainerStatus,
  Pod,
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
  SuccessPolicy,
} from '../../api/index.js';
import { countCommon, countIndexes, parseIndexes, type Indexes } from './indexes.js';

export interface FailureVerdict {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count' | undefined;
  /** The failure counts towards the limits. */
  readonly isCounted: boolean;
  /** Of FailJob: why. */
  readonly message?: string | undefined;
}
const COUNTED: FailureVerdict = { action: undefined, isCounted: true };

/** The first rule that matches decides; a failure that none matches counts. */
export const judgeFailure = (policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict => {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const what = matchRule(rule, pod);
    if (what === undefined) continue;
    if (rule.action === 'FailJob')
      return {
        action: 'FailJob',
        isCounted: true,
        message: `${what} matching FailJob rule at index ${index}`,
      };
    if (rule.action === 'FailIndex' || rule.action === 'Count')
      return { action: rule.action, isCounted: true };
    if (rule.action === 'Ignore') return { action: 'Ignore', isCounted: false };
  }
  return COUNTED;
};

/** What of the pod matches, in words; undefined when nothing does. */
const matchRule = ({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined => {
  const name = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  if (onExitCodes !== undefined) {
    const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
    const container = [...containerStatuses, ...initContainerStatuses].find((status) =>
      exitMatches(onExitCodes, status),
    );
    const exitCode = container?.state?.terminated?.exitCode;
    return container && `Container ${container.name} for pod ${name} failed with exit code ${exitCode}`;
  }
  const condition = pod.status.conditions?.find(({ type, status }) =>
    onPodConditions?.some((pattern) => pattern.type === type && pattern.status === status),
  );
  return condition && `Pod ${name} has condition ${condition.type}`;
};

const exitMatches = (
  { containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement,
  { name, state }: ContainerStatus,
): boolean => {
  const exitCode = state?.terminated?.exitCode;
  if (exitCode === undefined || exitCode === 0) return false;
  if (containerName !== undefined && containerName !== name) return false;
  if (operator === 'In') return values.includes(exitCode);
  return operator === 'NotIn' && !values.includes(exitCode);
};

/** Which rule is met, as the condition tells it; undefined when none is. */
export const metSuccessRule = (
  policy: SuccessPolicy | undefined,
  completions: number,
  succeeded: Indexes,
): string | undefined => {
  if (policy === undefined || succeeded.length === 0) return undefined;
  const index = policy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined)
      return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount;
    const required = parseIndexes(succeededIndexes, completions);
    if (required.length === 0) return false;
    const found = countCommon(required, succeeded);
    return found === countIndexes(required) || (succeededCount !== undefined && found >= succeededCount);
  });
  return index < 0 ? undefined : `Matched rules at index ${index}`;
};
