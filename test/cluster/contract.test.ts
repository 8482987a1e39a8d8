/** The public contract of a cluster, as programs rely on it: names, options, warnings, logs, observers. */
import { Subject } from 'rxjs';
import * as assert from 'uvu/assert';
import { ApiError, createCluster, type ClusterOptions, type InspectedEvent } from '../../src/index.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: contract');

const pod = (name: string, spec: object = {}, container: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'web', ...container }], ...spec },
});

test('the cluster and its Api have every method of the contract', async () => {
  await using cluster = await createCluster();
  const methods = [
    'apply advance settle runUntil now get list watch addNode removeNode inspect listen stop',
    'create update patch scale delete evict logs get list watch bind',
  ].map((names) => names.split(' '));
  for (const name of methods[0] ?? []) assert.type(Reflect.get(cluster, name), 'function', name);
  for (const name of methods[1] ?? []) assert.type(Reflect.get(cluster.api, name), 'function', name);
  assert.type(cluster.faults.node('node-1').fail, 'function');
  assert.type(cluster[Symbol.asyncDispose], 'function');
});

for (const [what, options, message] of [
  ['an unknown option', { node: 3 }, /^there is no option node; known are nodes, clock/],
  ['an unknown clock', { clock: 'real' }, 'clock must be virtual or system, not real'],
  ['an unknown runtime', { runtime: 'docker' }, 'runtime must be simulated or process, not docker'],
  ['a seed that is no number', { seed: 'x' }, 'seed must be a number, not x'],
  ['a start that is no time', { startTime: NaN }, 'startTime must be a number, not NaN'],
  [
    'a back-off of nothing',
    { crashLoopBackOffMax: '0s' },
    'crashLoopBackOffMax must be from 1s to 300s, not 0s',
  ],
  [
    'a period that is no duration',
    { nodeMonitorPeriod: 'often' },
    /^nodeMonitorPeriod: invalid duration "often"/,
  ],
  ['a fraction of a node', { nodes: 1.5 }, 'nodes must be a number of nodes, not 1.5'],
  ['two nodes of one name', { nodes: [{ name: 'a' }, { name: 'a' }] }, 'nodes: there are two of the name a'],
  [
    'a capacity that is no quantity',
    { nodes: [{ name: 'a', capacity: { cpu: 'many' } }] },
    /^capacity\.cpu of node a: invalid quantity "many"/,
  ],
] as const) {
  test(`createCluster refuses ${what}`, async () => {
    const error: unknown = await createCluster(options as unknown as ClusterOptions).catch(
      (reason) => reason,
    );
    assert.instance(error, RangeError);
    if (typeof message === 'string') assert.is((error as Error).message, message);
    else assert.match((error as Error).message, message);
  });
}

test('a cluster that is refused leaves nothing behind that keeps the process alive', async () => {
  for (const options of [{ crashLoopBackOffMax: '1h' }, { imagesFile: '/dev/null/images.yaml' }])
    await createCluster({ clock: 'system', ...options }).then(
      () => assert.unreachable(),
      () => {},
    );
  // The suite fails when a timer is left.
});

test('a node that the API would refuse is refused when it is described, and not awaited for ever', async () => {
  await using cluster = await createCluster();
  for (const spec of [{ name: 'Node_4' }, { name: 'node-4', labels: { 'a b': 'c' } }]) {
    const given: unknown = await createCluster({ nodes: [spec] }).catch((reason: unknown) => reason);
    const added: unknown = await cluster.addNode(spec).catch((reason: unknown) => reason);
    for (const error of [given, added]) assert.is((error as ApiError).code, 422);
  }
  await cluster.advance('1m');
  assert.equal(cluster.list('Node').length, 1);
});

test('warnings$ tells which field of which object, whoever writes it and whichever way', async () => {
  await using cluster = await createCluster();
  const warnings: string[] = [];
  cluster.warnings$.subscribe((warning) => warnings.push(warning));
  const take = () => warnings.splice(0);
  const ignored = 'statelet stores this field but does not act on it';

  await cluster.apply(pod('applied', { hostIPC: true }, { imag: 'x' }));
  assert.equal(take(), [
    'Pod default/applied: unknown field "spec.containers[0].imag"',
    `Pod default/applied: spec.hostIPC: ${ignored}`,
  ]);
  await cluster.apply(pod('applied', { hostIPC: true }));
  assert.equal(take(), [], 'what was there already is not told again');

  const own: string[] = [];
  const options = { onWarning: (message: string) => void own.push(message) };
  await cluster.api.create('Pod', pod('created', { hostPID: true }), options);
  assert.equal(take(), [`Pod default/created: spec.hostPID: ${ignored}`]);
  assert.equal(own, [`spec.hostPID: ${ignored}`]);
  await cluster.api.create('Pod', pod('dry', { hostPID: true }), { dryRun: true });
  assert.equal(take(), [], 'a dry run leaves nothing behind to be warned of');
  const key = { kind: 'Pod', name: 'created', namespace: 'default' } as const;
  await cluster.api.patch(key, { type: 'merge', body: { metadata: { note: 'x' } } });
  assert.equal(take(), ['Pod default/created: unknown field "metadata.note"']);
  await cluster.api.create('Node', { metadata: { name: 'n' }, spec: { podCIDR: '10.0.0.0/24' } });
  assert.equal(take(), [`Node n: spec.podCIDR: ${ignored}`]);
});

test('api.logs gives the log of a container, and fails as the API does', async () => {
  await using cluster = await createCluster({ images: { web: { logs: ['one', 'two'] } } });
  await cluster.apply(pod('web'));
  await cluster.advance('5s');
  const read = (name: string, options?: Parameters<typeof cluster.api.logs>[1]): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      const next = (piece: string | Uint8Array) =>
        void (text += typeof piece === 'string' ? piece : new TextDecoder().decode(piece));
      cluster.api.logs({ name }, options).subscribe({ next, error: reject, complete: () => resolve(text) });
    });
  assert.is(await read('web'), 'one\ntwo\n');
  assert.is(await read('web', { tailLines: 1 }), 'two\n');
  for (const [name, options, code] of [
    ['absent', {}, 404],
    ['web', { previous: true }, 400],
    ['web', { container: 'other' }, 400],
  ] as const) {
    const error: unknown = await read(name, options).catch((reason: unknown) => reason);
    assert.instance(error, ApiError);
    assert.is((error as ApiError).code, code);
  }
});

test('an observer may be an object with next, as for XState: a Subject, for one', async () => {
  await using cluster = await createCluster();
  const events$ = new Subject<InspectedEvent>();
  let count = 0;
  events$.subscribe(() => (count += 1));
  const inspection = cluster.inspect(events$, { filter: 'node/node-1' });
  await cluster.advance('1m');
  assert.ok(count > 0);
  inspection.unsubscribe();
  const before = count;
  await cluster.advance('1m');
  assert.is(count, before);
});

test.run();
