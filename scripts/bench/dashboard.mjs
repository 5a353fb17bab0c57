import { Agent, createServer, request } from 'node:http';
import { median, prepareEasyDcim, SERVE_TOKEN, startFake, startServe } from './lib.mjs';

const SERVICES = 5000;
/** Requests of one round, on this many connections. */
const REQUESTS = 60;
const CONNECTIONS = 4;
const ROUNDS = 6;
const LARGEST_BYTES = 200_000;

/** A server that sends the same bytes and does nothing else. */
async function startBare(body) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

function get(url, headers, agent) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(parts) }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Time of a round in milliseconds. */
async function round(url, headers) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const startedAt = performance.now();
  const answers = await Promise.all(Array.from({ length: REQUESTS }, () => get(url, headers, agent)));
  const ms = performance.now() - startedAt;
  agent.destroy();
  const wrong = answers.find(({ status }) => status !== 200);
  if (wrong) throw new Error(`${url} answered ${wrong.status}`);
  return ms;
}

async function logIn(url) {
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ token: SERVE_TOKEN }),
    redirect: 'manual',
  });
  const cookie = /^[^;]*/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
  return { cookie };
}

/** The first page with 5,000 services while polls run, against a bare server that sends the same bytes meanwhile. */
export async function benchDashboard() {
  const fake = await startFake('easydcim', ['--services', String(SERVICES), '--latency', '20']);
  const bench = await prepareEasyDcim(fake, SERVICES, 16);
  const serve = await startServe(bench);
  let bare = null;
  try {
    const first = await bench.sluice(['poll', '--quiet']);
    if (first.code !== 0) throw new Error(first.stderr);
    const headers = await logIn(serve.url);
    const { status, body } = await get(serve.url, headers);
    if (status !== 200) throw new Error(`the first page answered ${status}`);
    bare = await startBare(body);
    let polling = true;
    const polls = (async () => {
      while (polling) await bench.sluice(['poll', '--quiet']);
    })();
    const ratios = [];
    for (let number = 0; number < ROUNDS; number++) {
      const own = await round(serve.url, headers);
      const base = await round(bare.url, {});
      if (number > 0) ratios.push(own / base);
    }
    polling = false;
    await polls;
    return [
      {
        name: 'dashboard: kB of the first page with 5,000 services',
        figure: body.length / 1000,
        limit: LARGEST_BYTES / 1000,
      },
      {
        name: 'dashboard: its time while a poll runs, against a bare server with the same bytes',
        figure: median(ratios),
        limit: 6,
      },
    ];
  } finally {
    serve.stop();
    bare?.stop();
    bench.remove();
    fake.stop();
  }
}
