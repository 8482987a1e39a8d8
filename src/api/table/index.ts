/**
 * Server-side tables: what `kubectl get` prints. One printer per kind; all columns are always sent, the client hides
 * those of priority above 0 unless `-o wide` asks for them.
 *
 * Models: pkg/printers (v1.36)
 */
import type { ListMeta, ObjectMeta } from '../schema/types/meta.js';
import {
  configMapPrinter,
  defaultPrinter,
  eventPrinter,
  leasePrinter,
  namespacePrinter,
  nodePrinter,
  secretPrinter,
  serviceAccountPrinter,
} from './cluster.js';
import type { Cell, RowCondition, TableColumn, TablePrinter, TableSource } from './column.js';
import { podPrinter } from './pod.js';
import {
  controllerRevisionPrinter,
  cronJobPrinter,
  daemonSetPrinter,
  deploymentPrinter,
  jobPrinter,
  podDisruptionBudgetPrinter,
  replicaSetPrinter,
  replicationControllerPrinter,
  scalePrinter,
} from './workload.js';

export type { Cell, RowCondition, TableColumn } from './column.js';
export { summarizePod, type PodSummary } from './pod.js';

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly conditions?: readonly RowCondition[];
  /** PartialObjectMetadata, the whole object, or null, as asked for. */
  readonly object: unknown;
}
/** meta.k8s.io/v1 Table. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: Pick<ListMeta, 'resourceVersion' | 'continue' | 'remainingItemCount'>;
  readonly columnDefinitions: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

export type IncludeObject = 'None' | 'Metadata' | 'Object';
export interface TableOptions {
  /** The present, in milliseconds since the epoch; ages count to it. */
  readonly now: number;
  /** What of each object its row carries. Default `Metadata`. */
  readonly includeObject?: IncludeObject | undefined;
}

export interface TableListSource {
  readonly metadata: { readonly resourceVersion?: string; readonly [field: string]: unknown };
  readonly items: readonly TableSource[];
}

const printers: ReadonlyMap<string, TablePrinter> = new Map([
  ['Pod', podPrinter],
  ['Node', nodePrinter],
  ['Namespace', namespacePrinter],
  ['Event', eventPrinter],
  ['Lease', leasePrinter],
  ['ConfigMap', configMapPrinter],
  ['Secret', secretPrinter],
  ['ServiceAccount', serviceAccountPrinter],
  ['Deployment', deploymentPrinter],
  ['ReplicaSet', replicaSetPrinter],
  ['ReplicationController', replicationControllerPrinter],
  ['DaemonSet', daemonSetPrinter],
  ['Job', jobPrinter],
  ['CronJob', cronJobPrinter],
  ['ControllerRevision', controllerRevisionPrinter],
  ['PodDisruptionBudget', podDisruptionBudgetPrinter],
  ['Scale', scalePrinter],
]);

/** The columns of a kind, those of priority above 0 included. */
export const tableColumns = (kind: string): readonly TableColumn[] =>
  (printers.get(kind) ?? defaultPrinter).columns;

/**
 * A table of one object or of a list, rows in the order of the list.
 * @param kind of the objects, such as `Pod` (also for a PodList)
 */
export const toTable = (
  kind: string,
  source: TableSource | TableListSource,
  options: TableOptions,
): Table => {
  const printer = printers.get(kind) ?? defaultPrinter;
  const items = 'items' in source ? source.items : [source];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: tableMetadata(source),
    columnDefinitions: printer.columns,
    rows: items.map((item) => toRow(printer, item, options)),
  };
};

const tableMetadata = ({ metadata }: TableSource | TableListSource): Table['metadata'] => {
  const { resourceVersion, continue: token, remainingItemCount } = metadata as ListMeta;
  return {
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(token !== undefined && { continue: token }),
    ...(remainingItemCount !== undefined && { remainingItemCount }),
  };
};

const toRow = (printer: TablePrinter, item: TableSource, options: TableOptions): TableRow => {
  const conditions = printer.conditions?.(item);
  return {
    cells: printer.cells(item, options.now),
    ...(conditions !== undefined && { conditions }),
    object: rowObject(item, options.includeObject ?? 'Metadata'),
  };
};

const rowObject = (item: TableSource, include: IncludeObject): unknown => {
  if (include === 'None') return null;
  return include === 'Object' ? item : partialObjectMetadata(item);
};

/** An object reduced to its metadata: meta.k8s.io/v1 PartialObjectMetadata. */
export const partialObjectMetadata = (
  object: TableSource,
): { kind: string; apiVersion: string; metadata: Partial<ObjectMeta> } => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});
