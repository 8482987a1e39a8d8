/**
 * What the containers of these tests run: `node app.mjs MODE FOLDER`. FOLDER keeps what one instance leaves to the next,
 * so that only the first instance misbehaves and a test can look at the second one in peace.
 *
 *     web         answers every request
 *     http        the first instance answers five requests and then 500; SIGTERM ends it unasked
 *     tcp         the first instance closes its port once somebody has connected
 *     exec        keeps the file FOLDER/healthy; the first instance removes it after a second
 *     hang        the first instance answers nobody and ignores SIGTERM
 *     crash       ends with 3 after a moment, every time, and notes when in FOLDER/starts and FOLDER/ends
 */
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';

const [mode, folder] = process.argv.slice(2);
const { HOST = '127.0.0.1' } = process.env;
const PORT = 8080;

mkdirSync(folder, { recursive: true });
const marker = join(folder, 'was-here');
const isFirst = !existsSync(marker);
writeFileSync(marker, '');
console.log(`${mode}: instance ${isFirst ? 'one' : 'two'}`);

const leaveOnSigterm = () => process.on('SIGTERM', () => process.exit(0));
const stayAlive = () => setInterval(() => {}, 60_000);

switch (mode) {
  case 'web':
  case 'http': {
    let requests = 0;
    if (mode === 'web') leaveOnSigterm();
    createHttpServer((_request, response) => {
      requests += 1;
      const isWell = mode === 'web' || !isFirst || requests <= 5;
      if (mode === 'http') console.log(`request ${requests}: ${isWell ? 200 : 500}`);
      response.writeHead(isWell ? 200 : 500).end();
    }).listen(PORT, HOST);
    break;
  }
  case 'tcp': {
    // No handler for SIGTERM: exit code 143.
    const server = createTcpServer((socket) => {
      socket.on('error', () => {}).end();
      if (isFirst) server.close(() => console.log('closed its port'));
    }).listen(PORT, HOST);
    stayAlive();
    break;
  }
  case 'exec': {
    leaveOnSigterm();
    const healthy = join(folder, 'healthy');
    writeFileSync(healthy, 'ok\n');
    if (isFirst) setTimeout(() => rmSync(healthy), 1000);
    stayAlive();
    break;
  }
  case 'hang': {
    process.on('SIGTERM', () => console.log('will not go'));
    createHttpServer((_request, response) => void (isFirst || response.end())).listen(PORT, HOST);
    break;
  }
  case 'crash': {
    appendFileSync(join(folder, 'starts'), `${Date.now()}\n`);
    setTimeout(() => {
      console.error('crashes');
      appendFileSync(join(folder, 'ends'), `${Date.now()}\n`);
      process.exit(3);
    }, 100);
    break;
  }
  default:
    throw new Error(`no such mode: ${mode}`);
}
