// The bandwidth calls of a poll with nothing but node's own http client: bare-client.mjs URL TOKEN SERVICES IN-FLIGHT
import { Agent, request } from 'node:http';

const [url, token, services, inFlight] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: Number(inFlight) });
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const body = JSON.stringify({ startDate: '2026-01-01 00:00:00', endDate: '2026-01-02 00:00:00' });

function call(id) {
  return new Promise((resolve, reject) => {
    const path = `/api/v3/client/services/${id}/bandwidth`;
    const sent = request({ agent, hostname, port, method: 'POST', path, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

let next = 1;
async function caller() {
  while (next <= Number(services)) await call(next++);
}
await Promise.all(Array.from({ length: Number(inFlight) }, caller));
agent.destroy();
