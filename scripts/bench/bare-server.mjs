import { createServer } from 'node:http';

// node's own server with the limit that ours has, and an answer as large as the style sheet: run as a program, it prints its address.

const [, , requestsPerConnection, bytes] = process.argv.map(Number);
const body = 'x'.repeat(bytes);
const server = createServer((request, response) => {
  response.setHeader('content-type', request.url === '/healthz' ? 'application/json' : 'text/css; charset=utf-8');
  response.end(request.url === '/healthz' ? '{"ok":true}' : body);
});
server.maxRequestsPerSocket = requestsPerConnection;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
