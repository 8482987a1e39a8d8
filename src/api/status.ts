/**
 * Builders of the API errors, one per row of an API server's vocabulary: exact message, reason, details and code.
 * They build {@link ApiError}s and never throw them. `Invalid` (422 with field causes) lives with validation.
 *
 * Models: staging/src/k8s.io/apimachinery/pkg/api/errors (v1.36)
 */
import { ApiError, type Status, type StatusCause, type StatusDetails } from './errors.js';

/** What names a resource in messages: its API group (`''` for core) and its plural name. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}
/** What names a kind in messages: its API group (`''` for core) and the kind. */
export interface KindRef {
  readonly group: string;
  readonly kind: string;
}

const MEDIA_TYPES = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
/** Largest request body, in bytes. Models: staging/src/k8s.io/apiserver/pkg/server/config.go */
export const MAX_REQUEST_BODY_BYTES = 3 * 1024 * 1024;
/** Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go#maxJSONPatchOperations */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;

const failure = (
  code: number,
  reason: string | undefined,
  message: string,
  details?: StatusDetails,
): ApiError => new ApiError(failureStatus(code, reason, message, details));

const failureStatus = (
  code: number,
  reason: string | undefined,
  message: string,
  details?: StatusDetails,
): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  ...(reason !== undefined && { reason }),
  ...(details !== undefined && { details }),
  code,
});

const qualified = (resource: ResourceName): string =>
  resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;

const detailsOf = (
  resource: ResourceName,
  name: string,
  extra: Pick<StatusDetails, 'causes' | 'retryAfterSeconds'> = {},
): StatusDetails => ({
  ...(name !== '' && { name }),
  ...(resource.group !== '' && { group: resource.group }),
  kind: resource.plural,
  ...extra,
});

/** A successful answer without an object of its own: deletions (details, no code), bindings and evictions (201). */
export const successStatus = (options: { details?: StatusDetails; code?: number } = {}): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(options.details !== undefined && { details: options.details }),
  ...(options.code !== undefined && { code: options.code }),
});

/** The answer to a deletion that removed an object whose kind does not send the object back. */
export const deletedStatus = (resource: ResourceName, name: string, uid: string): Status =>
  successStatus({ details: { ...detailsOf(resource, name), uid } });

/** 400. */
export const badRequest = (message: string): ApiError => failure(400, 'BadRequest', message);

/** 401, for a missing or wrong credential. */
export const unauthorized = (): ApiError => failure(401, 'Unauthorized', 'Unauthorized');

/** 403. `name` is `''` for lists and creations without a name. */
export const forbidden = (
  resource: ResourceName,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): ApiError =>
  failure(
    403,
    'Forbidden',
    name === ''
      ? `${qualified(resource)} is forbidden: ${why}`
      : `${qualified(resource)} "${name}" is forbidden: ${why}`,
    detailsOf(resource, name, causes === undefined ? {} : { causes }),
  );

/** 403, for a creation in a namespace that is being deleted. */
export const namespaceTerminating = (resource: ResourceName, name: string, namespace: string): ApiError =>
  forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );

/** 404: no such object. */
export const notFound = (resource: ResourceName, name: string): ApiError =>
  failure(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));

/** 404: no such resource, version or subresource. */
export const notFoundResource = (): ApiError =>
  failure(404, 'NotFound', 'the server could not find the requested resource', {});

/** 405. */
export const methodNotAllowed = (): ApiError =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** 406, no representation that the client accepts. Lists can also be had as watch streams. */
export const notAcceptable = (options: { list?: boolean } = {}): ApiError => {
  const streams = options.list
    ? ', application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
    : '';
  return failure(
    406,
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${MEDIA_TYPES}${streams}`,
    {},
  );
};

/** 406, a known media type with a transformation (`as=`) that is not offered. */
export const notAcceptableTransformation = (): ApiError =>
  failure(406, 'NotAcceptable', `only the following media types are accepted: ${MEDIA_TYPES}`);

/** 409: the name is taken. */
export const alreadyExists = (resource: ResourceName, name: string): ApiError =>
  failure(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));

/** 409: no generated name was free after several attempts. */
export const generatedNameTaken = (resource: ResourceName, name: string): ApiError =>
  failure(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists, the server was not able to generate a unique name for the object`,
    detailsOf(resource, name, { retryAfterSeconds: 1 }),
  );

/** 409 with any reason. `resource.plural` may name a subresource, such as `pods/binding`. */
export const conflict = (resource: ResourceName, name: string, why: string): ApiError =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  );

/** 409: a stale `metadata.resourceVersion`. */
export const objectModified = (resource: ResourceName, name: string): ApiError =>
  conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

/** 409: an update names another `metadata.uid` than the stored one. */
export const uidChanged = (
  resource: ResourceName,
  object: { readonly namespace?: string | undefined; readonly name: string },
  uids: { readonly expected: string; readonly actual: string },
): ApiError => {
  const path = [resource.plural, object.namespace, object.name].filter(Boolean).join('/');
  return conflict(
    resource,
    object.name,
    `StorageError: invalid object, Code: 4, Key: /registry/${path}, ResourceVersion: 0, ` +
      `AdditionalErrorMsg: ${uidMismatch(uids)}`,
  );
};

/** The text with which the storage layer reports a uid that differs (namespaces show it bare on delete). */
export const uidMismatch = (uids: { readonly expected: string; readonly actual: string }): string =>
  `Precondition failed: UID in precondition: ${uids.expected}, UID in object meta: ${uids.actual}`;

/** 409: `preconditions.uid` of a deletion differs. Names the kind, not the resource. */
export const uidPreconditionFailed = (
  kind: KindRef,
  name: string,
  uids: { readonly expected: string; readonly actual: string },
): ApiError =>
  conflict(
    { group: kind.group, plural: kind.kind },
    name,
    `the UID in the precondition (${uids.expected}) does not match the UID in record (${uids.actual}). ` +
      'The object might have been deleted and then recreated',
  );

/** 409: `preconditions.resourceVersion` of a deletion differs. Names the kind, not the resource. */
export const versionPreconditionFailed = (
  kind: KindRef,
  name: string,
  versions: { readonly expected: string; readonly actual: string },
): ApiError =>
  conflict(
    { group: kind.group, plural: kind.kind },
    name,
    `the ResourceVersion in the precondition (${versions.expected}) does not match the ResourceVersion in record ` +
      `(${versions.actual}). The object might have been modified`,
  );

/** 410 with any message. */
export const expired = (message: string): ApiError => failure(410, 'Expired', message);

/** 410: a watch from a version that is compacted away. */
export const tooOldResourceVersion = (requested: string | number, oldest: string | number): ApiError =>
  expired(`too old resource version: ${requested} (${oldest})`);

/** 410: a list at an exact version that is compacted away. */
export const listVersionTooOld = (): ApiError =>
  expired('The resourceVersion for the provided list is too old.');

/** 410: a continue token whose version is compacted away; `token` reads the rest inconsistently. */
export const continueTooOld = (token?: string): ApiError => {
  const message =
    'The provided continue parameter is too old to display a consistent list result. ' +
    'You can start a new list without the continue parameter';
  if (token === undefined) return expired(`${message}.`);
  return new ApiError({
    ...failureStatus(
      410,
      'Expired',
      `${message}, or use the continue token in this response to retrieve the remainder of the results. ` +
        'Continuing with the provided token results in an inconsistent list - objects that were created, ' +
        'modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    ),
    metadata: { continue: token },
  });
};

/** 413. `limitBytes` is the largest body that is taken. */
export const requestEntityTooLarge = (limitBytes: number = MAX_REQUEST_BODY_BYTES): ApiError =>
  failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`);

/** 413: a JSON patch of too many operations. */
export const tooManyPatchOperations = (count: number): ApiError =>
  failure(
    413,
    'RequestEntityTooLarge',
    'Request entity too large: The allowed maximum operations in a JSON patch is ' +
      `${MAX_JSON_PATCH_OPERATIONS}, got ${count}`,
  );

/** 415: the body of a creation or update. */
export const unsupportedMediaType = (): ApiError =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${MEDIA_TYPES}`,
  );

/** 415: the content type of a patch. */
export const unsupportedPatchType = (): ApiError =>
  failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});

/** 422 without a reason given: a patch that cannot be carried out. */
export const rejected = (): ApiError =>
  failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/** 429. With `retryAfterSeconds` the server also sends the header, and clients try again by themselves. */
export const tooManyRequests = (
  message: string,
  options: { causes?: readonly StatusCause[]; retryAfterSeconds?: number } = {},
): ApiError => failure(429, 'TooManyRequests', message, { ...options });

/** 500 for an error that has a name: the cause's text follows. */
export const internalError = (cause: string): ApiError =>
  failure(500, 'InternalError', `Internal error occurred: ${cause}`, { causes: [{ message: cause }] });

/** 500 as upstream answers for errors that are not API errors: the bare text, no reason, no details. */
export const plain500 = (message: string): ApiError => failure(500, undefined, message);

/** 503. */
export const serviceUnavailable = (message: string): ApiError => failure(503, 'ServiceUnavailable', message);

/** 504: the request took too long. */
export const timeout = (
  why: string = 'request did not complete within the allotted timeout',
  details: StatusDetails = {},
): ApiError => failure(504, 'Timeout', `Timeout: ${why}`, details);

/** 504: a `resourceVersion` that the server has not reached. */
export const tooLargeResourceVersion = (requested: string | number, current: string | number): ApiError =>
  timeout(`Too large resource version: ${requested}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
