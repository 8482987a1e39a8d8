/**
 * Rules of probes and of the handlers that probes and lifecycle hooks share.
 *
 * Models: pkg/apis/core/validation/validation.go#validateProbe, #validateHandler (v1.36); spec node.md 4.1
 */
import type {
  ExecAction,
  GRPCAction,
  HTTPGetAction,
  Probe,
  SleepAction,
  TCPSocketAction,
} from '../../schema/types/probe.js';
import { httpGetAction } from '../../schema/types/probe.js';
import type { FieldErrors } from '../fieldErrors.js';
import { checkHeaderName, checkPortName, checkPortNumber } from '../names.js';

/** What a probe or a hook does; exactly one. */
interface Handler {
  readonly exec?: ExecAction | undefined;
  readonly httpGet?: HTTPGetAction | undefined;
  readonly tcpSocket?: TCPSocketAction | undefined;
  readonly grpc?: GRPCAction | undefined;
  readonly sleep?: SleepAction | undefined;
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

export const validateHandler = (handler: Handler, path: string, errors: FieldErrors): void => {
  let count = 0;
  for (const type of HANDLERS) {
    if (handler[type] === undefined) continue;
    count += 1;
    if (count > 1) errors.forbidden(`${path}.${type}`, 'may not specify more than 1 handler type');
    else validateAction(handler, `${path}.${type}`, errors);
  }
  if (count === 0) errors.required(path, 'must specify a handler type');
};

const validateAction = (
  { exec, httpGet, tcpSocket, grpc }: Handler,
  path: string,
  errors: FieldErrors,
): void => {
  if (exec !== undefined && (exec.command ?? []).length === 0) errors.required(`${path}.command`);
  if (httpGet !== undefined) validateHttpGet(httpGet, path, errors);
  if (tcpSocket !== undefined) validatePort(tcpSocket.port, `${path}.port`, errors);
  if (grpc !== undefined) errors.invalidAll(`${path}.port`, grpc.port, checkPortNumber(grpc.port));
};

const validateHttpGet = (action: HTTPGetAction, path: string, errors: FieldErrors): void => {
  if (action.path === '') errors.required(`${path}.path`);
  validatePort(action.port, `${path}.port`, errors);
  const schemes = httpGetAction.fields.scheme.options.values;
  if (!(schemes as readonly string[]).includes(action.scheme))
    errors.notSupported(`${path}.scheme`, action.scheme, schemes);
  for (const header of action.httpHeaders ?? [])
    errors.invalidAll(`${path}.httpHeaders`, header.name, checkHeaderName(header.name));
};

const validatePort = (port: number | string, path: string, errors: FieldErrors): void =>
  errors.invalidAll(path, port, typeof port === 'number' ? checkPortNumber(port) : checkPortName(port));

const COUNTS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

const validateProbe = (probe: Probe, path: string, errors: FieldErrors): void => {
  validateHandler(probe, path, errors);
  for (const field of COUNTS) errors.nonNegative(`${path}.${field}`, probe[field]);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
};

interface Probes {
  readonly livenessProbe?: Probe | undefined;
  readonly readinessProbe?: Probe | undefined;
  readonly startupProbe?: Probe | undefined;
}

export const validateProbes = (container: Probes, path: string, errors: FieldErrors): void => {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  if (livenessProbe !== undefined) validateSingleSuccess(livenessProbe, `${path}.livenessProbe`, errors);
  if (readinessProbe !== undefined) {
    const probePath = `${path}.readinessProbe`;
    validateProbe(readinessProbe, probePath, errors);
    const grace = readinessProbe.terminationGracePeriodSeconds;
    if (grace !== undefined)
      errors.invalid(
        `${probePath}.terminationGracePeriodSeconds`,
        grace,
        'must not be set for readinessProbes',
      );
  }
  if (startupProbe !== undefined) validateSingleSuccess(startupProbe, `${path}.startupProbe`, errors);
};

const validateSingleSuccess = (probe: Probe, path: string, errors: FieldErrors): void => {
  validateProbe(probe, path, errors);
  if (probe.successThreshold !== 1)
    errors.invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1');
};
