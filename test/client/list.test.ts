import * as assert from 'uvu/assert';
import type { ListOptions } from '../../src/client/index.js';
import { suite } from '../support/suite.js';
import {
  configMapManifest,
  createTestApi,
  namesOf,
  podManifest,
  told,
  value,
  type TestApi,
} from './cluster.js';

const test = suite('client/local: list');

/** Three config maps in `default`, and one in `kube-system`. */
const createFour = ({ api }: TestApi): void => {
  for (const [name, app] of [
    ['c', 'x'],
    ['a', 'x'],
    ['b', 'y'],
  ] as const)
    value(api.create('ConfigMap', configMapManifest(name, {}, { labels: { app } })));
  value(api.create('ConfigMap', configMapManifest('a'), { namespace: 'kube-system' }));
};
const page = ({ api }: TestApi, options: ListOptions) =>
  value(api.list('ConfigMap', { namespace: 'default', ...options }));
const refused = ({ api }: TestApi, options: ListOptions) =>
  told(api.list('ConfigMap', { namespace: 'default', ...options }));
const decoded = (token: string | undefined) => JSON.parse(Buffer.from(token ?? '', 'base64url').toString());

test('a list is in key order and carries the version of its state', () => {
  const cluster = createTestApi();
  createFour(cluster);
  const list = page(cluster, {});
  assert.equal(namesOf(list.items), ['a', 'b', 'c']);
  assert.equal(list.metadata, { resourceVersion: String(cluster.store.revision) });
  assert.equal(namesOf(value(cluster.api.list('ConfigMap')).items), ['a', 'b', 'c', 'a']);
  assert.equal(page(cluster, { namespace: 'none' }).items, []);
});

test('labels and fields select', () => {
  const cluster = createTestApi();
  createFour(cluster);
  assert.equal(namesOf(page(cluster, { labelSelector: 'app=x' }).items), ['a', 'c']);
  assert.equal(namesOf(page(cluster, { labelSelector: 'app!=x' }).items), ['b']);
  assert.equal(namesOf(page(cluster, { fieldSelector: 'metadata.name=b' }).items), ['b']);
  assert.equal(
    namesOf(page(cluster, { fieldSelector: 'metadata.name=b', labelSelector: 'app=x' }).items),
    [],
  );
  const { items } = value(cluster.api.list('ConfigMap', { fieldSelector: 'metadata.name=a' }));
  assert.equal(
    items.map(({ metadata }) => metadata.namespace),
    ['default', 'kube-system'],
  );
  value(cluster.api.create('Pod', podManifest('p', { nodeName: 'n1' })));
  assert.equal(
    namesOf(value(cluster.api.list('Pod', { fieldSelector: 'spec.nodeName=n1,status.phase!=Failed' })).items),
    ['p'],
  );
});

test('row 59: pages of 2 repeat the version of the first and count what remains', () => {
  const cluster = createTestApi();
  createFour(cluster);
  const first = page(cluster, { limit: 2 });
  assert.equal(namesOf(first.items), ['a', 'b']);
  assert.is(first.metadata.remainingItemCount, 1);
  assert.equal(decoded(first.metadata.continue), {
    v: 'meta.k8s.io/v1',
    rv: Number(first.metadata.resourceVersion),
    start: 'b\u0000',
  });
  value(cluster.api.create('ConfigMap', configMapManifest('d')));
  const second = page(cluster, { limit: 2, continue: first.metadata.continue });
  assert.equal(namesOf(second.items), ['c']);
  assert.equal(second.metadata, { resourceVersion: first.metadata.resourceVersion });
});

test('api.md §5: pages of all namespaces go on at namespace/name; selections count nothing', () => {
  const cluster = createTestApi();
  createFour(cluster);
  const first = value(cluster.api.list('ConfigMap', { limit: 1, labelSelector: 'app=x' }));
  assert.is(first.metadata.remainingItemCount, undefined);
  assert.is(decoded(first.metadata.continue).start, 'default/a\u0000');
  const second = value(
    cluster.api.list('ConfigMap', { continue: first.metadata.continue, labelSelector: 'app=x' }),
  );
  assert.equal(namesOf(second.items), ['c']);
});

test('§5: a page whose version is compacted away is Expired 410, with a token for the rest', () => {
  const cluster = createTestApi();
  createFour(cluster);
  const first = page(cluster, { limit: 1 });
  value(cluster.api.create('ConfigMap', configMapManifest('d')));
  cluster.store.compact();
  let token: string | undefined;
  cluster.api
    .list('ConfigMap', { namespace: 'default', continue: first.metadata.continue })
    .settled((outcome) => {
      assert.not(outcome.ok);
      if (outcome.ok) return;
      assert.is(outcome.error.code, 410);
      assert.is(outcome.error.reason, 'Expired');
      assert.match(
        outcome.error.message,
        /^The provided continue parameter is too old to display a consistent list result\./,
      );
      token = (outcome.error.status.metadata as { readonly continue?: string }).continue;
    });
  assert.is(decoded(token).rv, -1);
  const rest = page(cluster, { limit: 2, continue: token });
  assert.equal(namesOf(rest.items), ['b', 'c']);
  assert.is(decoded(rest.metadata.continue).rv, cluster.store.revision);
});

test('§5: bad tokens are BadRequest 400', () => {
  const cluster = createTestApi();
  const encode = (token: unknown) => Buffer.from(JSON.stringify(token)).toString('base64url');
  const text = (token: string) => refused(cluster, { continue: token }).text;
  const start = '400 BadRequest | invalid continue token: continue key is not valid: ';
  assert.is(text('zzz'), `${start}invalid character 'Ï' looking for beginning of value`);
  assert.is(
    text(encode({ v: 'meta.k8s.io/v2', rv: 1, start: 'a' })),
    `${start}server does not recognize this encoded version meta.k8s.io/v2`,
  );
  assert.is(
    refused(cluster, { continue: encode({ v: 'meta.k8s.io/v1', rv: 1, start: 'a' }), resourceVersion: '3' })
      .text,
    '400 BadRequest | specifying resource version is not allowed when using continue',
  );
});

test('§5: an exact version shows the state at that version, until it is compacted away', () => {
  const cluster = createTestApi();
  createFour(cluster);
  const { resourceVersion } = page(cluster, {}).metadata;
  value(cluster.api.delete({ kind: 'ConfigMap', namespace: 'default', name: 'a' }));
  const exact = { resourceVersion, resourceVersionMatch: 'Exact' };
  const then = page(cluster, exact);
  assert.equal(namesOf(then.items), ['a', 'b', 'c']);
  assert.is(then.metadata.resourceVersion, resourceVersion);
  assert.equal(namesOf(page(cluster, { resourceVersion, limit: 1 }).items), ['a']);
  assert.equal(namesOf(page(cluster, { resourceVersion }).items), ['b', 'c']);
  cluster.store.compact();
  assert.equal(refused(cluster, exact), {
    text: '410 Expired | The resourceVersion for the provided list is too old.',
    details: undefined,
  });
});

test('§5: limit is ignored for version 0, as kubectl expects', () => {
  const cluster = createTestApi();
  createFour(cluster);
  const list = page(cluster, { limit: 1, resourceVersion: '0' });
  assert.is(list.items.length, 3);
  assert.is(list.metadata.continue, undefined);
});

test('rows 60 to 62: selectors that cannot be understood are BadRequest 400', () => {
  const cluster = createTestApi();
  assert.is(
    refused(cluster, { labelSelector: 'a in (x' }).text,
    "400 BadRequest | unable to parse requirement: found '', expected: ',' or ')'",
  );
  assert.is(
    told(cluster.api.list('Pod', { fieldSelector: 'foo=bar' })).text,
    '400 BadRequest | field label not supported: foo',
  );
  assert.is(
    refused(cluster, { fieldSelector: 'foo=bar' }).text,
    '400 BadRequest | "foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
});

test('row 63: a match that makes no sense is Invalid 422', () => {
  const cluster = createTestApi();
  const text = (options: ListOptions) => refused(cluster, options).text;
  const start = '422 Invalid | ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ';
  assert.is(
    text({ resourceVersionMatch: 'Exact' }),
    `${start}Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
  );
  assert.is(
    text({ resourceVersionMatch: 'Exact', resourceVersion: '0' }),
    `${start}Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
  );
  assert.is(
    text({ resourceVersionMatch: 'Exact', resourceVersion: '1', continue: 'x' }),
    `${start}Forbidden: resourceVersionMatch is forbidden when continue is provided`,
  );
  assert.is(
    text({ resourceVersionMatch: 'Foo', resourceVersion: '1' }),
    `${start}Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""`,
  );
});

test('row 64: a version of the future is Timeout 504; one that is no number a bare 500', () => {
  const cluster = createTestApi();
  assert.equal(refused(cluster, { resourceVersion: '99999999' }), {
    text: `504 Timeout | Timeout: Too large resource version: 99999999, current: ${cluster.store.revision}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
  assert.is(
    refused(cluster, { resourceVersion: 'abc' }).text,
    '500 – | resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  );
});

test.run();
