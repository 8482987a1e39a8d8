// A web server that hangs: after a while it is caught in an endless loop and answers nobody. It cannot even hear
// SIGTERM, so that it ends by SIGKILL: exit code 137.
import { createServer } from 'node:http';

const { HOST = '127.0.0.1', PORT = '8080', HANGS_AFTER_SECONDS = '10' } = process.env;

const server = createServer((_request, response) => response.end('ok\n'));
server.listen(Number(PORT), HOST, () => console.log(`listens on ${HOST}:${PORT}`));
// With a handler of its own, a signal waits for the loop to end, and it never does.
process.on('SIGTERM', () => process.exit(0));
setTimeout(() => {
  console.log('hangs');
  const quarter = new Int32Array(new SharedArrayBuffer(4));
  // Waits instead of spinning: just as deaf, but it leaves the processor to others.
  for (;;) Atomics.wait(quarter, 0, 0, 250);
}, Number(HANGS_AFTER_SECONDS) * 1000);
