/**
 * What representation a client asks for by its Accept header: JSON or YAML, the object itself or a Table or its
 * metadata only. Answers are never protobuf; clients that prefer it name JSON as well.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation (v1.36)
 */
import { notAcceptable, notAcceptableTransformation } from '../../api/index.js';

export type Format = 'json' | 'yaml';
export type Transformation = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

export interface Representation {
  readonly format: Format;
  /** Absent: the object or list as it is. */
  readonly as?: Transformation | undefined;
}

/** One clause of an Accept header. */
export interface MediaClause {
  /** Lower case, such as `application/json`. */
  readonly type: string;
  readonly params: ReadonlyMap<string, string>;
}

const TRANSFORMATIONS: readonly string[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/** Clauses in order of preference. */
export function parseAccept(header: string): readonly MediaClause[] {
  return header
    .split(',')
    .map((clause) => {
      const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
      const params = new Map(
        rest.map((param): [string, string] => {
          const at = param.indexOf('=');
          return at < 0 ? [param, ''] : [param.slice(0, at).trim().toLowerCase(), param.slice(at + 1).trim()];
        }),
      );
      const weight = Number(params.get('q') ?? '1');
      return { type: type.toLowerCase(), params, weight: Number.isNaN(weight) ? 1 : weight };
    })
    .filter((clause) => clause.type !== '' && clause.weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

/**
 * Chooses the representation.
 * @throws {ApiError} NotAcceptable 406 when nothing fits.
 */
export function negotiate(accept: string | undefined, options: { readonly isList: boolean }): Representation {
  if (accept === undefined || accept.trim() === '') return { format: 'json' };
  let sawFittingType = false;
  for (const clause of parseAccept(accept)) {
    const format = formatOf(clause.type);
    if (format === undefined) {
      if (clause.type === 'application/vnd.kubernetes.protobuf') sawFittingType = true;
      continue;
    }
    sawFittingType = true;
    const as = clause.params.get('as');
    if (as === undefined) return { format };
    if (isOffered(as, clause)) return { format, as: as as Transformation };
  }
  throw sawFittingType ? notAcceptableTransformation() : notAcceptable({ list: options.isList });
}

function isOffered(as: string, clause: MediaClause): boolean {
  const version = clause.params.get('v');
  return (
    TRANSFORMATIONS.includes(as) &&
    clause.params.get('g') === 'meta.k8s.io' &&
    (version === 'v1' || version === 'v1beta1')
  );
}

function formatOf(type: string): Format | undefined {
  if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'json';
  if (type === 'application/yaml') return 'yaml';
  return undefined;
}
