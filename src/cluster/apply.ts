/**
 * `cluster.apply`: creates objects or brings them to what a manifest says, as `kubectl apply` does: a strategic merge
 * patch of the manifest, plus deletions of what the last applied manifest had and this one has not.
 *
 * Models: k8s.io/kubectl/pkg/cmd/apply/patcher.go (v1.36).
 */
import {
  badRequest,
  resources,
  type Field,
  type KindName,
  type KubeObject,
  type ObjectSchema,
  type Schema,
} from '../api/index.js';
import type { Api, WriteOptions } from '../client/index.js';
import { parseManifests } from './manifests/index.js';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/**
 * The objects in YAML or JSON text (several documents, `List`s too), one object, or an array of objects.
 * @throws {ManifestError} `manifest:LINE:COLUMN: …` for broken text; {ApiError} BadRequest naming what an object lacks.
 */
export const manifestsIn = async (input: string | object | readonly object[]): Promise<Manifest[]> => {
  if (typeof input !== 'string') return objectsIn(Array.isArray(input) ? input : [input]);
  return objectsIn((await parseManifests(input, 'manifest')).map(({ object }) => object));
};

const objectsIn = (documents: readonly unknown[]): Manifest[] =>
  documents.flatMap((document) => {
    if (!isMap(document)) throw badRequest(`a manifest is an object, not ${JSON.stringify(document)}`);
    const { kind, apiVersion, items, metadata } = document as Partial<Manifest>;
    if (kind === 'List' && Array.isArray(items)) return objectsIn(items);
    if (!kind || !apiVersion) throw badRequest('a manifest needs apiVersion and kind');
    if (!metadata?.name) throw badRequest(`${kind}: a manifest that is applied needs metadata.name`);
    return [document as Manifest];
  });

type Json = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldOf = (schema: Schema | undefined, name: string): Field | undefined => {
  if (schema?.type === 'object') return (schema as ObjectSchema).fields[name];
  if (schema?.type === 'map') return { schema: schema.value, options: {} };
  return undefined;
};

/** `modified`, with what only `original` has marked for deletion. */
const withDeletions = (
  schema: Schema | undefined,
  original: unknown,
  modified: unknown,
  mergeKey?: string,
): unknown => {
  if (isMap(original) && isMap(modified)) {
    const result: Record<string, unknown> = {};
    for (const name of Object.keys(original)) if (!(name in modified)) result[name] = null;
    for (const [name, value] of Object.entries(modified)) {
      const field = fieldOf(schema, name);
      result[name] = withDeletions(field?.schema, original[name], value, field?.options.mergeKey);
    }
    return result;
  }
  if (
    Array.isArray(original) &&
    Array.isArray(modified) &&
    mergeKey !== undefined &&
    schema?.type === 'list'
  ) {
    const keyOf = (item: unknown): unknown => (isMap(item) ? item[mergeKey] : undefined);
    const kept = modified.map((item) =>
      withDeletions(
        schema.item,
        original.find((before) => keyOf(before) === keyOf(item)),
        item,
      ),
    );
    const gone = original.filter((before) => modified.every((item) => keyOf(item) !== keyOf(before)));
    return [...kept, ...gone.map((before) => ({ $patch: 'delete', [mergeKey]: keyOf(before) }))];
  }
  return modified;
};

const annotated = (manifest: Manifest): Manifest => ({
  ...manifest,
  metadata: {
    ...manifest.metadata,
    annotations: { ...manifest.metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(manifest)}\n` },
  },
});

const lastApplied = (current: KubeObject): unknown => {
  const text = current.metadata.annotations?.[LAST_APPLIED];
  return text === undefined ? undefined : JSON.parse(text);
};

/** Creates the object, or patches it to what the manifest says. @throws {ApiError} */
export const applyManifest = async (
  api: Api,
  manifest: Manifest,
  options: WriteOptions,
): Promise<KubeObject> => {
  const resource = resources.find(
    ({ kind: served, apiVersion }) => served === manifest.kind && apiVersion === manifest.apiVersion,
  );
  if (!resource)
    throw badRequest(`no matches for kind "${manifest.kind}" in version "${manifest.apiVersion}"`);
  const kind = resource.kind as KindName;
  const namespace = resource.namespaced ? (manifest.metadata.namespace ?? 'default') : undefined;
  const key = { kind, name: manifest.metadata.name, namespace };
  const current = await new Promise<KubeObject | undefined>((resolve, reject) => {
    api.get(key).settled((outcome) => {
      if (outcome.ok) resolve(outcome.value);
      else if (outcome.error.code === 404) resolve(undefined);
      else reject(outcome.error);
    });
  });
  if (!current) return api.create(kind, annotated(manifest), { ...options, namespace });
  const {
    apiVersion: _version,
    kind: _kind,
    ...body
  } = withDeletions(resource.schema, lastApplied(current), manifest) as Manifest;
  const patch = {
    ...body,
    metadata: {
      ...body.metadata,
      annotations: { ...body.metadata.annotations, ...annotated(manifest).metadata.annotations },
    },
  };
  return api.patch(key, { type: 'strategic', body: patch }, options);
};
