import { request } from 'node:http';
import { median, prepareEasyDcim, startFake } from './lib.mjs';

/** One bandwidth call after the other over one connection: how a serial poller does the same work. */
function serialPoller(fake, count) {
  const { hostname, port } = new URL(fake.url);
  const body = JSON.stringify({ startDate: '2026-01-01 00:00:00', endDate: '2026-01-02 00:00:00' });
  const call = (id) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          hostname,
          port,
          method: 'POST',
          path: `/api/v3/client/services/${id}/bandwidth`,
          headers: { authorization: `Bearer ${fake.token}`, 'content-type': 'application/json' },
        },
        (answer) => {
          answer.resume();
          answer.on('end', resolve);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  return (async () => {
    const startedAt = performance.now();
    for (let id = 1; id <= count; id++) await call(id);
    return performance.now() - startedAt;
  })();
}

/** What a poll takes before and after its calls: one of a single service, less its one call. */
async function startUp(bench, latency) {
  const figures = [];
  for (let round = 0; round < 5; round++)
    figures.push((await bench.sluice(['poll', '--quiet', '--service', 'svc-1'])).ms);
  return median(figures) - latency;
}

/** 2,000 services at 50 ms and concurrency 32, against the ideal, and a serial poller on a part of the same work. */
export async function benchPoll() {
  const services = 2000;
  const latency = 50;
  const concurrency = 32;
  const fake = await startFake('easydcim', ['--services', String(services), '--latency', String(latency)]);
  const bench = await prepareEasyDcim(fake, services, concurrency);
  try {
    const figures = [];
    for (let round = 0; round < 4; round++) {
      const { code, ms, stderr } = await bench.sluice(['poll', '--quiet']);
      if (code !== 0) throw new Error(stderr);
      if (round > 0) figures.push(ms);
    }
    const ideal = (services * latency) / concurrency;
    const start = await startUp(bench, latency);
    const part = 100;
    const serial = ((await serialPoller(fake, part)) / part) * services;
    return [
      {
        name: '2,000 services at 50 ms, 32 at once, less start-up, against the ideal',
        figure: (median(figures) - start) / ideal,
        limit: 1.15,
      },
      { name: 'a serial poller on the same work against the ideal', figure: serial / ideal, limit: null },
    ];
  } finally {
    bench.remove();
    fake.stop();
  }
}
