/** What a server-side table is made of, and the few cells that many kinds share. */
import type { ObjectMeta } from '../schema/types/meta.js';
import { formatTime, humanDuration, parseTime } from '../time.js';

/** meta.k8s.io/v1 TableColumnDefinition. Columns of priority above 0 are shown by `-o wide` only. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}
export type Cell = string | number | boolean | null;

/** meta.k8s.io/v1 TableRowCondition. */
export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** How objects of one kind become rows. */
export interface TablePrinter {
  readonly columns: readonly TableColumn[];
  /** One cell per column, for the instant `nowMs`. */
  cells(object: TableSource, nowMs: number): readonly Cell[];
  conditions?(object: TableSource): readonly RowCondition[] | undefined;
}

/** Any API object, as read. */
export interface TableSource {
  readonly metadata: Partial<ObjectMeta>;
}

export const column = (
  name: string,
  description: string,
  options: { type?: TableColumn['type']; format?: string; wide?: boolean } = {},
): TableColumn => ({
  name,
  type: options.type ?? 'string',
  format: options.format ?? '',
  description,
  priority: options.wide === true ? 1 : 0,
});

const WIDE = { wide: true } as const;
export const INTEGER = { type: 'integer' } as const;

export const NAME = column('Name', 'Name of the object, unique among its kind in its namespace.', {
  format: 'name',
});
export const AGE = column('Age', 'Time since the object was created.');
export const wideColumn = (name: string, description: string): TableColumn => column(name, description, WIDE);

/** The columns that workloads end with. */
export const TEMPLATE_COLUMNS: readonly TableColumn[] = [
  wideColumn('Containers', 'Names of the containers in the pod template.'),
  wideColumn('Images', 'Images of the containers in the pod template.'),
];
export const SELECTOR = wideColumn('Selector', 'Labels by which the pods are found.');

/** Time since an instant as the API writes it; `<unknown>` when it is absent. */
export const age = (time: string | null | undefined, nowMs: number): string => {
  const sinceMs = parseTime(time);
  return sinceMs === undefined ? '<unknown>' : humanDuration(nowMs - sinceMs);
};

export const objectAge = ({ metadata }: TableSource, nowMs: number): string =>
  age(metadata.creationTimestamp, nowMs);

export const objectName = ({ metadata }: TableSource): string => metadata.name ?? '';

/** Creation time for kinds that have no columns of their own. */
export const createdAt = ({ metadata }: TableSource): string => {
  const createdMs = parseTime(metadata.creationTimestamp);
  return createdMs === undefined ? '<unknown>' : formatTime(createdMs);
};

export const orNone = (text: string | undefined): string => text || '<none>';
