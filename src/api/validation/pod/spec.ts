/**
 * Rules of pods and of the pod specs in templates.
 *
 * Models: pkg/apis/core/validation/validation.go#ValidatePodCreate, #ValidatePodSpec, #ValidatePodStatusUpdate (v1.36)
 */
import { podSpec as podSpecSchema, type Pod, type PodSpec } from '../../schema/kinds/pod.js';
import { validateContainers, validateInitContainers, type Surroundings } from './container.js';
import type { FieldErrors } from '../fieldErrors.js';
import { validateLabels } from '../metadata.js';
import { checkLabelName, checkQualifiedName, checkSubdomain } from '../names.js';
import { validateAffinity, validateTolerations } from './placement.js';
import { validateTopologySpread } from './topologySpread.js';
import { validateVolumes } from './volumes.js';

const { dnsPolicy, preemptionPolicy, restartPolicy } = podSpecSchema.fields;
const RESTART_POLICIES: readonly string[] = restartPolicy.options.values;
const DNS_POLICIES: readonly string[] = dnsPolicy.options.values;
const PREEMPTION_POLICIES: readonly string[] = preemptionPolicy.options.values;
/** Seconds that fit the type upstream counts deadlines in. */
const MAX_SECONDS = 2_147_483_647;

/** Of a new pod. Ephemeral containers come later, through their subresource. */
export const validatePod = ({ spec }: Pod, errors: FieldErrors): void => {
  validatePodSpec(spec, 'spec', errors);
  if (spec.ephemeralContainers?.length)
    errors.forbidden('spec.ephemeralContainers', 'cannot be set on create');
};

export const validatePodSpec = (spec: PodSpec, path: string, errors: FieldErrors): void => {
  const volumeNames =
    spec.volumes === undefined ? NONE : validateVolumes(spec.volumes, `${path}.volumes`, errors);
  const { terminationGracePeriodSeconds: gracePeriodSeconds } = spec;
  const around: Surroundings = { volumeNames, names: new Set(), gracePeriodSeconds };
  validateContainers(spec.containers, `${path}.containers`, around, errors);
  if (spec.initContainers !== undefined)
    validateInitContainers(spec.initContainers, `${path}.initContainers`, around, errors);
  validatePolicies(spec, path, errors);
  if (spec.nodeSelector !== undefined) validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors);
  if (spec.affinity !== undefined) validateAffinity(spec.affinity, `${path}.affinity`, errors);
  validateGates(spec, path, errors);
  if (spec.topologySpreadConstraints !== undefined)
    validateTopologySpread(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`, errors);
  validateReferences(spec, path, errors);
  if (spec.tolerations !== undefined) validateTolerations(spec.tolerations, `${path}.tolerations`, errors);
  validatePriority(spec, path, errors);
};
const NONE: ReadonlySet<string> = new Set();

const validatePolicies = (spec: PodSpec, path: string, errors: FieldErrors): void => {
  if (!RESTART_POLICIES.includes(spec.restartPolicy))
    errors.notSupported(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES);
  if (!DNS_POLICIES.includes(spec.dnsPolicy))
    errors.notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES);
};

const validateGates = (spec: PodSpec, path: string, errors: FieldErrors): void => {
  spec.readinessGates?.forEach(({ conditionType }, index) =>
    errors.invalidAll(
      `${path}.readinessGates[${index}].conditionType`,
      conditionType,
      checkQualifiedName(conditionType),
    ),
  );
  const names = new Set<string>();
  spec.schedulingGates?.forEach(({ name }, index) => {
    const at = `${path}.schedulingGates[${index}]`;
    errors.invalidAll(at, name, checkQualifiedName(name));
    if (names.has(name)) errors.duplicate(at, name);
    names.add(name);
  });
  if (spec.nodeName !== undefined && names.size > 0)
    errors.forbidden(`${path}.nodeName`, 'cannot be set until all schedulingGates have been cleared');
};

const validateReferences = (spec: PodSpec, path: string, errors: FieldErrors): void => {
  const { serviceAccountName, nodeName, activeDeadlineSeconds, hostname, subdomain } = spec;
  if (serviceAccountName !== undefined)
    errors.invalidAll(`${path}.serviceAccountName`, serviceAccountName, checkSubdomain(serviceAccountName));
  if (nodeName !== undefined) errors.invalidAll(`${path}.nodeName`, nodeName, checkSubdomain(nodeName));
  if (
    activeDeadlineSeconds !== undefined &&
    (activeDeadlineSeconds < 1 || activeDeadlineSeconds > MAX_SECONDS)
  )
    errors.invalid(
      `${path}.activeDeadlineSeconds`,
      activeDeadlineSeconds,
      `must be between 1 and ${MAX_SECONDS}, inclusive`,
    );
  if (hostname !== undefined) errors.invalidAll(`${path}.hostname`, hostname, checkLabelName(hostname));
  if (subdomain !== undefined) errors.invalidAll(`${path}.subdomain`, subdomain, checkLabelName(subdomain));
};

const validatePriority = (spec: PodSpec, path: string, errors: FieldErrors): void => {
  const { priorityClassName, runtimeClassName, preemptionPolicy: preemption } = spec;
  if (priorityClassName !== undefined)
    errors.invalidAll(`${path}.priorityClassName`, priorityClassName, checkSubdomain(priorityClassName));
  if (runtimeClassName !== undefined)
    errors.invalidAll(`${path}.runtimeClassName`, runtimeClassName, checkSubdomain(runtimeClassName));
  if (preemption !== undefined && !PREEMPTION_POLICIES.includes(preemption))
    errors.notSupported(`${path}.preemptionPolicy`, preemption, PREEMPTION_POLICIES);
};

/** A container that has ended for good cannot start again. Models: validation.go#ValidateContainerStateTransition */
export const validatePodStatus = (pod: Pod, old: Pod, errors: FieldErrors): void => {
  pod.status.conditions?.forEach(({ type }, index) =>
    errors.invalidAll(`status.conditions[${index}].type`, type, checkQualifiedName(type)),
  );
  const { restartPolicy: policy } = pod.spec;
  if (policy === 'Always') return;
  pod.status.containerStatuses?.forEach(({ name, state }, index) => {
    const before = old.status.containerStatuses?.find((status) => status.name === name)?.state.terminated;
    if (before === undefined || state.terminated !== undefined) return;
    if (policy === 'OnFailure' && before.exitCode !== 0) return;
    errors.forbidden(
      `status.containerStatuses[${index}].state`,
      'may not be transitioned to non-terminated state',
    );
  });
};
