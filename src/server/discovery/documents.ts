/**
 * Discovery: which groups, versions and resources there are. Aggregated (one document for everything, kubectl 1.26 and
 * later) and legacy (one document per group and version).
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/discovery (v1.36)
 */
import { resources } from '../../api/index.js';
import { reviewKinds } from '../resources/reviews.js';
import { servedVersions, type GroupVersion, type ResourceInfo } from '../request/route.js';

/** What discovery tells of a subresource, where it differs from its resource: kind of the body, verbs. */
interface SubresourceTraits {
  readonly verbs: readonly string[];
  readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string };
}

const WRITTEN = ['get', 'patch', 'update'];
const STREAMED = { verbs: ['create', 'get'] };

const SUBRESOURCES: Readonly<Record<string, SubresourceTraits>> = {
  status: { verbs: WRITTEN },
  ephemeralcontainers: { verbs: WRITTEN },
  scale: { verbs: WRITTEN, responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } },
  finalize: { verbs: ['update'] },
  log: { verbs: ['get'] },
  exec: { ...STREAMED, responseKind: { group: '', version: 'v1', kind: 'PodExecOptions' } },
  attach: { ...STREAMED, responseKind: { group: '', version: 'v1', kind: 'PodAttachOptions' } },
  portforward: { ...STREAMED, responseKind: { group: '', version: 'v1', kind: 'PodPortForwardOptions' } },
  binding: { verbs: ['create'], responseKind: { group: '', version: 'v1', kind: 'Binding' } },
  eviction: { verbs: ['create'], responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
};

interface DiscoveredResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
}

/** `kubectl get all` prints in the order of discovery. api.md §1.1 */
const ALL_ORDER = ['pods', 'replicationcontrollers', 'services', 'daemonsets', 'deployments', 'replicasets'];

function resourcesOf({ group, version }: GroupVersion): readonly DiscoveredResource[] {
  const kinds: DiscoveredResource[] = [...resources]
    .filter((resource: ResourceInfo) => resource.group === group && resource.version === version)
    .map((resource: ResourceInfo) => ({ ...resource, subresources: servedSubresources(resource) }));
  const reviews = reviewKinds
    .filter((review) => review.group === group && review.version === version)
    .map((review) => ({
      ...review,
      namespaced: false,
      verbs: ['create'],
      shortNames: [],
      categories: [],
      subresources: [],
    }));
  const rank = (resource: DiscoveredResource): number => {
    const at = ALL_ORDER.indexOf(resource.plural);
    return at < 0 ? ALL_ORDER.length : at;
  };
  return [...kinds, ...reviews].sort((a, b) => rank(a) - rank(b) || (a.plural < b.plural ? -1 : 1));
}

const servedSubresources = (resource: ResourceInfo): readonly string[] =>
  resource.subresources.filter((name) => SUBRESOURCES[name] !== undefined);

/** APIGroupDiscoveryList: the core group alone (`/api`), or all others (`/apis`). `version` is v2 or v2beta1. */
export function aggregatedDiscovery(isCore: boolean, version: string): object {
  const versions = servedVersions().filter((served) => (served.group === '') === isCore);
  const groups = [...new Set(versions.map((served) => served.group))];
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions
        .filter((served) => served.group === group)
        .map((served) => ({
          version: served.version,
          resources: resourcesOf(served).map(aggregatedResource),
          freshness: 'Current',
        })),
    })),
  };
}

function aggregatedResource(resource: DiscoveredResource): object {
  const { group, version, kind } = resource;
  return {
    resource: resource.plural,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
    ...(resource.categories.length > 0 && { categories: resource.categories }),
    ...(resource.subresources.length > 0 && {
      subresources: resource.subresources.map((subresource) => ({
        subresource,
        responseKind: SUBRESOURCES[subresource]?.responseKind ?? { group, version, kind },
        verbs: SUBRESOURCES[subresource]?.verbs,
      })),
    }),
  };
}

/** `/api`. */
export const legacyVersions = (authority: string): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: authority }],
});

/** `/apis`. */
export const legacyGroups = (): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...new Set(servedVersions().map((served) => served.group))]
    .filter((group) => group !== '')
    .map(groupDocument),
});

/** `/apis/GROUP`. */
export const legacyGroup = (group: string): object => ({
  kind: 'APIGroup',
  apiVersion: 'v1',
  ...groupDocument(group),
});

function groupDocument(name: string): object {
  const versions = servedVersions()
    .filter(({ group }) => group === name)
    .map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

/** `/api/v1`, `/apis/GROUP/VERSION`. */
export function legacyResources(served: GroupVersion): object {
  const { group, version } = served;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: resourcesOf(served).flatMap((resource) => [
      {
        name: resource.plural,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
        ...(resource.categories.length > 0 && { categories: resource.categories }),
      },
      ...resource.subresources.map((subresource) => {
        const { verbs, responseKind } = SUBRESOURCES[subresource] as SubresourceTraits;
        return {
          name: `${resource.plural}/${subresource}`,
          singularName: '',
          namespaced: resource.namespaced,
          ...(responseKind !== undefined && { group: responseKind.group, version: responseKind.version }),
          kind: responseKind?.kind ?? resource.kind,
          verbs,
        };
      }),
    ]),
  };
}
