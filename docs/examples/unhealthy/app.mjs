// A web server that turns unhealthy: it answers five requests, and then every one with 500, for ever. Nothing inside
// it can tell; a liveness probe can.
import { createServer } from 'node:http';

const { HOST = '127.0.0.1', PORT = '8080', HOSTNAME = 'unhealthy' } = process.env;
const ANSWERS = 5;
let requests = 0;

const server = createServer((_request, response) => {
  requests += 1;
  if (requests > ANSWERS) {
    console.log(`request ${requests}: 500`);
    response.writeHead(500).end("I'm not well. Please restart me!\n");
    return;
  }
  console.log(`request ${requests}: 200`);
  response.end(`You've hit ${HOSTNAME}\n`);
});
server.listen(Number(PORT), HOST, () => console.log(`${HOSTNAME} listens on ${HOST}:${PORT}`));
