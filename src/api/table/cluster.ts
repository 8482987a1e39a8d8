/**
 * Rows of what workloads stand on: Node, Namespace, Event, Lease, ConfigMap, Secret, ServiceAccount; and of kinds that
 * have no columns of their own.
 *
 * Models: pkg/printers/internalversion/printers.go (v1.36)
 */
import type { ConfigMap } from '../schema/kinds/configMap.js';
import type { Event } from '../schema/kinds/event.js';
import type { Lease } from '../schema/kinds/lease.js';
import type { Namespace } from '../schema/kinds/namespace.js';
import type { Node } from '../schema/kinds/node.js';
import type { Secret } from '../schema/kinds/secret.js';
import {
  AGE,
  age,
  column,
  createdAt,
  NAME,
  objectAge,
  objectName,
  orNone,
  wideColumn,
  type TablePrinter,
} from './column.js';

const nodeStatus = (node: Node): string => {
  const ready = (node.status.conditions ?? []).find(({ type }) => type === 'Ready');
  const condition = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec.unschedulable === true ? `${condition},SchedulingDisabled` : condition;
};

const ROLE_PREFIX = 'node-role.kubernetes.io/';

const nodeRoles = (node: Node): string => {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) {
      roles.add(key.slice(ROLE_PREFIX.length));
    }
    if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return orNone([...roles].sort().join(','));
};

const nodeAddress = (node: Node, type: string): string =>
  orNone((node.status.addresses ?? []).find((address) => address.type === type)?.address);

export const nodePrinter: TablePrinter = {
  columns: [
    NAME,
    column('Status', 'Whether the node is ready, and whether pods may be scheduled to it.'),
    column('Roles', 'Roles of the node, from its labels.'),
    AGE,
    column('Version', 'Version that the node agent reports.'),
    wideColumn('Internal-IP', 'Address of the node inside the cluster.'),
    wideColumn('External-IP', 'Address of the node outside the cluster.'),
    wideColumn('OS-Image', 'Operating system that the node reports.'),
    wideColumn('Kernel-Version', 'Kernel that the node reports, with its architecture.'),
    wideColumn('Container-Runtime', 'Container runtime that the node reports.'),
  ],
  cells: (object, nowMs) => {
    const node = object as Node;
    const info = node.status.nodeInfo;
    const architecture = info?.architecture ? ` (${info.architecture})` : '';
    return [
      objectName(node),
      nodeStatus(node),
      nodeRoles(node),
      objectAge(node, nowMs),
      info?.kubeletVersion ?? '',
      nodeAddress(node, 'InternalIP'),
      nodeAddress(node, 'ExternalIP'),
      info?.osImage || '<unknown>',
      info?.kernelVersion ? `${info.kernelVersion}${architecture}` : '<unknown>',
      info?.containerRuntimeVersion || '<unknown>',
    ];
  },
};

export const namespacePrinter: TablePrinter = {
  columns: [NAME, column('Status', 'Whether the namespace is in use or being deleted.'), AGE],
  cells: (object, nowMs) => [
    objectName(object),
    (object as Namespace).status.phase ?? '',
    objectAge(object, nowMs),
  ],
};

export const eventPrinter: TablePrinter = {
  columns: [
    column('Last Seen', 'Time since the event was last observed.'),
    column('Type', 'Normal or Warning.'),
    column('Reason', 'Why the event came about, in one word.'),
    column('Object', 'Object that the event is about.'),
    wideColumn('Subobject', 'Part of the object that the event is about.'),
    wideColumn('Source', 'Component that reported the event, and where it runs.'),
    column('Message', 'What happened.'),
    wideColumn('First Seen', 'Time since the event was first observed.'),
    wideColumn('Count', 'How often the event was observed.'),
    column('Name', 'Name of the event.', { format: 'name', wide: true }),
  ],
  cells: (object, nowMs) => {
    const event = object as Event;
    const { involvedObject: about, series } = event;
    const kind = (about.kind ?? '').toLowerCase();
    const first = event.firstTimestamp ?? event.eventTime;
    const last = series === undefined ? (event.lastTimestamp ?? first) : series.lastObservedTime;
    return [
      age(last, nowMs),
      event.type ?? '',
      event.reason ?? '',
      about.name ? `${kind}/${about.name}` : kind,
      about.fieldPath ?? '',
      eventSource(event),
      (event.message ?? '').trim(),
      age(first, nowMs),
      series?.count ?? (event.count || 1),
      objectName(event),
    ];
  },
};

const eventSource = ({ source, reportingComponent, reportingInstance }: Event): string =>
  [source?.component || (reportingComponent ?? ''), source?.host || reportingInstance]
    .filter((part, index) => index === 0 || Boolean(part))
    .join(', ');

export const leasePrinter: TablePrinter = {
  columns: [NAME, column('Holder', 'Who holds the lease.'), AGE],
  cells: (object, nowMs) => [
    objectName(object),
    (object as Lease).spec.holderIdentity ?? '',
    objectAge(object, nowMs),
  ],
};

const sizeOf = (map: object | undefined): number => Object.keys(map ?? {}).length;

export const configMapPrinter: TablePrinter = {
  columns: [NAME, column('Data', 'Number of keys.'), AGE],
  cells: (object, nowMs) => {
    const { data, binaryData } = object as ConfigMap;
    return [objectName(object), sizeOf(data) + sizeOf(binaryData), objectAge(object, nowMs)];
  },
};

export const secretPrinter: TablePrinter = {
  columns: [NAME, column('Type', 'What the secret is meant for.'), column('Data', 'Number of keys.'), AGE],
  cells: (object, nowMs) => {
    const { type, data } = object as Secret;
    return [objectName(object), type ?? '', sizeOf(data), objectAge(object, nowMs)];
  },
};

export const serviceAccountPrinter: TablePrinter = {
  columns: [NAME, AGE],
  cells: (object, nowMs) => [objectName(object), objectAge(object, nowMs)],
};

/** For kinds without columns of their own. */
export const defaultPrinter: TablePrinter = {
  columns: [NAME, column('Created At', 'When the object was created.', { type: 'date' })],
  cells: (object) => [objectName(object), createdAt(object)],
};
