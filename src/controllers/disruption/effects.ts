/**
 * What the chart of one PodDisruptionBudget asks for: looking at its pods, writing its status, telling of trouble.
 *
 * Models: pkg/controller/disruption/disruption.go#trySync, #failSafe (v1.36)
 */
import type { HostedActor } from '../../actor/index.js';
import {
  labelSelectorMatcher,
  type LabelMatcher,
  type LabelSelector,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '../../api/index.js';
import type { EventRecorder } from '../../client/index.js';
import type { DisruptionContext, disruptionMachine } from '../../../machines/disruption.js';
import type { ControllerDeps } from '../deps.js';
import { BY_NAMESPACE } from '../informers.js';
import { CountError, countPods, failedStatus, statusAfter, type Count } from './reconcile.js';
import { scaleOf } from './scales.js';

export class DisruptionEffects {
  actor!: HostedActor<typeof disruptionMachine>;
  private readonly deps: ControllerDeps;
  private readonly recorder: EventRecorder;
  private readonly key: { readonly namespace: string; readonly name: string };
  private readonly uid: string;
  /** What the sync that is under way has seen. */
  private budget: PodDisruptionBudget;
  private selected = 0;
  private count: Count | undefined;
  private observedAtMs = 0;

  constructor(deps: ControllerDeps, recorder: EventRecorder, budget: PodDisruptionBudget) {
    this.deps = deps;
    this.recorder = recorder;
    this.budget = budget;
    this.uid = budget.metadata.uid;
    this.key = { namespace: budget.metadata.namespace ?? '', name: budget.metadata.name };
  }

  /** Runs when no message is pending, so the actor's snapshot is current. */
  readonly sync = (): void => {
    const { informers, clock } = this.deps;
    const { namespace, name } = this.key;
    const budget = informers.of('PodDisruptionBudget').get(namespace, name);
    if (budget?.metadata.uid !== this.uid || this.actor.isStopped) return;
    if (this.actor.getSnapshot().hasTag('busy')) {
      this.actor.send({ type: 'sync.request' });
      return;
    }
    const matcher = matcherOf(budget);
    const pods = informers.of('Pod').byIndex(BY_NAMESPACE, namespace).filter(matcher.matches);
    this.budget = budget;
    this.selected = pods.length;
    this.observedAtMs = clock.now();
    try {
      const { observedAtMs: nowMs } = this;
      const count = countPods({ budget, pods, scaleOf: (ref) => scaleOf(informers, ref, namespace), nowMs });
      this.count = count;
      const { disruptionsAllowed, recheckInMs } = count;
      this.actor.send({ type: 'budget.observed', disruptionsAllowed, recheckInMs });
    } catch (error) {
      if (!(error instanceof CountError)) throw error;
      this.actor.send({ type: 'count.failed', error: error.message });
    }
  };

  requestSync(): void {
    this.deps.host.schedule(this, this.sync);
  }

  reportPods(): void {
    const { budget, count, recorder } = this;
    const { namespace } = this.key;
    if (this.selected === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    if (count === undefined) return;
    if (count.unmanaged.length > 0)
      recorder.event(budget, 'Warning', 'UnmanagedPods', unmanagedMessage(budget.spec.selector));
    // Both are the namespace: upstream's slip.
    const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
    for (const pod of count.notDeleted) recorder.event(pod, 'Warning', 'NotDeleted', message);
  }

  reportFailedCount(_: unknown, { error }: DisruptionContext): void {
    const message = `Failed to calculate the number of expected pods: ${error ?? ''}`;
    this.recorder.event(this.budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
  }

  publishStatus(): void {
    const { budget, count, observedAtMs } = this;
    this.write(count && statusAfter(budget, count, observedAtMs));
  }

  publishFailure(_: unknown, { error }: DisruptionContext): void {
    this.write(failedStatus(this.budget, error ?? '', this.observedAtMs));
  }

  private write(status: PodDisruptionBudgetStatus | undefined): void {
    if (status === undefined) {
      this.actor.send({ type: 'status.published' });
      return;
    }
    const key = { kind: 'PodDisruptionBudget', ...this.key } as const;
    this.deps.api.update(key, { ...this.budget, status }, { subresource: 'status' }).settled((outcome) => {
      if (outcome.ok) this.actor.send({ type: 'status.published' });
      else if (outcome.error.reason === 'Conflict') this.actor.send({ type: 'status.conflicted' });
      else this.actor.send({ type: 'status.failed', error: outcome.error.message });
    });
  }
}

/** Without a selector a budget selects nothing; with an empty one every pod of its namespace. */
export const matcherOf = ({ spec }: PodDisruptionBudget): LabelMatcher => labelSelectorMatcher(spec.selector);

const unmanagedMessage = (selector: LabelSelector | undefined): string =>
  `Pods selected by this PodDisruptionBudget (selector: ${formatGo(selector)}) were found to be unmanaged. ` +
  'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
  'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';

/** As Go prints a LabelSelector. Source: apimachinery/pkg/apis/meta/v1/generated.pb.go#LabelSelector.String. */
const formatGo = (selector: LabelSelector | undefined): string => {
  if (selector === undefined) return 'nil';
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`);
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return (
    `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},` +
    `MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
  );
};
