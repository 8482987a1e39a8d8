/** Shapes the objects of a watch: each is sent as a list of one in the form that the client asked for. */
import type { KindName, KubeObject } from '../../api/index.js';
import { kindFirst, metadataOnly, representObject, type RepresentOptions } from './represent.js';

/** A stateful shaper: the columns of a Table are told by the first event only. Ages are counted from `now` at each. */
export function presenter(
  kind: KindName,
  options: RepresentOptions,
  now: () => number,
): (object: KubeObject) => object {
  if (options.representation.as !== 'Table') return (object) => representObject(kind, object, options);
  let isFirst = true;
  return (object) => {
    const table = representObject(kind, object, { ...options, now: now() });
    if (isFirst) {
      isFirst = false;
      return table;
    }
    return { ...table, columnDefinitions: null };
  };
}

/** A bookmark in a Table has no cells: its version is in the row's object. */
export function presentBookmark(kind: KindName, options: RepresentOptions): (bookmark: KubeObject) => object {
  switch (options.representation.as) {
    case 'Table':
      return (bookmark) => ({
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { resourceVersion: bookmark.metadata.resourceVersion },
        columnDefinitions: null,
        rows: [{ cells: [], object: metadataOnly(bookmark) }],
      });
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return metadataOnly;
    default:
      return (bookmark) => kindFirst({ ...bookmark, kind });
  }
}
