/** Requests and the answers that a real API server gives to them, as rows of a table. */
import * as assert from 'uvu/assert';
import type { Fixture, Json, SendOptions } from '../support.js';

export const N = '/api/v1/namespaces/g';
export const A = '/apis/apps/v1/namespaces/g';
export const B = '/apis/batch/v1/namespaces/g';
export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

export const template = {
  metadata: { labels: { app: 'w' } },
  spec: { containers: [{ name: 'c', image: 'x:1' }] },
};
export const deployment = (name: string, replicas = 0, extra: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { replicas, selector: { matchLabels: { app: 'w' } }, template, ...extra },
});

/** A failure: the Status says `reason`, `message` and `details`, where they are given. */
export interface Refused {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: Json;
}
/** A success: each path of the body, `metadata.labels.a`, with its value. */
export interface Answered {
  readonly code: number;
  readonly fields?: Readonly<Record<string, Json>>;
  readonly warning?: string;
}

export type Row = readonly [
  what: string,
  request: readonly [method: string, path: string, options?: SendOptions],
  answer: Refused | Answered,
];

export async function check({ send }: Fixture, [what, [method, path, options], answer]: Row): Promise<void> {
  const reply = await send(method, path, options);
  assert.is(reply.code, answer.code, `${what}: ${reply.text}`);
  if ('message' in answer) {
    const { reason, message, details } = reply.body;
    assert.is(message, answer.message, what);
    assert.is(reason, answer.reason, what);
    if (answer.details !== undefined) assert.equal(details, answer.details, what);
    return;
  }
  if (answer.warning !== undefined) assert.is(reply.headers['warning'], answer.warning, what);
  for (const [field, value] of Object.entries(answer.fields ?? {}))
    assert.equal(at(reply.body, field), value, `${what}: ${field}`);
}

const at = (value: Json, path: string): Json =>
  path.split('.').reduce((inner: Json, key) => inner?.[key], value);
