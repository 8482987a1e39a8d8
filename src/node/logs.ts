/**
 * Which instance of a container `kubectl logs` means, and how its lines are written out.
 *
 * Models: pkg/kubelet/kubelet_pods.go#validateContainerLogStatus, cri-client/pkg/logs/logs.go#ReadLogs
 * (v1.36; spec node.md 6.8).
 */
import { catchError, Observable, of } from 'rxjs';
import { badRequest, parseTime, type ContainerStatus, type Pod } from '../api/index.js';
import type { ContainerRuntime, LogLine, LogRef } from '../runtime/index.js';

/** One instance of a container: its id as the status shows it, and its number. */
export interface LogInstance {
  readonly containerID: string;
  /** 0 for the first instance, the restart count afterwards. */
  readonly attempt: number;
}

/**
 * The instance whose log is asked for.
 *
 * @throws {ApiError} BadRequest, in upstream's words, when there is none (yet).
 */
export const selectLogInstance = (
  pod: Pod,
  container: string,
  options: { readonly previous: boolean },
): LogInstance => {
  const what = `container "${container}" in pod "${pod.metadata.name}"`;
  const status = statusOf(pod, container);
  if (!status) throw badRequest(`${what} is not available`);
  const { state, lastState, restartCount } = status;
  const current = state?.terminated?.containerID ?? (state?.running ? status.containerID : undefined);
  const last = lastState?.terminated?.containerID;
  // The count goes up when an instance is created, so while none has followed the last one it has that number.
  const lastAttempt = state?.waiting ? restartCount : restartCount - 1;
  const lastInstance = last ? { containerID: last, attempt: Math.max(0, lastAttempt) } : undefined;

  if (options.previous) {
    if (lastInstance) return lastInstance;
    throw badRequest(`previous terminated ${what} not found`);
  }
  if (state?.running) return { containerID: current ?? '', attempt: restartCount };
  if (state?.terminated) {
    if (current) return { containerID: current, attempt: restartCount };
    if (lastInstance) return lastInstance;
    throw badRequest(`${what} is terminated`);
  }
  if (!state?.waiting) throw badRequest(`${what} is waiting to start - no logs yet`);
  if (lastState?.terminated) {
    if (lastInstance) return lastInstance;
    throw badRequest(`${what} is terminated`);
  }
  throw badRequest(`${what} is waiting to start: ${waitingText(state.waiting.reason)}`);
};

const waitingText = (reason: string | undefined): string => {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason ?? '';
};

const statusOf = (pod: Pod, container: string): ContainerStatus | undefined => {
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = pod.status ?? {};
  for (const statuses of [containerStatuses, initContainerStatuses, ephemeralContainerStatuses]) {
    const found = statuses?.find(({ name }) => name === container);
    if (found) return found;
  }
  return undefined;
};

export interface LogFormat {
  /** Each line begins with its time, as RFC 3339 with nine decimals, and a blank. */
  readonly timestamps?: boolean | undefined;
  /** Only lines of that time (ms since the epoch) or later. */
  readonly sinceMs?: number | undefined;
  /** Ends after so many bytes, within a line if it must be. */
  readonly limitBytes?: number | undefined;
}
export interface LogOptions extends LogFormat {
  readonly follow?: boolean | undefined;
  /** Counted before lines are dropped for their time; 0: only what is written from now on. */
  readonly tailLines?: number | undefined;
  /** Of the instance, as its status shows it, for the text that tells that its log is gone. */
  readonly containerID?: string | undefined;
}

/** The later of the two forms in which a request says since when; ms since the epoch. */
export const sinceMsOf = (
  request: { readonly sinceSeconds?: number | undefined; readonly sinceTime?: string | undefined },
  nowMs: number,
): number | undefined => {
  const ages = [
    request.sinceSeconds === undefined ? undefined : nowMs - request.sinceSeconds * 1000,
    parseTime(request.sinceTime),
  ].filter((ms) => ms !== undefined);
  return ages.length === 0 ? undefined : Math.max(...ages);
};

/**
 * The log of an instance as text, piece by piece. A log that the runtime no longer has is told in the text itself: the
 * kubelet has answered 200 before it asks. (Without `containerID` the stream errors instead.)
 */
export const readLogs = (runtime: ContainerRuntime, ref: LogRef, options: LogOptions): Observable<string> => {
  const { follow = false, tailLines, containerID } = options;
  const text$ = formatLogs(runtime.logs(ref, { follow, tailLines }), options);
  if (containerID === undefined) return text$;
  return text$.pipe(catchError(() => of(`unable to retrieve container logs for ${containerID}`)));
};

/** Lines as `kubectl logs` receives them, each with its newline. */
export const formatLogs = (lines$: Observable<LogLine>, format: LogFormat): Observable<string> =>
  new Observable<string>((subscriber) => {
    let bytesLeft = format.limitBytes ?? Infinity;
    return lines$.subscribe({
      next: (line) => {
        if (format.sinceMs !== undefined && (parseTime(line.time) ?? Infinity) < format.sinceMs) return;
        const text = `${format.timestamps ? `${line.time} ` : ''}${line.text}\n`;
        const sizeBytes = bytesLeft === Infinity ? 0 : Buffer.byteLength(text);
        if (sizeBytes < bytesLeft) {
          bytesLeft -= sizeBytes;
          subscriber.next(text);
          return;
        }
        subscriber.next(cut(text, bytesLeft));
        subscriber.complete();
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });

/** The first bytes of a text; a character that does not fit whole is left out. */
const cut = (text: string, bytes: number): string => {
  const encoded = Buffer.from(text);
  let end = Math.min(bytes, encoded.length);
  // A byte 10xxxxxx goes on with a character that began before.
  while (end > 0 && end < encoded.length && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.subarray(0, end).toString('utf8');
};
