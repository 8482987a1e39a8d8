/** Defaults, generated selectors and rules of Jobs, with upstream's words (controllers.md JB-10, JB-70 to JB-76). */
import * as assert from 'uvu/assert';
import { ApiError, type Job } from '../../../src/api/index.js';
import { createLocalApi } from '../../../src/client/index.js';
import { createSeededRandom, createVirtualClock } from '../../../src/clock/index.js';
import { createMemoryStore } from '../../../src/store/index.js';
import { suite } from '../../support/suite.js';

const test = suite('api: validation of Jobs');
const KEY = { kind: 'Job', name: 'j', namespace: 'default' } as const;

const createApi = () =>
  createLocalApi({ store: createMemoryStore(), clock: createVirtualClock(), random: createSeededRandom(1) });
type LocalApi = ReturnType<typeof createApi>;
const manifest = (spec: object = {}, podSpec: object = {}, name = 'j'): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    ...spec,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c:1' }], ...podSpec } },
  },
});
const create = async (spec: object = {}, podSpec: object = {}, name = 'j'): Promise<Job> =>
  createApi().create('Job', manifest(spec, podSpec, name));

/** What the API says, without the head that is the same for all. */
const refusal = async (of: () => PromiseLike<unknown>): Promise<string> => {
  try {
    await of();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    assert.equal([error.status.code, error.reason], [422, 'Invalid']);
    return error.message.replace(/^Job\.batch ".*?" is invalid: /, '');
  }
  return 'accepted';
};
const refused = async (expected: string, spec: object, podSpec: object = {}): Promise<void> => {
  assert.is(await refusal(() => create(spec, podSpec)), expected);
};

test('JB-70: neither completions nor parallelism: one pod, once', async () => {
  const { spec } = await create();
  assert.equal(Object.keys(spec), [
    'parallelism',
    'completions',
    'backoffLimit',
    'selector',
    'manualSelector',
    'template',
    'completionMode',
    'suspend',
    'podReplacementPolicy',
  ]);
  assert.equal(
    [spec.parallelism, spec.completions, spec.backoffLimit, spec.completionMode, spec.suspend],
    [1, 1, 6, 'NonIndexed', false],
  );
  assert.equal([spec.manualSelector, spec.podReplacementPolicy], [false, 'TerminatingOrFailed']);
});

test('JB-70: only completions: one at a time; only parallelism: a work queue', async () => {
  const some = (await create({ completions: 5 })).spec;
  assert.equal([some.parallelism, some.completions], [1, 5]);
  const queue = (await create({ parallelism: 3 })).spec;
  assert.equal([queue.parallelism, queue.completions], [3, undefined]);
});

test('JB-70: a limit per index replaces backoffLimit; a failure policy waits for pods to fail', async () => {
  const indexed = { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 };
  assert.is((await create(indexed)).spec.backoffLimit, 2 ** 31 - 1);
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }];
  const { spec } = await create({ podFailurePolicy: { rules } });
  assert.is(spec.podReplacementPolicy, 'Failed');
  assert.is(spec.podFailurePolicy?.rules[0]?.onPodConditions?.[0]?.status, 'True');
});

test('JB-10: selector and labels are generated; the Job takes the labels of its template', async () => {
  const { metadata, spec } = await create();
  const labels = {
    'batch.kubernetes.io/controller-uid': metadata.uid,
    'batch.kubernetes.io/job-name': 'j',
    'controller-uid': metadata.uid,
    'job-name': 'j',
  };
  assert.equal(spec.template.metadata.labels, labels);
  assert.equal(metadata.labels, labels);
  assert.equal(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } });
  assert.is(metadata.generation, 1);
});

test('row 185: restart policies', async () => {
  const path = 'spec.template.spec.restartPolicy';
  await refused(
    `${path}: Required value: valid values: "OnFailure", "Never"`,
    {},
    { restartPolicy: 'Always' },
  );
  await refused(
    `${path}: Required value: valid values: "OnFailure", "Never"`,
    {},
    { restartPolicy: undefined },
  );
  const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }];
  await refused(
    '[spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator, ' +
      `${path}: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified]`,
    { podFailurePolicy: { rules } },
    { restartPolicy: 'OnFailure' },
  );
});

test('row 185: negative numbers, in upstream’s order', async () => {
  const negative = (field: string) => `spec.${field}: Invalid value: -1: must be greater than or equal to 0`;
  const fields = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ];
  await refused(
    `[${fields.map(negative).join(', ')}]`,
    Object.fromEntries(fields.map((field) => [field, -1])),
  );
});

test('row 185: completion modes and their limits', async () => {
  const indexed = { completionMode: 'Indexed', completions: 10 };
  await refused(
    'spec.completionMode: Unsupported value: "Random": supported values: "NonIndexed", "Indexed"',
    { completionMode: 'Random' },
  );
  await refused('spec.completions: Required value: when completion mode is Indexed', {
    completionMode: 'Indexed',
    parallelism: 2,
  });
  await refused(
    'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    { ...indexed, parallelism: 100_001 },
  );
  await refused('spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode', {
    backoffLimitPerIndex: 1,
  });
  await refused('spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified', {
    ...indexed,
    maxFailedIndexes: 1,
  });
  await refused('spec.maxFailedIndexes: Invalid value: 11: must be less than or equal to completions', {
    ...indexed,
    backoffLimitPerIndex: 1,
    maxFailedIndexes: 11,
  });
  await refused('spec.maxFailedIndexes: Required value: must be specified when completions is above 100000', {
    completionMode: 'Indexed',
    completions: 100_001,
    backoffLimitPerIndex: 1,
  });
  await refused(
    'spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode',
    {
      successPolicy: { rules: [{ succeededCount: 1 }] },
    },
  );
  const many = { completionMode: 'Indexed', completions: 100_001, backoffLimitPerIndex: 1 };
  const when = 'when completions are above 100000 and used with backoff limit per index';
  await refused(`spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 ${when}`, {
    ...many,
    parallelism: 10_001,
    maxFailedIndexes: 1,
  });
  await refused(`spec.maxFailedIndexes: Invalid value: 10001: must be less than or equal to 10000 ${when}`, {
    ...many,
    maxFailedIndexes: 10_001,
  });
  await refused(
    '[spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 100000, ' +
      `spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 10000 ${when}]`,
    { ...many, maxFailedIndexes: 100_001 },
  );
  const long = 'x'.repeat(62);
  assert.is(
    await refusal(() => create(indexed, {}, long)),
    `metadata.name: Invalid value: "${long}": will not able to create pod with invalid DNS label: ${long}-9`,
  );
});

test('row 185: failure policies', async () => {
  const rule = (more: object) => ({ podFailurePolicy: { rules: [more] } });
  const at = 'spec.podFailurePolicy.rules[0]';
  await refused(
    `${at}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
    rule({ action: 'Count' }),
  );
  const onExitCodes = { operator: 'In', values: [1] };
  await refused(
    `${at}.action: Unsupported value: "Retry": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
    rule({ action: 'Retry', onExitCodes }),
  );
  await refused(
    `${at}.action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]`,
    rule({ action: '', onExitCodes }),
  );
  await refused(
    `${at}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
    rule({ action: 'FailIndex', onExitCodes }),
  );
  await refused(
    `${at}.onExitCodes.containerName: Invalid value: "xyz": must be one of the container or initContainer names in the pod template`,
    rule({ action: 'Count', onExitCodes: { ...onExitCodes, containerName: 'xyz' } }),
  );
  await refused(
    `${at}.onExitCodes.values: Invalid value: [2,1]: must be ordered`,
    rule({ action: 'Count', onExitCodes: { operator: 'NotIn', values: [2, 1] } }),
  );
  await refused(
    `${at}.onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"`,
    rule({ action: 'Count', onPodConditions: [{ type: 'Ready', status: 'Maybe' }] }),
  );
  await refused(
    `${at}.onExitCodes.operator: Required value: valid values: ["In" "NotIn"]`,
    rule({ action: 'Count', onExitCodes: { ...onExitCodes, operator: '' } }),
  );
  await refused(
    'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    {
      ...rule({ action: 'Count', onExitCodes }),
      podReplacementPolicy: 'TerminatingOrFailed',
    },
  );
  assert.is(
    await refusal(() => create(rule({ action: 'Count', onExitCodes: { operator: 'In', values: [-1, 1] } }))),
    'accepted',
  );
});

test('row 185: a controller of another name must be a path with a domain', async () => {
  const domainPrefixed = 'must be a domain-prefixed path (such as "acme.io/foo")';
  await refused(`spec.managedBy: Invalid value: "invalid": ${domainPrefixed}`, { managedBy: 'invalid' });
  await refused('spec.managedBy: Too long: may not be more than 63 bytes', {
    managedBy: `example.com/${'x'.repeat(60)}`,
  });
});

test('JB-72: success policies', async () => {
  const rules = (...some: object[]) => ({
    completionMode: 'Indexed',
    completions: 5,
    successPolicy: { rules: some },
  });
  const at = 'spec.successPolicy.rules[0]';
  await refused(
    'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
    rules(),
  );
  await refused(
    `${at}: Required value: at least one of succeededCount or succeededIndexes must be specified`,
    rules({}),
  );
  await refused(
    `${at}.succeededIndexes: Invalid value: "0-9": error parsing succeededIndexes: too large index: "9"`,
    rules({ succeededIndexes: '0-9' }),
  );
  await refused(
    `${at}.succeededIndexes: Invalid value: "3,1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1`,
    rules({ succeededIndexes: '3,1' }),
  );
  await refused(
    `${at}.succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`,
    rules({ succeededIndexes: '1-2', succeededCount: 3 }),
  );
});

test('row 185, JB-75: a selector of one’s own needs manualSelector', async () => {
  const text = await refusal(() => create({ selector: { matchLabels: { a: 'b' } } }));
  assert.match(
    text,
    /^\[spec\.selector: Invalid value: .*: `selector` not auto-generated, spec\.template\.metadata\.labels: /,
  );
  assert.match(
    await refusal(() => create({ manualSelector: true, selector: { matchLabels: { a: 'b' } } })),
    /^spec\.template\.metadata\.labels: Invalid value: null: `selector` does not match template `labels`$/,
  );
});

test('JB-10, JB-75: the uid of another Job in the selector is not replaced, but refused', async () => {
  const matchLabels = { 'batch.kubernetes.io/controller-uid': 'another' };
  assert.match(
    await refusal(() => create({ selector: { matchLabels } })),
    /^\[spec\.selector: Invalid value: \{"matchLabels":\{"batch\.kubernetes\.io\/controller-uid":"another"\}\}: `selector` not auto-generated, spec\.template\.metadata\.labels: /,
  );
});

const change = (api: LocalApi, spec: object) => api.patch(KEY, { type: 'merge', body: { spec } });
const changed = async (before: object, after: object): Promise<string> => {
  const api = createApi();
  await api.create('Job', manifest(before));
  return refusal(() => change(api, after));
};

test('row 186: what is immutable, and what is not', async () => {
  assert.is(await changed({}, { completions: 7 }), 'spec.completions: Invalid value: 7: field is immutable');
  assert.match(
    await changed({}, { template: { spec: { priority: 5, hostname: 'x' } } }),
    /^spec\.template: Invalid value: .*: field is immutable$/,
  );
  assert.is(
    await changed({}, { completionMode: 'Indexed' }),
    'spec.completionMode: Invalid value: "Indexed": field is immutable',
  );
  assert.is(
    await changed({}, { managedBy: 'a.io/b' }),
    'spec.managedBy: Invalid value: "a.io/b": field is immutable',
  );
  assert.is(
    await changed(
      {},
      {
        parallelism: 3,
        suspend: true,
        activeDeadlineSeconds: 5,
        backoffLimit: 1,
        ttlSecondsAfterFinished: 0,
      },
    ),
    'accepted',
  );
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };
  assert.is(await changed(indexed, { completions: 5, parallelism: 5 }), 'accepted');
  assert.is(
    await changed(indexed, { completions: 5 }),
    'spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism',
  );
});

test('row 186: policies and limits per index cannot be added, changed or removed; maxFailedIndexes can', async () => {
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };
  const failing = (value: number) => ({
    rules: [{ action: 'Count', onExitCodes: { operator: 'In', values: [value] } }],
  });
  const fields: readonly (readonly [field: string, before: unknown, after: unknown])[] = [
    ['podFailurePolicy', failing(1), failing(2)],
    ['successPolicy', { rules: [{ succeededCount: 1 }] }, { rules: [{ succeededCount: 2 }] }],
    ['backoffLimitPerIndex', 1, 2],
  ];
  for (const [field, before, after] of fields) {
    const immutable = new RegExp(`spec\\.${field}: Invalid value: .*: field is immutable`);
    assert.match(await changed(indexed, { [field]: before, podReplacementPolicy: 'Failed' }), immutable);
    assert.match(await changed({ ...indexed, [field]: before }, { [field]: after }), immutable);
    assert.match(await changed({ ...indexed, [field]: before }, { [field]: null }), immutable);
  }
  const limited = { ...indexed, backoffLimitPerIndex: 1 };
  assert.is(await changed(limited, { maxFailedIndexes: 2 }), 'accepted');
  assert.is(await changed({ ...limited, maxFailedIndexes: 2 }, { maxFailedIndexes: 1 }), 'accepted');
  assert.is(await changed({ ...limited, maxFailedIndexes: 2 }, { maxFailedIndexes: null }), 'accepted');
});

test('row 186: an Indexed Job may get other completions only with the same parallelism', async () => {
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 2 };
  assert.is(
    await changed(indexed, { completions: 4, parallelism: 4 }),
    'accepted',
    'also when they differed',
  );
  assert.is(await changed(indexed, { parallelism: 1 }), 'accepted');
  assert.is(await changed(indexed, { parallelism: 9 }), 'accepted');
  assert.match(
    await changed(indexed, { completions: 5, parallelism: 4 }),
    /in tandem with spec\.parallelism$/,
  );
});

test('row 186, JB-74: placement and resources may change while a Job is suspended and has no pods', async () => {
  const placement = { template: { spec: { nodeSelector: { disk: 'ssd' } } } };
  const terms = [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }];
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  };
  const allowed: readonly object[] = [
    placement,
    { template: { spec: { affinity } } },
    { template: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } } },
    { template: { spec: { schedulingGates: [{ name: 'a/b' }] } } },
    { template: { metadata: { annotations: { a: 'b' }, labels: { a: 'b' } } } },
    {
      template: {
        spec: { containers: [{ name: 'c', image: 'c:1', resources: { requests: { cpu: '1' } } }] },
      },
    },
  ];
  for (const change of allowed) {
    assert.is(await changed({ suspend: true }, change), 'accepted', JSON.stringify(change));
    assert.match(await changed({}, change), /^spec\.template: /);
  }
  const others = [
    [{ name: 'c', image: 'c:2' }],
    [{ name: 'd', image: 'c:1' }],
    [
      { name: 'c', image: 'c:1' },
      { name: 'd', image: 'd:1' },
    ],
  ];
  for (const containers of others)
    assert.match(
      await changed({ suspend: true }, { template: { spec: { containers } } }),
      /^spec\.template: /,
    );
  assert.match(
    await changed({ suspend: true }, { template: { spec: { hostname: 'x' } } }),
    /^spec\.template: /,
  );
});

test('JB-76: a status that takes back what was counted, or ends twice, is refused', async () => {
  const api = createApi();
  const job = await api.create('Job', manifest());
  const write = (status: object) =>
    refusal(() =>
      api.update(
        KEY,
        { ...job, metadata: { ...job.metadata, resourceVersion: undefined }, status },
        { subresource: 'status' },
      ),
    );
  const condition = (type: string) => ({ type, status: 'True' });
  const startTime = '2026-01-01T00:00:00Z';
  assert.is(await write({ startTime, failed: 2, active: 1, ready: 1 }), 'accepted');
  assert.is(
    await write({ startTime, failed: 1 }),
    'status.failed: Invalid value: 1: cannot decrease the failed counter',
  );
  assert.is(
    await write({ startTime, failed: 2, ready: 1 }),
    'status.ready: Invalid value: 1: cannot set more ready pods than active',
  );
  assert.match(
    await write({ startTime, failed: 2, conditions: [condition('Failed')] }),
    /cannot set Failed=True condition without the FailureTarget=true condition/,
  );
  const ended = { startTime, failed: 2, conditions: [condition('FailureTarget'), condition('Failed')] };
  assert.match(
    await write({ ...ended, terminating: 1 }),
    /^status\.terminating: Invalid value: 1: terminating>0 is invalid for finished job$/,
  );
  assert.is(await write(ended), 'accepted');
  assert.match(await write({ startTime, failed: 2 }), /cannot disable the terminal Failed=True condition/);
});

const indexed = { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 1 };

test('JB-76: no index has both failed and succeeded; the time of completion stays', async () => {
  const api = createApi();
  await api.create('Job', manifest(indexed));
  const write = (status: object) =>
    refusal(() => api.patch(KEY, { type: 'merge', body: { status } }, { subresource: 'status' }));
  assert.is(
    await write({ completedIndexes: '0,2-4', failedIndexes: '1,3' }),
    'status.failedIndexes: Invalid value: "1,3": failedIndexes and completedIndexes overlap at index: 3',
  );
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' }));
  const time = '2026-01-01T00:00:00Z';
  const ended = { startTime: time, completionTime: time, conditions };
  assert.is(await write({ completedIndexes: '0,2-4', failedIndexes: '1', ...ended }), 'accepted');
  assert.is(
    await write({ completionTime: '2026-01-01T00:00:01Z' }),
    'status.completionTime: Invalid value: "2026-01-01T00:00:01Z": completionTime cannot be mutated',
  );
  assert.is(
    await write({ completionTime: null }),
    'status.completionTime: Required value: completionTime is required for Complete jobs',
  );
});

test('row 186: an Indexed Job without completions is told so, and no more', async () => {
  assert.is(
    await changed(indexed, { completions: null }),
    'spec.completions: Required value: when completion mode is Indexed',
  );
});

test.run();
