/** What every controller is given, and small things that all of them do with it. */
import type { ActorHost } from '../actor/index.js';
import type { ApiError } from '../api/index.js';
import type { Api, Call, Settled } from '../client/index.js';
import type { Clock, Random } from '../clock/index.js';
import type { Informers } from './informers.js';

export interface ControllerDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: ActorHost;
  readonly informers: Informers;
}

/** A controller: a set of actors, fed by informers. */
export interface Controller {
  start(): void;
  /** Stops its actors and lets go of the informers. */
  stop(): void;
}

/** True when the API refused because the namespace is being deleted (NS-1). */
export const isNamespaceTerminating = (error: ApiError): boolean =>
  error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;

/** Calls back with the outcomes in the order of the calls, once all have come. */
export const allSettled = <T>(
  calls: readonly Call<T>[],
  then: (outcomes: readonly Settled<T>[]) => void,
): void => {
  const outcomes: Settled<T>[] = [];
  let left = calls.length;
  if (left === 0) then(outcomes);
  calls.forEach((call, index) =>
    call.settled((outcome) => {
      outcomes[index] = outcome;
      left -= 1;
      if (left === 0) then(outcomes);
    }),
  );
};

/**
 * Makes `count` calls in batches of 1, 2, 4, …; a failure ends it with its batch (PH-8).
 * `then` gets the number of successes and the first error.
 */
export const slowStart = <T>(
  count: number,
  call: () => Call<T>,
  then: (successes: number, error: ApiError | undefined) => void,
  batch = 1,
  done = 0,
): void => {
  const size = Math.min(batch, count - done);
  if (size <= 0) return then(done, undefined);
  allSettled(Array.from({ length: size }, call), (outcomes) => {
    let successes = done;
    let error: ApiError | undefined;
    for (const outcome of outcomes) {
      if (outcome.ok) successes += 1;
      else error ??= outcome.error;
    }
    if (error) then(successes, error);
    else slowStart(count, call, then, batch * 2, successes);
  });
};
