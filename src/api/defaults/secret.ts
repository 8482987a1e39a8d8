/** Secrets take text under `stringData`, and keep it under `data`. Models: pkg/apis/core/v1/conversion.go#Convert_v1_Secret_To_core_Secret (v1.36) */
import { secret as secretSchema, type Secret } from '../schema/kinds/secret.js';
import { withFields } from './apply.js';

export const mergeStringData = (secret: Secret): Secret => {
  const { stringData, ...rest } = secret;
  if (stringData === undefined) return secret;
  const encoded = Object.fromEntries(
    Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64')]),
  );
  return withFields(secretSchema, rest, { data: { ...rest.data, ...encoded } });
};
