/**
 * Rules of containers.
 *
 * Models: pkg/apis/core/validation/validation.go#validateContainers, #validateInitContainers, #validateContainerCommon
 * (v1.36); spec node.md 3.2
 */
import { container as containerSchema, containerPort } from '../../schema/types/container.js';
import type { Container, ContainerPort, ContainerRestartRule } from '../../schema/types/container.js';
import { validateEnvironment } from './env.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkLabelName, checkPortName, checkPortNumber } from '../names.js';
import { validateHandler, validateProbes } from './probe.js';
import { validateResources } from './resourceAmounts.js';
import { validateMounts } from './volumes.js';

const { imagePullPolicy, restartPolicy, terminationMessagePolicy } = containerSchema.fields;
const PULL_POLICIES: readonly string[] = imagePullPolicy.options.values;
const MESSAGE_POLICIES: readonly string[] = terminationMessagePolicy.options.values;
const RESTART_POLICIES: readonly string[] = restartPolicy.options.values;
const PROTOCOLS: readonly string[] = containerPort.fields.protocol.options.values;

/** Limits of restart rules. Models: validation.go#validateContainerRestartPolicy */
const MAX_RESTART_RULES = 20;
const MAX_EXIT_CODES = 255;

/** What the containers of a pod share. */
export interface Surroundings {
  readonly volumeNames: ReadonlySet<string>;
  /** Names of the containers that were seen so far. */
  readonly names: Set<string>;
  /** No hook may sleep longer. */
  readonly gracePeriodSeconds: number | undefined;
}

export const validateContainers = (
  containers: readonly Container[],
  path: string,
  around: Surroundings,
  errors: FieldErrors,
): void => {
  if (containers.length === 0) return errors.required(path);
  containers.forEach((container, index) => {
    const at = `${path}[${index}]`;
    validateCommon(container, at, around, errors);
    if (container.lifecycle !== undefined) validateLifecycle(container, at, around, errors);
    validateProbes(container, at, errors);
    validateRestartPolicy(container, at, errors);
  });
  return validateHostPorts(containers, path, errors);
};

export const validateInitContainers = (
  containers: readonly Container[],
  path: string,
  around: Surroundings,
  errors: FieldErrors,
): void =>
  containers.forEach((container, index) => {
    const at = `${path}[${index}]`;
    validateCommon(container, at, around, errors);
    validateRestartPolicy(container, at, errors);
    const isSidecar = container.restartPolicy === 'Always';
    if (isSidecar) {
      if (container.lifecycle !== undefined) validateLifecycle(container, at, around, errors);
      validateProbes(container, at, errors);
      return;
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
      if (container[field] !== undefined)
        errors.forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always');
  });

const validateCommon = (
  container: Container,
  path: string,
  around: Surroundings,
  errors: FieldErrors,
): void => {
  validateName(container, path, around, errors);
  const { image = '' } = container;
  if (image === '') errors.required(`${path}.image`);
  else if (image !== image.trim())
    errors.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace');
  if (!MESSAGE_POLICIES.includes(container.terminationMessagePolicy))
    errors.notSupported(
      `${path}.terminationMessagePolicy`,
      container.terminationMessagePolicy,
      MESSAGE_POLICIES,
    );
  if (container.ports !== undefined) validatePorts(container.ports, `${path}.ports`, errors);
  validateEnvironment(container, path, errors);
  if (container.volumeMounts !== undefined)
    validateMounts(container.volumeMounts, `${path}.volumeMounts`, around.volumeNames, errors);
  if (!PULL_POLICIES.includes(container.imagePullPolicy))
    errors.notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES);
  validateResources(container.resources, `${path}.resources`, errors);
};

const validateName = (
  { name }: Container,
  path: string,
  { names }: Surroundings,
  errors: FieldErrors,
): void => {
  if (name === '') errors.required(`${path}.name`);
  else errors.invalidAll(`${path}.name`, name, checkLabelName(name));
  if (names.has(name)) errors.duplicate(`${path}.name`, name);
  names.add(name);
};

const validatePorts = (ports: readonly ContainerPort[], path: string, errors: FieldErrors): void => {
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const at = `${path}[${index}]`;
    const { name, hostPort } = port;
    if (name !== undefined) {
      const messages = checkPortName(name);
      errors.invalidAll(`${at}.name`, name, messages);
      if (messages.length === 0 && names.has(name)) errors.duplicate(`${at}.name`, name);
      names.add(name);
    }
    if (port.containerPort === 0) errors.required(`${at}.containerPort`);
    else errors.invalidAll(`${at}.containerPort`, port.containerPort, checkPortNumber(port.containerPort));
    if (hostPort !== undefined) errors.invalidAll(`${at}.hostPort`, hostPort, checkPortNumber(hostPort));
    if (!PROTOCOLS.includes(port.protocol)) errors.notSupported(`${at}.protocol`, port.protocol, PROTOCOLS);
  });
};

/** No two containers can have the same port of the host. Models: validation.go#checkHostPortConflicts */
const validateHostPorts = (containers: readonly Container[], path: string, errors: FieldErrors): void => {
  const taken = new Set<string>();
  containers.forEach(({ ports = [] }, index) =>
    ports.forEach(({ hostPort, hostIP, protocol }, portIndex) => {
      if (hostPort === undefined) return;
      const key = `${protocol}/${hostIP ?? ''}/${hostPort}`;
      if (taken.has(key)) errors.duplicate(`${path}[${index}].ports[${portIndex}].hostPort`, key);
      taken.add(key);
    }),
  );
};

const validateLifecycle = (
  { lifecycle }: Container,
  path: string,
  { gracePeriodSeconds }: Surroundings,
  errors: FieldErrors,
): void => {
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = lifecycle?.[hook];
    if (handler === undefined) continue;
    const at = `${path}.lifecycle.${hook}`;
    validateHandler(handler, at, errors);
    validateSleep(handler.sleep?.seconds, gracePeriodSeconds, `${at}.sleep`, errors);
  }
};

/** node.md §5: as long as the grace period is allowed, whatever the text says. */
const validateSleep = (
  seconds: number | undefined,
  graceSeconds: number | undefined,
  path: string,
  errors: FieldErrors,
): void => {
  if (seconds === undefined || graceSeconds === undefined) return;
  if (seconds < 0 || seconds > graceSeconds)
    errors.invalid(
      path,
      seconds,
      `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`,
    );
};

const validateRestartPolicy = (container: Container, path: string, errors: FieldErrors): void => {
  const { restartPolicy: policy, restartPolicyRules: rules = [] } = container;
  if (policy !== undefined && !RESTART_POLICIES.includes(policy))
    errors.notSupported(`${path}.restartPolicy`, policy, RESTART_POLICIES);
  if (rules.length === 0) return;
  if (policy === undefined)
    errors.required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used');
  if (rules.length > MAX_RESTART_RULES)
    errors.tooMany(`${path}.restartPolicyRules`, rules.length, MAX_RESTART_RULES);
  rules.forEach((rule, index) => validateRestartRule(rule, `${path}.restartPolicyRules[${index}]`, errors));
};

const RULE_ACTIONS = ['Restart', 'RestartAllContainers'];
const RULE_OPERATORS = ['In', 'NotIn'];

const validateRestartRule = (
  { action, exitCodes }: ContainerRestartRule,
  path: string,
  errors: FieldErrors,
): void => {
  if (!RULE_ACTIONS.includes(action)) errors.notSupported(`${path}.action`, action, RULE_ACTIONS);
  if (exitCodes === undefined) return errors.required(`${path}.exitCodes`, 'must be specified');
  if (!RULE_OPERATORS.includes(exitCodes.operator))
    errors.notSupported(`${path}.exitCodes.operator`, exitCodes.operator, RULE_OPERATORS);
  const { values = [] } = exitCodes;
  if (values.length > MAX_EXIT_CODES)
    errors.tooMany(`${path}.exitCodes.values`, values.length, MAX_EXIT_CODES);
  return undefined;
};
