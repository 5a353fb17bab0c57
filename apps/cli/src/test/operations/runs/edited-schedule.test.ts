import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { serveOn } from '../../serve-on.js';
import { startServed } from './served.js';

const at = startForEachTest(startServed);

const MINUTE = 60_000;

const held = async (): Promise<string> => (await at.bench.sluice('explain svc-1')).stdout;

describe('the schedule of serve, after the config was edited', () => {
  it('runs its jobs by it, at the times of now, although nobody asks for anything', async () => {
    at.use(1, 120);
    at.bench.edit('quota: { total: 100GB }', 'quota: { total: 150GB }');
    at.bench.edit('poll: {', 'poll: { interval: 2h,');
    const { clock, pass } = steppedClock();
    const serving = await serveOn(at.bench, 'serve --with-schedule', { random: () => 0, clock });
    try {
      while ((await pollsDone()) < 1) await pass(0);
      expect(await held()).toContain('svc-1 is not held');
      at.bench.edit('quota: { total: 150GB }', 'quota: { total: 100GB }');
      at.bench.edit('interval: 2h', 'interval: 10m');
      for (let minute = 0; minute < 30 && (await pollsDone()) < 2; minute++) await pass(MINUTE);
      expect(await held()).toContain('svc-1 is held');
    } finally {
      await serving.stop();
    }
  });

  it('runs by the times of now although a job of the times before does not end', async () => {
    const asked: string[] = [];
    const slow = createServer((request) => {
      asked.push(request.url ?? '');
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const { port } = slow.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    at.bench.edit(
      'timeZone: UTC',
      `timeZone: UTC\nwhmcs: { url: "${url}", allowHttp: true, identifier: i, secret: s }`,
    );
    at.bench.edit('quota: { total: 100GB }', 'quota: { total: 100GB }, whmcs: { productIds: [1] }');
    at.bench.edit('poll: {', 'poll: { interval: 2h,');
    const { clock, pass } = steppedClock();
    const serving = await serveOn(at.bench, 'serve --with-schedule', { random: () => 0, clock });
    try {
      while ((await pollsDone()) < 1 || asked.length === 0) await pass(0);
      at.bench.edit('interval: 2h', 'interval: 10m');
      for (let minute = 0; minute < 30 && (await pollsDone()) < 2; minute++) await pass(MINUTE);
      expect([await pollsDone(), asked.length]).toEqual([2, 1]);
    } finally {
      const stopped = serving.stop();
      slow.closeAllConnections();
      await stopped;
      slow.close();
    }
  });

  it('makes up for a job that fell due while the file was refused', async () => {
    at.bench.edit('poll: {', 'poll: { interval: 2h,');
    const { clock, pass } = steppedClock();
    const serving = await serveOn(at.bench, 'serve --with-schedule', { random: () => 0, clock });
    try {
      while ((await pollsDone()) < 1) await pass(0);
      at.bench.edit('currency: EUR', 'currencies: EUR');
      for (let minute = 0; minute < 130; minute++) await pass(MINUTE);
      at.bench.edit('currencies: EUR', 'currency: EUR');
      for (let minute = 0; minute < 10 && (await pollsDone()) < 2; minute++) await pass(MINUTE);
      expect(await pollsDone()).toBe(2);
    } finally {
      await serving.stop();
    }
  });

  it.each([
    [
      'refused',
      () => {
        at.bench.edit('currency: EUR', 'currencies: EUR');
      },
    ],
    [
      'gone',
      () => {
        rmSync(at.bench.path('sluice.yaml'));
      },
    ],
  ])('calls the failure of the heartbeat for a job while the file is %s', async (_how, spoil) => {
    const calls: string[] = [];
    const watcher = createServer((request, answer) => {
      calls.push(request.url ?? '');
      answer.end();
    }).listen(0, '127.0.0.1');
    await once(watcher, 'listening');
    const { port } = watcher.address() as AddressInfo;
    at.bench.edit('timeZone: UTC', `timeZone: UTC\nheartbeat: "http://127.0.0.1:${port}/ping"`);
    const { clock, pass } = steppedClock();
    const serving = await serveOn(at.bench, 'serve --with-schedule', { random: () => 0, clock });
    try {
      while (!calls.includes('/ping')) await pass(0);
      spoil();
      for (let minute = 0; minute < 30 && !calls.includes('/ping/fail'); minute++) await pass(MINUTE);
      expect(calls).toContain('/ping/fail');
    } finally {
      await serving.stop();
      watcher.close();
    }
  });
});

/** A clock of a server's waits, which end when the test lets time pass. */
function steppedClock() {
  const ends = new Set<() => void>();
  const sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      ends.add(resolve);
      signal?.addEventListener('abort', () => {
        resolve();
      });
    });
  const pass = async (ms: number): Promise<void> => {
    at.bench.clock.advance(ms);
    for (const end of ends) end();
    ends.clear();
    // What waits for the store, or for a file, goes on.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  };
  return { clock: { now: () => at.bench.clock.now(), sleep }, pass };
}

async function pollsDone(): Promise<number> {
  const runs = await at.bench.store((store) => store.runs.list());
  return runs.filter(({ command, finishedAt }) => command === 'poll' && finishedAt !== null).length;
}
