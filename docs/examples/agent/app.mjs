// An agent that every node runs once: it says now and then where it is, and answers its probe.
import { createServer } from 'node:http';

const { HOST = '127.0.0.1', PORT = '8080', NODE_NAME = 'somewhere' } = process.env;

createServer((_request, response) => response.end(`agent of ${NODE_NAME}\n`)).listen(Number(PORT), HOST);
console.log(`watches over ${NODE_NAME}`);
setInterval(() => console.log(`all is well on ${NODE_NAME}`), 10_000);
process.on('SIGTERM', () => process.exit(0));
