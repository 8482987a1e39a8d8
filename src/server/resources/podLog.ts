/**
 * The log of a container: `kubectl logs`. Parameters and the choice of the container are settled here, everything that
 * needs the node behind the PodLogs port.
 *
 * Models: pkg/registry/core/pod/strategy.go#LogLocation, pkg/apis/core/validation#ValidatePodLogOptions (v1.36);
 * node.md §6.8
 */
import { Subscription, type Observable } from 'rxjs';
import { badRequest, type ApiError, type Pod, type StatusCause } from '../../api/index.js';
import type { PodLogOptions } from '../ports.js';
import type { Exchange } from '../request/exchange.js';
import { forbiddenField, integerOf, invalidField, invalidOptions, isTrue } from '../request/query.js';
import type { ResourceRoute } from '../request/route.js';
import { openAnswer } from '../response/openAnswer.js';
import { sendError, setCommonHeaders } from '../response/respond.js';

/** Answers the log as text, in chunks as they come. A pod without a node has none: 204. */
export async function streamPodLog(exchange: Exchange, route: ResourceRoute): Promise<void> {
  const { context, query, response } = exchange;
  const name = route.name ?? '';
  const options = logOptionsOf(query, name);
  const pod = await context.api.get({ kind: 'Pod', name, namespace: route.namespace });
  const container = containerOf(pod, query.get('container') ?? '');
  if (!pod.spec.nodeName) {
    setCommonHeaders(exchange);
    response.writeHead(204).end();
    return;
  }
  if (context.logs === undefined) throw badRequest('this server has no access to the logs of its nodes');
  const answer = context.logs.logs(pod, { ...options, container });
  if (answer.kind === 'error') throw answer.error;

  sendLines(exchange, answer.lines$, options.follow);
}

function sendLines(exchange: Exchange, lines$: Observable<string | Uint8Array>, follow: boolean): void {
  const subscription = new Subscription();
  const answer = openAnswer(exchange, 'text/plain', () => subscription.unsubscribe());
  // The log of a container that has ended is bounded; only one that goes on can outrun its reader for ever.
  if (follow) answer.limitBacklog();
  const fail = (error: unknown): void => {
    if (answer.hasBegun) {
      answer.write(`${String((error as Error)?.message ?? error)}\n`);
      answer.end();
      return;
    }
    answer.release();
    void sendError(exchange, error);
  };
  const complete = (): void => {
    answer.begin();
    answer.end();
  };
  subscription.add(lines$.subscribe({ next: answer.write, error: fail, complete }));
  answer.begin();
}

/** @throws {ApiError} BadRequest 400 for what is no number, Invalid 422 for values out of range. */
function logOptionsOf(query: URLSearchParams, podName: string): Omit<PodLogOptions, 'container'> {
  const sinceSeconds = integerOf(query, 'sinceSeconds');
  const tailLines = integerOf(query, 'tailLines');
  const limitBytes = integerOf(query, 'limitBytes');
  const sinceTime = query.get('sinceTime') || undefined;
  if (sinceTime !== undefined && !RFC3339.test(sinceTime)) {
    throw badRequest(
      `parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse ` +
        `${JSON.stringify(sinceTime)} as "2006"`,
    );
  }
  const causes: StatusCause[] = [];
  if (tailLines !== undefined && tailLines < 0) {
    causes.push(invalidField('tailLines', String(tailLines), 'must be greater than or equal to 0'));
  }
  if (limitBytes !== undefined && limitBytes < 1) {
    causes.push(invalidField('limitBytes', String(limitBytes), 'must be greater than 0'));
  }
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    causes.push(forbiddenField('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    causes.push(invalidField('sinceSeconds', String(sinceSeconds), 'must be greater than 0'));
  }
  if (query.get('stream')) causes.push(forbiddenField('stream', 'may not be specified'));
  if (causes.length > 0) throw invalidOptions('PodLogOptions', causes, podName);
  return {
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    sinceSeconds,
    sinceTime,
    tailLines,
    limitBytes,
  };
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** The container that is meant: the one named, or the only regular one. @throws {ApiError} BadRequest 400. */
export function containerOf(pod: Pod, asked: string): string {
  const { spec, metadata } = pod;
  const regular = spec.containers.map((container) => container.name);
  const names = [
    ...(spec.initContainers ?? []).map((container) => container.name),
    ...regular,
    ...(spec.ephemeralContainers ?? []).map((container) => container.name),
  ];
  if (asked !== '') {
    if (names.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  const [only] = regular;
  if (only !== undefined && regular.length === 1) return only;
  throw manyContainers(metadata.name ?? '', names);
}

const manyContainers = (podName: string, names: readonly string[]): ApiError =>
  badRequest(`a container name must be specified for pod ${podName}, choose one of: [${names.join(' ')}]`);
