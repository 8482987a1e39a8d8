/**
 * The schema language: one declaration per API type, from which TypeScript types, decoding, defaults, validation,
 * merge keys, OpenAPI and protobuf all derive. Pure data: no behaviour over time.
 *
 * A field is a schema plus what the API says of it. A type as read from the API (`Infer`) has every field that is
 * required, defaulted or always filled in by the server; what a user writes (a manifest) is looser and is checked
 * by decoding.
 */

/** What the API says of one field, beside its type. */
export interface FieldOptions {
  /** Protobuf field number. */
  readonly proto?: number;
  /** Listed as required by the published schema. */
  readonly required?: boolean;
  /** Not required of the user, but present on every object that is read. */
  readonly always?: boolean;
  /** Value filled in when the field is absent. */
  readonly default?: unknown;
  /** Value filled in where it depends on other fields, read with those declared before it defaulted; undefined: none. */
  readonly computed?: (read: (field: string) => unknown) => unknown;
  /** The Go field is a struct, not a pointer: it is there even when nobody wrote it. */
  readonly struct?: boolean;
  /** Name of the Go type, where it is not the plain one: texts of type errors show it. */
  readonly goType?: string;
  /** Allowed values, in the order in which error messages list them. */
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Strategic merge strategy of a list or map. */
  readonly patchStrategy?: 'merge' | 'replace' | 'retainKeys' | 'merge,retainKeys';
  /** Strategic merge key of a list of objects. */
  readonly mergeKey?: string;
  readonly listType?: 'atomic' | 'set' | 'map';
  /** Keys that identify an item of a `map` list (server-side apply). */
  readonly mapKeys?: readonly string[];
  readonly mapType?: 'atomic';
  /** The Go field is a pointer: a zero is a real value. Other zeros are dropped, as Go's `omitempty` does. */
  readonly pointer?: boolean;
  /**
   * False: accepted and stored, but statelet does not act on it; its use gets a warning. `simulated`: nothing holds real
   * processes to it; its use gets a warning where containers are processes.
   */
  readonly supported?: boolean | 'simulated';
  /** Where `supported` is false: the value that asks for nothing but what is done anyway; it gets no warning. */
  readonly harmless?: unknown;
}

export type ScalarType =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'bytes'
  | 'json';

export interface ScalarSchema<T = unknown> {
  readonly type: ScalarType;
  readonly ts?: T;
}
export interface ListSchema<I extends Schema = Schema> {
  readonly type: 'list';
  readonly item: I;
}
export interface MapSchema<V extends Schema = Schema> {
  readonly type: 'map';
  readonly value: V;
}
export interface ObjectSchema<F extends Fields = Fields> {
  readonly type: 'object';
  /** Full published name, for example `io.k8s.api.core.v1.Pod`. */
  readonly name: string;
  readonly fields: F;
  /** Protobuf sub-messages whose fields are inlined into this object's JSON: name, field number. */
  readonly inlined: readonly InlinedMessage[];
  readonly mapType?: 'atomic' | undefined;
  /** Defaults that span several fields; runs after the fields' own. Gives its argument back when nothing changes. */
  readonly finish?:
    | ((value: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>)
    | undefined;
}
/** A protobuf sub-message that JSON does not show: its fields lie in the parent. */
export interface InlinedMessage {
  readonly proto: number;
  readonly fields: Readonly<Record<string, number>>;
}
export type Schema = ScalarSchema | ListSchema | MapSchema | ObjectSchema;

export interface Field<S extends Schema = Schema, O extends FieldOptions = FieldOptions> {
  readonly schema: S;
  readonly options: O;
}
export type Fields = Readonly<Record<string, Field>>;

/** A field that is present on every object read from the API. */
type Present =
  | { readonly required: true }
  | { readonly always: true }
  | { readonly struct: true }
  | { readonly default: unknown };

/** The TypeScript type of a schema, in the form in which the API returns it. */
export type Infer<S> = S extends { readonly type: ScalarType; readonly ts?: infer T }
  ? T
  : S extends ListSchema<infer I>
    ? readonly Infer<I>[]
    : S extends MapSchema<infer V>
      ? Readonly<Record<string, Infer<V>>>
      : S extends ObjectSchema<infer F>
        ? InferFields<F>
        : never;

export type InferFields<F> = {
  readonly [K in keyof F as IsPresent<F[K]> extends true ? K : never]: InferField<F[K]>;
} & {
  readonly [K in keyof F as IsPresent<F[K]> extends true ? never : K]?: InferField<F[K]> | undefined;
};
type IsPresent<F> = F extends { readonly options: Present } ? true : false;
type InferField<F> = F extends { readonly schema: infer S } ? Infer<S> : never;

const scalar =
  <T>(type: ScalarType) =>
  <const O extends FieldOptions = Record<never, never>>(options?: O): Field<ScalarSchema<T>, O> => ({
    schema: { type },
    options: (options ?? {}) as O,
  });

export const string = scalar<string>('string');
export const boolean = scalar<boolean>('boolean');
export const int32 = scalar<number>('int32');
export const int64 = scalar<number>('int64');
export const double = scalar<number>('double');
/** A resource quantity in its canonical string form, such as `500m` or `1Gi`. */
export const quantity = scalar<string>('quantity');
export const intOrString = scalar<number | string>('intOrString');
/** RFC 3339 in seconds, UTC. */
export const time = scalar<string>('time');
/** RFC 3339 in microseconds, UTC. */
export const microTime = scalar<string>('microTime');
/** Base64. */
export const bytes = scalar<string>('bytes');
export const json = scalar<unknown>('json');

/** A string field that holds one of a closed set of values, and is typed so. */
export const oneOf = <const V extends readonly string[], const O extends FieldOptions = Record<never, never>>(
  values: V,
  options?: O,
): Field<ScalarSchema<V[number]>, O & { readonly values: V }> => ({
  schema: { type: 'string' },
  options: { ...options, values } as O & { readonly values: V },
});

export const list = <S extends Schema, const O extends FieldOptions = Record<never, never>>(
  item: Field<S> | S,
  options?: O,
): Field<ListSchema<S>, O> => ({
  schema: { type: 'list', item: schemaOf(item) },
  options: (options ?? {}) as O,
});

export const map = <S extends Schema, const O extends FieldOptions = Record<never, never>>(
  value: Field<S> | S,
  options?: O,
): Field<MapSchema<S>, O> => ({
  schema: { type: 'map', value: schemaOf(value) },
  options: (options ?? {}) as O,
});

/** A field that holds an object of another declared type. */
export const ref = <S extends ObjectSchema, const O extends FieldOptions = Record<never, never>>(
  schema: S,
  options?: O,
): Field<S, O> => ({ schema, options: (options ?? {}) as O });

/** Declares an API type. */
export const object = <const F extends Fields>(
  name: string,
  fields: F,
  extra: Partial<Pick<ObjectSchema, 'inlined' | 'mapType' | 'finish'>> = {},
): ObjectSchema<F> => ({
  type: 'object',
  name,
  fields,
  inlined: extra.inlined ?? [],
  mapType: extra.mapType,
  finish: extra.finish,
});

const schemaOf = <S extends Schema>(item: Field<S> | S): S => ('schema' in item ? item.schema : item);
