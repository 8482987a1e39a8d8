/**
 * The environment of a container, and its command and arguments with that environment put in. A pure function of the
 * pod and of what its references name.
 *
 * Precedence, low to high: variables of services, `envFrom` in order, `env` in order. A reference that cannot be
 * followed stops the container from being created, with upstream's text, unless it is optional.
 *
 * Models: pkg/kubelet/kubelet_pods.go#makeEnvironmentVariables (v1.36; spec node.md 8.1).
 * Differs: variables keep their order (upstream's is random).
 */
import type { ConfigMap, Container, EnvFromSource, EnvVarSource, Pod, Secret } from '../api/index.js';
import { podField, resourceField } from './environment/downward.js';
import { expand, expandAll } from './environment/expansion.js';

/** What a container's references are read from. */
export interface EnvironmentSources {
  readonly podIp: string;
  /** All addresses of the pod; default `[podIp]`. */
  readonly podIps?: readonly string[] | undefined;
  readonly hostIp: string;
  readonly nodeName: string;
  /** Quantities; what limits default to. */
  readonly allocatable: Readonly<Record<string, string>>;
  /** In the pod's namespace. */
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
  /** Variables of services, the lowest in precedence. */
  readonly services?: readonly Variable[] | undefined;
}
export type Variable = readonly [name: string, value: string];

export type ContainerEnvironment =
  | {
      readonly ok: true;
      readonly env: readonly Variable[];
      readonly command: readonly string[];
      readonly args: readonly string[];
    }
  /** `message` is that of CreateContainerConfigError. */
  | { readonly ok: false; readonly message: string };

/** A reference that cannot be followed. */
class UnresolvedReference extends Error {}

const NOTHING: readonly never[] = Object.freeze([]);

export const containerEnvironment = (
  container: Container,
  pod: Pod,
  sources: EnvironmentSources,
): ContainerEnvironment => {
  const { command = NOTHING, args = NOTHING, env, envFrom } = container;
  try {
    const variables = env || envFrom ? resolveVariables(container, pod, sources) : undefined;
    const services = new Map(sources.services);
    const lookup = (name: string): string | undefined => variables?.get(name) ?? services.get(name);
    return {
      ok: true,
      env: variables || services.size > 0 ? [...new Map([...services, ...(variables ?? [])])] : NOTHING,
      command: expandAll(command, lookup),
      args: expandAll(args, lookup),
    };
  } catch (error) {
    if (error instanceof UnresolvedReference) return { ok: false, message: error.message };
    throw error;
  }
};

const resolveVariables = (
  container: Container,
  pod: Pod,
  sources: EnvironmentSources,
): Map<string, string> => {
  const resolved = new Map<string, string>();
  const services = new Map(sources.services);
  for (const source of container.envFrom ?? []) {
    for (const [key, value] of entriesOf(source, sources))
      resolved.set(`${source.prefix ?? ''}${key}`, value);
  }
  const lookup = (name: string): string | undefined => resolved.get(name) ?? services.get(name);
  for (const variable of container.env ?? []) {
    const value = variable.value
      ? expand(variable.value, lookup)
      : variable.valueFrom
        ? valueFrom(variable.valueFrom, container, pod, sources)
        : '';
    if (value !== undefined) resolved.set(variable.name, value);
  }
  return resolved;
};

/** Undefined: the reference is optional and leads nowhere, so that there is no variable. */
const valueFrom = (
  source: EnvVarSource,
  container: Container,
  pod: Pod,
  sources: EnvironmentSources,
): string | undefined => {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef) return orRefuse(podField(pod, fieldRef.fieldPath, sources));
  if (resourceFieldRef) return orRefuse(resourceField(resourceFieldRef, container, pod, sources.allocatable));
  if (configMapKeyRef) {
    const { name = '', key, optional } = configMapKeyRef;
    const configMap = sources.configMap(name);
    if (!configMap) return absent(optional, `configmap "${name}" not found`);
    return configMap.data?.[key] ?? absent(optional, missingKey(key, 'ConfigMap', pod, name));
  }
  if (secretKeyRef) {
    const { name = '', key, optional } = secretKeyRef;
    const secret = sources.secret(name);
    if (!secret) return absent(optional, `secret "${name}" not found`);
    const encoded = secret.data?.[key];
    return encoded === undefined ? absent(optional, missingKey(key, 'Secret', pod, name)) : decode(encoded);
  }
  if (fileKeyRef) return fileKey(fileKeyRef, pod);
  return '';
};

const entriesOf = (source: EnvFromSource, sources: EnvironmentSources): readonly Variable[] => {
  const { configMapRef, secretRef } = source;
  if (configMapRef) {
    const { name = '', optional } = configMapRef;
    const configMap = sources.configMap(name);
    if (!configMap) absent(optional, `configmap "${name}" not found`);
    return Object.entries(configMap?.data ?? {});
  }
  if (secretRef) {
    const { name = '', optional } = secretRef;
    const secret = sources.secret(name);
    if (!secret) absent(optional, `secret "${name}" not found`);
    return Object.entries(secret?.data ?? {}).map(([key, encoded]) => [key, decode(encoded)]);
  }
  return NOTHING;
};

/** Files of volumes are not read: a variable from a file counts as not found in it. */
const fileKey = (source: NonNullable<EnvVarSource['fileKeyRef']>, pod: Pod): undefined => {
  const { volumeName, path, key, optional } = source;
  const hasVolume = pod.spec.volumes?.some((volume) => volume.name === volumeName) ?? false;
  if (!hasVolume)
    throw new UnresolvedReference(`cannot find the volume "${volumeName}" referenced by FileKeyRef`);
  return absent(optional, `environment variable key "${key}" not found in file "${path}"`);
};

const absent = (optional: boolean | undefined, message: string): undefined => {
  if (optional !== true) throw new UnresolvedReference(message);
  return undefined;
};

const orRefuse = (result: { readonly value: string } | { readonly error: string }): string => {
  if ('error' in result) throw new UnresolvedReference(result.error);
  return result.value;
};

const missingKey = (key: string, kind: string, pod: Pod, name: string): string =>
  `couldn't find key ${key} in ${kind} ${pod.metadata.namespace ?? 'default'}/${name}`;

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
