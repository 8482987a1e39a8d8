/**
 * Reads the query of a request into the options of the Api port, with upstream's errors for values that are out of
 * place. What the options mean for the objects is checked behind the port.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation (v1.36)
 */
import { ApiError, badRequest, type StatusCause } from '../../api/index.js';
import type { DeleteOptions, ListOptions, WriteOptions } from '../../client/index.js';
import type { Exchange } from './exchange.js';

/** A boolean of a query: everything but `0` and `false` is true, the empty string as well. */
export const isTrue = (text: string | null): boolean =>
  text !== null && text !== '0' && text.toLowerCase() !== 'false';

/** @throws {ApiError} BadRequest 400 for what is no integer. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

export function listOptionsOf(query: URLSearchParams, namespace: string | undefined): ListOptions {
  const limit = integerOf(query, 'limit');
  return {
    namespace,
    labelSelector: textOf(query, 'labelSelector'),
    fieldSelector: textOf(query, 'fieldSelector'),
    limit: limit !== undefined && limit > 0 ? limit : undefined,
    continue: textOf(query, 'continue'),
    resourceVersion: textOf(query, 'resourceVersion'),
    resourceVersionMatch: textOf(query, 'resourceVersionMatch'),
  };
}

/** The options of a list that no implementation of the port could take. @throws {ApiError} Invalid 422. */
export function checkListQuery(query: URLSearchParams): void {
  if (query.has('sendInitialEvents')) {
    throw invalidOptions('ListOptions', [
      forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'),
    ]);
  }
}

/** @throws {ApiError} Invalid 422 for parameters of a watch that do not go together. */
export function checkWatchQuery(query: URLSearchParams): void {
  const match = query.get('resourceVersionMatch') ?? '';
  const causes: StatusCause[] = [];
  if (query.has('sendInitialEvents') && match !== 'NotOlderThan') {
    causes.push(
      forbiddenField(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    );
  }
  if (match !== '' && !query.has('sendInitialEvents')) {
    causes.push(
      forbiddenField(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (match !== '' && match !== 'NotOlderThan') {
    causes.push(unsupportedField('resourceVersionMatch', JSON.stringify(match), ['"NotOlderThan"']));
  }
  if (causes.length > 0) throw invalidOptions('ListOptions', causes);
}

const FIELD_MANAGER_MAX_BYTES = 128;

/** The manager that a client is without saying so: what stands before the `/` of its user agent. */
const managerOf = (userAgent: string): string =>
  [...(userAgent.split('/')[0] ?? '')]
    .filter((character) => character >= ' ' && character <= '~')
    .join('')
    .slice(0, FIELD_MANAGER_MAX_BYTES);

export type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';
/** An apply says itself who its manager is, and may take fields from others. */
type WriteForm = 'apply' | 'other';

/**
 * The options of a creation, update or patch. Warnings go to the answer's headers.
 * @throws {ApiError} Invalid 422.
 */
export function writeOptionsOf(
  exchange: Exchange,
  kind: OptionsKind,
  form: WriteForm = 'other',
): WriteOptions {
  const { query, request } = exchange;
  const fieldValidation = query.get('fieldValidation') ?? '';
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const causes: StatusCause[] = [];
  const isApply = form === 'apply';
  const named = textOf(query, 'fieldManager');
  if (isApply && named === undefined) {
    causes.push({
      reason: 'FieldValueRequired',
      message: 'Required value: is required for apply patch',
      field: 'fieldManager',
    });
  }
  if (kind === 'PatchOptions' && !isApply && query.has('force')) {
    causes.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  }
  causes.push(...dryRunCauses(dryRun));
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation)) {
    causes.push(
      unsupportedField('fieldValidation', JSON.stringify(fieldValidation), [
        '""',
        '"Ignore"',
        '"Strict"',
        '"Warn"',
      ]),
    );
  }
  if (causes.length > 0) throw invalidOptions(kind, causes);
  return {
    fieldManager: named ?? managerOf(request.headers['user-agent'] ?? ''),
    force: isApply && isTrue(query.get('force')),
    dryRun: dryRun.length > 0,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as 'Strict' | 'Warn' | 'Ignore'),
    onWarning: (message) => void exchange.warnings.add(message),
  };
}

/**
 * The options of a deletion: those of the body if it has any, else the query's.
 * @throws {ApiError} BadRequest 400, Invalid 422.
 */
export function deleteOptionsOf(
  exchange: Exchange,
  body: Readonly<Record<string, unknown>> | undefined,
): DeleteOptions {
  const { query, warnings } = exchange;
  const given: Readonly<Record<string, unknown>> = body ?? {
    gracePeriodSeconds: integerOf(query, 'gracePeriodSeconds'),
    propagationPolicy: textOf(query, 'propagationPolicy'),
    orphanDependents: query.has('orphanDependents') ? isTrue(query.get('orphanDependents')) : undefined,
    dryRun: query.getAll('dryRun').filter((value) => value !== ''),
  };
  const dryRun = expected(given, 'dryRun', 'array', '[]string') as string[] | undefined;
  const causes = dryRunCauses(dryRun ?? []);
  if (causes.length > 0) throw invalidOptions('DeleteOptions', causes);
  const preconditions = expected(given, 'preconditions', 'object', 'v1.Preconditions') as
    | { uid?: string; resourceVersion?: string }
    | undefined;
  return {
    gracePeriodSeconds: expected(given, 'gracePeriodSeconds', 'number', 'int64') as number | undefined,
    propagationPolicy: expected(given, 'propagationPolicy', 'string', 'v1.DeletionPropagation') as
      | string
      | undefined,
    orphanDependents: expected(given, 'orphanDependents', 'boolean', 'bool') as boolean | undefined,
    preconditions,
    dryRun: dryRun !== undefined && dryRun.length > 0,
    onWarning: (message) => void warnings.add(message),
  };
}

/** 422 as upstream refuses request options. `name` is there for options of one object (PodLogOptions). */
export function invalidOptions(kind: string, causes: readonly StatusCause[], name = ''): ApiError {
  const isOwn = name !== '';
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const qualified = isOwn ? kind : `${kind}.meta.k8s.io`;
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${qualified} "${name}" is invalid: ${text}`,
    reason: 'Invalid',
    details: { ...(isOwn ? { name } : { group: 'meta.k8s.io' }), kind, causes },
    code: 422,
  });
}

export const forbiddenField = (field: string, why: string): StatusCause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

export const invalidField = (field: string, value: string, why: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${value}: ${why}`,
  field,
});

const unsupportedField = (field: string, value: string, supported: readonly string[]): StatusCause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${value}: supported values: ${supported.join(', ')}`,
  field,
});

function dryRunCauses(dryRun: readonly string[]): StatusCause[] {
  return dryRun.every((value) => value === 'All')
    ? []
    : [unsupportedField('dryRun', JSON.stringify(dryRun), ['"All"'])];
}

const textOf = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;

/** The value of an option, of the JSON type that it must have. */
function expected(
  options: Readonly<Record<string, unknown>>,
  name: string,
  type: 'array' | 'object' | 'number' | 'string' | 'boolean',
  goType: string,
): unknown {
  const value = options[name] ?? undefined;
  if (value === undefined) return undefined;
  const actual = Array.isArray(value) ? 'array' : typeof value;
  if (actual === type) return value;
  const shown = actual === 'boolean' ? 'bool' : actual;
  throw badRequest(
    `json: cannot unmarshal ${shown} into Go struct field DeleteOptions.${name} of type ${goType}`,
  );
}
