import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { root, prepareEasyDcim, startFake, startServe } from './lib.mjs';

/** 18 MB of requests, sent at once by clients that read no answer. */
const CONNECTIONS = 200;
const REQUESTS = 1500;
const SECONDS = 15;

/** Milliseconds until the server answers that it is up. */
function waitForHealth(url) {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    get(`${url}/healthz`, { agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(performance.now() - startedAt));
    }).on('error', reject);
  });
}

function readMegabytes(pid) {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** What clients without a token can make `serve` hold in memory, and how long others wait meanwhile. Linux only. */
export async function benchPipelined() {
  if (!readdirSync('/').includes('proc')) return [];
  const fake = await startFake('easydcim', ['--services', '10']);
  const bench = await prepareEasyDcim(fake, 10, 16);
  const serve = await startServe(bench);
  const sockets = [];
  try {
    const page = await (await fetch(`${serve.url}/login`)).text();
    const asset = /href="(\/assets\/[^"]+\.css)"/.exec(page)?.[1];
    if (asset === undefined) throw new Error(`no style sheet in the page of ${root}`);
    const { port, hostname } = new URL(serve.url);
    const requests = `GET ${asset} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`.repeat(REQUESTS);
    for (let number = 0; number < CONNECTIONS; number++) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(requests);
      sockets.push(socket);
    }
    let [mostMegabytes, longestMs] = [0, 0];
    for (const until = performance.now() + SECONDS * 1000; performance.now() < until;) {
      longestMs = Math.max(longestMs, await waitForHealth(serve.url));
      mostMegabytes = Math.max(mostMegabytes, readMegabytes(serve.pid));
    }
    return [
      { name: 'serve: MB of memory under 18 MB of pipelined requests', figure: mostMegabytes, limit: 250 },
      { name: 'serve: longest wait for /healthz meanwhile, in seconds', figure: longestMs / 1000, limit: 3 },
    ];
  } finally {
    for (const socket of sockets) socket.destroy();
    serve.stop();
    bench.remove();
    fake.stop();
  }
}
