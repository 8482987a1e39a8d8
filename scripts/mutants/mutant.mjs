/** What a mutant is: a behaviour that is broken on purpose, and the tests that must notice. */

export const CHARTS = 'machines';
export const REPLICA_SET = 'src/controllers/replicaSet';
export const DEPLOYMENT = 'src/controllers/deployment';
export const DAEMON_SET = 'src/controllers/daemonSet';
export const JOB = 'src/controllers/job';
export const CRON_JOB = 'src/controllers/cronJob';

/** Tests of each group, the quickest first. */
const TESTS = {
  replicaSet: [
    'machines/replicaSet',
    'controllers/replicaSet/reconcile',
    'controllers/replicaSet/controller',
  ],
  replicaSetWatch: [
    'controllers/replicaSet/conformance',
    'controllers/replicaSet/controller',
    'controllers/ownership',
    'controllers/deployment/conformance',
  ],
  taintChart: ['controllers/taintEviction/controller'],
  ranking: ['controllers/replicaSet/ranking'],
  ownership: ['controllers/ownership', 'controllers/replicaSet/controller'],
  deployment: [
    'machines/deployment',
    'controllers/deployment/sizes',
    'controllers/deployment/order',
    'controllers/deployment/controller',
  ],
  deploymentStatus: ['controllers/deployment/status', 'controllers/deployment/controller'],
  history: ['controllers/deployment/history', 'controllers/deployment/controller'],
  rollouts: [
    'controllers/deployment/history',
    'controllers/deployment/conformance',
    'controllers/deployment/rollouts',
    'controllers/deployment/controller',
  ],
  daemonChart: ['machines/daemonSet', 'controllers/daemonSet/controller'],
  placement: ['controllers/daemonSet/placement', 'controllers/daemonSet/controller'],
  rolling: ['controllers/daemonSet/rollingUpdate', 'controllers/daemonSet/controller'],
  jobChart: ['machines/job', 'controllers/job/sync', 'cluster/job'],
  jobSync: ['controllers/job/sync', 'cluster/job'],
  jobRules: ['controllers/job/rules'],
  jobPolicies: ['controllers/job/policies'],
  jobTracking: ['controllers/job/tracking'],
  jobOnCluster: ['cluster/job'],
  cronJobChart: ['machines/cronJob', 'controllers/cronJob/controller'],
  cronJob: ['controllers/cronJob/reconcile', 'controllers/cronJob/controller'],
  missedRuns: ['controllers/cronJob/missedRuns'],
  schedule: ['api/cron/schedule'],
  ttl: ['controllers/ttlAfterFinished/controller'],
  garbage: ['machines/garbageCollector', 'controllers/garbageCollector/controller'],
  namespace: ['machines/namespace', 'controllers/namespace/controller'],
  container: ['machines/containerBackOff', 'machines/container'],
  containerStop: ['machines/containerStop'],
  restart: ['api/podStatus.restart', 'machines/container'],
  pod: ['machines/pod'],
  probe: ['machines/probe'],
  node: [
    'controllers/nodeLifecycle/zones',
    'controllers/nodeLifecycle/health',
    'controllers/nodeLifecycle/taints',
  ],
  nodeZone: ['machines/nodeZone', 'controllers/nodeLifecycle/zones'],
  eviction: ['controllers/taintEviction/reconcile', 'controllers/taintEviction/controller'],
  podGC: ['controllers/podGC/reconcile', 'controllers/podGC/controller'],
  scheduler: ['machines/scheduler', 'scheduler/cycle', 'scheduler/neighbours', 'scheduler/scheduler'],
  properties: ['properties/runs'],
  slowStart: ['controllers/slowStart'],
};

export const mutant = (name, file, find, replace, group) => ({
  name,
  file,
  find,
  replace,
  tests: TESTS[group].map((test) => `test/${test}.test.ts`),
});
