// What a call costs beside `node:http` alone, against a bare server in another process.
// Build first, then: node bench/overhead.mjs [calls] [in flight] [latency in ms]
import { fork } from 'node:child_process';
import http from 'node:http';
import { createPanelHttp } from '../dist/index.js';

const body = JSON.stringify({ data: { in: 322122547200, out: 107374182400, total: 429496729600 } });
const [calls = 5000, inFlight = 32, latencyMs = 0] = process.argv.slice(2).map(Number);

if (process.send !== undefined) {
  const answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  };
  const server = http.createServer((request, response) => {
    request.resume();
    if (latencyMs > 0) setTimeout(answer, latencyMs, response);
    else answer(response);
  });
  server.listen(0, '127.0.0.1', 4096, () => process.send(server.address().port));
  process.on('disconnect', () => process.exit(0));
} else {
  const server = fork(new URL(import.meta.url), process.argv.slice(2));
  const port = await new Promise((resolve) => server.once('message', resolve));
  const baseUrl = `http://127.0.0.1:${port}`;
  const agent = new http.Agent({ keepAlive: true, maxSockets: inFlight, maxFreeSockets: inFlight });
  const panel = createPanelHttp({
    panel: 'bench',
    baseUrl,
    concurrency: inFlight,
    auth: { bearer: 'a-token-of-some-length' },
    secrets: ['someone@example.test'],
    onCall: () => undefined,
  });

  const bare = (path) =>
    new Promise((resolve, reject) => {
      const request = http.request(baseUrl + path, { agent }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      });
      request.on('error', reject);
      request.end();
    });
  const get = (path) => panel.request({ method: 'GET', path, endpoint: 'GET /services/{id}' });
  const post = (path) =>
    panel.request({
      method: 'POST',
      path,
      endpoint: 'POST /services/{id}/bandwidth',
      json: { startDate: '2026-10-15 00:00:00', endDate: '2026-11-14 23:59:59' },
      idempotent: true,
      changing: false,
    });

  const measure = async (name, call) => {
    const cpu = process.cpuUsage();
    const begun = performance.now();
    await Promise.all(Array.from({ length: calls }, (_, i) => call(`/services/${i}`)));
    const ms = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpu);
    const rate = Math.round((calls / ms) * 1000);
    const ideal = latencyMs > 0 ? `, ${(ms / ((calls * latencyMs) / inFlight)).toFixed(2)} times the ideal` : '';
    console.log(`${name.padEnd(10)} ${rate} calls/s, ${Math.round((user + system) / calls)} us of CPU a call${ideal}`);
  };
  for (let round = 1; round <= 3; round += 1) {
    console.log(`round ${round}: ${calls} calls asked for at once, ${inFlight} in flight`);
    await measure('node:http', bare);
    await measure('GET', get);
    await measure('POST read', post);
  }
  panel.close();
  agent.destroy();
  server.disconnect();
}
