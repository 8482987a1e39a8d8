/**
 * Reads a request's body within a limit, and decodes it by its content type into a plain value: JSON, YAML or
 * Kubernetes' protobuf. What the value means is not looked at here.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go#limitedReadBody (v1.36)
 */
import type { IncomingMessage } from 'node:http';
import { badRequest, decodeProtobuf, requestEntityTooLarge, unsupportedMediaType } from '../../api/index.js';
import { JsonSyntaxError, parseJson, type JsonDocument } from './jsonReader.js';

/** The client went away while its request was being read: there is nobody to answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

/**
 * The body's bytes.
 * @throws {ApiError} RequestEntityTooLarge 413 as soon as the limit is passed; the rest is left unread.
 * @throws {RequestAborted}
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const settle = (act: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      act();
    };
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) settle(() => reject(requestEntityTooLarge(limitBytes)));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onClose = (): void => settle(() => reject(new RequestAborted('the client closed the connection')));
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      reject(requestEntityTooLarge(limitBytes));
      return;
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** The media type of the body, without parameters, in lower case; '' when the header is missing. */
export function contentTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * Decodes the body of a creation, update or deletion into an object; `null` counts as an empty one.
 *
 * `kind` is named by errors: what the body must be.
 * @throws {ApiError} UnsupportedMediaType 415, or BadRequest 400 with the decoder's text.
 */
export async function decodeBody(
  bytes: Buffer,
  contentType: string,
  kind: string,
): Promise<JsonDocument & { readonly value: Readonly<Record<string, unknown>> }> {
  const document = await parseBody(bytes, contentType, kind);
  const value = document.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw unrecognized(kind, bytes, `json: cannot unmarshal ${what} into Go value of type ${TYPE_META}`);
  }
  return { value: value as Readonly<Record<string, unknown>>, duplicates: document.duplicates };
}

/** How Go prints the struct that finds out kind and version. */
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

async function parseBody(bytes: Buffer, contentType: string, kind: string): Promise<JsonDocument> {
  switch (contentType) {
    case '':
    case 'application/json':
      try {
        return parseJson(bytes);
      } catch (error) {
        if (error instanceof JsonSyntaxError) throw unrecognized(kind, bytes, error.message);
        throw error;
      }
    case 'application/yaml':
      return parseYaml(bytes.toString('utf8'));
    case 'application/vnd.kubernetes.protobuf': {
      const { apiVersion, kind: sentKind, object } = decodeProtobuf(bytes);
      return { value: { apiVersion, kind: sentKind, ...(object as object) }, duplicates: [] };
    }
    default:
      throw unsupportedMediaType();
  }
}

/** @throws {ApiError} BadRequest 400 with line and column. */
export async function parseYaml(text: string): Promise<JsonDocument> {
  const { parseDocument, isMap, isSeq, isScalar } = await import('yaml');
  const document = parseDocument(text, { uniqueKeys: false });
  const error = document.errors[0];
  if (error !== undefined)
    throw badRequest(`error converting YAML to JSON: yaml: ${error.message.split('\n')[0]}`);
  const duplicates: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (isSeq(node)) node.items.forEach((item, index) => visit(item, `${path}[${index}]`));
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      const name = String(isScalar(key) ? key.value : key);
      const fieldPath = path === '' ? name : `${path}.${name}`;
      if (seen.has(name)) duplicates.push(fieldPath);
      seen.add(name);
      visit(value, fieldPath);
    }
  };
  visit(document.contents, '');
  return { value: document.toJS() as unknown, duplicates };
}

/** At most so many bytes of a body are shown in an error. */
const SHOWN_BYTES = 30;

function unrecognized(kind: string, bytes: Buffer, cause: string): Error {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ` +
      `json parse error: ${cause} (${excerpt(bytes)})`,
  );
}

/** The head of a body: as text if it looks like JSON, else in hexadecimal. */
function excerpt(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const head = bytes.subarray(0, SHOWN_BYTES);
  const shown = head[0] === 0x7b ? head.toString('utf8') : head.toString('hex');
  return bytes.length > SHOWN_BYTES ? `${shown} ...` : shown;
}
