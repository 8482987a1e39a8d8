import * as assert from 'uvu/assert';
import { PresetError, createImageRegistry, parsePreset } from '../../../src/runtime/index.js';
import { changesOverTime } from '../../../src/runtime/simulated/preset.js';
import { imageRefOf } from '../../../src/runtime/simulated/images.js';
import { suite } from '../../support/suite.js';

const test = suite('simulated runtime: reading presets');

const PATH = 'images["web:1"]';

test('a whole preset, with durations as text and in ms', () => {
  const preset = parsePreset(
    {
      startsAfter: '1m30s',
      exitsAfter: 250,
      exitCode: [1, 0],
      logs: ['a', { after: '1s', text: 'b', stream: 'stderr' }],
      http: {
        port: 8080,
        failsAfterRequests: 5,
        failsAfter: '5m',
        recoversAfter: '24h',
        status: 503,
        latency: 10,
      },
      tcp: { port: 5432, failsAfter: 0 },
      exec: { 'cat /tmp/health': { exitCode: 2, output: 'no', failsAfter: '1.5s' } },
      hangsAfter: '2h',
      ignoresSigterm: true,
      terminatesAfter: '5s',
      pull: { takes: '3s', fails: true },
    },
    PATH,
  );
  assert.equal(
    [
      preset.startsAfterMs,
      preset.exitsAfterMs,
      preset.hangsAfterMs,
      preset.terminatesAfterMs,
      preset.exitCodes,
    ],
    [90_000, 250, 7_200_000, 5_000, [1, 0]],
  );
  assert.equal(preset.http?.recoversAfterMs, 86_400_000);
  assert.equal(preset.exec?.get('cat /tmp/health'), { exitCode: 2, output: 'no', failsAfterMs: 1500 });
  assert.equal(preset.pull, { takesMs: 3000, failures: Infinity });
});

for (const [value, message] of [
  [null, `${PATH}: must be an object, is null`],
  [[], `${PATH}: must be an object, is []`],
  [
    { exitAfter: 1 },
    /^images\["web:1"\]\.exitAfter: unknown field; known are disk, exec, exitCode, exitsAfter, /,
  ],
  [
    { exitsAfter: '10 minutes' },
    `${PATH}.exitsAfter: must be a duration such as "90s", "5m", "24h", or milliseconds, is "10 minutes"`,
  ],
  [
    { exitsAfter: true },
    `${PATH}.exitsAfter: must be a duration such as "90s", "5m", "24h", or milliseconds, is true`,
  ],
  [{ hangsAfter: -1 }, `${PATH}.hangsAfter: must not be negative, is -1`],
  [{ hangsAfter: '-5s' }, `${PATH}.hangsAfter: must not be negative, is "-5s"`],
  [{ exitCode: 256 }, `${PATH}.exitCode: must be an integer from 0 to 255, is 256`],
  [{ exitCode: [0, 'x'] }, `${PATH}.exitCode[1]: must be an integer from 0 to 255, is "x"`],
  [{ exitCode: [] }, `${PATH}.exitCode: must not be an empty list`],
  [{ logs: 'a' }, `${PATH}.logs: must be a list, is "a"`],
  [{ logs: [{ after: 1 }] }, `${PATH}.logs[0].text: is required`],
  [
    { logs: [{ text: 'a', stream: 'out' }] },
    `${PATH}.logs[0].stream: must be one of stdout, stderr, is "out"`,
  ],
  [{ http: 8080 }, `${PATH}.http: must be an object, is 8080`],
  [{ http: { port: 'http' } }, `${PATH}.http.port: must be an integer from 1 to 65535, is "http"`],
  [
    { http: { failsAfterRequests: 1.5 } },
    `${PATH}.http.failsAfterRequests: must be an integer of at least 0, is 1.5`,
  ],
  [{ tcp: { status: 500 } }, `${PATH}.tcp.status: unknown field; known are failsAfter, port, recoversAfter`],
  [
    { exec: { 'a b': { code: 1 } } },
    `${PATH}.exec["a b"].code: unknown field; known are exitCode, failsAfter, output`,
  ],
  [{ ignoresSigterm: 'yes' }, `${PATH}.ignoresSigterm: must be true or false, is "yes"`],
  [{ memory: 'much' }, `${PATH}.memory: must be a quantity such as "300Mi" or "2Gi", is "much"`],
  [{ memory: '-1Mi' }, `${PATH}.memory: must be a quantity such as "300Mi" or "2Gi", is "-1Mi"`],
  [{ memory: 300 }, `${PATH}.memory: must be an object, is 300`],
  [{ disk: { after: '1s' } }, `${PATH}.disk.usage: is required`],
  [{ disk: { usage: '1Gi', at: 1 } }, `${PATH}.disk.at: unknown field; known are after, usage`],
  [{ pull: { fails: -1 } }, `${PATH}.pull.fails: must be an integer of at least 0, is -1`],
] as const) {
  test(`refused: ${JSON.stringify(value)}`, () => {
    try {
      parsePreset(value, PATH);
    } catch (error) {
      assert.instance(error, PresetError);
      const text = (error as Error).message;
      return typeof message === 'string' ? assert.is(text, message) : assert.match(text, message);
    }
    assert.unreachable('it was accepted');
  });
}

test('an actor is needed only where time or the number of requests changes something', () => {
  const needed = (value: object) => changesOverTime(parsePreset(value, PATH));
  for (const value of [
    {},
    { http: { port: 80, status: 500, latency: '1s' } },
    { exec: { a: { failsAfter: 5 } } },
    { logs: [{ after: 5, text: '' }] },
    { ignoresSigterm: true },
    { pull: { takes: 5 } },
  ]) {
    assert.not(needed(value), JSON.stringify(value));
  }
  for (const value of [
    { startsAfter: 1 },
    { exitsAfter: 0 },
    { exitCode: 0 },
    { hangsAfter: 5 },
    { terminatesAfter: 5 },
    { http: { failsAfter: 5 } },
    { http: { failsAfterRequests: 0 } },
    { tcp: { failsAfter: 5 } },
  ]) {
    assert.ok(needed(value), JSON.stringify(value));
  }
});

test('images are found as written, then without tag or digest, with docker.io/library/ or without', () => {
  const registry = createImageRegistry({
    'luksa/kubia': { exitCode: 1 },
    'luksa/kubia:v2': { exitCode: 2 },
    'localhost:5000/web': { exitCode: 3 },
    'docker.io/library/nginx': { exitCode: 4 },
  });
  const codeOf = (image: string) => registry.find(image).preset.exitCodes?.[0];
  assert.equal(
    [
      'luksa/kubia',
      'luksa/kubia:v1',
      'luksa/kubia:v2',
      'docker.io/luksa/kubia@sha256:00',
      'localhost:5000/web:1',
      'nginx:1.27',
      'library/nginx',
      'other',
    ].map(codeOf),
    [1, 1, 2, 1, 3, 4, 4, undefined],
  );
});

test('an image reference names the repository in full and a digest that is always the same', () => {
  const ref = imageRefOf('nginx:1.27');
  assert.match(ref, /^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/);
  assert.is(imageRefOf('docker.io/library/nginx:1.27'), ref);
  assert.is.not(imageRefOf('nginx:1.28'), ref);
  assert.match(imageRefOf('localhost:5000/web'), /^localhost:5000\/web@sha256:/);
});

test.run();
