/** A local API on an empty store, with a clock that stands at a fixed instant. */
import { createSeededRandom, createVirtualClock, type VirtualClock } from '../../src/clock/index.js';
import { ApiError, formatTime, type KubeObject, type Status } from '../../src/api/index.js';
import { createLocalApi, type Api, type Call } from '../../src/client/index.js';
import { createMemoryStore, type MemoryStoreOptions, type Store } from '../../src/store/index.js';

export interface TestApi {
  readonly api: Api;
  /** As the components of the process use it. */
  readonly trusted: Api;
  readonly store: Store;
  readonly clock: VirtualClock;
  /** The clock's time, `offsetSeconds` later, as the API writes it. */
  readonly time: (offsetSeconds?: number) => string;
}

export const createTestApi = (options?: MemoryStoreOptions): TestApi => {
  const store = createMemoryStore(options);
  const clock = createVirtualClock();
  const random = createSeededRandom(1);
  const api = createLocalApi({ store, clock, random });
  const trusted = createLocalApi({ store, clock, random, trusted: true });
  return { api, trusted, store, clock, time: (seconds = 0) => formatTime(clock.now() + seconds * 1000) };
};

/** The value of a call that has succeeded by now. */
export const value = <T>(call: Call<T>): T => {
  let found: T | undefined;
  call.settled((outcome) => {
    if (!outcome.ok) throw new Error(`refused: ${outcome.error.message}`);
    found = outcome.value;
  });
  if (found === undefined) throw new Error('the call is not settled');
  return found;
};

/** The Status of a call that has failed by now. */
export const refusal = (call: Call<unknown>): Status => {
  let found: Status | undefined;
  call.settled((outcome) => {
    if (outcome.ok) throw new Error('the call succeeded');
    if (!(outcome.error instanceof ApiError)) throw new Error('not an ApiError');
    found = outcome.error.status;
  });
  if (found === undefined) throw new Error('the call is not settled');
  return found;
};

/** `code reason | message` of a refusal, and its details. */
export const told = (call: Call<unknown>): { readonly text: string; readonly details: unknown } => {
  const { code, reason, message, details } = refusal(call);
  return { text: `${code} ${reason ?? '–'} | ${message}`, details };
};

export const podManifest = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'x:1' }], ...spec },
});

export const deploymentManifest = (name: string, replicas: unknown = 0) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'w' } },
    template: {
      metadata: { labels: { app: 'w' } },
      spec: { containers: [{ name: 'c', image: 'x:1' }] },
    },
  },
});

export const configMapManifest = (name: string, fields: object = {}, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  ...fields,
});

export const namesOf = (objects: readonly KubeObject[]): string[] =>
  objects.map(({ metadata }) => metadata.name);
