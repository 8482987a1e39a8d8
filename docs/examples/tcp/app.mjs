// A TCP server that stops listening after a while, although its process lives on.
import { createServer } from 'node:net';

const { HOST = '127.0.0.1', PORT = '8080', CLOSES_AFTER_SECONDS = '10' } = process.env;

const server = createServer((socket) => {
  // A client that hangs up without reading, as a probe does, is an error here and would end the process.
  socket.on('error', (error) => console.log(`client: ${error.message}`));
  socket.end('hello\n');
});
server.listen(Number(PORT), HOST, () => console.log(`listens on ${HOST}:${PORT}`));
setTimeout(() => {
  console.log('closes its port');
  server.close();
}, Number(CLOSES_AFTER_SECONDS) * 1000);
setInterval(() => {}, 60_000);
