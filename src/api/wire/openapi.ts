/**
 * The API described as OpenAPI v3, one document per group and version, built from the schemas when first asked for:
 * what kubectl needs to validate, to compute patches and to explain. Texts that describe fields are not in it;
 * `kubectl explain` says which of them statelet only stores.
 *
 * Models: api/openapi-spec/v3 (v1.36); spec api.md 1.5
 */
import { resources, type Resource } from '../kinds.js';
import type { Field, FieldOptions, ScalarType, Schema } from '../schema/dsl.js';

type Json = Readonly<Record<string, unknown>>;

const documents = new Map<string, Json>();

/** The document of a group (`''` for core) and version; undefined when nothing of it is served. */
export const openApiV3 = (group: string, version: string): Json | undefined => {
  const key = `${group}/${version}`;
  const found = documents.get(key);
  if (found !== undefined) return found;
  const served = resources.filter((resource) => resource.group === group && resource.version === version);
  if (served.length === 0) return undefined;
  const document = build(served);
  documents.set(key, document);
  return document;
};

const build = (served: readonly Resource[]): Json => {
  const schemas = new Map<string, Json>();
  for (const { schema, group, version, kind } of served) {
    describe(schema, schemas);
    schemas.set(schema.name, {
      ...schemas.get(schema.name),
      'x-kubernetes-group-version-kind': [{ group, kind, version }],
    });
  }
  schemas.set(PATCH, { type: 'object' });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.0' },
    paths: Object.fromEntries(served.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
};

const refTo = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** Adds a type and all that it refers to. */
const describe = (schema: Schema, schemas: Map<string, Json>): void => {
  if (schema.type === 'list') describe(schema.item, schemas);
  if (schema.type === 'map') describe(schema.value, schemas);
  const named = NAMED_SCALARS[schema.type];
  if (named !== undefined) schemas.set(named.name, named.schema);
  if (schema.type !== 'object' || schemas.has(schema.name)) return;
  // Reserved before its fields are looked at: types may contain themselves.
  schemas.set(schema.name, {});
  const fields = Object.entries(schema.fields);
  for (const [, field] of fields) describe(field.schema, schemas);
  const required = fields.filter(([, { options }]) => options.required === true).map(([name]) => name);
  schemas.set(schema.name, {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(fields.map(([name, field]) => [name, property(field)])),
    ...(schema.mapType !== undefined && { 'x-kubernetes-map-type': schema.mapType }),
  });
};

/** Scalars that the API has names for: explain shows these. */
const NAMED_SCALARS: Readonly<Record<string, { readonly name: string; readonly schema: Json }>> = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  },
};

const SCALARS: Readonly<Record<Exclude<ScalarType, 'quantity' | 'intOrString'>, Json>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  json: { type: 'object' },
};

const typeOf = (schema: Schema): Json => {
  switch (schema.type) {
    case 'object':
      return { allOf: [refTo(schema.name)], default: {} };
    case 'list':
      return { type: 'array', items: typeOf(schema.item) };
    case 'map':
      return { type: 'object', additionalProperties: typeOf(schema.value) };
    case 'quantity':
    case 'intOrString':
      return refTo(NAMED_SCALARS[schema.type]?.name ?? '');
    default:
      return SCALARS[schema.type];
  }
};

const NOT_ACTED_ON = 'statelet stores this field but does not act on it.';

const property = ({ schema, options }: Field): Json => {
  const type = schema.type === 'object' && options.struct !== true ? refTo(schema.name) : typeOf(schema);
  // What stands beside a reference does not count, so that the reference is wrapped.
  const wrapped = '$ref' in type ? { allOf: [type] } : type;
  const description = options.supported === false && { description: NOT_ACTED_ON };
  return { ...description, ...wrapped, ...defaultOf(options), ...extensions(options) };
};

const defaultOf = ({ default: value }: FieldOptions): Json =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? { default: value }
    : {};

const extensions = (options: FieldOptions): Json => ({
  ...(options.values !== undefined && { enum: options.values }),
  ...(options.listType !== undefined && { 'x-kubernetes-list-type': options.listType }),
  ...(options.mapKeys !== undefined && { 'x-kubernetes-list-map-keys': options.mapKeys }),
  ...(options.mapType !== undefined && { 'x-kubernetes-map-type': options.mapType }),
  ...(options.mergeKey !== undefined && { 'x-kubernetes-patch-merge-key': options.mergeKey }),
  ...(options.patchStrategy !== undefined && { 'x-kubernetes-patch-strategy': options.patchStrategy }),
});

const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const BODY_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

const queryParameter = (name: string): Json => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
});
/** kubectl leaves validation to the server where a PATCH takes `fieldValidation`. */
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map(queryParameter);
const pathParameter = (name: string): Json => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', uniqueItems: true },
});

const contentOf = (types: readonly string[], schemaName: string): Json =>
  Object.fromEntries(types.map((type) => [type, { schema: refTo(schemaName) }]));

interface Operation {
  readonly verb: string;
  readonly action: string;
  readonly body?: Json;
}

const pathsOf = (resource: Resource): readonly (readonly [string, Json])[] => {
  const { apiVersion, group, namespaced, plural } = resource;
  const root = `${group === '' ? '/api' : '/apis'}/${apiVersion}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const scope = namespaced ? [pathParameter('namespace')] : [];
  const list = { verb: 'get', action: 'list' };
  const create = { verb: 'post', action: 'post', body: contentOf(BODY_TYPES, resource.schema.name) };
  const item: readonly Operation[] = [
    { verb: 'get', action: 'get' },
    { verb: 'put', action: 'put', body: contentOf(BODY_TYPES, resource.schema.name) },
    { verb: 'delete', action: 'delete' },
    { verb: 'patch', action: 'patch', body: contentOf(PATCH_TYPES, PATCH) },
  ];
  return [
    ...(namespaced ? [[`${root}/${plural}`, pathItem(resource, [list], [])] as const] : []),
    [collection, pathItem(resource, [list, create], scope)],
    [`${collection}/{name}`, pathItem(resource, item, [pathParameter('name'), ...scope])],
  ];
};

const pathItem = (
  resource: Resource,
  operations: readonly Operation[],
  parameters: readonly Json[],
): Json => ({
  ...Object.fromEntries(operations.map((operation) => [operation.verb, operationOf(resource, operation)])),
  ...(parameters.length > 0 && { parameters }),
});

const operationOf = (resource: Resource, { verb, action, body }: Operation): Json => ({
  ...(body !== undefined && { parameters: WRITE_PARAMETERS, requestBody: { content: body, required: true } }),
  responses: {
    [verb === 'post' ? '201' : '200']: {
      description: verb === 'post' ? 'Created' : 'OK',
      ...(action !== 'list' && { content: contentOf(BODY_TYPES, resource.schema.name) }),
    },
  },
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': {
    group: resource.group,
    kind: resource.kind,
    version: resource.version,
  },
});
