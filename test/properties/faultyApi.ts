/** An Api that fails, and whose watches lag and repeat themselves, until it is calm: what controllers must bear. Seeded, on the virtual clock. */
import { Observable } from 'rxjs';
import { ApiError } from '../../src/api/index.js';
import { createCall, type Api, type Call } from '../../src/client/index.js';
import type { Random, VirtualClock } from '../../src/clock/index.js';

export interface FaultyApi {
  readonly api: Api;
  /** From here on every request passes; watches deliver what they held, and lag no more. */
  calm(): void;
}

const failure = (code: number, reason: string, message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
const CONFLICT = failure(
  409,
  'Conflict',
  'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
);
const UNAVAILABLE = failure(500, 'InternalError', 'Internal error occurred: etcdserver: request timed out');
const EXPIRED = failure(410, 'Expired', 'too old resource version');

/** Shares of requests and events that fail. */
const CONFLICTS = 0.1;
const FAILURES = 0.05;
const LAGS = 0.3;
const MOST_LAG_MS = 3_000;
const EXPIRIES = 0.01;
const REPEATS = 0.05;

/** The Api with some of its methods replaced. */
const overriding = (api: Api, methods: Partial<Api>): Api =>
  Object.assign(Object.create(api) as Api, methods);

export const faultyApi = (inner: Api, clock: VirtualClock, random: Random): FaultyApi => {
  let isCalm = false;
  const happens = (share: number): boolean => !isCalm && random.next() < share;
  const fail = <T>(error: ApiError): Call<T> => createCall<T>((settle) => settle({ ok: false, error }));
  /** Refused before anything is written: a request whose answer is lost would be another matter. */
  const refused = (share: number, error: ApiError) => (happens(share) ? fail<never>(error) : undefined);

  const late = (watched: Observable<unknown>): Observable<unknown> =>
    new Observable((subscriber) => {
      let dueMs = 0;
      const held: unknown[] = [];
      let [isBegun, isOver] = [false, false];
      const release = (): void => {
        const [event] = held.splice(0, 1);
        if (!isOver) subscriber.next(event);
      };
      const deliver = (event: unknown): void => {
        if (isOver) return;
        // A watch that has just begun is never too old.
        if (isBegun && happens(EXPIRIES)) {
          isOver = true;
          return subscriber.error(EXPIRED);
        }
        if (happens(LAGS)) dueMs = Math.max(dueMs, clock.now() + Math.floor(random.next() * MOST_LAG_MS));
        // In order: what follows a late event is late, too.
        if (held.length === 0 && dueMs <= clock.now()) return subscriber.next(event);
        held.push(event);
        clock.setTimeout(release, Math.max(0, dueMs - clock.now()));
      };
      const subscription = watched.subscribe({
        next: (event) => {
          deliver(event);
          if (happens(REPEATS)) deliver(event);
        },
        error: (error: unknown) => subscriber.error(error),
      });
      isBegun = true;
      return () => {
        isOver = true;
        subscription.unsubscribe();
      };
    });

  const api = overriding(inner, {
    create: ((...args: Parameters<Api['create']>) =>
      refused(FAILURES, UNAVAILABLE) ?? inner.create(...args)) as Api['create'],
    update: ((...args: Parameters<Api['update']>) =>
      refused(CONFLICTS, CONFLICT) ?? inner.update(...args)) as Api['update'],
    patch: ((...args: Parameters<Api['patch']>) =>
      refused(FAILURES, UNAVAILABLE) ?? inner.patch(...args)) as Api['patch'],
    delete: ((...args: Parameters<Api['delete']>) =>
      refused(FAILURES, UNAVAILABLE) ?? inner.delete(...args)) as Api['delete'],
    watch: ((...args: Parameters<Api['watch']>) =>
      late(inner.watch(...args) as Observable<unknown>)) as Api['watch'],
  });
  return {
    api,
    calm: () => {
      isCalm = true;
    },
  };
};
