import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { allFigures, main, median, prepareEasyDcim, runTimed, startFake } from './lib.mjs';

const bareClient = path.join(import.meta.dirname, 'bare-client.mjs');

/**
 * 10,000 services at 100 ms with 500 in flight, against the physical limit: the larger of mere waiting and what a process of
 * node's own http client takes for the same calls. Both are whole processes, run in turn. Of each the fastest run counts: what
 * else goes on on the machine only ever adds time, and a poll, which keeps two cores busy, more than the other.
 */
export async function benchLarge() {
  const services = 10_000;
  const latency = 100;
  const inFlight = 500;
  const waiting = (services * latency) / inFlight;
  const fake = await startFake('easydcim', ['--services', String(services), '--latency', String(latency)]);
  const bench = await prepareEasyDcim(fake, services, inFlight);
  const run = async (running) => {
    const { code, ms, stderr } = await running;
    if (code !== 0) throw new Error(stderr);
    return ms;
  };
  try {
    const { poll, bare } = await allFigures(
      {
        poll: () => run(bench.sluice(['poll', '--quiet'])),
        bare: () => run(runTimed([bareClient, fake.url, fake.token, String(services), String(inFlight)])),
      },
      10,
    );
    const limits = bare.map((ms) => Math.max(ms, waiting));
    const what = '10,000 services at 100 ms, 500 in flight, start and end included';
    return [
      {
        name: `${what}, against the physical limit: fastest of 10`,
        figure: Math.min(...poll) / Math.min(...limits),
        limit: 1.2,
      },
      { name: 'the same by medians', figure: median(poll) / median(limits), limit: 1.3 },
      {
        name: `the same against ${waiting / 1000} s of mere waiting`,
        figure: Math.min(...poll) / waiting,
        limit: null,
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

/** Memory and time of a poll of 100,000 services at 100 ms, 500 in flight, that were read before. */
export async function benchMemory() {
  const services = 100_000;
  const latency = 100;
  const inFlight = 500;
  const fake = await startFake('easydcim', ['--services', String(services), '--latency', String(latency)]);
  const bench = await prepareEasyDcim(fake, services, inFlight);
  const poll = () =>
    peakMemory([main, 'poll', '--quiet'], { cwd: bench.folder, env: { ...process.env, ...bench.env } });
  try {
    await poll();
    const startedAt = performance.now();
    const megabytes = await poll();
    const ms = performance.now() - startedAt;
    const what = '100,000 services at 100 ms, 500 in flight';
    return [
      { name: `${what}: peak memory in MB`, figure: megabytes, limit: 150 },
      { name: `${what}, against mere waiting`, figure: ms / ((services * latency) / inFlight), limit: 1.15 },
    ];
  } finally {
    bench.remove();
    fake.stop();
  }
}
