import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  ApiError,
  applyJsonPatch,
  applyMergePatch,
  createMergePatch,
  jsonEqual,
} from '../../src/api/index.js';
import { suite } from '../support/suite.js';

const test = suite('api: merge and JSON patches');

/** Frozen all the way down, so that a patch that changes its input fails. */
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
    if (error instanceof ApiError) return `${error.code} ${error.reason ?? '–'} ${error.message}`;
    throw error;
  }
  return 'not refused';
};

test('a merge patch merges objects, removes by null and replaces the rest (RFC 7386; api.md §11 row 35)', () => {
  const current = frozen({ data: { k: 'v' }, list: [1, 2], keep: { me: true } });
  const result = applyMergePatch(current, {
    data: { k: null, n: '1' },
    list: [3],
    fresh: { a: { b: null } },
  });
  assert.equal(result, { data: { n: '1' }, list: [3], keep: { me: true }, fresh: { a: {} } });
});

test('a merge patch shares what it leaves alone, and gives back the object itself if nothing changes (row 36)', () => {
  const current = frozen({ data: { n: '1' }, spec: { list: [{ a: 1 }] } });
  assert.is(
    applyMergePatch(current, { data: { n: '1' }, spec: { list: [{ a: 1 }] }, absent: null }),
    current,
  );
  const changed = applyMergePatch(current, { data: { n: '2' } });
  assert.is(changed.spec, current.spec);
});

test('what is no object is refused as a merge patch (api.md §4 merge patch)', () => {
  assert.is(
    refused(() => applyMergePatch({}, null)),
    '400 BadRequest Invalid JSON Patch',
  );
  assert.is(
    refused(() => applyMergePatch({}, [])),
    '400 BadRequest error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  );
});

test('a key named __proto__ is data', () => {
  const patch: unknown = JSON.parse('{"__proto__":{"polluted":true},"labels":{"__proto__":"x"}}');
  const result = applyMergePatch(frozen({ labels: { a: 'b' } }), patch);
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
  assert.equal(Object.keys(result), ['labels', '__proto__']);
  assert.equal(Object.keys(result.labels), ['a', '__proto__']);
});

const leaf = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean());
const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
  document: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 3 }),
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(leaf, { maxLength: 2 }), tie('document')),
}));

test('the merge patch from one object to another leads there', () => {
  fc.assert(
    fc.property(document, document, (from, to) => {
      const patch = createMergePatch(frozen(from), frozen(to));
      assert.ok(jsonEqual(applyMergePatch(from, patch), to), JSON.stringify({ from, to, patch }));
      assert.is(Object.keys(patch).length === 0, jsonEqual(from, to));
    }),
  );
});

test('a merge patch applied twice is a merge patch applied once', () => {
  fc.assert(
    fc.property(document, document, (current, patch) => {
      const once = applyMergePatch(current, patch);
      assert.is(applyMergePatch(once, patch), once);
    }),
  );
});

test('JSON patch operations run one after another', () => {
  const current = frozen({ spec: { replicas: 1, list: [1, 2, 3] }, other: { a: 1 } });
  const result = applyJsonPatch(current, [
    { op: 'test', path: '/spec/replicas', value: 1 },
    { op: 'replace', path: '/spec/replicas', value: 5 },
    { op: 'add', path: '/spec/list/0', value: 0 },
    { op: 'add', path: '/spec/list/-', value: 4 },
    { op: 'remove', path: '/spec/list/1' },
    { op: 'add', path: '/metadata', value: { annotations: {} } },
    { op: 'add', path: '/metadata/annotations/example.com~1a~0b', value: 'x' },
    { op: 'copy', from: '/spec/replicas', path: '/copied' },
    { op: 'move', from: '/copied', path: '/moved' },
  ]) as Record<string, unknown>;
  assert.equal(result, {
    spec: { replicas: 5, list: [0, 2, 3, 4] },
    other: { a: 1 },
    metadata: { annotations: { 'example.com/a~b': 'x' } },
    moved: 5,
  });
  assert.is(result['other'], current.other);
  assert.equal(current.spec.list, [1, 2, 3]);
});

test('values of a JSON patch are not changed by its later operations', () => {
  const patch = frozen([
    { op: 'add', path: '/a', value: { b: [] } },
    { op: 'add', path: '/a/b/-', value: 1 },
  ]);
  assert.equal(applyJsonPatch({}, patch), { a: { b: [1] } });
});

test('replacing an absent key adds it, as upstream’s library does (api.md §4 JSON-patch failures)', () => {
  assert.equal(applyJsonPatch(frozen({ data: {} }), [{ op: 'replace', path: '/data/k', value: 'v' }]), {
    data: { k: 'v' },
  });
});

test('an operation that cannot be carried out rejects the patch: 422 (api.md §4, §11 row 33)', () => {
  const rejectedText = '422 Invalid the server rejected our request due to an error in our request';
  const operations: readonly object[] = [
    { op: 'test', path: '/data/k', value: 'no' },
    { op: 'remove', path: '/data/absent' },
    { op: 'add', path: '/absent/key', value: 1 },
    { op: 'replace', path: '/absent/key', value: 1 },
    { op: 'add', path: '/list/9', value: 1 },
    { op: 'add', path: '/list/x', value: 1 },
    { op: 'replace', path: '/list/2', value: 1 },
    { op: 'remove', path: '/list/-' },
    { op: 'move', from: '/absent', path: '/data/k' },
    { op: 'copy', from: '/absent', path: '/data/k' },
    { op: 'add', path: '/data/k' },
    { op: 'frobnicate', path: '/data/k' },
    { op: 'add', path: 'data/k', value: 1 },
    { op: 'add', value: 1 },
    {},
  ];
  for (const operation of operations) {
    const current = frozen({ data: { k: 'v' }, list: [1, 2] });
    assert.is(
      refused(() => applyJsonPatch(current, [operation])),
      rejectedText,
      JSON.stringify(operation),
    );
  }
});

test('what is no list of operations is refused: 400; more than 10,000 of them: 413 (api.md §4, §11 row 34)', () => {
  assert.is(
    refused(() => applyJsonPatch({}, {})),
    '400 BadRequest error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  );
  const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
  assert.is(
    refused(() => applyJsonPatch({ a: 1 }, many)),
    '413 RequestEntityTooLarge Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
  );
});

test.run();
