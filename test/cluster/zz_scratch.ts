import { createCluster } from '../../src/index.js';
const images = {
  'ok:1': { exitsAfter: '2s', exitCode: 0 },
  'bad:1': { exitsAfter: '2s', exitCode: [1, 0] },
  'side:1': { terminatesAfter: '1s' },
  'main:1': { terminatesAfter: '3s' },
  'job:1': { exitsAfter: '10s', exitCode: 0 },
};
const show = (c: any, name: string) => {
  const p = c.get('Pod', name);
  if (!p) return console.log((c.now() % 100000000) / 1000, name, 'gone');
  const s = (x: any) =>
    (x ?? [])
      .map(
        (k: any) =>
          `${k.name}:${Object.keys(k.state)[0]}(${k.state.waiting?.reason ?? k.state.terminated?.reason ?? ''}${k.state.terminated ? k.state.terminated.exitCode : ''})r${k.restartCount}${k.ready ? '+' : '-'}`,
      )
      .join(' ');
  console.log(
    (c.now() - 1767225600000) / 1000,
    name,
    p.status.phase,
    p.status.reason ?? '',
    '| init',
    s(p.status.initContainerStatuses),
    '|',
    s(p.status.containerStatuses),
    '| eph',
    s(p.status.ephemeralContainerStatuses),
    p.status.conditions
      ?.map((k: any) => k.type[0] + k.type.slice(-4) + k.status[0] + (k.reason ?? ''))
      .join(' '),
  );
};
const run = async (spec: any, steps: (c: any) => Promise<void>) => {
  const c: any = await createCluster({ images });
  c.errors$.subscribe((e: any) => console.log('CRASH', e));
  c.warnings$.subscribe((w: any) => console.log('WARN', w));
  await c.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  await steps(c);
  for (const e of c.list('Event', 'default'))
    console.log(
      '   ',
      e.lastTimestamp?.slice(14, 19),
      e.type,
      e.reason,
      e.involvedObject.fieldPath ?? '',
      e.message.slice(0, 140),
      e.count,
    );
  await c.stop();
};
const times =
  (...ts: number[]) =>
  async (c: any) => {
    let t = 0;
    for (const x of ts) {
      await c.advance(`${x - t}s`);
      t = x;
      show(c, 'p');
    }
  };
console.log('--- init + sidecar + main job');
await run(
  {
    initContainers: [
      { name: 'i1', image: 'ok:1' },
      { name: 's1', image: 'side:1', restartPolicy: 'Always' },
      { name: 'i2', image: 'bad:1' },
      { name: 's2', image: 'side:1', restartPolicy: 'Always' },
    ],
    containers: [{ name: 'm', image: 'job:1' }],
    restartPolicy: 'OnFailure',
  },
  times(0, 1, 2, 3, 4, 5, 6, 7, 10, 16, 17, 18, 19, 20),
);
console.log('--- init fails Never');
await run(
  {
    initContainers: [
      { name: 's1', image: 'side:1', restartPolicy: 'Always' },
      { name: 'i2', image: 'bad:1' },
    ],
    containers: [{ name: 'm', image: 'job:1' }],
    restartPolicy: 'Never',
  },
  times(0, 1, 2, 3, 4, 5),
);
console.log('--- delete sidecars, hooks');
await run(
  {
    terminationGracePeriodSeconds: 30,
    initContainers: [
      { name: 's1', image: 'side:1', restartPolicy: 'Always' },
      { name: 's2', image: 'side:1', restartPolicy: 'Always' },
    ],
    containers: [
      {
        name: 'm',
        image: 'main:1',
        lifecycle: { preStop: { sleep: { seconds: 5 } }, postStart: { sleep: { seconds: 2 } } },
      },
    ],
  },
  async (c) => {
    await times(0, 1, 2, 5)(c);
    await c.api.delete({ kind: 'Pod', name: 'p', namespace: 'default' });
    for (let i = 0; i < 14; i++) {
      await c.advance('1s');
      show(c, 'p');
    }
  },
);
console.log('--- deadline');
await run(
  { activeDeadlineSeconds: 5, containers: [{ name: 'm', image: 'main:1' }] },
  times(0, 4, 5, 6, 7, 8, 9),
);
console.log('--- postStart fails');
await run(
  {
    containers: [
      { name: 'm', image: 'main:1', lifecycle: { postStart: { httpGet: { port: 'nope', path: '/' } } } },
    ],
  },
  times(0, 3, 4, 5, 8, 9, 20, 30),
);
console.log('--- restart all');
await run(
  {
    restartPolicy: 'Never',
    initContainers: [{ name: 'i1', image: 'ok:1' }],
    containers: [
      {
        name: 'm',
        image: 'bad:1',
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } }],
      },
      { name: 'n', image: 'main:1' },
    ],
  },
  times(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12),
);
console.log('--- image change, ephemeral');
await run({ containers: [{ name: 'm', image: 'main:1' }] }, async (c) => {
  await times(0)(c);
  await c.api.patch(
    { kind: 'Pod', name: 'p', namespace: 'default' },
    { type: 'strategic', body: { spec: { containers: [{ name: 'm', image: 'side:1' }] } } },
  );
  await times(0, 2, 3, 4)(c);
  await c.api.patch(
    { kind: 'Pod', name: 'p', namespace: 'default' },
    { type: 'strategic', body: { spec: { ephemeralContainers: [{ name: 'd', image: 'ok:1' }] } } },
    { subresource: 'ephemeralcontainers' },
  );
  await times(0, 1, 2, 3)(c);
});
console.log('--- volumes missing');
await run(
  {
    volumes: [{ name: 'v', configMap: { name: 'cm' } }],
    containers: [{ name: 'm', image: 'main:1', volumeMounts: [{ name: 'v', mountPath: '/x' }] }],
  },
  async (c) => {
    await times(0, 5)(c);
    await c.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data: { a: 'b' } });
    await times(0, 3, 10)(c);
  },
);
console.log('--- rejects');
await run(
  {
    nodeName: 'node-1',
    containers: [{ name: 'm', image: 'UPPER/x:1', resources: { requests: { cpu: '9' } } }],
  },
  times(0),
);
await run({ nodeName: 'node-1', containers: [{ name: 'm', image: 'UPPER/X:1' }] }, times(0, 20));
