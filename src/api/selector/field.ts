/**
 * Field selectors: `spec.nodeName=n1,status.phase!=Failed`. Which fields can be asked for depends on the kind.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/fields/selector.go, pkg/apis/core/v1/conversion.go (v1.36)
 */
import { badRequest } from '../status.js';
import { byCodeUnit } from './requirement.js';
import { fieldsOfKind, type FieldReader } from './selectableFields.js';

export interface FieldRequirement {
  /** Name of the field as the kind knows it (aliases resolved), such as `spec.nodeName`. */
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export interface FieldMatcher {
  /** All must be met. */
  readonly requirements: readonly FieldRequirement[];
  /** Fields that must equal one value: what an index can answer. */
  readonly equalities: ReadonlyMap<string, string>;
  readonly isEverything: boolean;
  matches(object: object): boolean;
  toString(): string;
}

const EVERYTHING: FieldMatcher = {
  requirements: [],
  equalities: new Map(),
  isEverything: true,
  matches: () => true,
  toString: () => '',
};

/**
 * The matcher of a `fieldSelector=` parameter for objects of a kind. Absent or empty text matches everything.
 * @throws {ApiError} BadRequest 400 with upstream's text: syntax, or a field that the kind does not offer
 */
export const parseFieldSelector = (kind: string, text: string | undefined): FieldMatcher => {
  if (text === undefined || text === '') return EVERYTHING;
  const terms = splitTerms(text)
    .sort(byCodeUnit)
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, text))
    .filter((requirement) => requirement.field !== '' || requirement.value !== '');
  if (terms.length === 0) return EVERYTHING;

  const { aliases, readers, unsupported } = fieldsOfKind(kind);
  const requirements: FieldRequirement[] = [];
  const checks: { readonly read: FieldReader; readonly requirement: FieldRequirement }[] = [];
  for (const term of terms) {
    const field = aliases[term.field] ?? term.field;
    const read = Object.hasOwn(readers, field) ? readers[field] : undefined;
    if (read === undefined) throw badRequest(unsupported(term.field));
    const requirement = { ...term, field };
    requirements.push(requirement);
    checks.push({ read, requirement });
  }
  return {
    requirements,
    equalities: new Map(
      requirements.filter(({ operator }) => operator === '=').map(({ field, value }) => [field, value]),
    ),
    isEverything: false,
    matches: (object) =>
      checks.every(
        ({ read, requirement }) => (read(object) === requirement.value) === (requirement.operator === '='),
      ),
    toString: () =>
      requirements.map(({ field, operator, value }) => `${field}${operator}${escapeValue(value)}`).join(','),
  };
};

/** Splits at commas that no backslash escapes. */
const splitTerms = (text: string): string[] => {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
};

const parseTerm = (term: string, selector: string): FieldRequirement => {
  const found = /!=|==|=/.exec(term);
  if (found === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  return {
    field: term.slice(0, found.index),
    operator: found[0] === '!=' ? '!=' : '=',
    value: unescapeValue(term.slice(found.index + found[0].length)),
  };
};

const unescapeValue = (text: string): string => {
  let value = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') {
      const escaped = text.charAt(++at);
      if (escaped === '' || !'\\,='.includes(escaped)) {
        throw badRequest(`invalid field selector: invalid escape sequence: \\${escaped}`);
      }
      value += escaped;
    } else if (char === ',' || char === '=') {
      throw badRequest(`invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`);
    } else value += char;
  }
  return value;
};

const escapeValue = (value: string): string => value.replace(/[\\,=]/g, '\\$&');
