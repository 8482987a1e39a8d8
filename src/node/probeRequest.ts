/**
 * From a probe of the API to a request to the runtime, and from its outcome to what the kubelet makes of it. Pure.
 *
 * Models: pkg/kubelet/prober/prober.go, pkg/probe/http/request.go, pkg/probe/util.go (v1.36; spec node.md 4.6, 4.7).
 */
import type { Container, HTTPHeader, Pod, Probe } from '../api/index.js';
import type { ProbeKind, ProbeOutcome, ProbeRequest } from '../runtime/index.js';
import { expandProbeCommand } from './environment/expansion.js';

/** Source: pkg/kubelet/prober, component-base version: `kube-probe/<major>.<minor>`. */
const USER_AGENT = 'kube-probe/1.36';

/** Where the container of a probe runs. */
export interface ProbedInstance {
  readonly podIp: string;
  readonly containerId: string;
  /** What the probe is for. */
  readonly purpose?: ProbeKind | undefined;
}

/** Ports become numbers, hosts addresses, commands are expanded. An error is one of the handler: see {@link probeVerdict}. */
export const probeRequest = (
  probe: Probe,
  container: Container,
  pod: Pod,
  instance: ProbedInstance,
): ProbeRequest | { readonly error: string } => {
  const { containerId, purpose } = instance;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const { exec, httpGet, tcpSocket } = probe;
  if (exec) {
    const command = expandProbeCommand(exec.command ?? [], container.env);
    return { type: 'exec', containerId, purpose, command, timeoutMs };
  }
  if (httpGet) {
    const port = resolvePort(httpGet.port, container);
    if (typeof port === 'string') return { error: port };
    return {
      type: 'httpGet',
      containerId,
      purpose,
      scheme: httpGet.scheme?.toLowerCase() === 'https' ? 'https' : 'http',
      host: httpGet.host || instance.podIp,
      port,
      path: httpGet.path ?? '',
      headers: requestHeaders(httpGet.httpHeaders ?? []),
      timeoutMs,
    };
  }
  if (tcpSocket) {
    const port = resolvePort(tcpSocket.port, container);
    if (typeof port === 'string') return { error: port };
    return {
      type: 'tcpSocket',
      containerId,
      purpose,
      host: tcpSocket.host || instance.podIp,
      port,
      timeoutMs,
    };
  }
  if (probe.grpc) {
    const { port, service = '' } = probe.grpc;
    return { type: 'grpc', containerId, purpose, host: instance.podIp, port, service, timeoutMs };
  }
  const { name, namespace, uid } = pod.metadata;
  return { error: `missing probe handler for ${name}_${namespace ?? 'default'}(${uid}):${container.name}` };
};

/** A port by number or name; a string is what is wrong with it. Models: pkg/probe/util.go#ResolveContainerPort. */
const resolvePort = (port: number | string, container: Container): number | string => {
  const named = typeof port === 'string' ? container.ports?.find(({ name }) => name === port) : undefined;
  const number = named?.containerPort ?? (typeof port === 'number' ? port : parseGoInteger(port));
  if (typeof number === 'string') return number;
  return number > 0 && number < 65_536 ? number : `invalid port number: ${number}`;
};

/** Go's strconv.Atoi: the number, or the text of its error. */
const parseGoInteger = (text: string): number | string => {
  const quoted = JSON.stringify(text);
  if (!/^[+-]?\d+$/.test(text)) return `strconv.Atoi: parsing ${quoted}: invalid syntax`;
  const value = BigInt(text.replace(/^\+/, ''));
  const isInRange = value === BigInt.asIntN(64, value);
  return isInRange ? Number(value) : `strconv.Atoi: parsing ${quoted}: value out of range`;
};

/**
 * The headers of a probe: those of the spec, in order and repeatable; User-Agent and Accept unless the spec names
 * them. An empty value there leaves the header out.
 */
const requestHeaders = (given: readonly HTTPHeader[]): readonly (readonly [string, string])[] => {
  if (given.length === 0) return DEFAULT_HEADERS;
  const headers: (readonly [string, string])[] = [];
  for (const [name, fallback] of DEFAULT_HEADERS) {
    const own = given.find((header) => header.name.toLowerCase() === name.toLowerCase());
    if (!own) headers.push([name, fallback]);
  }
  for (const { name, value } of given) {
    const isEmptyDefault = value === '' && /^(user-agent|accept)$/i.test(name);
    if (!isEmptyDefault) headers.push([name, value]);
  }
  return headers;
};
const DEFAULT_HEADERS: readonly (readonly [string, string])[] = Object.freeze([
  ['User-Agent', USER_AGENT],
  ['Accept', '*/*'],
]);

export interface ProbeVerdict {
  /** What is remembered and counted; absent: the attempt does not count. */
  readonly result?: 'Success' | 'Failure';
  /** A Warning event. */
  readonly event?: { readonly reason: 'Unhealthy' | 'ProbeWarning'; readonly message: string };
}

const SUCCESS: ProbeVerdict = Object.freeze({ result: 'Success' });

/**
 * What the kubelet makes of an outcome, for the last of up to three attempts when the handler errs.
 *
 * @param kind as events spell it.
 */
export const probeVerdict = (
  kind: 'Liveness' | 'Readiness' | 'Startup',
  outcome: ProbeOutcome,
): ProbeVerdict => {
  const { result, output, error } = outcome;
  if (error !== undefined) {
    const message = `${kind} probe errored and resulted in ${result} state: ${error}`;
    return { event: { reason: 'Unhealthy', message } };
  }
  switch (result) {
    case 'success':
      return SUCCESS;
    case 'warning':
      return {
        result: 'Success',
        event: { reason: 'ProbeWarning', message: `${kind} probe warning: ${output}` },
      };
    case 'failure':
      return {
        result: 'Failure',
        event: { reason: 'Unhealthy', message: `${kind} probe failed: ${output}` },
      };
    case 'unknown':
      return { result: 'Failure' };
  }
};
