/**
 * The `Call` of the Api port: an eager request whose outcome can be read synchronously (`settled`) or awaited.
 *
 * A failure that nobody reads (neither `settled` nor `await` right after the request) is not lost: it goes to
 * `onUnobservedError`, which throws it as an uncaught error unless it was given.
 */
import { ApiError } from '../api/index.js';
import type { Call, Settled } from './port.js';

export interface CallOptions {
  /** Receives failures that nobody reads. Default: throws them, which ends the process. */
  readonly onUnobservedError?: ((error: ApiError) => void) | undefined;
}

/**
 * Starts a request at once. `start` reports the outcome exactly once, now or later; an {@link ApiError} that it throws
 * is the outcome, too. Any other error is a broken invariant and passes through.
 */
export const createCall = <T>(
  start: (settle: (outcome: Settled<T>) => void) => void,
  options: CallOptions = {},
): Call<T> => {
  const call = new EagerCall<T>(options);
  try {
    start((outcome) => call.settle(outcome));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    call.settle({ ok: false, error });
  }
  return call;
};

/** A request that is answered by a function, at once. */
export const answer = <T>(respond: () => T, options: CallOptions = {}): Call<T> => {
  const call = new EagerCall<T>(options);
  try {
    call.settle({ ok: true, value: respond() });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    call.settle({ ok: false, error });
  }
  return call;
};

class EagerCall<T> implements Call<T> {
  private outcome: Settled<T> | undefined;
  private waiting: ((outcome: Settled<T>) => void)[] | undefined;
  private observed = false;
  private readonly options: CallOptions;

  constructor(options: CallOptions) {
    this.options = options;
  }

  settled(callback: (outcome: Settled<T>) => void): void {
    this.observed = true;
    if (this.outcome !== undefined) callback(this.outcome);
    else (this.waiting ??= []).push(callback);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a Call is awaited like a promise
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) => {
      this.settled((outcome) => (outcome.ok ? resolve(outcome.value) : reject(outcome.error)));
    }).then(onValue, onError);
  }

  settle(outcome: Settled<T>): void {
    if (this.outcome !== undefined) throw new Error('an API request was answered twice');
    this.outcome = outcome;
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) for (const callback of waiting) callback(outcome);
    else if (!outcome.ok) this.reportUnlessRead(outcome.error);
  }

  /** Two turns: `await call` looks at it in the first. */
  private reportUnlessRead(error: ApiError): void {
    queueMicrotask(() =>
      queueMicrotask(() => {
        if (this.observed) return;
        const { onUnobservedError } = this.options;
        if (onUnobservedError === undefined) throw error;
        onUnobservedError(error);
      }),
    );
  }
}
