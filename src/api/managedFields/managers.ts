/**
 * The managers of an object and the fields that each has written: `metadata.managedFields`, read and written.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/util/managedfields (v1.36); api.md §6.2
 */
import type { ManagedFieldsEntry } from '../schema/types/meta.js';
import { decodeFieldSet, encodeFieldSet, equalSets, isEmptySet, union, type FieldSet } from './fieldSet.js';

/** Who wrote: a name, and how. An applier is the same in every API version. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
}
export interface ManagedSet {
  readonly manager: Manager;
  readonly fields: FieldSet;
  /** Of the latest write; as the API writes it. */
  readonly time?: string | undefined;
}
/** By {@link managerKey}. */
export type Managed = ReadonlyMap<string, ManagedSet>;

export const managerKey = ({ name, operation, apiVersion, subresource = '' }: Manager): string =>
  JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource]);

/** Whether somebody asks for the managers to be forgotten: a list of one empty entry. */
export const isReset = (entries: readonly ManagedFieldsEntry[] | undefined): boolean =>
  entries?.length === 1 && Object.keys(entries[0] ?? {}).length === 0;

/** The managers that entries tell of; undefined when one of them cannot be read. */
export const decodeManaged = (entries: readonly ManagedFieldsEntry[] | undefined): Managed | undefined => {
  const managed = new Map<string, ManagedSet>();
  for (const { manager: name = '', operation, apiVersion = '', subresource, time, ...rest } of entries ??
    []) {
    const fields = decodeFieldSet(rest.fieldsV1 ?? {});
    if (operation !== 'Apply' && operation !== 'Update') return undefined;
    if (fields === undefined || rest.fieldsType !== 'FieldsV1') return undefined;
    const manager: Manager = { name, operation, apiVersion, subresource };
    managed.set(managerKey(manager), { manager, fields, time });
  }
  return managed;
};

/** Appliers first, then by time, name, version and subresource. */
export const encodeManaged = (managed: Managed): readonly ManagedFieldsEntry[] =>
  [...managed.values()].sort(byPrecedence).map(({ manager, fields, time }) => ({
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFieldSet(fields),
    ...(manager.subresource && { subresource: manager.subresource }),
  }));

const byPrecedence = (a: ManagedSet, b: ManagedSet): number => {
  const [first, second] = [a, b].map(({ manager, time = '' }) => [
    manager.operation,
    time,
    manager.name,
    manager.apiVersion,
    manager.subresource ?? '',
  ]) as [string[], string[]];
  for (const [index, text] of first.entries())
    if (text !== second[index]) return text < (second[index] ?? '') ? -1 : 1;
  return 0;
};

/** The managers with one of them set anew, or gone when it has nothing. */
export const withManager = (managed: Managed, set: ManagedSet): Managed => {
  const next = new Map(managed);
  const key = managerKey(set.manager);
  if (isEmptySet(set.fields)) next.delete(key);
  else next.set(key, set);
  return next;
};

/** Each manager with what `change` makes of its fields; those that are left without any are gone. */
export const mapManaged = (managed: Managed, change: (set: ManagedSet, key: string) => FieldSet): Managed => {
  const next = new Map<string, ManagedSet>();
  for (const [key, set] of managed) {
    const fields = change(set, key);
    if (!isEmptySet(fields)) next.set(key, fields === set.fields ? set : { ...set, fields });
  }
  return next;
};

/** Same managers of the same fields, whenever they wrote. */
export const equalManaged = (a: Managed, b: Managed): boolean =>
  a.size === b.size &&
  [...a].every(([key, { fields }]) => {
    const other = b.get(key);
    return other !== undefined && equalSets(fields, other.fields);
  });

/** So many managers that update are told apart. Models: managedfields/internal/fieldmanager.go */
const MAX_UPDATERS = 10;
const OLD_UPDATES = 'ancient-changes';

/** With more updaters than are told apart, the oldest of each API version become one. */
export const capUpdaters = (managed: Managed): Managed => {
  const updaters = [...managed.values()]
    .filter(({ manager }) => manager.operation === 'Update')
    .sort((a, b) => compareTexts(a.time ?? '', b.time ?? '') || compareTexts(a.manager.name, b.manager.name));
  let excess = updaters.length - MAX_UPDATERS;
  if (excess <= 0) return managed;
  const next = new Map(managed);
  const oldestOf = new Map<string, ManagedSet>();
  for (const updater of updaters) {
    const { apiVersion } = updater.manager;
    const oldest = oldestOf.get(apiVersion);
    const bucket: Manager = { name: OLD_UPDATES, operation: 'Update', apiVersion };
    if (excess <= 0) break;
    if (oldest === undefined) {
      oldestOf.set(apiVersion, updater);
      continue;
    }
    next.delete(managerKey(oldest.manager));
    next.delete(managerKey(updater.manager));
    const merged: ManagedSet = {
      manager: bucket,
      fields: union(oldest.fields, updater.fields),
      time: updater.time,
    };
    next.set(managerKey(bucket), merged);
    oldestOf.set(apiVersion, merged);
    excess -= 1;
  }
  return next;
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
