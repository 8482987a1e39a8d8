/** What happens in one random run: what users change about the workloads, and what breaks. */
import { between, pick, type Act } from './act.js';
import { settle, USER_ACTS } from './users.js';
import type { World } from './world.js';

export { begin } from './users.js';

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
  const name = pick(world, world.nodeNames);
  world.faults.node(name).fail();
  return `lose ${name}`;
};
const returnNode: Act = (world) => {
  const name = pick(world, world.nodeNames);
  world.faults.node(name).recover();
  return `return ${name}`;
};
const restart: Act = (world) => {
  world.restartControllers();
  return 'restart the controllers';
};
/** Nobody controls anything for a while. */
const outage: Act = (world) => {
  const durationMs = between(world, 1, MOST_OUTAGE_MS);
  world.restartControllers(durationMs);
  return `no controllers for ${Math.round(durationMs / 1000)} s`;
};

/** Longer than the startingDeadlineSeconds of the CronJob that has them. */
const MOST_OUTAGE_MS = 75_000;

const ACTS: readonly [Act, ...Act[]] = [
  crashPod,
  crashPod,
  hangPod,
  failDaemon,
  loseNode,
  returnNode,
  restart,
  outage,
  ...USER_ACTS,
];
const MOST_PAUSE_MS = 15_000;

/** `count` things happen, with pauses of up to 15 s. Tells them, for whoever must find out. */
export const disturb = (world: World, count: number): readonly string[] => {
  const told: string[] = [];
  for (let index = 0; index < count; index += 1) {
    told.push(`${Math.round(world.sinceStartMs() / 1000)} s: ${pick(world, ACTS)(world)}`);
    world.advance(Math.floor(world.random.next() * MOST_PAUSE_MS));
    if (world.violations.length > 0) break;
  }
  return told;
};

/** Everything works again; what is open ended ends. */
export const repair = (world: World): void => {
  world.calm();
  for (const name of world.nodeNames) world.faults.node(name).recover();
  settle(world);
};
