/**
 * What people get wrong, through the real kubectl and the command line: a clear error every time, the server answers
 * afterwards, and nothing is lost.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import * as assert from 'uvu/assert';
import { createTemporaryFolder, findKubectl } from '../support/kubectl.js';
import { suite } from '../support/suite.js';
import { eventually, startCommand, startUp, type Json, type Up } from './support.js';

const test = suite('e2e: bad input', { timeoutMs: 60_000 });
test.skipUnless(findKubectl() !== undefined, 'there is no kubectl on this machine');

const folder = createTemporaryFolder('statelet-e2e-bad');
const TOKEN = 'a-token-for-this-test';
let up: Up;
test.before(async () => {
  up = await startUp({ folder: folder.path, env: { STATELET_TOKEN: TOKEN } });
  await up.ok('create configmap kept --from-literal=a=1');
});
test.after(async () => {
  await up?.interrupt();
  folder.remove();
});
/** After every test: the server answers, and what was there is there. */
test.after.each(async () => {
  assert.is(await up.ok('get configmap kept -o jsonpath={.data.a}'), '1');
});

const file = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};
/** A command that must fail: its exit code and standard error. */
const refused = async (command: string | readonly string[], manifest?: object): Promise<string> => {
  const { code, stderr, stdout } = await up.kubectl(
    command,
    manifest === undefined ? {} : { stdin: JSON.stringify(manifest) },
  );
  assert.is(code, 1, stdout);
  return stderr;
};
/** What `statelet up` says when it is started with this, and its exit code. */
const start = async (...args: readonly string[]): Promise<{ code: number | null; said: string }> => {
  const command = startCommand(['up', '--state-dir', join(folder.path, 'other'), '--port', '0', ...args]);
  const { code } = await command.ended;
  return { code, said: command.said() };
};

const pod = (name: string, spec: object, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'app', image: 'example.com/app:1', command: ['sleep', '600'] }], ...spec },
  ...more,
});
const deployment = (spec: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
    },
    ...spec,
  },
});

test('files: broken YAML, an unreadable file, a folder that is not there: file, line and column, exit code 2', async () => {
  const broken = file('broken.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: [a\nspec: {}\n');
  const yaml = await start('-f', broken);
  assert.is(yaml.code, 2);
  assert.match(yaml.said, /^error: \S+broken\.yaml:5:1: .+\n$/);
  const absent = await start('-f', join(folder.path, 'absent.yaml'));
  assert.equal(absent, { code: 2, said: `error: ${folder.path}/absent.yaml: no such file or folder\n` });
  // Root may read everything; then the file is what it says it is.
  const secret = file('secret.yaml', 'nothing');
  chmodSync(secret, 0);
  const unreadable = await start('-f', secret);
  assert.is(unreadable.code, 2);
  assert.match(
    unreadable.said,
    /^error: \S+secret\.yaml(: permission denied|:1: a manifest is an object .*)\n$/,
  );
  const images = await start('--images', file('images.yaml', 'a: { command: node }\n'));
  assert.is(images.code, 2);
  assert.match(images.said, /^error: \S+images\.yaml:1:\d+: .*command/);
});

test('a manifest that the API refuses: file, line and field; exit code 1; what is right is applied', async () => {
  const text = `${JSON.stringify(pod('good', {}))}\n---\n${JSON.stringify(pod('bad', { restartPolicy: 'Sometimes' }))}\n`;
  const { code, said } = await start('-f', file('half.yaml', text));
  assert.is(code, 1);
  assert.match(said, /\npod\/good applied\n/);
  assert.match(
    said,
    /\nerror: \S+half\.yaml:3: Pod "bad" is invalid: spec\.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"\n/,
  );
  assert.match(said, /\nerror: 1 of 2 objects could not be applied\n/);
});

test('a port in use: named, with what to do', async () => {
  const { code, said } = await start('--port', String(up.port));
  assert.is(code, 1);
  assert.match(said, new RegExp(`error: port ${up.port} is in use: choose another one with --port`));
});

test('an unknown kind and an unknown version', async () => {
  assert.match(
    await refused('create -f -', { apiVersion: 'v1', kind: 'Pot', metadata: { name: 'a' } }),
    /no matches for kind "Pot" in version "v1"/,
  );
  assert.match(
    await refused('create -f -', { ...deployment({}), apiVersion: 'apps/v7' }),
    /no matches for kind "Deployment" in version "apps\/v7"/,
  );
  assert.match(await refused('get pots'), /the server doesn't have a resource type "pots"/);
  const { code, said } = await start(
    '-f',
    file('kind.yaml', 'apiVersion: v1\nkind: Pot\nmetadata: { name: a }\n'),
  );
  assert.is(code, 1);
  assert.match(said, /error: \S+kind\.yaml:1: no matches for kind "Pot" in version "v1"\n/);
});

test('an unknown field is refused by default, and only warned of with --validate=warn', async () => {
  const manifest = pod('typo', { restartPolice: 'Never' });
  assert.match(
    await refused('create -f -', manifest),
    /^Error from server \(BadRequest\): error when creating "STDIN": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec\.restartPolice"\n$/,
  );
  assert.is((await up.kubectl('get pod typo')).code, 1);
  const { code, stdout, stderr } = await up.kubectl('create -f - --validate=warn', {
    stdin: JSON.stringify(manifest),
  });
  assert.equal([code, stdout], [0, 'pod/typo created\n']);
  assert.match(stderr, /^Warning: unknown field "spec\.restartPolice"\n/);
  await up.ok('delete pod typo --now');
});

test('invalid values: 422 with the path of every field', async () => {
  const containers = [{ name: 'Not_a_name', image: '', ports: [{ containerPort: 70_000 }] }];
  const said = await refused(
    'create -f -',
    pod('invalid', { containers, terminationGracePeriodSeconds: -1 }),
  );
  assert.match(said, /^The Pod "invalid" is invalid: *\n/);
  for (const path of [
    'spec.containers[0].name: Invalid value: "Not_a_name": a lowercase RFC 1123 label must consist of',
    'spec.containers[0].image: Required value',
    'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ])
    assert.ok(said.includes(`* ${path}`), said);
  assert.match(
    await refused('create -f -', deployment({ replicas: -1 })),
    /^The Deployment "web" is invalid: spec\.replicas: Invalid value: -1: must be greater than or equal to 0\n$/,
  );
  assert.match(
    await refused('create -f -', pod('UPPER', {})),
    /^The Pod "UPPER" is invalid: metadata\.name: Invalid value: "UPPER": a lowercase RFC 1123 subdomain/,
  );
});

test('a selector that does not match its template', async () => {
  assert.match(
    await refused('create -f -', deployment({ selector: { matchLabels: { app: 'other' } } })),
    /^The Deployment "web" is invalid: spec\.template\.metadata\.labels: Invalid value: \{"app":"web"\}: `selector` does not match template `labels`\n$/,
  );
});

test('a duplicate name is 409 AlreadyExists, a stale resourceVersion 409 Conflict; the newer write stays', async () => {
  assert.is(
    await refused('create configmap kept --from-literal=a=2'),
    'error: failed to create configmap: configmaps "kept" already exists\n',
  );
  await up.ok('create configmap versions --from-literal=a=1');
  const old: Json = await up.json('get configmap versions');
  await up.ok(['patch', 'configmap', 'versions', '--type=merge', '--patch={"data":{"a":"2"}}']);
  assert.match(
    await refused('replace -f -', { ...old, data: { a: '3' } }),
    /^Error from server \(Conflict\): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "versions": the object has been modified; please apply your changes to the latest version and try again\n$/,
  );
  assert.is(await up.ok('get configmap versions -o jsonpath={.data.a}'), '2');
});

test('a command that is not there: describe says so, and the pod backs off', async () => {
  const containers = [{ name: 'app', image: 'example.com/app:1', command: ['no-such-program'] }];
  await up.ok('create -f -', { stdin: JSON.stringify(pod('nocmd', { containers })) });
  await up.ok(
    'wait --for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff pod/nocmd --timeout=20s',
  );
  const described = await up.ok('describe pod nocmd');
  const message =
    'failed to create containerd task: unable to start container process: exec: "no-such-program": executable file not found in $PATH';
  assert.ok(described.includes(`Message:      ${message}`), described);
  assert.match(described, /Reason: +StartError\n/);
  assert.match(described, /Exit Code: +128\n/);
  assert.match(
    described,
    /Warning +Failed +\d+s \(x2 over \d+s\) +kubelet +Error: failed to create containerd task: /,
  );
  assert.match(
    described,
    /Warning +BackOff .* Back-off restarting failed container app in pod nocmd_default\(/,
  );
  await up.ok('delete pod nocmd --now');
});

test('an image that is not mapped: ErrImagePull with what to do, then ImagePullBackOff', async () => {
  await up.ok('run unmapped --image=example.com/unmapped:1');
  const { message } = await eventually(
    async () => (await up.json('get pod unmapped')).status.containerStatuses?.[0]?.state.waiting ?? {},
    ({ reason }) => reason === 'ErrImagePull' || reason === 'ImagePullBackOff',
  );
  assert.match(
    message,
    /no command is known for image "example\.com\/unmapped:1": map it in the images file \(--images FILE\) or set command in the container/,
  );
  assert.match(
    await refused('logs unmapped'),
    /^Error from server \(BadRequest\): container "unmapped" in pod "unmapped" is waiting to start: /,
  );
  await up.ok('delete pod unmapped --now');
});

test('what is not served yet fails clearly', async () => {
  await up.ok('create deployment idle --image=x --replicas=0');
  assert.match(
    await refused('expose deployment idle --port=80'),
    /no matches for kind "Service" in version "v1"/,
  );
  assert.match(await refused('top pods'), /Metrics API not available/);
  await up.ok('delete deployment idle');
});

/** A connection to the server that speaks TLS. */
const connect = (): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    // The certificate is none of this test's business.
    const socket: TLSSocket = connectTls(
      { host: '127.0.0.1', port: up.port, rejectUnauthorized: false },
      () => resolve(socket),
    ).once('error', reject);
  });
const answerOf = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.on('error', () => resolve(text)).on('close', () => resolve(text));
  });
const head = (path: string, more: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${up.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n${more}\r\n`;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

test('a body of 5 MB is 413, and nothing of it is stored', async () => {
  const big = file('big.txt', 'x'.repeat(5_000_000));
  assert.match(
    await refused(`create configmap big --from-file=${big}`),
    /Request entity too large: limit is 3145728|RequestEntityTooLarge|Too long: /,
  );
  const body = JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(5_000_000) } });
  const socket = await connect();
  const answer = answerOf(socket);
  socket.write(head(CONFIG_MAPS, `Content-Length: ${body.length}\r\n`));
  socket.end(body);
  assert.match(await answer, /^HTTP\/1\.1 413 [\s\S]*Request entity too large: limit is 3145728/);
  assert.is((await up.kubectl('get configmap big')).code, 1);
});

test('garbage bytes, before and after the handshake, and half a request', async () => {
  const plain = connectTcp({ host: '127.0.0.1', port: up.port });
  const closed = new Promise((resolve) => plain.on('error', () => {}).once('close', resolve));
  plain.write(Buffer.from([0x00, 0xff, 0x13, 0x37, 0x0a, 0x0a, 0x00]));
  await closed;
  const garbage = await connect();
  const answer = answerOf(garbage);
  garbage.write(Buffer.from([0x00, 0xff, 0x13, 0x37, 0x0a, 0x0a, 0x00]));
  assert.match(await answer, /^HTTP\/1\.1 400 Bad Request/);
  const half = await connect();
  half.on('error', () => {});
  half.write(`${head(CONFIG_MAPS, 'Content-Length: 1000\r\n')}{"metadata":{"name":"half"`);
  assert.is((await up.kubectl('get configmap half')).code, 1);
  half.destroy();
  const notJson = await connect();
  const refusal = answerOf(notJson);
  notJson.write(`${head(CONFIG_MAPS, 'Content-Length: 9\r\nConnection: close\r\n')}{"meta": `);
  assert.match(await refusal, /^HTTP\/1\.1 400 [\s\S]*"reason":"BadRequest"/);
  assert.is((await up.kubectl('get configmap half')).code, 1);
});

test('without the token there is nothing to see', async () => {
  const { code, stderr } = await up.kubectl('get pods --token=wrong');
  assert.is(code, 1);
  assert.match(stderr, /must be logged in to the server|Unauthorized/);
});

test.run();
