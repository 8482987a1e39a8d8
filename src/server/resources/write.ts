/** Writing objects: create, update, patch, and their subresources that are written like objects. */
import { ApiError, badRequest, decode, unsupportedPatchType } from '../../api/index.js';
import type { PatchType, Subresource, WriteOptions } from '../../client/index.js';
import type { Exchange } from '../request/exchange.js';
import { contentTypeOf, decodeBody, parseYaml, readBody } from '../request/body.js';
import { JsonSyntaxError, parseJson, type JsonDocument } from '../request/jsonReader.js';
import { writeOptionsOf } from '../request/query.js';
import type { ResourceRoute } from '../request/route.js';
import { keyOf, representOptionsOf, sendRepresented } from './read.js';

type Manifest = Readonly<Record<string, unknown>>;

export async function createObject(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const represent = representOptionsOf(exchange, false);
  const options = writeOptionsOf(exchange, 'CreateOptions');
  const { kind } = route.resource;
  const manifest = await readManifest(exchange, kind, options, route);
  const created = await exchange.context.api.create(kind, manifest, {
    ...options,
    namespace: route.namespace,
  });
  await sendRepresented(exchange, 201, created, represent);
}

export async function updateObject(
  exchange: Exchange,
  route: ResourceRoute,
  subresource: Subresource | undefined,
): Promise<void> {
  const represent = representOptionsOf(exchange, false);
  const options = writeOptionsOf(exchange, 'UpdateOptions');
  const manifest = await readManifest(exchange, bodyKind(route, subresource), options, route);
  let code = 200;
  const onCreated = (): void => void (code = 201);
  const updated = await exchange.context.api.update(keyOf(route), manifest, {
    ...options,
    subresource,
    onCreated,
  });
  await sendRepresented(exchange, code, updated, represent);
}

export async function patchObject(
  exchange: Exchange,
  route: ResourceRoute,
  subresource: Subresource | undefined,
): Promise<void> {
  const represent = representOptionsOf(exchange, false);
  const type = patchTypeOf(contentTypeOf(exchange.request));
  const isApply = type === 'apply';
  // A Scale is applied by nobody; the object that is scaled is.
  if (isApply && subresource === 'scale') throw unsupportedPatchType();
  const options = writeOptionsOf(exchange, 'PatchOptions', isApply ? 'apply' : 'other');
  const bytes = await readBody(exchange.request, exchange.context.limits.bodyBytes);
  const body = isApply ? await readConfig(bytes) : readPatch(type, bytes);
  let code = 200;
  const onCreated = (): void => void (code = 201);
  const patched = await exchange.context.api.patch(
    keyOf(route),
    { type, body },
    { ...options, subresource, onCreated },
  );
  await sendRepresented(exchange, code, patched, represent);
}

const bodyKind = (route: ResourceRoute, subresource: Subresource | undefined): string =>
  subresource === 'scale' ? 'Scale' : route.resource.kind;

/** The object of the body, its kind and version taken from the URL where it says none. */
async function readManifest(
  exchange: Exchange,
  kind: string,
  options: WriteOptions,
  route: ResourceRoute,
): Promise<Manifest> {
  const { request, context } = exchange;
  const bytes = await readBody(request, context.limits.bodyBytes);
  const document = await decodeBody(bytes, contentTypeOf(request), kind);
  const apiVersion = kind === 'Scale' ? 'autoscaling/v1' : route.resource.apiVersion;
  const manifest = {
    ...document.value,
    kind: document.value['kind'] || kind,
    apiVersion: document.value['apiVersion'] || apiVersion,
  };
  reportDuplicates({ value: manifest, duplicates: document.duplicates }, route, options);
  return manifest;
}

/** Duplicate fields are refused, told or ignored like unknown ones, and together with these. */
function reportDuplicates(document: JsonDocument, route: ResourceRoute, options: WriteOptions): void {
  const duplicates = [...new Set(document.duplicates)].map(
    (path) => `duplicate field ${JSON.stringify(path)}`,
  );
  if (duplicates.length === 0 || options.fieldValidation === 'Ignore') return;
  if (options.fieldValidation !== 'Strict') {
    for (const duplicate of duplicates) options.onWarning?.(duplicate);
    return;
  }
  const { kind, version } = route.resource;
  const { unknownFields } = decode(kind, document.value);
  const all = [...duplicates, ...unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`)];
  throw badRequest(
    `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${all.join(', ')}`,
  );
}

function patchTypeOf(contentType: string): PatchType {
  switch (contentType) {
    case 'application/json-patch+json':
      return 'json';
    case 'application/merge-patch+json':
      return 'merge';
    case 'application/strategic-merge-patch+json':
      return 'strategic';
    case 'application/apply-patch+yaml':
      return 'apply';
    default:
      throw unsupportedPatchType();
  }
}

/** What is applied, in YAML, of which JSON is a part. */
async function readConfig(bytes: Buffer): Promise<unknown> {
  const text = bytes.toString('utf8');
  try {
    return text.trimStart().startsWith('{') ? parseJson(bytes).value : (await parseYaml(text)).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof ApiError)
      throw badRequest(`error decoding YAML: ${error.message}`);
    throw error;
  }
}

/** Parses a patch; that its content fits its type is checked where it is applied. */
function readPatch(type: PatchType, bytes: Buffer): unknown {
  try {
    return parseJson(bytes).value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(type === 'strategic' ? error.message : `error decoding patch: ${error.message}`);
  }
}
