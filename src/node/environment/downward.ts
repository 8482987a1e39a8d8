/**
 * The downward API: what a container may be told of its own pod and resources.
 *
 * Models: pkg/kubelet/kubelet_pods.go#podFieldSelectorRuntimeValue, pkg/fieldpath, pkg/api/v1/resource/helpers.go
 * (v1.36; spec node.md 8.1).
 */
import type { Container, EnvVarSource, Pod } from '../../api/index.js';

export type FieldResult = { readonly value: string } | { readonly error: string };

export interface PodSurroundings {
  readonly podIp: string;
  readonly podIps?: readonly string[] | undefined;
  readonly hostIp: string;
  readonly nodeName: string;
}

/** The value of a `fieldRef`. Labels and annotations that are not there are empty. */
export const podField = (pod: Pod, fieldPath: string, around: PodSurroundings): FieldResult => {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (subscript) {
    const [, map, key = ''] = subscript;
    return { value: (map === 'labels' ? metadata.labels : metadata.annotations)?.[key] ?? '' };
  }
  switch (fieldPath) {
    case 'metadata.name':
      return { value: metadata.name };
    case 'metadata.namespace':
      return { value: metadata.namespace ?? 'default' };
    case 'metadata.uid':
      return { value: metadata.uid };
    case 'spec.nodeName':
      return { value: spec.nodeName ?? around.nodeName };
    case 'spec.serviceAccountName':
      return { value: spec.serviceAccountName ?? '' };
    case 'status.hostIP':
    case 'status.hostIPs':
      return { value: around.hostIp };
    case 'status.podIP':
      return { value: around.podIp };
    case 'status.podIPs':
      return { value: (around.podIps ?? [around.podIp]).join(',') };
    default:
      return { error: `unsupported fieldPath: ${fieldPath}` };
  }
};

/** Resources whose limits default to what the node can give. */
const DEFAULTED = ['cpu', 'memory', 'ephemeral-storage'];

/** The value of a `resourceFieldRef`: the quantity in divisors, rounded up. */
export const resourceField = (
  selector: NonNullable<EnvVarSource['resourceFieldRef']>,
  container: Container,
  pod: Pod,
  allocatable: Readonly<Record<string, string>>,
): FieldResult => {
  const { containerName, resource } = selector;
  const holder = containerName ? containerOf(pod, containerName) : container;
  if (!holder) return { error: `container ${containerName} not found` };
  const [, list, name = ''] = /^(limits|requests)\.(.+)$/.exec(resource) ?? [];
  if (!list || !(DEFAULTED.includes(name) || name.startsWith('hugepages-'))) {
    return { error: `unsupported container resource : ${resource}` };
  }
  const { limits, requests } = holder.resources ?? {};
  const own = quantityNumber((list === 'limits' ? limits : requests)?.[name]);
  const takesDefault = own === 0 && list === 'limits' && DEFAULTED.includes(name);
  const amount = takesDefault ? quantityNumber(allocatable[name]) : own;
  const divisor = quantityNumber(selector.divisor) || 1;
  // Whole thousandths, as upstream counts cpu: 0.1 / 0.001 is 100 and not 100.00000000000001.
  return { value: String(Math.ceil(Math.round(amount * 1000) / Math.round(divisor * 1000))) };
};

const containerOf = (pod: Pod, name: string): Container | undefined =>
  pod.spec.containers.find((container) => container.name === name) ??
  pod.spec.initContainers?.find((container) => container.name === name);

const FACTOR: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity that the API has checked, as a number; 0 when absent. */
const quantityNumber = (quantity: string | undefined): number => {
  const [, digits = '0', suffix = ''] =
    /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(quantity ?? '0') ?? [];
  return Number(digits) * (FACTOR[suffix] ?? 1);
};
