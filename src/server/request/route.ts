/**
 * Tells what a path names: a resource of the API (collection, object, subresource), a document of discovery, or
 * nothing. Methods are not looked at here.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go (v1.36)
 */
import { resourceAt, resources } from '../../api/index.js';
import { reviewAt, reviewKinds, type ReviewKind } from '../resources/reviews.js';

/** A served resource, as the registry describes it. */
export type ResourceInfo = NonNullable<ReturnType<typeof resourceAt>>;

export interface ResourceRoute {
  readonly type: 'resource';
  readonly resource: ResourceInfo;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** The deprecated `/api/v1/watch/…` form. */
  readonly isWatchPath: boolean;
}

export type Route =
  | ResourceRoute
  /** A review: created, answered and forgotten. */
  | { readonly type: 'review'; readonly review: ReviewKind }
  /** `/api`, `/apis`. */
  | { readonly type: 'groups'; readonly isCore: boolean }
  /** `/apis/GROUP`. */
  | { readonly type: 'group'; readonly group: string }
  /** `/api/v1`, `/apis/GROUP/VERSION`. */
  | { readonly type: 'version'; readonly group: string; readonly version: string }
  /** Inside the API, but there is no such thing: 404 as a Status. */
  | { readonly type: 'unknownResource' }
  /** Outside the API: 404 as a page. */
  | { readonly type: 'unknownPath' }
  /** Not under `/api` or `/apis`. */
  | { readonly type: 'other'; readonly path: string };

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Groups and versions that are served, the core group first, each group's versions together. */
export function servedVersions(): readonly GroupVersion[] {
  const seen = new Map<string, GroupVersion>();
  for (const { group, version } of [...resources, ...reviewKinds]) {
    seen.set(`${group}/${version}`, { group, version });
  }
  return [...seen.values()].sort((a, b) => (a.group === b.group ? 0 : a.group < b.group ? -1 : 1));
}

/** Parses a raw path. A trailing slash is accepted, an empty segment is not. */
export function routeOf(rawPath: string): Route {
  const path = rawPath.length > 1 && rawPath.endsWith('/') ? rawPath.slice(0, -1) : rawPath;
  const segments = decodedSegments(path);
  if (segments === undefined) return { type: 'unknownPath' };
  const [root, ...rest] = segments;
  if (root === 'api') {
    if (rest.length === 0) return { type: 'groups', isCore: true };
    return versionRoute('', rest[0] as string, rest.slice(1));
  }
  if (root !== 'apis') return { type: 'other', path };
  if (rest.length === 0) return { type: 'groups', isCore: false };
  const [group = '', version, ...resourcePath] = rest;
  if (group === '' || !servedVersions().some((served) => served.group === group))
    return { type: 'unknownPath' };
  return version === undefined ? { type: 'group', group } : versionRoute(group, version, resourcePath);
}

function versionRoute(group: string, version: string, path: readonly string[]): Route {
  if (!servedVersions().some((served) => served.group === group && served.version === version)) {
    return { type: 'unknownResource' };
  }
  if (path.length === 0) return { type: 'version', group, version };
  const isWatchPath = path[0] === 'watch';
  return resourceRoute(group, version, isWatchPath ? path.slice(1) : path, isWatchPath);
}

/** What follows `namespaces/NAME` and still belongs to the namespace itself. */
const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

function resourceRoute(group: string, version: string, path: readonly string[], isWatchPath: boolean): Route {
  const isInNamespace =
    path[0] === 'namespaces' && path.length > 2 && !NAMESPACE_SUBRESOURCES.includes(path[2] as string);
  const namespace = isInNamespace ? path[1] : undefined;
  const [plural = '', name, subresource, ...more] = isInNamespace ? path.slice(2) : path;
  if (more.length > 0) return { type: 'unknownResource' };

  const review = reviewAt(group, version, plural);
  if (review !== undefined) {
    return name === undefined && namespace === undefined
      ? { type: 'review', review }
      : { type: 'unknownResource' };
  }
  if (plural === 'bindings' && group === '' && namespace !== undefined) {
    return bindingsRoute(version, namespace, name, isWatchPath);
  }
  const resource = resourceAt(group, version, plural);
  if (resource === undefined) return { type: 'unknownResource' };
  const isMisplaced = resource.namespaced
    ? namespace === undefined && name !== undefined
    : namespace !== undefined;
  if (isMisplaced) return { type: 'unknownResource' };
  return { type: 'resource', resource, namespace, name, subresource, isWatchPath };
}

/** `namespaces/NS/bindings`: a binding whose pod is named by the body. */
function bindingsRoute(
  version: string,
  namespace: string,
  name: string | undefined,
  isWatchPath: boolean,
): Route {
  const pods = resourceAt('', version, 'pods');
  if (pods === undefined || name !== undefined || isWatchPath) return { type: 'unknownResource' };
  return { type: 'resource', resource: pods, namespace, name: '', subresource: 'binding', isWatchPath };
}

/** Undefined for `//`, and for an escape that is broken or that would smuggle in a slash. */
function decodedSegments(path: string): readonly string[] | undefined {
  if (path === '/') return [''];
  const decoded: string[] = [];
  for (const raw of path.split('/').slice(1)) {
    try {
      const segment = decodeURIComponent(raw);
      if (segment === '' || segment.includes('/')) return undefined;
      decoded.push(segment);
    } catch {
      // URIError: a broken escape names nothing.
      return undefined;
    }
  }
  return decoded;
}
