/**
 * From a manifest (parsed JSON, YAML or protobuf) to a typed object, or the error that the API server would answer.
 * Defaults and validation are not done here.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/{json,versioning} (v1.36)
 */
import type { ApiError } from '../errors.js';
import { isServedKind, resourceFor, resources, type KindName, type KindOf, type Resource } from '../kinds.js';
import type { Fields, InferFields, ObjectSchema } from '../schema/dsl.js';
import { badRequest } from '../status.js';
import { decoderOf, WRONG_TYPE, type Reading } from './compile.js';
import { typeError, unknownFields } from './explain.js';

export interface Decoded<T> {
  readonly value: T;
  /** Paths of fields that the schema does not know and that are not in `value`, in document order. */
  readonly unknownFields: readonly string[];
}

/** A value that a schema cannot read; the message is that of Go's decoder, without the kind. */
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}

/**
 * Reads any type. With `base`, the value stored so far, everything that did not change is taken from it, identity
 * included: an unchanged value comes back as `base` itself.
 * @throws {DecodeError} for the first value of a wrong type, in document order
 */
export const decodeValue = <F extends Fields>(
  schema: ObjectSchema<F>,
  json: unknown,
  base?: unknown,
): Decoded<InferFields<F>> => readAs<InferFields<F>>(schema, json, base);

const readAs = <T>(schema: ObjectSchema, json: unknown, base: unknown): Decoded<T> => {
  const reading: Reading = { hasUnknown: false };
  try {
    const value = decoderOf(schema)(json ?? {}, base, reading) as T;
    return { value, unknownFields: reading.hasUnknown ? unknownFields(schema, json) : NONE };
  } catch (error) {
    if (error !== WRONG_TYPE) throw error;
    throw new DecodeError(typeError(schema, json) ?? 'json: cannot unmarshal the value');
  }
};
const NONE: readonly string[] = [];

export interface DecodeOptions {
  /** The object as it is stored: parts that did not change are taken from it. */
  readonly base?: object | undefined;
}

/**
 * Reads an object of a served kind. `kind` and `apiVersion` may be absent; null counts as absent; quantities come out
 * canonical, fields in declared order.
 * @throws {ApiError} BadRequest 400 for another kind, and for the first value of a wrong type
 */
export const decode = <K extends KindName>(
  kind: K,
  json: unknown,
  options: DecodeOptions = {},
): Decoded<KindOf<K>> => {
  const resource = resourceFor(kind);
  const given = isObject(json) ? json : {};
  const kindGiven = typeof given['kind'] === 'string' ? given['kind'] : '';
  const versionGiven = typeof given['apiVersion'] === 'string' ? given['apiVersion'] : '';
  const isNamed = kindGiven === kind && versionGiven === resource.apiVersion;
  if (!isNamed) {
    const wrong = wrongKind(resource, kindGiven || kind, versionGiven || resource.apiVersion);
    if (wrong !== undefined) throw wrong;
  }
  const named =
    isNamed || (json !== undefined && json !== null && !isObject(json))
      ? json
      : { ...given, kind, apiVersion: resource.apiVersion };
  try {
    return readAs<KindOf<K>>(resource.schema, named, options.base);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`${cannotBeHandled(kind, resource.version, kind)}: ${error.message}`);
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const cannotBeHandled = (given: string, version: string, wanted: string): string =>
  `${given} in version "${version}" cannot be handled as a ${wanted}`;

/** Name of upstream's Go package with the internal types of a group. */
const internalPackage = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));

/** Spec api.md 3.1, «Wrong type». */
const wrongKind = (resource: Resource, kind: string, apiVersion: string): ApiError | undefined => {
  if (kind === resource.kind && apiVersion === resource.apiVersion) return undefined;
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  if (kind === resource.kind && resource.otherVersions.includes(apiVersion))
    return badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${resource.apiVersion})`,
    );
  const subject = cannotBeHandled(kind, version, resource.kind);
  if (isRegistered(kind, apiVersion))
    return badRequest(
      `${subject}: converting (${version}.${kind}) to (${internalPackage(resource.group)}.${resource.kind}): unknown conversion`,
    );
  return badRequest(
    `${subject}: no kind "${kind}" is registered for version "${apiVersion}" in scheme ` +
      '"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
  );
};

const isRegistered = (kind: string, apiVersion: string): boolean =>
  isServedKind(kind) &&
  resources.some(
    (resource) =>
      resource.kind === kind &&
      (resource.apiVersion === apiVersion || resource.otherVersions.includes(apiVersion)),
  );
