// A healthy web server: says which pod answers. HOST is the address of its pod, so that three replicas on one machine
// can all listen on port 8080.
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const { HOST = '127.0.0.1', PORT = '8080', HOSTNAME = hostname() } = process.env;

const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  response.end(`You've hit ${HOSTNAME}\n`);
});
server.listen(Number(PORT), HOST, () => console.log(`${HOSTNAME} listens on ${HOST}:${PORT}`));

process.on('SIGTERM', () => {
  console.log('SIGTERM: closing');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
