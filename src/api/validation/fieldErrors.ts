/**
 * What is wrong with an object, field by field, and how the API words it.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go,
 * .../pkg/api/errors/errors.go#NewInvalid (v1.36)
 */
import { ApiError, type StatusCause } from '../errors.js';

/** How each type of error begins, and the reason that a Status gives for it. */
const TYPES = {
  Required: { text: 'Required value', reason: 'FieldValueRequired' },
  Invalid: { text: 'Invalid value', reason: 'FieldValueInvalid' },
  NotSupported: { text: 'Unsupported value', reason: 'FieldValueNotSupported' },
  Duplicate: { text: 'Duplicate value', reason: 'FieldValueDuplicate' },
  NotFound: { text: 'Not found', reason: 'FieldValueNotFound' },
  Forbidden: { text: 'Forbidden', reason: 'FieldValueForbidden' },
  TooLong: { text: 'Too long', reason: 'FieldValueTooLong' },
  TooMany: { text: 'Too many', reason: 'FieldValueTooMany' },
  TypeInvalid: { text: 'Invalid value', reason: 'FieldValueTypeInvalid' },
} as const;
export type FieldErrorType = keyof typeof TYPES;

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].image`, `data[key]`. */
  readonly field: string;
  readonly value?: unknown;
  readonly detail: string;
}

/** For an error whose text does not show the value, whatever its type. */
export const OMITTED = Symbol('omitted');

/** Types whose text does not show the value. */
const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'Required',
  'Forbidden',
  'TooLong',
  'TypeInvalid',
]);

/** Collects the errors of one object, in the order in which upstream finds them. */
export class FieldErrors {
  readonly found: FieldError[] = [];

  required(field: string, detail = ''): void {
    this.found.push({ type: 'Required', field, detail });
  }
  invalid(field: string, value: unknown, detail: string): void {
    this.found.push({ type: 'Invalid', field, value, detail });
  }
  /** One error per message. */
  invalidAll(field: string, value: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(field, value, detail);
  }
  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const detail = `supported values: ${supported.map((item) => quote(item)).join(', ')}`;
    this.found.push({ type: 'NotSupported', field, value, detail });
  }
  duplicate(field: string, value: unknown): void {
    this.found.push({ type: 'Duplicate', field, value, detail: '' });
  }
  notFound(field: string, value: unknown): void {
    this.found.push({ type: 'NotFound', field, value, detail: '' });
  }
  forbidden(field: string, detail: string): void {
    this.found.push({ type: 'Forbidden', field, detail });
  }
  tooLong(field: string, maxBytes: number): void {
    this.found.push({ type: 'TooLong', field, detail: `may not be more than ${maxBytes} bytes` });
  }
  tooMany(field: string, count: number, max: number): void {
    this.found.push({ type: 'TooMany', field, value: count, detail: `must have at most ${max} items` });
  }
  nonNegative(field: string, value: number | undefined): void {
    if (value !== undefined && value < 0) this.invalid(field, value, 'must be greater than or equal to 0');
  }
}

/** The text of one error without its field: `Invalid value: -1: must be greater than or equal to 0`. */
export const fieldErrorBody = ({ type, value, detail }: FieldError): string => {
  const { text } = TYPES[type];
  const head = WITHOUT_VALUE.has(type) || value === OMITTED ? text : `${text}: ${formatValue(value)}`;
  return detail === '' ? head : `${head}: ${detail}`;
};

/** As Kubernetes 1.36 prints values: strings quoted, structs and maps as JSON with maps' keys sorted. */
const formatValue = (value: unknown): string => {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === undefined || value === null ? 'null' : JSON.stringify(value);
};

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

/** A string as Go's %q prints it. */
const quote = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what gets escaped
  `"${text.replace(/["\\\x00-\x1f\x7f]/g, (char) => ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;

/**
 * 422, as the API answers an object with these errors. Equal errors are told once in the message, and all in the causes.
 * @param kind with its group, as the registry knows it or as given for subresources
 * @param name `''` when the object has none
 */
export const invalidStatus = (
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError => {
  const causes: StatusCause[] = errors.map((error) => ({
    reason: TYPES[error.type].reason,
    message: fieldErrorBody(error),
    field: error.field,
  }));
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const shown = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${qualified} "${name}" is invalid: ${shown}`,
    reason: 'Invalid',
    details: {
      ...(name !== '' && { name }),
      ...(kind.group !== '' && { group: kind.group }),
      kind: kind.kind,
      causes,
    },
    code: 422,
  });
};
