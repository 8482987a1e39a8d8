/**
 * Rules of volumes and their mounts: names, one source each, mounts of volumes that are there. What a source needs in
 * itself is checked for those that a pod can do without any cluster storage.
 *
 * Models: pkg/apis/core/validation/validation.go#ValidateVolumes, #ValidateVolumeMounts (v1.36)
 */
import type { VolumeMount } from '../../schema/types/container.js';
import { volume as volumeSchema, type Volume } from '../../schema/types/volumes.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkLabelName } from '../names.js';

/** In the order in which they are looked at: all but the first are too many. */
const SOURCES = [
  'emptyDir',
  ...Object.keys(volumeSchema.fields).filter((field) => field !== 'name' && field !== 'emptyDir'),
] as (keyof Volume)[];

/** The names of the volumes, for mounts to refer to. */
export const validateVolumes = (
  volumes: readonly Volume[],
  path: string,
  errors: FieldErrors,
): ReadonlySet<string> => {
  const names = new Set<string>();
  volumes.forEach((volume, index) => {
    const at = `${path}[${index}]`;
    validateSource(volume, at, errors);
    const { name } = volume;
    if (name === '') errors.required(`${at}.name`);
    else {
      const messages = checkLabelName(name);
      errors.invalidAll(`${at}.name`, name, messages);
      if (names.has(name)) errors.duplicate(`${at}.name`, name);
      names.add(name);
    }
  });
  return names;
};

const validateSource = (volume: Volume, path: string, errors: FieldErrors): void => {
  const sources = SOURCES.filter((source) => volume[source] !== undefined);
  if (sources.length === 0) errors.required(path, 'must specify a volume type');
  for (const source of sources.slice(1))
    errors.forbidden(`${path}.${source}`, 'may not specify more than 1 volume type');
  if (volume.hostPath?.path === '') errors.required(`${path}.hostPath.path`);
  if (volume.hostPath !== undefined) forbidBackSteps(volume.hostPath.path, `${path}.hostPath.path`, errors);
  if (volume.secret !== undefined && !volume.secret.secretName) errors.required(`${path}.secret.secretName`);
  if (volume.configMap !== undefined && !volume.configMap.name) errors.required(`${path}.configMap.name`);
  if (volume.persistentVolumeClaim?.claimName === '')
    errors.required(`${path}.persistentVolumeClaim.claimName`);
};

export const validateMounts = (
  mounts: readonly VolumeMount[],
  path: string,
  volumeNames: ReadonlySet<string>,
  errors: FieldErrors,
): void => {
  const mountPaths = new Set<string>();
  mounts.forEach((mount, index) => {
    const at = `${path}[${index}]`;
    if (mount.name === '') errors.required(`${at}.name`);
    else if (!volumeNames.has(mount.name)) errors.notFound(`${at}.name`, mount.name);
    if (mount.mountPath === '') errors.required(`${at}.mountPath`);
    if (mountPaths.has(mount.mountPath)) errors.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique');
    mountPaths.add(mount.mountPath);
    for (const field of ['subPath', 'subPathExpr'] as const) {
      const relative = mount[field];
      if (relative === undefined) continue;
      if (relative.startsWith('/')) errors.invalid(`${at}.${field}`, relative, 'must be a relative path');
      forbidBackSteps(relative, `${at}.${field}`, errors);
    }
    if (mount.subPath !== undefined && mount.subPathExpr !== undefined)
      errors.invalid(
        `${at}.subPathExpr`,
        mount.subPathExpr,
        'subPathExpr and subPath are mutually exclusive',
      );
  });
};

const forbidBackSteps = (path: string, field: string, errors: FieldErrors): void => {
  if (path.split('/').includes('..')) errors.invalid(field, path, "must not contain '..'");
};
