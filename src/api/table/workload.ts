/**
 * Rows of workloads: Deployment, ReplicaSet, ReplicationController, DaemonSet, Job, CronJob, and what stands beside
 * them: ControllerRevision, PodDisruptionBudget.
 *
 * Models: pkg/printers/internalversion/printers.go (v1.36)
 */
import type { LabelSelector } from '../schema/types/meta.js';
import { formatLabels, formatLabelSelector, type Labels } from '../selector/index.js';
import { humanDuration, parseTime } from '../time.js';
import {
  AGE,
  age,
  column,
  INTEGER,
  NAME,
  objectAge,
  objectName,
  orNone,
  SELECTOR,
  TEMPLATE_COLUMNS,
  type TablePrinter,
  type TableSource,
} from './column.js';

interface Template {
  readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image?: string }[] };
}
/** The fields of any workload that its row shows; each kind has some of them. */
interface Workload extends TableSource {
  readonly spec: {
    readonly replicas?: number;
    readonly template?: Template;
    readonly selector?: LabelSelector;
  };
  readonly status: Readonly<Record<string, number | undefined>>;
}

const templateCells = (template: Template | undefined): string[] => {
  const containers = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
};

const READY = column('Ready', 'Pods that are ready, of those wanted.');

export const deploymentPrinter: TablePrinter = {
  columns: [
    NAME,
    READY,
    column('Up-to-date', 'Pods that have the current template.'),
    column('Available', 'Pods that have been ready for minReadySeconds.'),
    AGE,
    ...TEMPLATE_COLUMNS,
    SELECTOR,
  ],
  cells: (object, nowMs) => {
    const { spec, status } = object as Workload;
    return [
      objectName(object),
      `${status['readyReplicas'] ?? 0}/${spec.replicas ?? 0}`,
      status['updatedReplicas'] ?? 0,
      status['availableReplicas'] ?? 0,
      objectAge(object, nowMs),
      ...templateCells(spec.template),
      formatLabelSelector(spec.selector),
    ];
  },
};

const REPLICA_COLUMNS = [
  NAME,
  column('Desired', 'Pods that are wanted.', INTEGER),
  column('Current', 'Pods that exist.', INTEGER),
  column('Ready', 'Pods that are ready.', INTEGER),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

const replicaCells = (object: TableSource, nowMs: number, selector: string) => {
  const { spec, status } = object as Workload;
  return [
    objectName(object),
    spec.replicas ?? 0,
    status['replicas'] ?? 0,
    status['readyReplicas'] ?? 0,
    objectAge(object, nowMs),
    ...templateCells(spec.template),
    selector,
  ];
};

export const replicaSetPrinter: TablePrinter = {
  columns: REPLICA_COLUMNS,
  cells: (object, nowMs) =>
    replicaCells(object, nowMs, formatLabelSelector((object as Workload).spec.selector)),
};

/** Its selector is a plain set of labels. */
export const replicationControllerPrinter: TablePrinter = {
  columns: REPLICA_COLUMNS,
  cells: (object, nowMs) => {
    const { selector } = (object as { readonly spec?: { readonly selector?: Labels } }).spec ?? {};
    return replicaCells(object, nowMs, formatLabels(selector));
  },
};

interface DaemonSetLike extends Workload {
  readonly spec: Workload['spec'] & {
    readonly template?: { readonly spec?: { readonly nodeSelector?: Labels } };
  };
}

export const daemonSetPrinter: TablePrinter = {
  columns: [
    NAME,
    column('Desired', 'Nodes that should run the pod.', INTEGER),
    column('Current', 'Nodes that should run the pod and do.', INTEGER),
    column('Ready', 'Nodes on which the pod is ready.', INTEGER),
    column('Up-to-date', 'Nodes whose pod has the current template.', INTEGER),
    column('Available', 'Nodes whose pod has been ready for minReadySeconds.', INTEGER),
    column('Node Selector', 'Labels of the nodes that should run the pod.'),
    AGE,
    ...TEMPLATE_COLUMNS,
    SELECTOR,
  ],
  cells: (object, nowMs) => {
    const { spec, status } = object as DaemonSetLike;
    return [
      objectName(object),
      status['desiredNumberScheduled'] ?? 0,
      status['currentNumberScheduled'] ?? 0,
      status['numberReady'] ?? 0,
      status['updatedNumberScheduled'] ?? 0,
      status['numberAvailable'] ?? 0,
      formatLabels(spec.template?.spec?.nodeSelector),
      objectAge(object, nowMs),
      ...templateCells(spec.template),
      formatLabelSelector(spec.selector),
    ];
  },
};

interface JobSpecLike {
  readonly completions?: number;
  readonly parallelism?: number;
  readonly suspend?: boolean;
  readonly selector?: LabelSelector;
  readonly template?: Template;
}
interface JobLike extends TableSource {
  readonly spec: JobSpecLike;
  readonly status: {
    readonly succeeded?: number;
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The first of these that holds names the job's status. */
const jobStatus = ({ metadata, status }: JobLike): string => {
  const holds = (type: string): boolean =>
    (status.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
};

const jobCompletions = ({ spec, status }: JobLike): string => {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
};

const jobDuration = ({ status }: JobLike, nowMs: number): string => {
  const startMs = parseTime(status.startTime);
  return startMs === undefined ? '' : humanDuration((parseTime(status.completionTime) ?? nowMs) - startMs);
};

export const jobPrinter: TablePrinter = {
  columns: [
    NAME,
    column('Status', 'Whether the job runs, is suspended, or how it ended.'),
    column('Completions', 'Pods that succeeded, of those wanted.'),
    column('Duration', 'How long the job took, or has taken so far.'),
    AGE,
    ...TEMPLATE_COLUMNS,
    SELECTOR,
  ],
  cells: (object, nowMs) => {
    const job = object as JobLike;
    return [
      objectName(job),
      jobStatus(job),
      jobCompletions(job),
      jobDuration(job, nowMs),
      objectAge(job, nowMs),
      ...templateCells(job.spec.template),
      formatLabelSelector(job.spec.selector),
    ];
  },
};

interface CronJobLike extends TableSource {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly jobTemplate?: { readonly spec?: JobSpecLike };
  };
  readonly status?: { readonly active?: readonly unknown[]; readonly lastScheduleTime?: string };
}

export const cronJobPrinter: TablePrinter = {
  columns: [
    NAME,
    column('Schedule', 'When jobs are created, in cron format.'),
    column('Timezone', 'Time zone of the schedule.'),
    column('Suspend', 'Whether no more jobs are created.', { type: 'boolean' }),
    column('Active', 'Jobs that are running.', INTEGER),
    column('Last Schedule', 'Time since a job was last created.'),
    AGE,
    ...TEMPLATE_COLUMNS,
    SELECTOR,
  ],
  cells: (object, nowMs) => {
    const { spec, status } = object as CronJobLike;
    const { lastScheduleTime } = status ?? {};
    const suspend = spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False';
    return [
      objectName(object),
      spec.schedule,
      orNone(spec.timeZone),
      suspend,
      status?.active?.length ?? 0,
      lastScheduleTime === undefined ? '<none>' : age(lastScheduleTime, nowMs),
      objectAge(object, nowMs),
      ...templateCells(spec.jobTemplate?.spec?.template),
      formatLabelSelector(spec.jobTemplate?.spec?.selector),
    ];
  },
};

export const controllerRevisionPrinter: TablePrinter = {
  columns: [
    NAME,
    column('Controller', 'Workload whose revision this is.'),
    column('Revision', 'Number of the revision; the highest is the newest.'),
    AGE,
  ],
  cells: (object, nowMs) => {
    const owner = (object.metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
    const [group = ''] = owner?.apiVersion.includes('/') ? owner.apiVersion.split('/') : [];
    const kind = [owner?.kind.toLowerCase(), group].filter(Boolean).join('.');
    return [
      objectName(object),
      owner === undefined ? '<none>' : `${kind}/${owner.name}`,
      (object as { readonly revision?: number }).revision ?? 0,
      objectAge(object, nowMs),
    ];
  },
};

interface BudgetLike extends TableSource {
  readonly spec: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string };
  readonly status?: { readonly disruptionsAllowed?: number };
}

export const podDisruptionBudgetPrinter: TablePrinter = {
  columns: [
    NAME,
    column('Min Available', 'Pods that must stay available.'),
    column('Max Unavailable', 'Pods that may be unavailable.'),
    column('Allowed Disruptions', 'Pods that may be evicted now.', INTEGER),
    AGE,
  ],
  cells: (object, nowMs) => {
    const { spec, status } = object as BudgetLike;
    return [
      objectName(object),
      String(spec.minAvailable ?? 'N/A'),
      String(spec.maxUnavailable ?? 'N/A'),
      status?.disruptionsAllowed ?? 0,
      objectAge(object, nowMs),
    ];
  },
};

/** The scale of any workload: autoscaling/v1, which is no kind of its own here. */
interface Scale extends TableSource {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number };
}

export const scalePrinter: TablePrinter = {
  columns: [
    column('Name', 'Name of the workload.'),
    column('Desired', 'Number of pods asked for.', INTEGER),
    column('Available', 'Number of pods that there are.', INTEGER),
    AGE,
  ],
  cells: (source, nowMs) => {
    const { spec, status } = source as Scale;
    return [objectName(source), spec.replicas ?? 0, status.replicas, objectAge(source, nowMs)];
  },
};
