/** Rules of a container's environment. Models: pkg/apis/core/validation/validation.go#ValidateEnv, #ValidateEnvFrom (v1.36) */
import type { Container, EnvFromSource, EnvVar, EnvVarSource } from '../../schema/types/container.js';
import type { ObjectFieldSelector } from '../../schema/types/references.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkConfigKey, checkEnvVarName, checkQualifiedName, checkSubdomain } from '../names.js';

/** Fields of the pod that a variable may hold, besides one label or annotation. */
const POD_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Field labels that exist, but that no variable can hold. */
const OTHER_FIELD_LABELS = new Set([
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const;

export const validateEnvironment = (container: Container, path: string, errors: FieldErrors): void => {
  container.env?.forEach((variable, index) => validateVariable(variable, `${path}.env[${index}]`, errors));
  container.envFrom?.forEach((source, index) => validateEnvFrom(source, `${path}.envFrom[${index}]`, errors));
};

const validateVariable = (variable: EnvVar, path: string, errors: FieldErrors): void => {
  if (variable.name === '') errors.required(`${path}.name`);
  else errors.invalidAll(`${path}.name`, variable.name, checkEnvVarName(variable.name));
  if (variable.valueFrom !== undefined)
    validateSource(variable.valueFrom, variable.value ?? '', `${path}.valueFrom`, errors);
};

const validateSource = (source: EnvVarSource, value: string, path: string, errors: FieldErrors): void => {
  const count = SOURCES.filter((name) => source[name] !== undefined).length;
  if (source.fieldRef !== undefined) validateFieldRef(source.fieldRef, `${path}.fieldRef`, errors);
  if (source.resourceFieldRef?.resource === '') errors.required(`${path}.resourceFieldRef.resource`);
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = source[name];
    if (reference === undefined) continue;
    if (reference.key === '') errors.required(`${path}.${name}.key`);
    else errors.invalidAll(`${path}.${name}.key`, reference.key, checkConfigKey(reference.key));
  }
  if (count === 0)
    errors.invalid(
      path,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  else if (value !== '') errors.invalid(path, '', 'may not be specified when `value` is not empty');
  else if (count > 1) errors.invalid(path, '', 'may not have more than one field specified at a time');
};

/** Models: validation.go#validateObjectFieldSelector */
const validateFieldRef = (
  { apiVersion, fieldPath }: ObjectFieldSelector,
  path: string,
  errors: FieldErrors,
): void => {
  if (apiVersion === '') return errors.required(`${path}.apiVersion`);
  if (fieldPath === '') return errors.required(`${path}.fieldPath`);
  const subscript = /^(.+)\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null) {
    const [, field = '', key = ''] = subscript;
    if (field === 'metadata.annotations')
      return errors.invalidAll(path, key, checkQualifiedName(key.toLowerCase()));
    if (field === 'metadata.labels') return errors.invalidAll(path, key, checkQualifiedName(key));
    return errors.invalid(path, field, 'does not support subscript');
  }
  if (POD_FIELDS.includes(fieldPath)) return undefined;
  if (OTHER_FIELD_LABELS.has(fieldPath))
    return errors.notSupported(`${path}.fieldPath`, fieldPath, POD_FIELDS);
  return errors.invalid(
    `${path}.fieldPath`,
    fieldPath,
    `error converting fieldPath: field label not supported: ${fieldPath}`,
  );
};

const validateEnvFrom = (source: EnvFromSource, path: string, errors: FieldErrors): void => {
  if (source.prefix !== undefined)
    errors.invalidAll(`${path}.prefix`, source.prefix, checkEnvVarName(source.prefix));
  let count = 0;
  for (const name of ['configMapRef', 'secretRef'] as const) {
    const reference = source[name];
    if (reference === undefined) continue;
    count += 1;
    if (!reference.name) errors.required(`${path}.${name}.name`);
    else errors.invalidAll(`${path}.${name}.name`, reference.name, checkSubdomain(reference.name));
  }
  if (count === 0) errors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`');
  else if (count > 1) errors.invalid(path, '', 'may not have more than one field specified at a time');
};
