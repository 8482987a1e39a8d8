import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { ApiError, applyStrategicPatch, jsonEqual } from '../../src/api/index.js';
import { deployment } from '../../src/api/schema/kinds/deployment.js';
import { pod } from '../../src/api/schema/kinds/pod.js';
import { suite } from '../support/suite.js';

const test = suite('api: strategic merge patch');

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) frozen(item);
    Object.freeze(value);
  }
  return value;
};

const refused = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.reason ?? '–'} | ${error.message}`;
    throw error;
  }
  return 'not refused';
};

/** Patches the spec of a Pod. */
const patchPodSpec = (spec: object, patch: object): unknown =>
  (applyStrategicPatch(pod, frozen({ spec }), frozen({ spec: patch })) as { spec: unknown }).spec;

const twoContainers = {
  containers: [
    { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
    { name: 'b', image: 'b:1' },
  ],
};

test('containers merge by name; the others stay as they are (api.md §6.1)', () => {
  const current = frozen({ metadata: { name: 'p' }, spec: twoContainers });
  const patch = { spec: { containers: [{ name: 'a', image: 'a:2', env: [{ name: 'Y', value: '2' }] }] } };
  const result = applyStrategicPatch(pod, current, frozen(patch)) as unknown as typeof current;
  assert.equal(result.spec.containers, [
    {
      name: 'a',
      image: 'a:2',
      env: [
        { name: 'Y', value: '2' },
        { name: 'X', value: '1' },
      ],
    },
    { name: 'b', image: 'b:1' },
  ]);
  assert.is(result.metadata, current.metadata);
  assert.is(result.spec.containers[1], current.spec.containers[1]);
});

test('a container that is new comes before those that the patch does not name', () => {
  const patched = patchPodSpec({ containers: [{ name: 'c' }] }, { containers: [{ name: 'side' }] });
  assert.equal(patched, { containers: [{ name: 'side' }, { name: 'c' }] });
});

test('a list item with $patch: delete goes (api.md §6.1)', () => {
  const patched = patchPodSpec(twoContainers, { containers: [{ name: 'a', $patch: 'delete' }] });
  assert.equal(patched, { containers: [{ name: 'b', image: 'b:1' }] });
});

test('$patch: replace in a list makes the patch the whole list, in a map the whole map', () => {
  const list = patchPodSpec(twoContainers, { containers: [{ $patch: 'replace' }, { name: 'z' }] });
  assert.equal(list, { containers: [{ name: 'z' }] });
  const map = patchPodSpec({ nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'replace', b: '2' } });
  assert.equal(map, { nodeSelector: { b: '2' } });
  assert.equal(patchPodSpec({ nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'delete' } }), {
    nodeSelector: {},
  });
});

test('lists without a merge strategy are replaced, null removes a key', () => {
  const spec = {
    containers: [{ name: 'a', command: ['x', 'y'] }],
    tolerations: [{ key: 'a' }],
    hostname: 'h',
  };
  const patched = patchPodSpec(spec, {
    containers: [{ name: 'a', command: ['z'] }],
    tolerations: [{ key: 'b' }],
    hostname: null,
  });
  assert.equal(patched, { containers: [{ name: 'a', command: ['z'] }], tolerations: [{ key: 'b' }] });
});

test('finalizers are a set: new ones are added, $deleteFromPrimitiveList takes some away (api.md §6.1)', () => {
  const patched = (patch: object): unknown => {
    const current = { metadata: { finalizers: ['a/1', 'b/2'] } };
    const result = applyStrategicPatch(pod, frozen(current), frozen({ metadata: patch }));
    return (result as typeof current).metadata.finalizers;
  };
  assert.equal(patched({ finalizers: ['b/2', 'c/3'] }), ['a/1', 'b/2', 'c/3']);
  assert.equal(patched({ '$deleteFromPrimitiveList/finalizers': ['a/1'] }), ['b/2']);
  assert.equal(
    patched({
      '$setElementOrder/finalizers': ['c/3', 'b/2'],
      '$deleteFromPrimitiveList/finalizers': ['a/1'],
      finalizers: ['c/3'],
    }),
    ['c/3', 'b/2'],
  );
});

test('$setElementOrder orders the items that it names; the others keep their place (api.md §6.1)', () => {
  const spec = { containers: [{ name: 'a' }, { name: 'server' }, { name: 'b' }] };
  assert.equal(patchPodSpec(spec, { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }), {
    containers: [{ name: 'server' }, { name: 'b' }, { name: 'a' }],
  });
  assert.equal(
    patchPodSpec(spec, {
      '$setElementOrder/containers': [{ name: 'new' }, { name: 'a' }, { name: 'b' }],
      containers: [{ name: 'new', image: 'n' }],
    }),
    { containers: [{ name: 'new', image: 'n' }, { name: 'a' }, { name: 'server' }, { name: 'b' }] },
  );
});

test('a list that the patch removes is removed, ordered or not', () => {
  const patch = { '$setElementOrder/containers': [{ name: 'a' }], containers: null };
  assert.equal(patchPodSpec(twoContainers, patch), {});
});

test('kubectl set image: order and change together (api.md §2)', () => {
  const current = { spec: { template: { spec: twoContainers } } };
  const patch = {
    spec: {
      template: {
        spec: {
          '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
          containers: [{ name: 'b', image: 'b:2' }],
        },
      },
    },
  };
  const result = applyStrategicPatch(deployment, frozen(current), frozen(patch)) as typeof current;
  assert.equal(
    result.spec.template.spec.containers.map(({ image }) => image),
    ['a:1', 'b:2'],
  );
});

test('$retainKeys drops the keys that it does not name (api.md §6.1)', () => {
  const current = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  const patched = (strategy: object): unknown =>
    applyStrategicPatch(deployment, frozen(current), frozen({ spec: { strategy } }));
  assert.equal(patched({ $retainKeys: ['type'], type: 'Recreate' }), {
    spec: { strategy: { type: 'Recreate' } },
  });
  // Without the directive rollingUpdate survives, which validation then refuses.
  assert.equal(patched({ type: 'Recreate' }), {
    spec: { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
  });
});

test('directives and nulls of added values are not stored', () => {
  const patched = patchPodSpec(
    {},
    {
      containers: [
        { name: 'a', image: null, env: [{ name: 'gone', $patch: 'delete' }], '$setElementOrder/env': [] },
        { $patch: 'replace' },
      ],
      nodeSelector: { $patch: 'delete' },
    },
  );
  assert.equal(patched, { containers: [{ name: 'a', env: [] }] });
});

test('what makes no sense is refused in upstream’s words (api.md §6.1, §11 row 37)', () => {
  const rows: readonly (readonly [object, string])[] = [
    [{ containers: [{ image: 'q' }] }, '500 – | map: map[image:q] does not contain declared merge key: name'],
    [{ nodeSelector: { $patch: 'foo' } }, '500 – | unknown patch type: foo in map: map[$patch:foo]'],
    [
      { containers: [{ name: 'd', $patch: 'foo' }] },
      '500 – | unknown patch type: foo in map: map[$patch:foo name:d]',
    ],
    [
      { '$setElementOrder/containers': [{ name: 'zz' }], containers: [{ name: 'd', image: 'd' }] },
      "500 – | The order in patch list:\n[map[image:d name:d]]\n doesn't match $setElementOrder list:\n[map[name:zz]]\n",
    ],
    [{ nodeSelector: { $retainKeys: 'a' } }, '400 BadRequest | invalid patch format of retainKeys'],
    [
      { nodeSelector: { $retainKeys: ['a'], b: '1' } },
      '422 Invalid | the server rejected our request due to an error in our request',
    ],
    [{ '$setElementOrder/containers': 'a' }, '400 BadRequest | invalid patch format of setElementOrder list'],
  ];
  for (const [patch, expected] of rows) {
    const spec = { containers: [{ name: 'c' }], nodeSelector: { a: '1' } };
    assert.is(
      refused(() => patchPodSpec(spec, patch)),
      expected,
      JSON.stringify(patch),
    );
  }
  assert.is(
    refused(() => applyStrategicPatch(pod, {}, [])),
    '400 BadRequest | json: cannot unmarshal array into Go value of type map[string]interface {}',
  );
});

test('a patch without effect gives back the very same object', () => {
  const current = frozen({ metadata: { labels: { a: 'b' } }, spec: twoContainers });
  const patch = {
    metadata: { labels: { a: 'b' }, annotations: null },
    spec: {
      '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
      containers: [{ name: 'b', image: 'b:1' }],
    },
  };
  assert.is(applyStrategicPatch(pod, current, frozen(patch)), current);
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const env = fc.uniqueArray(fc.record({ name, value: fc.constantFrom('1', '2') }), {
  selector: (item) => item.name,
  maxLength: 3,
});
const containers = fc.uniqueArray(
  fc.record({ name, image: fc.constantFrom('x', 'y'), env }, { requiredKeys: ['name'] }),
  { selector: (item) => item.name, maxLength: 4 },
);
const labels = fc.dictionary(name, fc.constantFrom('1', '2'));
const podLike = fc.record({
  metadata: fc.record({ labels }),
  spec: fc.record({ containers, nodeSelector: labels }),
});

test('a strategic patch applied twice is one applied once', () => {
  fc.assert(
    fc.property(podLike, podLike, (current, patch) => {
      const once = applyStrategicPatch(pod, frozen(current), frozen(patch));
      assert.is(applyStrategicPatch(pod, once, patch), once);
    }),
  );
});

test('after a strategic patch every named container has what the patch says, and none is lost or doubled', () => {
  fc.assert(
    fc.property(podLike, podLike, (current, patch) => {
      const result = applyStrategicPatch(pod, frozen(current), frozen(patch)) as typeof current;
      const names = result.spec.containers.map((container) => container.name);
      const expected = new Set(
        [...current.spec.containers, ...patch.spec.containers].map(({ name }) => name),
      );
      assert.equal([...names].sort(), [...expected].sort());
      for (const change of patch.spec.containers) {
        const found = result.spec.containers.find((container) => container.name === change.name);
        if (change.image !== undefined) assert.is(found?.image, change.image);
      }
      for (const before of current.spec.containers) {
        if (patch.spec.containers.some((change) => change.name === before.name)) continue;
        const found = result.spec.containers.find((container) => container.name === before.name);
        assert.ok(jsonEqual(found, before));
      }
    }),
  );
});

test.run();
