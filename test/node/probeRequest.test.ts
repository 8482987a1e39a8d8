/** Probes as requests to the runtime, and their verdicts. Spec: node.md 4.6, 4.7, rows 61, 64, 67, 69. */
import * as assert from 'uvu/assert';
import type { Probe } from '../../src/api/index.js';
import { probeRequest, probeVerdict } from '../../src/node/probeRequest.js';
import { suite } from '../support/suite.js';
import { container, pod } from './support.js';

const test = suite('node: probe requests');

const app = container({
  ports: [
    { name: 'http', containerPort: 8080, protocol: 'TCP' },
    { name: 'admin', containerPort: 9090, protocol: 'TCP' },
  ],
  env: [{ name: 'A', value: 'script' }],
});
const instance = { podIp: '10.0.0.5', containerId: 'c1', purpose: 'liveness' as const };
const request = (probe: Probe) => probeRequest(probe, app, pod(), instance);
const http = (fields: object) => request({ httpGet: { port: 80, ...fields } } as Probe);
const headersOf = (httpHeaders: readonly { name: string; value: string }[]) => {
  const built = http({ httpHeaders });
  return 'type' in built && built.type === 'httpGet' ? built.headers : [];
};

test('row 64: HTTP goes to the pod IP by default, with its timeout of 1 s in ms', () => {
  assert.equal(http({ path: '/healthz?full=1', scheme: 'HTTPS' }), {
    type: 'httpGet',
    containerId: 'c1',
    purpose: 'liveness',
    scheme: 'https',
    host: '10.0.0.5',
    port: 80,
    path: '/healthz?full=1',
    headers: [
      ['User-Agent', 'kube-probe/1.36'],
      ['Accept', '*/*'],
    ],
    timeoutMs: 1000,
  });
});

test('row 64: an own host and timeout are kept; TCP likewise', () => {
  assert.equal(request({ tcpSocket: { port: 'admin', host: '127.0.0.1' }, timeoutSeconds: 3 } as Probe), {
    type: 'tcpSocket',
    containerId: 'c1',
    purpose: 'liveness',
    host: '127.0.0.1',
    port: 9090,
    timeoutMs: 3000,
  });
});

test('row 69: an absent path stays empty', () => {
  const built = http({});
  assert.is('type' in built && built.type === 'httpGet' && built.path, '');
});

for (const [port, expected] of [
  ['http', 8080],
  ['118', 118],
  [118, 118],
  [-1, 'invalid port number: -1'],
  ['-1', 'invalid port number: -1'],
  [0, 'invalid port number: 0'],
  [65536, 'invalid port number: 65536'],
  ['', 'strconv.Atoi: parsing "": invalid syntax'],
  ['none', 'strconv.Atoi: parsing "none": invalid syntax'],
  ['99999999999999999999', 'strconv.Atoi: parsing "99999999999999999999": value out of range'],
] as const) {
  test(`row 64: port ${JSON.stringify(port)} is ${JSON.stringify(expected)}, for HTTP and TCP`, () => {
    const wanted = typeof expected === 'string' ? { error: expected } : expected;
    for (const probe of [{ httpGet: { port } }, { tcpSocket: { port } }]) {
      const built = request(probe as Probe);
      assert.equal('error' in built ? built : 'port' in built && built.port, wanted);
    }
  });
}

test('row 67: own User-Agent and Accept replace the defaults, whatever their case; empty ones leave them out', () => {
  assert.equal(
    headersOf([
      { name: 'user-agent', value: 'me' },
      { name: 'X-A', value: '1' },
      { name: 'X-A', value: '2' },
    ]),
    [
      ['Accept', '*/*'],
      ['user-agent', 'me'],
      ['X-A', '1'],
      ['X-A', '2'],
    ],
  );
  assert.equal(
    headersOf([
      { name: 'Accept', value: '' },
      { name: 'User-Agent', value: '' },
    ]),
    [],
  );
  assert.equal(headersOf([{ name: 'Host', value: 'example.org' }]).at(-1), ['Host', 'example.org']);
});

test('exec commands are expanded from literals', () => {
  const built = request({ exec: { command: ['sh', '$(A)'] } } as unknown as Probe);
  assert.equal('command' in built && built.command, ['sh', 'script']);
});

test('row 61: without a handler the probe errs', () => {
  assert.equal(request({} as Probe), { error: 'missing probe handler for web-0_shop(u-1):app' });
});

for (const [outcome, verdict] of [
  [{ result: 'success', output: 'fine' }, { result: 'Success' }],
  [
    { result: 'warning', output: 'Probe terminated redirects, Response body: x' },
    {
      result: 'Success',
      event: {
        reason: 'ProbeWarning',
        message: 'Liveness probe warning: Probe terminated redirects, Response body: x',
      },
    },
  ],
  [
    { result: 'failure', output: 'HTTP probe failed with statuscode: 500' },
    {
      result: 'Failure',
      event: {
        reason: 'Unhealthy',
        message: 'Liveness probe failed: HTTP probe failed with statuscode: 500',
      },
    },
  ],
  [{ result: 'unknown', output: '' }, { result: 'Failure' }],
  [
    { result: 'unknown', output: '', error: 'boom' },
    { event: { reason: 'Unhealthy', message: 'Liveness probe errored and resulted in unknown state: boom' } },
  ],
] as const) {
  test(`row 61: ${JSON.stringify(outcome)} is ${verdict.result ?? 'discarded'}`, () => {
    assert.equal(probeVerdict('Liveness', outcome), verdict);
  });
}

test.run();
