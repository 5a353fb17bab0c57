import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
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

/** Requests that the server answers on one connection, by what it says of it. */
async function readLimit(url) {
  const answer = await fetch(`${url}/healthz`);
  await answer.arrayBuffer();
  const [, limit] = /max=(\d+)/.exec(answer.headers.get('keep-alive') ?? '') ?? [];
  if (limit === undefined) throw new Error('The server does not bound the requests of a connection');
  return limit;
}

function readMegabytes(pid) {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** The most memory and the longest wait of others while requests for an address are sent. */
async function flood({ url, pid }, asset) {
  const sockets = [];
  try {
    const { port, hostname } = new URL(url);
    const requests = `GET ${asset} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`.repeat(REQUESTS);
    for (let number = 0; number < CONNECTIONS; number++) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(requests);
      sockets.push(socket);
    }
    let [megabytes, longestMs] = [0, 0];
    for (const until = performance.now() + SECONDS * 1000; performance.now() < until;) {
      longestMs = Math.max(longestMs, await waitForHealth(url));
      megabytes = Math.max(megabytes, readMegabytes(pid));
    }
    return { megabytes, longestMs };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** The same for node's own server, which does nothing for a request but answer it. */
async function floodBare(asset, bytes, requests) {
  const program = path.join(import.meta.dirname, 'bare-server.mjs');
  const child = spawn(process.execPath, [program, requests, bytes], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(child.stdout, 'data');
    return await flood({ url: String(line).trim(), pid: child.pid }, asset);
  } finally {
    child.kill();
  }
}

/** What clients without a token can make `serve` hold in memory, and how long others wait meanwhile. Linux only. */
export async function benchPipelined() {
  if (!readdirSync('/').includes('proc')) return [];
  const fake = await startFake('easydcim', ['--services', '10']);
  const bench = await prepareEasyDcim(fake, 10, 16);
  const serve = await startServe(bench);
  try {
    const page = await (await fetch(`${serve.url}/login`)).text();
    const asset = /href="(\/assets\/[^"]+\.css)"/.exec(page)?.[1];
    if (asset === undefined) throw new Error(`no style sheet in the page of ${root}`);
    const { byteLength } = await (await fetch(`${serve.url}${asset}`)).arrayBuffer();
    const bare = await floodBare(asset, byteLength, await readLimit(serve.url));
    const ours = await flood(serve, asset);
    const others = [];
    for (const address of ['/api/v1/openapi.json', '/metrics', '/healthz'])
      others.push({ name: `serve: MB of memory, the same for ${address}`, address, limit: 250 });
    for (const other of others) other.figure = (await flood(serve, other.address)).megabytes;
    return [
      { name: 'serve: MB of memory under 18 MB of pipelined requests', figure: ours.megabytes, limit: 250 },
      { name: 'serve: longest wait for /healthz meanwhile, in seconds', figure: ours.longestMs / 1000, limit: 3 },
      { name: "the same of node's own server, in seconds", figure: bare.longestMs / 1000, limit: null },
      { name: 'serve: that wait against that of node', figure: ours.longestMs / bare.longestMs, limit: 1.5 },
      ...others.map(({ name, figure, limit }) => ({ name, figure, limit })),
    ];
  } finally {
    serve.stop();
    bench.remove();
    fake.stop();
  }
}
