/** What users do to the workloads of a random run, one act at a time. */
import type { KindName } from '../../src/api/index.js';
import { between, isRefused, pick, type Act } from './act.js';
import type { World } from './world.js';
import { WORKLOADS, type Workload } from './workloads.js';

const NAMESPACE = 'default';
/** Longer than a watch lags. */
const SIGHT_MS = 4_000;
const POLICIES = ['Background', 'Foreground', 'Orphan'] as const;

/** A change; one that comes too late, or that the API refuses by its rules, is none. */
const patch = (world: World, kind: KindName, name: string, body: object): string => {
  const namespace = kind === 'Node' ? undefined : NAMESPACE;
  let refusal = '';
  world.api.patch({ kind, name, namespace }, { type: 'strategic', body }).settled((outcome) => {
    if (outcome.ok) return;
    if (!isRefused(outcome.error)) throw outcome.error;
    refusal = ` (${outcome.error.reason})`;
  });
  return `${kind} ${name} ${JSON.stringify(body)}${refusal}`;
};
const create = (world: World, { kind, manifest }: Workload): void =>
  world.api.create(kind, manifest, { namespace: NAMESPACE }).settled((outcome) => {
    if (!outcome.ok && !isRefused(outcome.error)) throw outcome.error;
  });
const image = (name: string): object => ({
  spec: { template: { spec: { containers: [{ name: 'main', image: name }] } } },
});

type Target = readonly [kind: KindName, name: string];

const scale: Act = (world) => {
  const [kind, name] = pick<Target>(world, [
    ['Deployment', 'web'],
    ['Deployment', 'solo'],
    ['ReplicaSet', 'set'],
    ['ReplicationController', 'old'],
  ]);
  return patch(world, kind, name, { spec: { replicas: between(world, 0, 5) } });
};
const roll: Act = (world) => {
  const [kind, name] = pick<Target>(world, [
    ['Deployment', 'web'],
    ['Deployment', 'solo'],
    ['DaemonSet', 'agent'],
    ['DaemonSet', 'probe'],
  ]);
  return patch(world, kind, name, image(`${name}:${between(world, 1, 3)}`));
};
const breakRollout: Act = (world) => patch(world, 'Deployment', 'web', image('broken:1'));
const restartRollout: Act = (world) =>
  patch(world, 'Deployment', pick(world, ['web', 'solo']), {
    spec: { template: { metadata: { annotations: { restartedAt: String(world.now()) } } } },
  });
const pause: Act = (world) =>
  patch(world, 'Deployment', 'web', { spec: { paused: world.random.next() < 0.5 } });
/** A template that changes when the controller has seen the pause. */
const rollWhilePaused: Act = (world) => {
  const told = patch(world, 'Deployment', 'web', { spec: { paused: true } });
  world.advance(SIGHT_MS);
  return `${told}, then ${patch(world, 'Deployment', 'web', image(`web:${between(world, 4, 6)}`))}`;
};
const suspend: Act = (world) => {
  const [kind, name] = pick<Target>(world, [
    ['Job', 'batch'],
    ['Job', 'plain'],
    ['CronJob', 'tick'],
    ['CronJob', 'swap'],
  ]);
  return patch(world, kind, name, { spec: { suspend: world.random.next() < 0.5 } });
};
const changeParallelism: Act = (world) =>
  patch(world, 'Job', pick(world, ['batch', 'plain']), { spec: { parallelism: between(world, 1, 4) } });
const labelNode: Act = (world) =>
  patch(world, 'Node', pick(world, world.nodeNames), {
    metadata: { labels: { disk: world.random.next() < 0.6 ? 'ssd' : null } },
  });

/** A pod is taken out of its workload by its label, and put back later. */
const relabel: Act = (world) => {
  const pod = pick(world, world.list('Pod'));
  if (!pod) return 'no pod to relabel';
  const { name, labels = {}, annotations = {} } = pod.metadata;
  const was = annotations['was'];
  return patch(world, 'Pod', name, {
    metadata: was
      ? { labels: { app: was }, annotations: { was: null } }
      : { labels: { app: 'stray' }, annotations: { was: labels['app'] } },
  });
};
const deletePod: Act = (world) => {
  const pod = pick(world, world.list('Pod'));
  if (!pod) return 'no pod to delete';
  return remove(world, 'Pod', pod.metadata.name, undefined);
};
const deleteWorkload: Act = (world) => {
  const { kind, name } = pick(world, WORKLOADS);
  return remove(world, kind, name, pick(world, POLICIES));
};
const createMissing: Act = (world) => {
  for (const workload of WORKLOADS) create(world, workload);
  return 'create what is missing';
};

const remove = (
  world: World,
  kind: KindName,
  name: string,
  policy: (typeof POLICIES)[number] | undefined,
): string => {
  world.api
    .delete({ kind, name, namespace: NAMESPACE }, policy && { propagationPolicy: policy })
    .settled((outcome) => {
      if (!outcome.ok && !isRefused(outcome.error)) throw outcome.error;
    });
  return `delete ${kind} ${name} ${policy ?? ''}`.trimEnd();
};

export const begin = (world: World): void => {
  for (const workload of WORKLOADS) create(world, workload);
  // Seen before the first edit: what the limits are counted from.
  world.advance(0);
};

/** What is open ended ends: then everything can come to rest. Jobs that are suspended stay so. */
export const settle = (world: World): void => {
  for (const name of ['tick', 'swap']) patch(world, 'CronJob', name, { spec: { suspend: true } });
  // A Deployment gives up after 15 failed retries until something changes (Q-5), as upstream.
  for (const name of ['web', 'solo'])
    patch(world, 'Deployment', name, { metadata: { annotations: { repaired: 'yes' } } });
  patch(world, 'Deployment', 'web', { spec: { paused: false } });
  patch(world, 'Deployment', 'web', image('web:1'));
};

export const USER_ACTS: readonly Act[] = [
  scale,
  scale,
  roll,
  roll,
  breakRollout,
  restartRollout,
  pause,
  rollWhilePaused,
  suspend,
  suspend,
  changeParallelism,
  labelNode,
  labelNode,
  relabel,
  relabel,
  deletePod,
  deletePod,
  deleteWorkload,
  deleteWorkload,
  createMissing,
  createMissing,
];
