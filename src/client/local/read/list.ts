/**
 * LIST: selectors, pages, and states other than the latest.
 *
 * Differs: a `resourceVersion` of the future is refused at once, where upstream first waits three seconds for it.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go#GetList (v1.36)
 */
import {
  badRequest,
  continueTooOld,
  listVersionTooOld,
  parseFieldSelector,
  parseLabelSelector,
  plain500,
  tooLargeResourceVersion,
  type FieldMatcher,
  type KubeObject,
  type LabelMatcher,
  type Resource,
} from '../../../api/index.js';
import { StoreError } from '../../../store/index.js';
import type { ListOptions, ObjectList } from '../../port.js';
import { storeName, type Context } from '../context.js';
import { decodeContinue, encodeContinue, LATEST, type ContinueToken } from './continueToken.js';
import { checkListOptions } from '../options.js';

export interface Selection {
  readonly labels: LabelMatcher;
  readonly fields: FieldMatcher;
}

/** @throws {ApiError} BadRequest when a selector cannot be understood. */
export const parseSelection = (
  resource: Resource,
  options: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>,
): Selection => ({
  labels: parseLabelSelector(options.labelSelector),
  fields: parseFieldSelector(resource.kind, options.fieldSelector),
});

export const isSelected = (selection: Selection, object: KubeObject): boolean =>
  selection.labels.matches(object) && selection.fields.matches(object);

/**
 * The version in a request.
 * @throws {ApiError} 500 with upstream's text for anything but a whole number.
 */
export const parseResourceVersion = (text: string | undefined): number | undefined => {
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text))
    throw plain500(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number(text);
};

export const listObjects = (
  { store }: Context,
  resource: Resource,
  options: ListOptions = {},
): ObjectList<KubeObject> => {
  checkListOptions(options);
  const selection = parseSelection(resource, options);
  const namespace = resource.namespaced ? options.namespace : '';
  const page = pageOf(options);
  const version = page.version ?? store.revision;
  if (version > store.revision) throw tooLargeResourceVersion(version, store.revision);
  const name = storeName(resource);
  let objects: readonly KubeObject[];
  if (page.isExact && version !== store.revision) {
    objects = listAt({ store }, name, version, namespace, page.token);
  } else {
    objects = only(store, name, selection.fields, namespace) ?? store.list(name, namespace);
  }
  const resourceVersion = String(page.isExact ? version : store.revision);
  return cut(objects, { selection, namespace, page, resourceVersion });
};

interface Page {
  readonly version: number | undefined;
  /** The state at exactly `version`; otherwise the latest, which is not older. */
  readonly isExact: boolean;
  readonly token: ContinueToken | undefined;
  /** 0: no limit. */
  readonly limit: number;
}

const pageOf = (options: ListOptions): Page => {
  const limit = Math.max(0, options.limit ?? 0);
  const version = parseResourceVersion(options.resourceVersion);
  if (options.continue !== undefined && options.continue !== '') {
    const token = decodeContinue(options.continue);
    if (version !== undefined && version !== 0)
      throw badRequest('specifying resource version is not allowed when using continue');
    const isExact = token.version !== LATEST;
    return { version: isExact ? token.version : undefined, isExact, token, limit };
  }
  const match = options.resourceVersionMatch;
  const isExact = match === 'Exact' || (limit > 0 && version !== undefined && version !== 0 && !match);
  // A list of "any" version comes from a cache upstream, which knows no pages.
  return { version, isExact, token: undefined, limit: version === 0 ? 0 : limit };
};

/** A selection by name needs no scan. */
const only = (
  store: Context['store'],
  name: string,
  fields: FieldMatcher,
  namespace: string | undefined,
): readonly KubeObject[] | undefined => {
  const objectName = fields.equalities.get('metadata.name');
  if (objectName === undefined || namespace === undefined) return undefined;
  const object = store.get(name, namespace, objectName);
  return object === undefined ? [] : [object];
};

const listAt = (
  { store }: Pick<Context, 'store'>,
  name: string,
  version: number,
  namespace: string | undefined,
  token: ContinueToken | undefined,
): readonly KubeObject[] => {
  try {
    return store.listAt(name, version, namespace);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (token === undefined) throw listVersionTooOld();
    throw continueTooOld(encodeContinue({ version: LATEST, start: token.start }));
  }
};

interface Cut {
  readonly selection: Selection;
  readonly namespace: string | undefined;
  readonly page: Page;
  readonly resourceVersion: string;
}

const cut = (objects: readonly KubeObject[], { selection, namespace, page, resourceVersion }: Cut) => {
  const isEverything = selection.labels.isEverything && selection.fields.isEverything;
  const { token, limit } = page;
  const keyOf = ({ metadata }: KubeObject): string =>
    namespace !== undefined || metadata.namespace === undefined
      ? metadata.name
      : `${metadata.namespace}/${metadata.name}`;
  const rest = token === undefined ? objects : objects.filter((object) => keyOf(object) >= token.start);
  const selected = isEverything ? rest : rest.filter((object) => isSelected(selection, object));
  if (limit === 0 || selected.length <= limit) return { items: selected, metadata: { resourceVersion } };
  const items = selected.slice(0, limit);
  const last = items[items.length - 1];
  const start = last === undefined ? '' : `${keyOf(last)}\u0000`;
  return {
    items,
    metadata: {
      resourceVersion,
      continue: encodeContinue({ version: Number(resourceVersion), start }),
      ...(isEverything && { remainingItemCount: selected.length - limit }),
    },
  };
};
