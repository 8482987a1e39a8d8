/** Probes against real servers and processes: rows 65 to 71 of node.md 9.3. */
import * as assert from 'uvu/assert';
import {
  createServer as createHttp,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { formatProbeUrl, execTimedOut } from '../../../src/runtime/probeText.js';
import type { ProbeOutcome, ProbeRequest } from '../../../src/runtime/port.js';
import { suite } from '../../support/suite.js';
import { isLinux, openHarness, processesWith, type Harness } from './support.js';

type HttpGet = Extract<ProbeRequest, { type: 'httpGet' }>;

let harness: Harness;
const servers: { close(): unknown }[] = [];

/** Serves on the pod's own address; answers the port. */
const listen = async (server: Server | ReturnType<typeof createTcp>): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, harness.ip, resolve));
  return (server.address() as AddressInfo).port;
};
const serve = (listener: RequestListener): Promise<number> => listen(createHttp(listener));
const serveBytes = (bytes: string, then: 'end' | 'hang' | 'reset' = 'end'): Promise<number> =>
  listen(
    createTcp((socket: Socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        if (then === 'reset') return void socket.resetAndDestroy();
        socket.write(bytes);
        if (then === 'end') socket.end();
      });
    }),
  );

const get = (port: number, options: Partial<HttpGet> = {}): Promise<ProbeOutcome> =>
  harness.probe({
    type: 'httpGet',
    containerId: 'any',
    scheme: 'http',
    host: harness.ip,
    port,
    path: '/',
    headers: [],
    timeoutMs: 5_000,
    ...options,
  });

/** A port that nobody listens on. */
const freePort = async (): Promise<number> => {
  const server = createTcp();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const http = suite('runtime/process: HTTP probe');
http.before(async () => {
  harness = await openHarness();
});
http.after(async () => {
  for (const server of servers) server.close();
  await harness.close();
});

http('200 to 399 succeed with the body, 400 and more fail with the code alone (row 65)', async () => {
  const port = await serve((request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    response.end('body');
  });
  assert.equal(await get(port, { path: '/200' }), { result: 'success', output: 'body' });
  assert.is((await get(port, { path: '/299' })).result, 'success');
  for (const status of [400, 404, 500, 503]) {
    const failed = { result: 'failure', output: `HTTP probe failed with statuscode: ${status}` };
    assert.equal(await get(port, { path: `/${status}` }), failed);
  }
  assert.equal(
    await get(port, { path: '/304' }),
    { result: 'warning', output: 'Probe terminated redirects, Response body: ' },
    'a 3xx without Location is not followed',
  );
});

http('refused, reset, closed and broken connections fail in the words of Go', async () => {
  const url = (port: number): string => `http://${harness.ip}:${port}/`;
  const closed = await freePort();
  assert.equal(await get(closed), {
    result: 'failure',
    output: `Get "${url(closed)}": dial tcp ${harness.ip}:${closed}: connect: connection refused`,
  });
  const silent = await serveBytes('');
  assert.is((await get(silent)).output, `Get "${url(silent)}": EOF`);
  const resetting = await serveBytes('', 'reset');
  assert.match(
    (await get(resetting)).output,
    new RegExp(`: read tcp 127\\.\\S+:\\d+->${harness.ip}:${resetting}: read: connection reset by peer$`),
  );
  const garbage = await serveBytes('SSH-2.0-OpenSSH\r\n');
  assert.is(
    (await get(garbage)).output,
    `Get "${url(garbage)}": net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH"`,
  );
  const plain = await serve((_, response) => response.end());
  assert.is(
    (await get(plain, { scheme: 'https' })).output,
    `Get "https://${harness.ip}:${plain}/": http: server gave HTTP response to HTTPS client`,
  );
});

http(
  'a server that does not answer in time fails; one that stops in the body is an error (row 65)',
  async () => {
    const hanging = await serveBytes('', 'hang');
    assert.equal(await get(hanging, { timeoutMs: 50 }), {
      result: 'failure',
      output: `Get "http://${harness.ip}:${hanging}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    });
    const stalling = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'hang');
    assert.equal(await get(stalling, { timeoutMs: 50 }), {
      result: 'failure',
      output: '',
      error: 'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
    });
    const cut = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
    assert.equal(await get(cut), { result: 'failure', output: '', error: 'unexpected EOF' });
  },
);

http('301, 302 and 307 to a path of the same host are followed (row 65)', async () => {
  const port = await serve((request, response) => {
    const [, status, target] = request.url?.split('/') ?? [];
    if (status === 'good') return void response.end('ok');
    if (status === 'bad') return void response.writeHead(500).end();
    response.writeHead(Number(status), { Location: `/${target}` }).end('moved');
  });
  for (const status of [301, 302, 303, 307, 308]) {
    assert.equal(await get(port, { path: `/${status}/good` }), { result: 'success', output: 'ok' });
    assert.is((await get(port, { path: `/${status}/bad` })).output, 'HTTP probe failed with statuscode: 500');
  }
});

http(
  'another port of the host is followed, another host is a warning, the tenth redirect fails (row 66)',
  async () => {
    let requests = 0;
    const target = await serve((_, response) => response.end('target'));
    const port = await serve((request, response) => {
      requests += 1;
      const location =
        request.url === '/port'
          ? `http://${harness.ip}:${target}/`
          : request.url === '/elsewhere'
            ? 'http://example.invalid/'
            : request.url === '/ftp'
              ? `ftp://${harness.ip}/`
              : '/loop';
      response.writeHead(302, { Location: location }).end('moved');
    });
    assert.equal(await get(port, { path: '/port' }), { result: 'success', output: 'target' });
    assert.equal(await get(port, { path: '/elsewhere' }), {
      result: 'warning',
      output: 'Probe terminated redirects, Response body: moved',
    });
    assert.match((await get(port, { path: '/ftp' })).output, /unsupported protocol scheme "ftp"$/);
    requests = 0;
    assert.equal(await get(port, { path: '/loop' }), {
      result: 'failure',
      output: 'Get "/loop": stopped after 10 redirects',
    });
    assert.is(requests, 10);
  },
);

http(
  'headers are sent as given, Host too, which survives a redirect; nothing is added (row 67)',
  async () => {
    const seen: IncomingMessage[] = [];
    const port = await serve((request, response) => {
      seen.push(request);
      if (request.url === '/') response.writeHead(302, { Location: '/next' });
      response.end();
    });
    const headers = [
      ['Host', 'app.example'],
      ['X-Many', 'a'],
      ['X-Many', 'b'],
      ['user-agent', 'kube-probe/1.36'],
    ] as const;
    assert.is((await get(port, { headers })).result, 'success');
    assert.equal(
      seen.map(({ headers: { host } }) => host),
      ['app.example', 'app.example'],
    );
    assert.equal(seen[0]?.rawHeaders, [
      'X-Many',
      'a',
      'X-Many',
      'b',
      'user-agent',
      'kube-probe/1.36',
      'Host',
      'app.example',
      'Connection',
      'close',
    ]);
    seen.length = 0;
    await get(port, { path: '/plain' });
    assert.equal(seen[0]?.headers, { host: `${harness.ip}:${port}`, connection: 'close' });
    assert.match((await get(port, { headers: [['X-Bad', 'a\nb']] })).output, /net\/http: /);
  },
);

http('a body of 10 KiB + 1 succeeds with 10 KiB of output (row 68)', async () => {
  const port = await serve((_, response) => response.end('x'.repeat(10 * 1024 + 1)));
  assert.equal(await get(port), { result: 'success', output: 'x'.repeat(10 * 1024) });
});

http('paths carry queries, and what a URL cannot hold is escaped (row 69)', async () => {
  assert.is(formatProbeUrl('http', 'localhost', 93, ''), 'http://localhost:93');
  assert.is(formatProbeUrl('http', 'localhost', 93, '?foo'), 'http://localhost:93?foo');
  assert.is(formatProbeUrl('https', '::1', 93, 'path'), 'https://[::1]:93/path');
  const seen: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    seen.push(request.url);
    response.end();
  });
  for (const path of ['', 'no/slash', '/a?b=c&d', '/two words/ä']) await get(port, { path });
  assert.equal(seen, ['/', '/no/slash', '/a?b=c&d', '/two%20words/%C3%A4']);
});

http.skipUnless(isLinux, 'pods have own addresses on Linux only');
http.run();

const others = suite('runtime/process: TCP and exec probes');
let id = '';
others.before(async () => {
  harness = await openHarness();
  id = await harness.start(['sleep', '100'], { env: [['COLOUR', 'blue']] });
});
others.after(() => harness.close());

others(
  'an open port is success, a closed one a failure, a host without route or name too (row 71)',
  async () => {
    const tcp = (host: string, port: number): Promise<ProbeOutcome> =>
      harness.probe({ type: 'tcpSocket', containerId: id, host, port, timeoutMs: 5_000 });
    const open = createTcp();
    assert.equal(await tcp(harness.ip, await listen(open)), { result: 'success', output: '' });
    open.close();
    const closed = await freePort();
    assert.equal(await tcp(harness.ip, closed), {
      result: 'failure',
      output: `dial tcp ${harness.ip}:${closed}: connect: connection refused`,
    });
  },
);

others('a full queue of connections runs into the timeout (row 71)', async () => {
  const script = [
    'const server = require("net").createServer();',
    `server.listen({ port: 18099, host: process.env.HOST, backlog: 1 }, () => {`,
    '  console.log("ready");',
    '  process.kill(process.pid, "SIGSTOP");',
    '});',
  ].join('\n');
  await harness.start([process.execPath, '-e', script], { name: 'stopped' });
  const tcp = (): Promise<ProbeOutcome> =>
    harness.probe({ type: 'tcpSocket', containerId: id, host: harness.ip, port: 18_099, timeoutMs: 200 });
  const ready$ = harness.runtime.logs({ pod: harness.pod, name: 'stopped', attempt: 0 }, { follow: true });
  await firstValueFrom(ready$);
  let outcome = await tcp();
  for (let tries = 0; tries < 50 && !outcome.output.includes('timeout'); tries++) outcome = await tcp();
  assert.equal(outcome, { result: 'failure', output: `dial tcp ${harness.ip}:18099: i/o timeout` });
});

others(
  'exec: exit 0 is success, 1 a failure with stdout before stderr, at most 10 KiB (row 70)',
  async () => {
    const exec = (script: string, timeoutMs = 5_000): Promise<ProbeOutcome> =>
      harness.probe({ type: 'exec', containerId: id, command: ['sh', '-c', script], timeoutMs });
    assert.equal(await exec('echo $COLOUR'), { result: 'success', output: 'blue\n' });
    assert.equal(await exec('echo second >&2; echo first; exit 1'), {
      result: 'failure',
      output: 'first\nsecond\n',
    });
    assert.is((await exec('head -c 20000 /dev/zero | tr "\\0" x')).output.length, 10_240);
    assert.equal(await exec('sleep 30 & sleep 30', 50), {
      result: 'failure',
      output: 'command timed out: "sh -c sleep 30 & sleep 30" timed out after 50ms',
    });
    assert.is(execTimedOut(['a', 'b'], 61_500), 'command timed out: "a b" timed out after 1m1.5s');
  },
);

others(
  'exec of a missing command, or in a container that does not run, is unknown with an error (row 70)',
  async () => {
    const missing = await harness.probe({ type: 'exec', containerId: id, command: ['nope'], timeoutMs: 100 });
    assert.is(missing.result, 'unknown');
    assert.match(missing.error ?? '', /exec: "nope": executable file not found in \$PATH$/);
    const gone = await harness.probe({
      type: 'exec',
      containerId: 'gone',
      command: ['true'],
      timeoutMs: 100,
    });
    assert.equal(gone, { result: 'unknown', output: '', error: 'container gone is not running' });
  },
);

others(
  'a command that leaves a helper behind is answered, and the helper lives as long as the container',
  async () => {
    const other = await harness.start(['sleep', '100'], { name: 'with-helper' });
    const outcome = await harness.exec(other, ['sh', '-c', 'sleep 100 & echo started $!']);
    assert.is(outcome.type, 'exited');
    const helper = Number(outcome.type === 'exited' ? outcome.stdout.split(' ')[1] : NaN);
    process.kill(helper, 0);
    harness.runtime.signalContainer(other, 'SIGKILL');
    await harness.exited(other);
    assert.equal(processesWith(other), []);
  },
);

others.skipUnless(isLinux, 'pods have own addresses on Linux only');
others.run();
