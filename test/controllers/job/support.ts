/** One Job and pods as they stand, and the Job controller that looks at them for the first time. No nodes. */
import { createActorHost } from '../../../src/actor/index.js';
import { formatTime, type Job, type Pod } from '../../../src/api/index.js';
import { createLocalApi, type Api } from '../../../src/client/index.js';
import { createSeededRandom, createVirtualClock } from '../../../src/clock/index.js';
import { createControllerManager, createInformers } from '../../../src/controllers/index.js';
import { createMemoryStore } from '../../../src/store/index.js';
import { value } from '../plane.js';

export const FINALIZER = 'batch.kubernetes.io/job-tracking';

/** `R` running, `P` pending, `S` succeeded, `F` failed, `T` terminating while it runs. */
export interface GivenPod {
  readonly is: 'R' | 'P' | 'S' | 'F' | 'T';
  readonly index?: number | string;
  /** The pod's failure-count annotation. */
  readonly failures?: number;
  readonly isReady?: boolean;
  readonly isUntracked?: boolean;
  readonly restarts?: number;
  readonly exitCode?: number;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  /** When it ended, seconds before now. Default 3600: too long ago to hold anything up. */
  readonly endedAgoSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Given {
  readonly spec?: object;
  readonly status?: object;
  readonly template?: object;
  readonly pods?: readonly GivenPod[];
  /** Runs before the controller starts. */
  readonly prepare?: (api: Api, job: Job) => void;
  readonly intercept?: (api: Api) => Api;
}

export interface Outcome {
  readonly job: Job;
  readonly created: readonly Pod[];
  /** Names of the given pods that are being deleted, or gone, and were not before. */
  readonly deleted: readonly string[];
  /** Names of the given pods that have lost their finalizer. */
  readonly released: readonly string[];
  /** `type:reason`, of those that are true. */
  readonly conditions: readonly string[];
  readonly events: readonly string[];
  readonly pods: readonly Pod[];
}

export interface Scene {
  readonly api: Api;
  readonly clock: ReturnType<typeof createVirtualClock>;
  outcome(): Outcome;
  advance(durationMs: number): void;
  stop(): void;
}

export const jobManifest = (spec: object = {}, template: object = {}, name = 'j'): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    ...spec,
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main:1' }], ...template },
    },
  },
});

/** The scene after the controller's first look. */
export const scene = (given: Given = {}): Scene => {
  const clock = createVirtualClock();
  const random = createSeededRandom(1);
  const store = createMemoryStore();
  const api = createLocalApi({ store, clock, random, trusted: true });
  const host = createActorHost({ clock });
  host.crashes$.subscribe(({ path, error }) => {
    throw new Error(`${path} crashed`, { cause: error });
  });
  const users = createLocalApi({ store, clock, random });
  const key = { kind: 'Job', name: 'j', namespace: 'default' } as const;
  let job = value(users.create('Job', jobManifest(given.spec, given.template)));
  if (given.status) job = value(api.update(key, { ...job, status: given.status }, { subresource: 'status' }));
  const nowMs = clock.now();
  const before = (given.pods ?? []).map((pod, at) => place(api, job, pod, at, nowMs));
  given.prepare?.(api, job);
  const inner = given.intercept?.(api) ?? api;
  const informers = createInformers(inner);
  const manager = createControllerManager({
    api: inner,
    clock,
    random,
    host,
    informers,
    controllers: ['job'],
  });
  manager.start();
  informers.start();
  host.drain();
  return {
    api,
    clock,
    outcome: () => {
      const pods = value(api.list('Pod')).items;
      const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]));
      const known = new Set(before.map(({ metadata }) => metadata.name));
      const current = value(api.get(key));
      const names = (isMeant: (pod: Pod, now: Pod | undefined) => boolean) =>
        before
          .filter((pod) => isMeant(pod, byName.get(pod.metadata.name)))
          .map(({ metadata }) => metadata.name);
      return {
        job: current,
        pods,
        created: pods.filter(({ metadata }) => !known.has(metadata.name)),
        deleted: names(
          (pod, now) => !pod.metadata.deletionTimestamp && (!now || Boolean(now.metadata.deletionTimestamp)),
        ),
        released: names((pod, now) => isTracked(pod) && (!now || !isTracked(now))),
        conditions: (current.status.conditions ?? [])
          .filter(({ status }) => status === 'True')
          .map(({ type, reason }) => `${type}:${reason}`),
        events: value(api.list('Event'))
          .items.filter(({ reason }) => !reason?.startsWith('Successful'))
          .map(({ reason, message }) => `${reason} ${message}`),
      };
    },
    advance: (durationMs) => {
      const targetMs = clock.now() + durationMs;
      for (
        let next = clock.nextDeadlineMs();
        next !== undefined && next <= targetMs;
        next = clock.nextDeadlineMs()
      ) {
        clock.step();
        host.drain();
      }
      clock.moveTo(targetMs);
      host.drain();
    },
    stop: () => {
      manager.stop();
      informers.stop();
      host.stop();
    },
  };
};

/** What the controller does about a Job and its pods at its first look. */
export const look = (given: Given): Outcome => {
  const at = scene(given);
  const outcome = at.outcome();
  at.stop();
  return outcome;
};

const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(FINALIZER) ?? false;

const PHASES = { R: 'Running', P: 'Pending', S: 'Succeeded', F: 'Failed', T: 'Running' } as const;

const place = (api: Api, job: Job, given: GivenPod, at: number, nowMs: number): Pod => {
  const name = `pod-${at}`;
  const key = { kind: 'Pod', name, namespace: 'default' } as const;
  const { index, failures } = given;
  const annotations = {
    ...(index !== undefined && { 'batch.kubernetes.io/job-completion-index': String(index) }),
    ...(failures !== undefined && { 'batch.kubernetes.io/job-index-failure-count': String(failures) }),
  };
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: job.metadata.uid, controller: true };
  const created = value(
    api.create('Pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'default',
        labels: { ...job.spec.template.metadata.labels, ...given.labels },
        annotations,
        ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
        ...(!given.isUntracked && { finalizers: [FINALIZER] }),
      },
      spec: { ...job.spec.template.spec, nodeName: 'n1' },
    }),
  );
  const status = { ...created.status, ...podStatus(given, nowMs) };
  const placed = value(api.update(key, { ...created, status }, { subresource: 'status' }));
  return given.is === 'T' ? (value(api.delete(key)) as Pod) : placed;
};

const podStatus = (given: GivenPod, nowMs: number): object => {
  const hasEnded = given.is === 'S' || given.is === 'F';
  const finishedAt = formatTime(nowMs - (given.endedAgoSeconds ?? 3600) * 1000);
  const exitCode = given.exitCode ?? (given.is === 'F' ? 1 : 0);
  const state =
    hasEnded || given.exitCode !== undefined ? { terminated: { exitCode, finishedAt } } : { running: {} };
  return {
    phase: PHASES[given.is],
    containerStatuses: [{ name: 'main', restartCount: given.restarts ?? 0, state }],
    conditions: [...(given.isReady ? [{ type: 'Ready', status: 'True' }] : []), ...(given.conditions ?? [])],
  };
};

export const pods = (letters: string, more: Omit<GivenPod, 'is'> = {}): readonly GivenPod[] =>
  [...letters].map((is) => ({ is: is as GivenPod['is'], ...more }));

/** `0S 1F 2R`: completion index and state of each pod; `1F/2` has failed twice before. */
export const indexed = (text: string): readonly GivenPod[] =>
  text.split(' ').map((word) => {
    const [, index = '', is = 'R', failures] = /^(.*?)([RPSFT])(?:\/(\d+))?$/.exec(word) ?? [];
    return {
      is: is as GivenPod['is'],
      ...(index !== '' && { index }),
      ...(failures !== undefined && { failures: Number(failures) }),
    };
  });
