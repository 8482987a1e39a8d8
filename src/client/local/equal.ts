/**
 * Equality of API values. Shared parts are equal at a glance, so that comparing an object with a copy that differs in
 * one field costs the path to that field.
 */

/** Same JSON. A field that is `undefined` is absent. */
export const equalJson = (a: unknown, b: unknown): boolean => a === b || compare(a, b, false);

/**
 * Same meaning: as {@link equalJson}, but an empty list or map equals an absent one. Quantities are canonical when they
 * get here.
 *
 * Models: k8s.io/apimachinery/pkg/api/equality#Semantic.DeepEqual
 */
export const equalSemantically = (a: unknown, b: unknown): boolean => a === b || compare(a, b, true);

type Json = Readonly<Record<string, unknown>>;

const compare = (a: unknown, b: unknown, emptyIsAbsent: boolean): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return emptyIsAbsent && isEmpty(a) && isEmpty(b);
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => compare(item, b[index], emptyIsAbsent));
  }
  return compareFields(a as Json, b as Json, emptyIsAbsent);
};

const compareFields = (a: Json, b: Json, emptyIsAbsent: boolean): boolean => {
  for (const key in a) if (!compare(a[key], b[key], emptyIsAbsent)) return false;
  for (const key in b) {
    if (key in a || b[key] === undefined) continue;
    if (!emptyIsAbsent || !isEmpty(b[key])) return false;
  }
  return true;
};

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value) if ((value as Json)[key] !== undefined) return false;
  return true;
};
