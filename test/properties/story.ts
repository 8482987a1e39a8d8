/** What happens in one random run: workloads of every kind, what users change about them, and what breaks. */
import type { KindName } from '../../src/api/index.js';
import type { World } from './world.js';

type Act = (world: World) => string;

const pick = <T>(world: World, choices: readonly T[]): T | undefined =>
  choices[Math.floor(world.random.next() * choices.length)];
const between = (world: World, least: number, most: number): number =>
  least + Math.floor(world.random.next() * (most - least + 1));

const template = (app: string, image: string, more: object = {}): object => ({
  metadata: { labels: { app } },
  spec: { terminationGracePeriodSeconds: 5, containers: [{ name: 'main', image }], ...more },
});
const workload = (kind: string, name: string, spec: object, apiVersion = 'apps/v1'): object => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
});
const selecting = (app: string, image: string, more: object = {}): object => ({
  selector: { matchLabels: { app } },
  template: template(app, image, more),
});

/** One of each kind to begin with. */
const beginnings: readonly (readonly [kind: KindName, manifest: object])[] = [
  ['Deployment', workload('Deployment', 'web', { replicas: 3, ...selecting('web', 'web:1') })],
  ['ReplicaSet', workload('ReplicaSet', 'set', { replicas: 2, ...selecting('set', 'set:1') })],
  ['DaemonSet', workload('DaemonSet', 'agent', selecting('agent', 'agent:1'))],
  [
    'DaemonSet',
    workload('DaemonSet', 'probe', {
      ...selecting('probe', 'probe:1', { nodeSelector: { disk: 'ssd' } }),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    }),
  ],
  [
    'Job',
    workload(
      'Job',
      'batch',
      {
        completions: 4,
        parallelism: 2,
        completionMode: 'Indexed',
        backoffLimit: 1000,
        template: template('batch', 'task:1', { restartPolicy: 'Never' }),
      },
      'batch/v1',
    ),
  ],
  [
    'CronJob',
    workload(
      'CronJob',
      'tick',
      {
        schedule: '*/2 * * * *',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { template: template('tick', 'task:1', { restartPolicy: 'OnFailure' }) } },
      },
      'batch/v1',
    ),
  ],
];

export const begin = (world: World): void => {
  for (const [kind, manifest] of beginnings)
    world.api.create(kind, manifest, { namespace: 'default' }).settled((outcome) => {
      if (!outcome.ok) throw outcome.error;
    });
  // Seen before the first edit: what the limits are counted from.
  world.advance(0);
};

/** A change by a user; one that comes too late is none. */
const patch = (world: World, kind: KindName, name: string, body: object): string => {
  const namespace = kind === 'Node' ? undefined : 'default';
  world.api.patch({ kind, name, namespace }, { type: 'strategic', body }).settled((outcome) => {
    if (!outcome.ok && outcome.error.reason !== 'NotFound') throw outcome.error;
  });
  return `${kind} ${name} ${JSON.stringify(body)}`;
};
const image = (name: string): object => ({
  spec: { template: { spec: { containers: [{ name: 'main', image: name }] } } },
});

const scaleSomething: Act = (world) => {
  const replicas = between(world, 0, 5);
  return world.random.next() < 0.5
    ? patch(world, 'Deployment', 'web', { spec: { replicas } })
    : patch(world, 'ReplicaSet', 'set', { spec: { replicas } });
};
const rollSomething: Act = (world) => {
  const [kind, name] = pick(world, [
    ['Deployment', 'web'],
    ['DaemonSet', 'agent'],
    ['DaemonSet', 'probe'],
  ] as const) ?? ['Deployment', 'web'];
  return patch(world, kind, name, image(`${name}:${between(world, 1, 3)}`));
};
const labelNode: Act = (world) =>
  patch(world, 'Node', pick(world, world.nodeNames) ?? '', {
    metadata: { labels: { disk: world.random.next() < 0.6 ? 'ssd' : null } },
  });
const deletePod: Act = (world) => {
  const pod = pick(world, world.list('Pod'));
  if (!pod) return 'no pod to delete';
  world.api
    .delete({ kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace })
    .settled((outcome) => {
      if (!outcome.ok) throw outcome.error;
    });
  return `delete pod ${pod.metadata.name}`;
};
const crashPod: Act = (world) => {
  const pod = pick(world, world.running());
  if (!pod) return 'no pod to crash';
  world.faults.pod('default', pod.metadata.name).crash({ exitCode: between(world, 0, 1) });
  return `crash ${pod.metadata.name}`;
};
const hangPod: Act = (world) => {
  const pod = pick(world, world.running());
  if (!pod) return 'no pod to hang';
  world.faults.pod('default', pod.metadata.name).hang();
  return `hang ${pod.metadata.name}`;
};
/** Of those that run: what becomes of a pod that fails after its deletion is its node's business. */
const failDaemon: Act = (world) => {
  const daemons = world.running().filter(({ metadata }) => metadata.labels?.['app'] === 'agent');
  const pod = pick(world, daemons);
  if (!pod) return 'no daemon pod to fail';
  world.api
    .patch(
      { kind: 'Pod', name: pod.metadata.name, namespace: 'default' },
      { type: 'merge', body: { status: { phase: 'Failed' } } },
      { subresource: 'status' },
    )
    .settled((outcome) => {
      if (!outcome.ok) throw outcome.error;
    });
  return `fail ${pod.metadata.name}`;
};
const loseNode: Act = (world) => {
  const name = pick(world, world.nodeNames) ?? '';
  world.faults.node(name).fail();
  return `lose ${name}`;
};
const returnNode: Act = (world) => {
  const name = pick(world, world.nodeNames) ?? '';
  world.faults.node(name).recover();
  return `return ${name}`;
};
const restart: Act = (world) => {
  world.restartControllers();
  return 'restart the controllers';
};

const ACTS: readonly Act[] = [
  scaleSomething,
  scaleSomething,
  rollSomething,
  rollSomething,
  labelNode,
  labelNode,
  deletePod,
  deletePod,
  crashPod,
  crashPod,
  hangPod,
  failDaemon,
  loseNode,
  returnNode,
  restart,
];
const MOST_PAUSE_MS = 18_000;

/** `count` things happen, with pauses of up to 18 s. Tells them, for whoever must find out. */
export const disturb = (world: World, count: number): readonly string[] => {
  const told: string[] = [];
  for (let index = 0; index < count; index += 1) {
    told.push((pick(world, ACTS) ?? scaleSomething)(world));
    world.advance(Math.floor(world.random.next() * MOST_PAUSE_MS));
    if (world.violations.length > 0) break;
  }
  return told;
};

/** Everything works again; what is open ended ends. */
export const repair = (world: World): void => {
  world.calm();
  for (const name of world.nodeNames) world.faults.node(name).recover();
  patch(world, 'CronJob', 'tick', { spec: { suspend: true } });
  // A Deployment gives up after 15 failed retries until something changes, as upstream.
  patch(world, 'Deployment', 'web', { metadata: { annotations: { repaired: 'yes' } } });
};
