/**
 * Gives an object or list the shape that its client asked for: as it is, as a Table, or its metadata only. Keys stand
 * in the order in which upstream prints them, kind and apiVersion first.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go (v1.36)
 */
import { badRequest, toTable, type KindName, type KubeObject } from '../../api/index.js';
import type { ObjectList } from '../../client/index.js';
import type { Representation } from '../request/negotiate.js';

export interface RepresentOptions {
  readonly representation: Representation;
  /** `includeObject` of the query. */
  readonly includeObject: IncludeObject;
  /** Milliseconds since the epoch: ages are counted from here. */
  readonly now: number;
}

export type IncludeObject = 'None' | 'Metadata' | 'Object';

const META = 'meta.k8s.io/v1';

/** @throws {ApiError} BadRequest 400 for an unknown value. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: ` +
      "must be 'Metadata', 'Object', 'None', or empty",
  );
}

export function representObject(kind: string, object: KubeObject, options: RepresentOptions): object {
  switch (options.representation.as) {
    case 'Table':
      return toTable(kind, object, options);
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return metadataOnly(object);
    default:
      return kindFirst(object);
  }
}

export function representList(
  resource: { readonly kind: KindName; readonly apiVersion: string },
  list: ObjectList<KubeObject>,
  options: RepresentOptions,
): object {
  switch (options.representation.as) {
    case 'Table':
      return toTable(resource.kind, list, options);
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: META,
        metadata: list.metadata,
        items: list.items.map(metadataOnly),
      };
    default:
      return {
        kind: `${resource.kind}List`,
        apiVersion: resource.apiVersion,
        metadata: list.metadata,
        items: list.items.map(withoutKind),
      };
  }
}

/** The object's metadata in the envelope that metadata clients read. */
export const metadataOnly = (object: KubeObject): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: META,
  metadata: object.metadata,
});

/** A Status, or any object, with its kind and version in front. */
export function kindFirst<T extends { readonly kind: string; readonly apiVersion: string }>(
  object: T,
): object {
  const { kind, apiVersion, ...rest } = object;
  return { kind, apiVersion, ...rest };
}

/** Items of typed lists say neither kind nor version. */
function withoutKind(object: KubeObject): object {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}
