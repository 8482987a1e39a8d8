/**
 * JSON patch (RFC 6902) on immutable documents, with the quirks of the API server's library.
 *
 * Operations run one after another on a document of which only the containers along an operation's path are copied, so
 * that inputs stay as they are and untouched parts are shared. `replace` of an absent key adds it; everything else that
 * cannot be done rejects the whole patch.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go#jsonPatcher (v1.36)
 */
import { applyPatch, Pointer, type Operation } from 'rfc6902';
import { badRequest, MAX_JSON_PATCH_OPERATIONS, rejected, tooManyPatchOperations } from '../status.js';
import { isObject, jsonType } from './json.js';

/**
 * The object after a JSON patch.
 * @throws {ApiError} BadRequest 400 when the patch is not a list of operations; RequestEntityTooLarge 413 above 10,000
 * operations; Invalid 422 when an operation cannot be carried out or a `test` fails
 */
export const applyJsonPatch = <T>(current: T, patch: unknown): T => {
  const operations = decodeOperations(patch);
  if (operations.length > MAX_JSON_PATCH_OPERATIONS) throw tooManyPatchOperations(operations.length);
  return operations.reduce(
    (document: unknown, operation) => applyOperation(document, operation),
    current,
  ) as T;
};

type RawOperation = Readonly<Record<string, unknown>>;

const decodeOperations = (patch: unknown): readonly RawOperation[] => {
  if (!Array.isArray(patch)) throw undecodable(patch, '[]handlers.jsonPatchOp');
  return patch.map((operation: unknown) => {
    if (!isObject(operation)) throw undecodable(operation, 'handlers.jsonPatchOp');
    return operation;
  });
};

const undecodable = (value: unknown, goType: string) =>
  badRequest(
    `error decoding patch: json: cannot unmarshal ${jsonType(value)} into Go value of type ${goType}`,
  );

const applyOperation = (document: unknown, raw: RawOperation): unknown => {
  const operation = checked(document, raw);
  if (operation.op === 'test') {
    if (applyPatch(document, [operation]).some((problem) => problem !== null)) throw rejected();
    return document;
  }
  let target = thawed(document, tokensOf(operation.path));
  if (operation.op === 'move') target = thawed(target, tokensOf(operation.from));
  if (applyPatch(target, [operation]).some((problem) => problem !== null)) throw rejected();
  return target;
};

/** The operation, if it is one that can be carried out on this document. */
const checked = (document: unknown, raw: RawOperation): Operation => {
  const { op, path, from } = raw;
  const tokens = tokensOf(path);
  if (tokens.length === 0 && op !== 'test') throw rejected();
  switch (op) {
    case 'add':
      requireValue(raw);
      requireSlot(document, tokens, { append: true });
      return { op, path: path as string, value: raw['value'] };
    case 'replace': {
      requireValue(raw);
      const exists = requireSlot(document, tokens, { append: false });
      return { op: exists ? 'replace' : 'add', path: path as string, value: raw['value'] };
    }
    case 'test':
      return { op, path: path as string, value: raw['value'] };
    case 'remove':
      requirePresent(document, tokens);
      return { op, path: path as string };
    case 'move':
    case 'copy':
      requirePresent(document, tokensOf(from));
      requireSlot(document, tokens, { append: true });
      return { op, path: path as string, from: from as string };
    default:
      throw rejected();
  }
};

const requireValue = (raw: RawOperation): void => {
  if (!Object.hasOwn(raw, 'value')) throw rejected();
};

const tokensOf = (path: unknown): readonly string[] => {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw rejected();
  return Pointer.fromJSON(path).tokens.slice(1);
};

const valueAt = (document: unknown, tokens: readonly string[]): unknown => {
  let value = document;
  for (const token of tokens) {
    if (Array.isArray(value)) value = value[indexOf(token, value.length)];
    else if (isObject(value)) value = Object.hasOwn(value, token) ? value[token] : undefined;
    else return undefined;
  }
  return value;
};

const indexOf = (token: string, length: number): number => {
  if (!/^(?:0|[1-9]\d*)$/.test(token) || Number(token) >= length) throw rejected();
  return Number(token);
};

const requirePresent = (document: unknown, tokens: readonly string[]): void => {
  if (valueAt(document, tokens) === undefined) throw rejected();
};

/** The place exists or can be made: its parent does, and an index lies within the list. True if something is there. */
const requireSlot = (
  document: unknown,
  tokens: readonly string[],
  { append }: { readonly append: boolean },
): boolean => {
  const parent = valueAt(document, tokens.slice(0, -1));
  const last = tokens.at(-1) ?? '';
  if (Array.isArray(parent)) {
    if (append && last === '-') return false;
    indexOf(last, append ? parent.length + 1 : parent.length);
    return true;
  }
  if (!isObject(parent)) throw rejected();
  return Object.hasOwn(parent, last);
};

/** The document with the containers that lead to a place copied; the rest is shared. */
const thawed = (document: unknown, tokens: readonly string[]): unknown => {
  if (tokens.length === 0) return document;
  const [token = '', ...rest] = tokens;
  if (Array.isArray(document)) {
    const copy: unknown[] = [...document];
    const index = Number(token);
    if (rest.length > 0) copy[index] = thawed(copy[index], rest);
    return copy;
  }
  if (!isObject(document)) return document;
  const copy: Record<string, unknown> = { ...document };
  if (rest.length > 0 && Object.hasOwn(copy, token)) copy[token] = thawed(copy[token], rest);
  return copy;
};
