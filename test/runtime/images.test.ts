import * as assert from 'uvu/assert';
import { ImagesFileError, parseImages, splitImage } from '../../src/runtime/images/index.js';
import { suite } from '../support/suite.js';

const test = suite('runtime: images file');
const FILE = '/etc/statelet/images.yaml';

test('an entry gives command, args, env and a working directory relative to the file', () => {
  const images = parseImages(
    `images:
  luksa/kubia:
    command: [node, app.js]
    args: [--port, 8080]
    env: { PORT: 8080, DEBUG: yes, ON: true }
    workingDir: kubia
    simulated: { exitsAfter: 120s, http: { port: 8080 } }
`,
    FILE,
  );
  assert.equal(images.entries, [
    {
      name: 'luksa/kubia',
      command: ['node', 'app.js'],
      args: ['--port', '8080'],
      env: [
        ['PORT', '8080'],
        ['DEBUG', 'yes'],
        ['ON', 'true'],
      ],
      workingDir: '/etc/statelet/kubia',
      simulated: { exitsAfter: '120s', http: { port: 8080 } },
      source: `${FILE}:2:3`,
    },
  ]);
});

test('the top key may be left out; the working directory is the folder of the file', () => {
  const [entry] = parseImages('app: { command: [run] }', FILE).entries;
  assert.equal(
    [entry?.command, entry?.args, entry?.workingDir, entry?.simulated],
    [['run'], [], '/etc/statelet', undefined],
  );
  assert.equal(parseImages('', FILE).entries, []);
  assert.equal(parseImages('# nothing yet\n', FILE).entries, []);
});

test('an image is found exactly, then by its full name, then without its tag or digest', () => {
  const names = [
    'luksa/kubia',
    'nginx:1.27',
    'docker.io/library/redis:latest',
    'localhost:5000/app',
    'quay.io/a/b:1',
  ];
  const images = parseImages(names.map((name) => `"${name}": { command: [c] }`).join('\n'), FILE);
  const found = (image: string): string | undefined => images.find(image)?.name;
  assert.is(found('luksa/kubia'), 'luksa/kubia');
  assert.is(found('luksa/kubia:v2'), 'luksa/kubia');
  assert.is(found('docker.io/luksa/kubia@sha256:abc'), 'luksa/kubia');
  assert.is(found('nginx:1.27'), 'nginx:1.27');
  assert.is(found('docker.io/library/nginx:1.27'), 'nginx:1.27');
  assert.is(found('docker.io/nginx:1.27'), 'nginx:1.27');
  assert.is(found('nginx:1.28'), undefined);
  assert.is(found('redis'), 'docker.io/library/redis:latest');
  assert.is(found('redis:7'), undefined);
  assert.is(found('localhost:5000/app:dev'), 'localhost:5000/app');
  assert.is(found('quay.io/a/b:1'), 'quay.io/a/b:1');
  assert.is(found('a/b:1'), undefined);
});

test('an exact entry wins over the one without a tag', () => {
  const images = parseImages('app: { command: [any] }\n"app:v2": { command: [second] }', FILE);
  assert.equal(images.find('app:v2')?.command, ['second']);
  assert.equal(images.find('app:v1')?.command, ['any']);
});

test('a reference is split into registry, repository, tag and digest', () => {
  assert.equal(splitImage('localhost/app:1@sha256:0'), {
    repository: 'localhost/app',
    tag: '1',
    digest: 'sha256:0',
  });
  assert.equal(splitImage('a/b'), { repository: 'docker.io/a/b', tag: undefined, digest: undefined });
});

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  ['- a', '1:1: the images file must be a mapping'],
  ['images: 5', '1:9: images must be a mapping'],
  ['a: 5', '1:4: image "a" must be a mapping'],
  ['a:', '1:3: image "a" must be a mapping'],
  ['5: { command: [x] }', '1:1: the name of an image must be a non-empty string'],
  [
    'a:\n  comand: [x]',
    '2:3: image "a": unknown key "comand"; known are command, args, env, workingDir, simulated',
  ],
  ['a:\n  command: node app.js', '2:12: image "a": command must be a list of strings'],
  ['a:\n  command: []', '2:12: image "a": command must not be empty'],
  ['a:\n  args: [[x]]', '2:10: image "a": args must be a list of strings'],
  ['a:\n  env: [A=b]', '2:8: image "a": env must be a mapping of names to values'],
  ['a:\n  env: { A: [b] }', '2:10: image "a": env A must be a string'],
  ['a:\n  workingDir: 5', '2:15: image "a": workingDir must be a string'],
];

test('a wrong file is refused with file:line:column', () => {
  for (const [text, message] of REFUSED) {
    assert.throws(
      () => parseImages(text, FILE),
      (error: Error) => error instanceof ImagesFileError && error.message.startsWith(`${FILE}:${message}`),
      `${text}: ${message}`,
    );
  }
});

test('broken YAML and keys given twice are refused with file:line:column', () => {
  const message = (text: string): string => {
    try {
      parseImages(text, FILE);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(message('a: { command: [x }'), /^\/etc\/statelet\/images\.yaml:1:\d+: /);
  assert.match(
    message('a: { command: [x] }\na: { command: [y] }'),
    /^\/etc\/statelet\/images\.yaml:2:1: .*unique/,
  );
});

test('an alias stands for what it names', () => {
  const images = parseImages('a: &app { command: &c [run] }\nb: *app\nc: { command: *c }', FILE);
  assert.equal(images.find('b')?.command, ['run']);
  assert.equal(images.find('c')?.command, ['run']);
});

test.run();
