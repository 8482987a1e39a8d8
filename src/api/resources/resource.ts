/**
 * What a kind of the API is: how it is called, what it is made of, and which rules its objects keep.
 *
 * To add a kind: declare its schema in `schema/kinds/KIND.ts` (defaults are part of it), describe it here in
 * `resources/KIND.ts` with {@link defineResource}, its rules beside it or in `validation/`, and list both in
 * `kinds.ts`. Decoding, defaults, strategic merge, discovery, OpenAPI, protobuf and warnings follow from these.
 */
import type { ObjectSchema } from '../schema/dsl.js';
import type { FieldErrors } from '../validation/fieldErrors.js';

/** Rules of one kind, beyond what its schema and its metadata say. */
export interface Rules<T, D = T> {
  /** Which names its objects may have. Default: DNS-1123 subdomain. */
  readonly nameRule?: 'subdomain' | 'label' | undefined;
  /** Defaults that only objects of this kind get, not their templates. Runs after the schema's. */
  readonly defaults?: ((object: T) => D) | undefined;
  readonly validateCreate?: ((object: T, errors: FieldErrors) => void) | undefined;
  /**
   * What the server itself keeps in an object: filled in when it is new (`old` is undefined), restored or brought up to
   * date by every write. Gives its argument back when nothing changes. Models: strategy.go#PrepareForCreate, #PrepareForUpdate
   */
  readonly complete?: ((object: T, old: T | undefined) => D) | undefined;
  /** For updates of the object itself; `validateCreate` does not run then. */
  readonly validateUpdate?: ((object: T, old: T, errors: FieldErrors) => void) | undefined;
  /** Instead of `validateUpdate` for writes through a subresource that has rules of its own. */
  readonly validateSubresource?:
    | Readonly<Record<string, (object: T, old: T, errors: FieldErrors) => void>>
    | undefined;
  readonly validateStatus?: ((object: T, old: T, errors: FieldErrors) => void) | undefined;
  /** Upstream's own warnings; those about unsupported fields come from the schema. */
  readonly warnings?: ((object: T, old: T | undefined) => readonly string[]) | undefined;
}

export interface ResourceDescription<T, K extends string = string, D = T> {
  readonly kind: K;
  /** API group; `''` for core. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** Other API versions under which upstream knows this very kind: told apart from unknown kinds in errors. */
  readonly otherVersions: readonly string[];
  readonly schema: ObjectSchema;
  /** `status` is a subresource. */
  readonly hasStatus: boolean;
  /** `metadata.generation` counts changes of the desired state. */
  readonly hasGeneration: boolean;
  /** DELETE may leave the object for a grace period. */
  readonly gracefulDeletion: boolean;
  readonly rules: Rules<T, D>;
}

/** Without a type of object, whatever it is: its rules take objects of that kind only. */
export interface Resource<K extends string = string, T = never, D = object> extends ResourceDescription<
  T,
  K,
  D
> {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
}

/** Verbs of a resource that can do everything. */
export const ALL_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const;

/** Everything but the names, the schema and the rules has a default. */
type Described<T, K extends string> = Pick<
  ResourceDescription<T, K>,
  'kind' | 'version' | 'plural' | 'schema' | 'namespaced'
> &
  Partial<ResourceDescription<T, K>>;

export const defineResource =
  <T>() =>
  <const K extends string>(described: Described<T, K>): Resource<K, T, T> => {
    const { group = '', kind, version, subresources = [] } = described;
    return {
      group,
      apiVersion: group === '' ? version : `${group}/${version}`,
      singular: kind.toLowerCase(),
      shortNames: [],
      categories: [],
      verbs: ALL_VERBS,
      otherVersions: [],
      hasStatus: subresources.includes('status'),
      hasGeneration: false,
      gracefulDeletion: false,
      rules: {},
      subresources,
      ...described,
    };
  };
