import * as assert from 'uvu/assert';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../src/api/index.js';
import { suite } from '../support/suite.js';
import { createTestApi, podManifest, told, value } from './cluster.js';

const test = suite('client/local: evictions and disruption budgets (controllers.md PD-5, PD-6; api.md §3.4)');

const pod = { namespace: 'default', name: 'p' };
const podKey = { kind: 'Pod', ...pod } as const;
const budgetKey = { kind: 'PodDisruptionBudget', namespace: 'default', name: 'b' } as const;
const REFUSED = "429 TooManyRequests | Cannot evict pod as it would violate the pod's disruption budget.";

interface World {
  readonly spec?: object;
  readonly status?: Partial<PodDisruptionBudgetStatus>;
  readonly isReady?: boolean;
  readonly labels?: Record<string, string>;
  readonly phase?: string;
}
/** A running pod and its budget; nobody keeps the budget's status. */
const world = ({ spec, status, isReady = true, labels = { app: 'web' }, phase = 'Running' }: World = {}) => {
  const made = createTestApi();
  const { api, trusted } = made;
  value(api.create('Pod', podManifest('p', {}, { labels })));
  value(api.bind(pod, 'n1'));
  const bound = value(api.get(podKey));
  const conditions = [
    ...(bound.status.conditions ?? []),
    { type: 'Ready', status: isReady ? 'True' : 'False' },
  ];
  const running = { ...bound, status: { ...bound.status, phase, conditions } };
  value(trusted.update(podKey, running, { subresource: 'status' }));
  const create = (name: string): PodDisruptionBudget =>
    value(
      api.create('PodDisruptionBudget', {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name },
        spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } }, ...spec },
      }),
    );
  const budget = create('b');
  const counted = {
    ...budget.status,
    observedGeneration: 1,
    disruptionsAllowed: 0,
    currentHealthy: 2,
    desiredHealthy: 2,
    expectedPods: 2,
    ...status,
  };
  value(trusted.update(budgetKey, { ...budget, status: counted }, { subresource: 'status' }));
  const statusNow = (): PodDisruptionBudgetStatus => value(api.get(budgetKey)).status;
  return { ...made, create, statusNow };
};
const refusedBecause = (message: string) => ({
  text: REFUSED,
  details: { causes: [{ reason: 'DisruptionBudget', message }] },
});

test('a new budget has no disruptions yet, and its status shows all four numbers', () => {
  const { create } = world();
  assert.equal(create('c').status, {
    disruptionsAllowed: 0,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
  });
});

test('an allowed eviction is spent: one less, the pod is disrupted, the condition follows', () => {
  const { api, statusNow, time } = world({ status: { disruptionsAllowed: 1 } });
  assert.is(value(api.evict(pod)).code, 201);
  const { disruptionsAllowed, disruptedPods, conditions } = statusNow();
  assert.equal([disruptionsAllowed, disruptedPods], [0, { p: time() }]);
  assert.equal(
    conditions?.map(({ type, status, reason }) => [type, status, reason]),
    [['DisruptionAllowed', 'False', 'InsufficientPods']],
  );
  assert.ok(value(api.get(podKey)).metadata.deletionTimestamp);
});

test('row 68: without disruptions left 429, with the numbers as cause and no Retry-After', () => {
  const { api } = world();
  assert.equal(
    told(api.evict(pod)),
    refusedBecause('The disruption budget b needs 2 healthy pods and has 2 currently'),
  );
  assert.is(value(api.get(podKey)).metadata.deletionTimestamp, undefined);
});

for (const [title, status, message] of [
  [
    'a failed count',
    { reason: 'SyncFailed', message: 'no' },
    'The disruption budget b does not allow evicting pods currently because it failed sync: no',
  ],
  [
    'a condition with a message',
    { reason: 'Maintenance', message: 'not today' },
    'The disruption budget b does not allow evicting pods currently (Maintenance): not today',
  ],
  [
    'a condition without one',
    { reason: 'InsufficientPods', message: '' },
    'The disruption budget b does not allow evicting pods currently',
  ],
] as const)
  test(`PD-6: the cause tells of ${title}`, () => {
    const condition = {
      type: 'DisruptionAllowed',
      status: 'False',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const { api } = world({ status: { currentHealthy: 3, conditions: [{ ...condition, ...status }] } });
    assert.equal(told(api.evict(pod)), refusedBecause(message));
  });

test('PD-6: a budget that has changed and is not counted anew: 429, again in 10 s', () => {
  const { api } = world({ status: { observedGeneration: 0, disruptionsAllowed: 1 } });
  assert.equal(told(api.evict(pod)), {
    text: REFUSED,
    details: {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget b is still being processed by the server.',
        },
      ],
      retryAfterSeconds: 10,
    },
  });
});

test('PD-6: more than 2000 unconfirmed evictions are Forbidden 403', () => {
  const disruptedPods = Object.fromEntries(
    Array.from({ length: 2001 }, (_, at) => [`p${at}`, '2026-01-01T00:00:00Z']),
  );
  const { api } = world({ status: { disruptionsAllowed: 1, disruptedPods } });
  assert.is(
    told(api.evict(pod)).text,
    '403 Forbidden | poddisruptionbudget.policy "b" is forbidden: DisruptedPods map too big - too many evictions ' +
      'not confirmed by PDB controller',
  );
});

test('PD-5: two budgets for one pod are 500, without a reason', () => {
  const { api, create } = world({ status: { disruptionsAllowed: 1 } });
  create('c');
  let answer: unknown;
  api.evict(pod).settled((outcome) => {
    answer = !outcome.ok && [outcome.error.code, outcome.error.reason, outcome.error.message];
  });
  const message =
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  assert.equal(answer, [500, undefined, message]);
});

test('a dry run is checked too, and spends nothing', () => {
  assert.is(told(world().api.evict(pod, { dryRun: true })).text, REFUSED);
  const { api, statusNow } = world({ status: { disruptionsAllowed: 1 } });
  assert.is(value(api.evict(pod, { dryRun: true })).code, 201);
  assert.equal([statusNow().disruptionsAllowed, statusNow().disruptedPods], [1, undefined]);
  assert.is(value(api.get(podKey)).metadata.deletionTimestamp, undefined);
});

for (const [title, made, isAllowed] of [
  ['not ready, and the others suffice', { isReady: false }, true],
  ['not ready, and the others do not suffice', { isReady: false, status: { currentHealthy: 1 } }, false],
  [
    'not ready, and none is desired',
    { isReady: false, status: { currentHealthy: 0, desiredHealthy: 0 } },
    false,
  ],
  [
    'not ready, AlwaysAllow',
    { isReady: false, spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, status: { currentHealthy: 1 } },
    true,
  ],
  ['ready, AlwaysAllow', { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }, false],
  ['Pending', { phase: 'Pending' }, true],
  ['Succeeded', { phase: 'Succeeded' }, true],
  ['Failed', { phase: 'Failed' }, true],
  ['without labels, a budget for all', { labels: {}, spec: { selector: {} } }, true],
  ['ready, a budget for all', { spec: { selector: {} } }, false],
  ['ready, a budget without a selector', { spec: { selector: undefined } }, true],
] as const)
  test(`PD-5: a pod that is ${title}: ${isAllowed ? 'goes, and spends nothing' : '429'}`, () => {
    const { api, statusNow } = world(made);
    if (isAllowed) assert.is(value(api.evict(pod)).code, 201);
    else assert.is(told(api.evict(pod)).text, REFUSED);
    assert.is(statusNow().disruptedPods, undefined);
  });

test('PD-5: a pod that is being deleted goes without asking', () => {
  const { api } = world();
  value(api.delete(podKey));
  assert.is(value(api.evict(pod)).code, 201);
});

for (const [spec, message] of [
  [
    { minAvailable: 1, maxUnavailable: 1 },
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: ' +
      'minAvailable and maxUnavailable cannot be both set',
  ],
  [{ minAvailable: '101%' }, 'spec.minAvailable: Invalid value: "101%": must not be greater than 100%'],
  [{ maxUnavailable: -1 }, 'spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0'],
  [
    { unhealthyPodEvictionPolicy: 'Never' },
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ],
] as const)
  test(`a budget is refused: ${JSON.stringify(spec)}`, () => {
    const { api } = createTestApi();
    const manifest = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b' },
      spec,
    };
    assert.is(
      told(api.create('PodDisruptionBudget', manifest)).text,
      `422 Invalid | PodDisruptionBudget.policy "b" is invalid: ${message}`,
    );
  });

test.run();
