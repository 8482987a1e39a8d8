/**
 * The files of a volume, from what it refers to. A pure function of the pod and of the objects in its namespace.
 *
 * Models: pkg/volume/{configmap,secret,downwardapi,projected} (v1.36).
 * Differs: a projected service account token is left out: there are none.
 */
import type { ConfigMap, Container, Pod, Secret, Volume } from '../../api/index.js';
import { podField, resourceField } from '../environment/downward.js';
import type { VolumeFile } from '../../runtime/index.js';

export interface VolumeSources {
  readonly nodeName: string;
  readonly hostIp: string;
  readonly allocatable: Readonly<Record<string, string>>;
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
}

export type VolumeContents =
  | { readonly kind: 'files'; readonly files: readonly VolumeFile[] }
  | { readonly kind: 'empty' }
  /** A runtime on one machine has no such thing. */
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'failed'; readonly message: string };

/** Whether what a volume holds may change while the pod runs. */
export const canChange = ({ configMap, secret, projected, downwardAPI }: Volume): boolean =>
  (configMap ?? secret ?? projected ?? downwardAPI) !== undefined;

class MissingReference extends Error {}

export const volumeContents = (volume: Volume, pod: Pod, sources: VolumeSources): VolumeContents => {
  const { emptyDir, configMap, secret, projected, downwardAPI } = volume;
  try {
    if (emptyDir) return { kind: 'empty' };
    if (configMap) return files(configMapFiles(configMap.name, configMap, sources));
    if (secret) return files(secretFiles(secret.secretName, secret, sources));
    if (downwardAPI) return files(downwardFiles(downwardAPI, pod, sources));
    if (projected) return files(projectedFiles(projected, pod, sources));
    return { kind: 'unavailable' };
  } catch (error) {
    if (error instanceof MissingReference) return { kind: 'failed', message: error.message };
    throw error;
  }
};

const files = (found: readonly VolumeFile[]): VolumeContents => ({ kind: 'files', files: found });

/** Source: pkg/apis/core/v1/defaults.go (ConfigMapVolumeSourceDefaultMode and its kin). */
const DEFAULT_MODE = 0o644;

interface Selection {
  readonly items?:
    | readonly { readonly key: string; readonly path: string; readonly mode?: number | undefined }[]
    | undefined;
  readonly defaultMode?: number | undefined;
  readonly optional?: boolean | undefined;
}

/** The chosen keys at their paths; all keys under their own names when none are chosen. */
const select = (
  data: ReadonlyMap<string, Uint8Array>,
  { items, defaultMode = DEFAULT_MODE, optional }: Selection,
  missing: (key: string) => string,
): VolumeFile[] => {
  if (items === undefined || items.length === 0)
    return [...data].map(([path, content]) => ({ path, content, mode: defaultMode }));
  return items.flatMap(({ key, path, mode }) => {
    const content = data.get(key);
    if (content !== undefined) return [{ path, content, mode: mode ?? defaultMode }];
    if (optional === true) return [];
    throw new MissingReference(missing(key));
  });
};

const NO_DATA: ReadonlyMap<string, Uint8Array> = new Map();

const configMapFiles = (name = '', selection: Selection, sources: VolumeSources): VolumeFile[] => {
  const found = sources.configMap(name);
  if (!found && selection.optional !== true) throw new MissingReference(`configmap "${name}" not found`);
  const data = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) data.set(key, Buffer.from(text));
  for (const [key, text] of Object.entries(found?.binaryData ?? {}))
    data.set(key, Buffer.from(text, 'base64'));
  return select(found ? data : NO_DATA, selection, (key) => `references non-existent config key: ${key}`);
};

const secretFiles = (name = '', selection: Selection, sources: VolumeSources): VolumeFile[] => {
  const found = sources.secret(name);
  if (!found && selection.optional !== true) throw new MissingReference(`secret "${name}" not found`);
  const entries = Object.entries(found?.data ?? {});
  const data = new Map(entries.map(([key, text]) => [key, Buffer.from(text, 'base64')] as const));
  return select(data, selection, (key) => `references non-existent secret key: ${key}`);
};

type DownwardItems = NonNullable<Volume['downwardAPI']>;

const downwardFiles = (
  { items, defaultMode = DEFAULT_MODE }: DownwardItems,
  pod: Pod,
  sources: VolumeSources,
): VolumeFile[] =>
  (items ?? []).map(({ path, fieldRef, resourceFieldRef, mode }) => {
    const text = fieldRef
      ? (mapText(pod, fieldRef.fieldPath) ??
        valueOf(podField(pod, fieldRef.fieldPath, { ...sources, podIp: '' })))
      : resourceFieldRef
        ? valueOf(
            resourceField(resourceFieldRef, pod.spec.containers[0] as Container, pod, sources.allocatable),
          )
        : '';
    return { path, content: Buffer.from(text), mode: mode ?? defaultMode };
  });

/** All labels or annotations, a line each. Models: pkg/fieldpath#FormatMap. */
const mapText = ({ metadata }: Pod, fieldPath: string): string | undefined => {
  if (fieldPath !== 'metadata.labels' && fieldPath !== 'metadata.annotations') return undefined;
  const map = fieldPath === 'metadata.labels' ? metadata.labels : metadata.annotations;
  return Object.entries(map ?? {})
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort()
    .join('\n');
};

const valueOf = (result: { readonly value: string } | { readonly error: string }): string => {
  if ('error' in result) throw new MissingReference(result.error);
  return result.value;
};

const projectedFiles = (
  { sources: parts = [], defaultMode }: NonNullable<Volume['projected']>,
  pod: Pod,
  sources: VolumeSources,
): VolumeFile[] =>
  parts.flatMap(({ configMap, secret, downwardAPI }) => {
    if (configMap) return configMapFiles(configMap.name, { ...configMap, defaultMode }, sources);
    if (secret) return secretFiles(secret.name, { ...secret, defaultMode }, sources);
    if (downwardAPI) return downwardFiles({ ...downwardAPI, defaultMode }, pod, sources);
    return [];
  });
