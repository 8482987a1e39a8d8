/** What a random run begins with: workloads of every kind, with every policy about which promises are made. */
import type { KindName } from '../../src/api/index.js';

const template = (app: string, image: string, more: object = {}): object => ({
  metadata: { labels: { app } },
  spec: { terminationGracePeriodSeconds: 5, containers: [{ name: 'main', image }], ...more },
});
const selecting = (app: string, image: string, more: object = {}): object => ({
  selector: { matchLabels: { app } },
  template: template(app, image, more),
});
const task = (app: string, image: string, restartPolicy = 'Never'): object => ({
  template: template(app, image, { restartPolicy }),
});

export interface Workload {
  readonly kind: KindName;
  readonly name: string;
  readonly manifest: object;
}
const workload = (apiVersion: string, kind: KindName, name: string, spec: object): Workload => ({
  kind,
  name,
  manifest: { apiVersion, kind, metadata: { name }, spec },
});

/** Images that do something else than running for ever. */
export const IMAGES = {
  // They need their whole grace period: what waits for their end has to wait.
  'agent:1': { ignoresSigterm: true },
  'agent:2': { ignoresSigterm: true },
  'solo:1': { ignoresSigterm: true },
  'task:1': { exitsAfter: '20s' },
  'long:1': { exitsAfter: '90s' },
  'flaky:1': { exitsAfter: '5s', exitCode: 1 },
  'broken:1': { pull: { fails: true } },
};

export const WORKLOADS: readonly [Workload, ...Workload[]] = [
  workload('apps/v1', 'Deployment', 'web', { replicas: 3, ...selecting('web', 'web:1') }),
  workload('apps/v1', 'Deployment', 'solo', {
    replicas: 2,
    strategy: { type: 'Recreate' },
    ...selecting('solo', 'solo:1'),
  }),
  workload('apps/v1', 'ReplicaSet', 'set', { replicas: 2, ...selecting('set', 'set:1') }),
  workload('v1', 'ReplicationController', 'old', { replicas: 2, template: template('old', 'old:1') }),
  workload('apps/v1', 'DaemonSet', 'agent', selecting('agent', 'agent:1')),
  workload('apps/v1', 'DaemonSet', 'probe', {
    ...selecting('probe', 'probe:1', { nodeSelector: { disk: 'ssd' } }),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  }),
  workload('batch/v1', 'Job', 'batch', {
    completions: 4,
    parallelism: 2,
    completionMode: 'Indexed',
    backoffLimit: 1000,
    ...task('batch', 'task:1'),
  }),
  workload('batch/v1', 'Job', 'plain', {
    completions: 6,
    parallelism: 2,
    backoffLimit: 1000,
    ...task('plain', 'task:1'),
  }),
  workload('batch/v1', 'Job', 'limited', {
    completions: 3,
    parallelism: 2,
    completionMode: 'Indexed',
    backoffLimitPerIndex: 1,
    ttlSecondsAfterFinished: 30,
    ...task('limited', 'flaky:1'),
  }),
  workload('batch/v1', 'CronJob', 'tick', {
    schedule: '* * * * *',
    concurrencyPolicy: 'Forbid',
    jobTemplate: { spec: task('tick', 'long:1', 'OnFailure') },
  }),
  workload('batch/v1', 'CronJob', 'swap', {
    schedule: '* * * * *',
    concurrencyPolicy: 'Replace',
    startingDeadlineSeconds: 30,
    successfulJobsHistoryLimit: 1,
    jobTemplate: { spec: task('swap', 'long:1') },
  }),
];
