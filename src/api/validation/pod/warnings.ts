/** What upstream warns of in pods and templates. Models: pkg/api/pod/warnings.go (v1.36) */
import type { PodSpec } from '../../schema/kinds/pod.js';
import type { Container } from '../../schema/types/container.js';
import type { ObjectMeta } from '../../schema/types/meta.js';
import { parseQuantity } from '../../wire/quantity.js';
import { checkLabelName } from '../names.js';

/** Labels of nodes that have a successor. */
const DEPRECATED_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

interface Paths {
  readonly metadata: string;
  readonly spec: string;
}

export const podWarnings = (
  metadata: Partial<ObjectMeta>,
  spec: PodSpec,
  paths: Paths,
): readonly string[] => {
  const warnings: string[] = [];
  if (metadata.name) {
    const messages = checkLabelName(metadata.name);
    if (messages.length > 0)
      warnings.push(
        `${paths.metadata}.name: this is used in the Pod's hostname, which can result in surprising behavior; ` +
          `a DNS label is recommended: [${messages.join(' ')}]`,
      );
  }
  for (const label of Object.keys(spec.nodeSelector ?? {})) {
    const deprecation = DEPRECATED_NODE_LABELS[label];
    if (deprecation !== undefined) warnings.push(`${paths.spec}.nodeSelector[${label}]: ${deprecation}`);
  }
  collectPlacementWarnings(spec, paths.spec, warnings);
  for (const field of ['initContainers', 'containers'] as const)
    spec[field]?.forEach((container, index) =>
      collectContainerWarnings(container, `${paths.spec}.${field}[${index}]`, warnings),
    );
  return warnings;
};

const collectPlacementWarnings = (spec: PodSpec, path: string, warnings: string[]): void => {
  const warnOfNull = ({ labelSelector }: { readonly labelSelector?: unknown }, at: string): void => {
    if (labelSelector === undefined)
      warnings.push(`${at}.labelSelector: a null labelSelector results in matching no pod`);
  };
  spec.topologySpreadConstraints?.forEach((constraint, index) => {
    const { topologyKey } = constraint;
    const at = `${path}.topologySpreadConstraints[${index}]`;
    const deprecation = DEPRECATED_NODE_LABELS[topologyKey];
    if (deprecation !== undefined) warnings.push(`${at}.topologyKey: ${topologyKey} is ${deprecation}`);
    warnOfNull(constraint, at);
  });
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const affinity = spec.affinity?.[kind];
    const at = `${path}.affinity.${kind}`;
    affinity?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) =>
      warnOfNull(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`),
    );
    affinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ podAffinityTerm }, index) =>
      warnOfNull(
        podAffinityTerm,
        `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`,
      ),
    );
  }
};

const collectContainerWarnings = (container: Container, path: string, warnings: string[]): void => {
  const variables = new Set<string>();
  container.env?.forEach(({ name, value = '' }, index) => {
    // A variable that extends itself is meant to come again.
    if (variables.has(name) && !value.includes(`$(${name})`))
      warnings.push(
        `${path}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
      );
    variables.add(name);
  });
  const ports = new Map<string, number>();
  container.ports?.forEach(({ containerPort, protocol }, index) => {
    const first = ports.get(`${containerPort}/${protocol}`);
    if (first !== undefined)
      warnings.push(`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${first}]`);
    else ports.set(`${containerPort}/${protocol}`, index);
  });
  for (const kind of ['limits', 'requests'] as const) {
    const memory = container.resources[kind]?.['memory'];
    if (memory !== undefined && !Number.isInteger(parseQuantity(memory)))
      warnings.push(
        `${path}.resources.${kind}[memory]: fractional byte value "${memory}" is invalid, must be an integer`,
      );
  }
};
