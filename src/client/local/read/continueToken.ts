/**
 * The token with which a client asks for the next page of a list: the version of the first page, and the key to go on
 * from. Opaque to clients; its encoding is upstream's.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/storage/continue.go (v1.36)
 */
import { badRequest } from '../../../api/index.js';

/** A version that stands for the latest state, for lists whose own has been compacted away. */
export const LATEST = -1;

export interface ContinueToken {
  readonly version: number;
  /** The smallest key of the next page. */
  readonly start: string;
}

const ENCODING_VERSION = 'meta.k8s.io/v1';

export const encodeContinue = ({ version, start }: ContinueToken): string =>
  btoa(JSON.stringify({ v: ENCODING_VERSION, rv: version, start }))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** @throws {ApiError} BadRequest for anything that `encodeContinue` did not write. */
export const decodeContinue = (text: string): ContinueToken => {
  const { v, rv, start } = parse(text);
  if (v !== ENCODING_VERSION) throw invalid(`server does not recognize this encoded version ${String(v)}`);
  if (typeof rv !== 'number' || rv === 0 || !Number.isSafeInteger(rv))
    throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '')
    throw invalid('encoded start key empty (version meta.k8s.io/v1)');
  return { version: rv, start };
};

const parse = (text: string): Record<string, unknown> => {
  let json: string;
  try {
    json = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    throw invalid('illegal base64 data at input byte 0');
  }
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, in the words of Go's JSON decoder.
  }
  const first = json[0];
  throw invalid(
    first === undefined
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`,
  );
};

const invalid = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
