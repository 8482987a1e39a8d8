/**
 * What requests may ask for beside the object: checked before anything else.
 *
 * Models: k8s.io/apimachinery/pkg/apis/meta/v1/validation, .../meta/internalversion/validation (v1.36)
 */
import { ApiError, type StatusCause } from '../../api/index.js';
import type { DeleteOptions, ListOptions, WriteOptions } from '../port.js';

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions' | 'ListOptions';
type CauseReason =
  | 'FieldValueForbidden'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueRequired'
  | 'FieldValueTooLong';

/** Longest name of a field manager, in bytes. */
const FIELD_MANAGER_MAX_BYTES = 128;

/** @throws {ApiError} Invalid for a field manager that is too long or not printable. */
export const checkWriteOptions = (kind: OptionsKind, options: WriteOptions): void => {
  const { fieldManager } = options;
  if (fieldManager === undefined) return;
  if (fieldManager.length > FIELD_MANAGER_MAX_BYTES)
    throw invalidOption(
      kind,
      'FieldValueTooLong',
      'fieldManager',
      `Too long: may not be more than ${FIELD_MANAGER_MAX_BYTES} bytes`,
    );
  const index = [...fieldManager].findIndex((character) => !isPrintable(character));
  if (index < 0) return;
  const code = (fieldManager.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw invalidOption(
    kind,
    'FieldValueInvalid',
    'fieldManager',
    `Invalid value: ${quote(fieldManager)}: invalid character U+${code} (at position ${index})`,
  );
};

/** @throws {ApiError} Invalid for an apply of which nobody says whose it is. */
export const requireManager = ({ fieldManager }: WriteOptions): void => {
  if (fieldManager !== undefined && fieldManager !== '') return;
  throw invalidOption(
    'PatchOptions',
    'FieldValueRequired',
    'fieldManager',
    'Required value: is required for apply patch',
  );
};

const PROPAGATION_POLICIES = ['Foreground', 'Background', 'Orphan'];

/** @throws {ApiError} Invalid */
export const checkDeleteOptions = (options: DeleteOptions): void => {
  const { propagationPolicy, orphanDependents } = options;
  if (propagationPolicy === undefined) return;
  if (orphanDependents !== undefined)
    throw invalidOption(
      'DeleteOptions',
      'FieldValueInvalid',
      'propagationPolicy',
      `Invalid value: ${quote(propagationPolicy)}: orphanDependents and deletionPropagation cannot be both set`,
    );
  if (!PROPAGATION_POLICIES.includes(propagationPolicy))
    throw invalidOption(
      'DeleteOptions',
      'FieldValueNotSupported',
      'propagationPolicy',
      `Unsupported value: ${quote(propagationPolicy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    );
};

/** @throws {ApiError} Invalid for a `resourceVersionMatch` that makes no sense; names all that is wrong with it. */
export const checkListOptions = (options: ListOptions): void => {
  const { resourceVersionMatch: match, resourceVersion = '' } = options;
  if (match === undefined || match === '') return;
  const causes: StatusCause[] = [];
  const add = (reason: CauseReason, message: string): void =>
    void causes.push({ reason, message, field: 'resourceVersionMatch' });
  const forbid = (why: string): void => add('FieldValueForbidden', `Forbidden: ${why}`);
  if (resourceVersion === '') forbid('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (options.continue !== undefined && options.continue !== '')
    forbid('resourceVersionMatch is forbidden when continue is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan')
    add(
      'FieldValueNotSupported',
      `Unsupported value: ${quote(match)}: supported values: "Exact", "NotOlderThan", ""`,
    );
  if (match === 'Exact' && resourceVersion === '0')
    forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  if (causes.length > 0) throw invalidOptions('ListOptions', causes);
};

const invalidOption = (kind: OptionsKind, reason: CauseReason, field: string, message: string): ApiError =>
  invalidOptions(kind, [{ reason, message, field }]);

const invalidOptions = (kind: OptionsKind, causes: readonly StatusCause[]): ApiError => {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${kind}.meta.k8s.io "" is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`,
    reason: 'Invalid',
    details: { group: 'meta.k8s.io', kind, causes },
    code: 422,
  });
};

const isPrintable = (character: string): boolean => !/[\p{C}\p{Zl}\p{Zp}]/u.test(character);

/** As Go's %q: JSON's quotes, with control characters in hexadecimal. */
const quote = (text: string): string =>
  JSON.stringify(text).replace(/\\u00([01][0-9a-f])/g, (_, code: string) => `\\x${code}`);
