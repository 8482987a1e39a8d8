/**
 * Carries out a lifecycle hook: a command in the container, or a GET. What only sleeps is its chart's business.
 *
 * Models: pkg/kubelet/lifecycle/handlers.go (v1.36; spec node.md 5.4).
 */
import type { Container, LifecycleHandler, Pod, Probe } from '../../api/index.js';
import type { ContainerRuntime, ProbeRequest } from '../../runtime/index.js';
import { probeRequest } from '../probeRequest.js';
import { podLabel } from '../services.js';

/** Source: pkg/kubelet/lifecycle/handlers.go, component-base version: `kube-lifecycle/<major>.<minor>`. */
const USER_AGENT = 'kube-lifecycle/1.36';
/** A GET of a hook has no limit upstream; one day is none either. */
const NO_LIMIT_MS = 86_400_000;

export interface HookedContainer {
  readonly pod: Pod;
  readonly spec: Container;
  readonly podIp: string;
  readonly containerId: string;
  readonly runtime: ContainerRuntime;
  report(type: 'Normal' | 'Warning', reason: string, message: string): void;
}
/** Undefined: it succeeded; else what upstream says of the failure. */
export type HookReply = (failure: string | undefined) => void;

export const runHook = (hook: LifecycleHandler, container: HookedContainer, reply: HookReply): void => {
  if (hook.exec) runExec(hook.exec.command ?? [], container, reply);
  else if (hook.httpGet) runHttpGet(hook.httpGet, container, reply);
  else reply('Cannot run handler: invalid handler: ' + JSON.stringify(hook));
};

const named = ({ pod, spec }: Pick<HookedContainer, 'pod' | 'spec'>): string =>
  `Container "${spec.name}" in Pod "${podLabel(pod)}"`;

const runExec = (command: readonly string[], container: HookedContainer, reply: HookReply): void => {
  const { runtime, containerId } = container;
  const failed = (error: string, output: string): void =>
    reply(
      `Exec lifecycle hook ([${command.join(' ')}]) for ${named(container)} failed - error: ${error}, message: ${JSON.stringify(output)}`,
    );
  runtime.exec({ containerId, command, timeoutMs: 0 }, (outcome) => {
    if (outcome.type === 'timedOut') return failed('command timed out', '');
    if (outcome.type === 'error') return failed(outcome.message, '');
    const { exitCode, stdout, stderr } = outcome;
    if (exitCode === 0) return reply(undefined);
    failed(`command '${command.join(' ')}' exited with ${exitCode}: ${stderr}`, stdout + stderr);
  });
};

type HttpGet = NonNullable<LifecycleHandler['httpGet']>;
type HttpRequest = Extract<ProbeRequest, { type: 'httpGet' }>;

/** Any answer is a success, whatever its status; HTTPS that is answered in plain HTTP is tried again as such. */
const runHttpGet = (httpGet: HttpGet, container: HookedContainer, reply: HookReply): void => {
  const { pod, spec, podIp, containerId, runtime } = container;
  const failed = (error: string): void =>
    reply(`HTTP lifecycle hook (${httpGet.path ?? ''}) for ${named(container)} failed - error: ${error}`);
  const resolved = probeRequest({ httpGet } as Probe, spec, pod, { podIp, containerId });
  if ('error' in resolved) return failed(resolved.error);
  const request: HttpRequest = {
    ...(resolved as HttpRequest),
    headers: withUserAgent((resolved as HttpRequest).headers, httpGet),
    timeoutMs: NO_LIMIT_MS,
    acceptsAnyStatus: true,
  };
  const get = (wanted: HttpRequest, refused: (cause: string) => void, answered: () => void): void =>
    runtime.probe(wanted, ({ result, output, error }) => {
      if (result === 'failure' || result === 'unknown') refused(error ?? output);
      else answered();
    });
  const succeeded = (): void => reply(undefined);
  const tryPlain = (cause: string): void => {
    if (request.scheme !== 'https' || !cause.includes(PLAIN_ANSWER)) return failed(cause);
    const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'authorization');
    get({ ...request, scheme: 'http', headers }, failed, () => {
      const message = `request to HTTPS lifecycle hook ${request.host}:${request.port} got HTTP response, retry with HTTP succeeded`;
      container.report('Warning', 'LifecycleHTTPFallback', message);
      succeeded();
    });
  };
  get(request, tryPlain, succeeded);
};

/** What Go's client says of a server that does not speak TLS. */
const PLAIN_ANSWER = 'server gave HTTP response to HTTPS client';

const withUserAgent = (headers: HttpRequest['headers'], { httpHeaders }: HttpGet): HttpRequest['headers'] =>
  httpHeaders?.some(({ name }) => name.toLowerCase() === 'user-agent')
    ? headers
    : headers.map(([name, value]) => [name, name === 'User-Agent' ? USER_AGENT : value]);
