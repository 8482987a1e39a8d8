/**
 * The fields by which objects of each kind can be selected, and how a value is read from an object. A field that is
 * absent reads as its zero value.
 *
 * Models: pkg/apis/core/v1/conversion.go, pkg/apis/batch/v1/conversion.go and the ToSelectableFields of
 * pkg/registry (v1.36)
 */
export type FieldReader = (object: object) => string;

export interface SelectableFields {
  readonly readers: Readonly<Record<string, FieldReader>>;
  /** Other names of fields, from before they were renamed. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The error text for a field that is not offered. */
  readonly unsupported: (field: string) => string;
}

/** Reads the field at a dotted path; `zero` when it is absent. */
const at = (path: string, zero = ''): FieldReader => {
  const keys = path.split('.');
  return (object) => {
    let value: unknown = object;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return zero;
      value = (value as Readonly<Record<string, unknown>>)[key];
    }
    return value === undefined || value === null ? zero : String(value);
  };
};

const paths = (...names: readonly string[]): Record<string, FieldReader> =>
  Object.fromEntries(names.map((name) => [name, at(name)]));

const METADATA = paths('metadata.name', 'metadata.namespace');

const firstPresent =
  (...readers: readonly FieldReader[]): FieldReader =>
  (object) => {
    for (const read of readers) {
      const value = read(object);
      if (value !== '') return value;
    }
    return '';
  };

const podIPs: FieldReader = (object) => {
  const { status } = object as { status?: { podIPs?: readonly { readonly ip: string }[] } };
  return (status?.podIPs ?? []).map(({ ip }) => ip).join(',');
};

const INVOLVED_OBJECT = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

const OWN_FIELDS: Readonly<Record<string, Readonly<Record<string, FieldReader>>>> = {
  Pod: {
    ...paths(
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ),
    'spec.hostNetwork': at('spec.hostNetwork', 'false'),
    'status.podIPs': podIPs,
  },
  Node: { 'spec.unschedulable': at('spec.unschedulable', 'false') },
  Namespace: paths('status.phase'),
  Secret: paths('type'),
  Event: {
    ...paths(...INVOLVED_OBJECT.map((name) => `involvedObject.${name}`)),
    ...paths('reason', 'reportingComponent', 'type'),
    source: firstPresent(at('source.component'), at('reportingComponent')),
  },
  ReplicationController: { 'status.replicas': at('status.replicas', '0') },
  Job: { 'status.successful': at('status.succeeded', '0') },
  Service: paths('spec.clusterIP', 'spec.type'),
};

const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Pod: { 'spec.host': 'spec.nodeName' },
};

const unsupportedBy = (kind: string): ((field: string) => string) => {
  if (kind === 'Job') return (field) => `field label ${JSON.stringify(field)} not supported for Job`;
  if (Object.hasOwn(OWN_FIELDS, kind)) return (field) => `field label not supported: ${field}`;
  return (field) =>
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
};

const known = new Map<string, SelectableFields>();

/** The selectable fields of a kind; those of `metadata` for a kind that has none of its own. */
export const fieldsOfKind = (kind: string): SelectableFields => {
  let fields = known.get(kind);
  if (fields === undefined) {
    fields = {
      readers: { ...METADATA, ...(Object.hasOwn(OWN_FIELDS, kind) ? OWN_FIELDS[kind] : undefined) },
      aliases: ALIASES[kind] ?? {},
      unsupported: unsupportedBy(kind),
    };
    known.set(kind, fields);
  }
  return fields;
};
