/** Manifests as text: what is read, and where what is wrong stands. */
import * as assert from 'uvu/assert';
import { ManifestError, parseManifests } from '../../src/cluster/manifests/index.js';
import { suite } from '../support/suite.js';

const test = suite('cluster: manifests');

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n';

const refusal = async (reading: Promise<unknown>): Promise<string> => {
  try {
    await reading;
  } catch (error) {
    assert.instance(error, ManifestError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

test('several documents: empty ones are skipped, each object knows its line', async () => {
  const manifests = await parseManifests(
    `# only words\n---\n${POD}---\n\n---\n# more\n${POD}---\n`,
    'a.yaml',
  );
  assert.equal(
    manifests.map(({ source, object }) => [source, object.kind]),
    [
      ['a.yaml:3', 'Pod'],
      ['a.yaml:10', 'Pod'],
    ],
  );
  assert.equal(await parseManifests('', 'a.yaml'), []);
  assert.equal(await parseManifests('# nothing\n', 'a.yaml'), []);
});

test('JSON is read, tabs and a byte order mark included', async () => {
  const text = '\uFEFF{\n\t"apiVersion": "v1",\n\t"kind": "Pod",\r\n\t"metadata": {"name": "web"}\n}';
  assert.equal(await parseManifests(text, 'a.json'), [
    { source: 'a.json:1', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } } },
  ]);
});

test('a List is taken apart, and its items know their lines', async () => {
  const text =
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n- { apiVersion: v1, kind: Pod }\n';
  const manifests = await parseManifests(text, 'l.yaml');
  assert.equal(
    manifests.map(({ source, object }) => [source, object.kind]),
    [
      ['l.yaml:4', 'Secret'],
      ['l.yaml:6', 'Pod'],
    ],
  );
  assert.equal(await parseManifests('apiVersion: v1\nkind: PodList\nitems: []\n', 'l.yaml'), []);
});

test('scalars are those of YAML 1.1 as Kubernetes reads it: yes is true, 0644 octal, 12:30 and dates are text', async () => {
  const values =
    'a: yes\nb: off\nc: 0644\nd: 12:30\ne: 2026-01-01\nf: "012"\ng: 0x1f\nh: ~\ni: 1.36\nj: 012abc\n';
  const [manifest] = await parseManifests(
    `apiVersion: v1\nkind: ConfigMap\ndata:\n${values.replace(/^/gm, '  ').trimEnd()}\n`,
    'c.yaml',
  );
  assert.equal(manifest?.object['data'], {
    a: true,
    b: false,
    c: 420,
    d: '12:30',
    e: '2026-01-01',
    f: '012',
    g: 31,
    h: null,
    i: 1.36,
    j: '012abc',
  });
});

test('anchors and merge keys work', async () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nx: &x { a: "1" }\ndata: { <<: *x, b: "2" }\n';
  const [manifest] = await parseManifests(text, 'm.yaml');
  assert.equal(manifest?.object['data'], { a: '1', b: '2' });
});

for (const [what, text, message] of [
  ['an unclosed list', 'a: [1\nb: 2\n', /^f\.yaml:2:1: Flow sequence/],
  ['tabs', 'a:\n\tb: 1\n', /^f\.yaml:2:1: Tabs are not allowed/],
  ['nested mappings on one line', 'kind: Pod: x\n', /^f\.yaml:1:7: Nested mappings/],
  [
    'a duplicate key',
    'kind: Pod\nmetadata:\n  name: a\n  name: b\n',
    /^f\.yaml:4:3: the key name occurs twice/,
  ],
  ['an unknown anchor', 'kind: Pod\nspec: *nothing\n', /^f\.yaml:2:7: the anchor &nothing is not defined/],
  ['an unknown tag', 'kind: !ruby/object Pod\n', /^f\.yaml:1:7: Unresolved tag: !ruby\/object/],
  ['a missing kind', '\n\napiVersion: v1\n', /^f\.yaml:3: kind is missing$/],
  ['a missing apiVersion', `${POD}---\nkind: Pod\n`, /^f\.yaml:5: apiVersion is missing$/],
  [
    'an apiVersion that is no text',
    'apiVersion: 1\nkind: Pod\n',
    /^f\.yaml:1: apiVersion must be a string, is 1$/,
  ],
  [
    'a list',
    '- kind: Pod\n',
    /^f\.yaml:1: a manifest is an object with apiVersion and kind; this is a list$/,
  ],
  ['plain text', 'hello there\n', /this is "hello there"$/],
  ['a screenful of text', `${'x'.repeat(9_999)}\n`, /this is "x{39}…$/],
  [
    'an item of a List',
    'apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n',
    /^f\.yaml:4: apiVersion is missing$/,
  ],
] as const) {
  test(`${what} is refused where it stands`, async () => {
    assert.match(await refusal(parseManifests(text, 'f.yaml')), message);
  });
}

test('aliases that would fill the memory are refused', async () => {
  const rows = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let code = 98; code < 106; code += 1) {
    const [name, before] = [String.fromCharCode(code), String.fromCharCode(code - 1)];
    rows.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`);
  }
  assert.match(
    await refusal(parseManifests(rows.join('\n'), 'bomb.yaml')),
    /^bomb\.yaml:1: Excessive alias count/,
  );
});

test.run();
