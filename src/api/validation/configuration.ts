/** Rules of ConfigMap and Secret. Models: pkg/apis/core/validation/validation.go#ValidateConfigMap, #ValidateSecret (v1.36) */
import { jsonEqual } from '../patch/index.js';
import type { ConfigMap } from '../schema/kinds/configMap.js';
import type { Secret } from '../schema/kinds/secret.js';
import type { FieldErrors } from './fieldErrors.js';
import { checkConfigKey } from './names.js';

/** Models: pkg/apis/core/types.go#MaxSecretSize */
const MAX_DATA_BYTES = 1024 * 1024;

type Data = Readonly<Record<string, string>>;

export const validateConfigMap = ({ data = {}, binaryData = {} }: ConfigMap, errors: FieldErrors): void => {
  let sizeBytes = 0;
  for (const key of Object.keys(data)) {
    errors.invalidAll(`data[${key}]`, key, checkConfigKey(key));
    if (Object.hasOwn(binaryData, key))
      errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
    sizeBytes += Buffer.byteLength(data[key] as string);
  }
  for (const key of Object.keys(binaryData)) {
    errors.invalidAll(`binaryData[${key}]`, key, checkConfigKey(key));
    sizeBytes += Buffer.byteLength(binaryData[key] as string, 'base64');
  }
  // The field is named so, upstream's path being empty.
  if (sizeBytes > MAX_DATA_BYTES) errors.tooLong('[]', MAX_DATA_BYTES);
};

export const validateConfigMapUpdate = (next: ConfigMap, old: ConfigMap, errors: FieldErrors): void => {
  forbidImmutable(next, old, ['data', 'binaryData'], errors);
  validateConfigMap(next, errors);
};

/** Keys that a type of Secret must have. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

export const validateSecret = ({ data = {}, type, metadata }: Secret, errors: FieldErrors): void => {
  let sizeBytes = 0;
  for (const key of Object.keys(data)) {
    errors.invalidAll(`data[${key}]`, key, checkConfigKey(key));
    sizeBytes += Buffer.byteLength(data[key] as string, 'base64');
  }
  if (sizeBytes > MAX_DATA_BYTES) errors.tooLong('data', MAX_DATA_BYTES);
  for (const key of REQUIRED_KEYS[type] ?? []) if (!Object.hasOwn(data, key)) errors.required(`data[${key}]`);
  if (
    type === 'kubernetes.io/service-account-token' &&
    !metadata.annotations?.['kubernetes.io/service-account.name']
  )
    errors.required('metadata.annotations[kubernetes.io/service-account.name]');
  if (
    type === 'kubernetes.io/basic-auth' &&
    data['username'] === undefined &&
    data['password'] === undefined
  ) {
    errors.required('data[username]');
    errors.required('data[password]');
  }
};

export const validateSecretUpdate = (next: Secret, old: Secret, errors: FieldErrors): void => {
  if (next.type !== old.type) errors.invalid('type', next.type, 'field is immutable');
  forbidImmutable(next, old, ['data'], errors);
  validateSecret(next, errors);
};

interface Immutable {
  readonly immutable?: boolean | undefined;
  readonly data?: Data | undefined;
  readonly binaryData?: Data | undefined;
}

/** What was declared immutable stays so, itself included. */
const forbidImmutable = (
  next: Immutable,
  old: Immutable,
  fields: readonly ('data' | 'binaryData')[],
  errors: FieldErrors,
): void => {
  if (old.immutable !== true) return;
  const detail = 'field is immutable when `immutable` is set';
  if (next.immutable !== true) errors.forbidden('immutable', detail);
  for (const field of fields)
    if (!jsonEqual(next[field] ?? {}, old[field] ?? {})) errors.forbidden(field, detail);
};
