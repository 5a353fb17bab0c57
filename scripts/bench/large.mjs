import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { main, median, prepareEasyDcim, runTimed, startFake } from './lib.mjs';

/** The same calls with nothing but node's own http client: what this machine can do at all. */
function bareClient(fake, count, inFlight) {
  const { hostname, port } = new URL(fake.url);
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const body = JSON.stringify({ startDate: '2026-01-01 00:00:00', endDate: '2026-01-02 00:00:00' });
  let next = 1;
  const call = (id) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          agent,
          hostname,
          port,
          method: 'POST',
          path: `/api/v3/client/services/${id}/bandwidth`,
          headers: { authorization: `Bearer ${fake.token}`, 'content-type': 'application/json' },
        },
        (answer) => {
          let text = '';
          answer.on('data', (chunk) => (text += chunk));
          answer.on('end', () => resolve(JSON.parse(text)));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const worker = async () => {
    while (next <= count) await call(next++);
  };
  return (async () => {
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: inFlight }, worker));
    agent.destroy();
    return performance.now() - startedAt;
  })();
}

/** 10,000 services at 100 ms with 500 in flight, against the physical limit: the larger of waiting and bare http. */
export async function benchLarge() {
  const services = 10_000;
  const latency = 100;
  const inFlight = 500;
  const fake = await startFake('easydcim', ['--services', String(services), '--latency', String(latency)]);
  const bench = await prepareEasyDcim(fake, services, inFlight);
  try {
    const ours = [];
    const bare = [];
    for (let round = 0; round < 4; round++) {
      const { code, ms, stderr } = await bench.sluice(['poll', '--quiet']);
      if (code !== 0) throw new Error(stderr);
      const limit = await bareClient(fake, services, inFlight);
      if (round > 0) {
        ours.push(ms);
        bare.push(limit);
      }
    }
    const start = (await runTimed([main, '--version'])).ms;
    const physical = Math.max(median(bare), (services * latency) / inFlight);
    return [
      {
        name: '10,000 services at 100 ms, 500 in flight, less start-up, against the physical limit',
        figure: (median(ours) - start) / physical,
        limit: 1.25,
      },
    ];
  } finally {
    bench.remove();
    fake.stop();
  }
}

/** Highest resident memory of a process while it runs, in MB. */
export function peakMemory(args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { ...options, stdio: 'ignore' });
    let peak = 0;
    const look = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      } catch {
        // It has ended between two looks.
      }
    }, 50);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      if (code === 0) resolve(peak / 1024);
      else reject(new Error(`it ended with ${code}`));
    });
  });
}

/** Memory of a poll of 100,000 services. */
export async function benchMemory() {
  const services = 100_000;
  const fake = await startFake('easydcim', ['--services', String(services), '--latency', '0']);
  const bench = await prepareEasyDcim(fake, services, 64);
  try {
    const megabytes = await peakMemory([main, 'poll', '--quiet'], {
      cwd: bench.folder,
      env: { ...process.env, ...bench.env },
    });
    return [{ name: '100,000 services polled: peak memory in MB', figure: megabytes, limit: 200 }];
  } finally {
    bench.remove();
    fake.stop();
  }
}
