import { afterEach, describe, expect, it } from '@jest/globals';
import type { Standalone } from './greeting.js';
import { startStandalone, usage } from './start-standalone.js';

let started: Standalone | undefined;

afterEach(async () => {
  await started?.server.close();
  started = undefined;
});

describe('a fake in a process of its own', () => {
  it('has what the arguments ask for', async () => {
    const args = 'easydcim --services 20 --latency 30 --port 0 --token secret --since 2026-01-01T00:00:00Z'.split(' ');
    started = await startStandalone([...args, '--in-rate', '7', '--out-rate', '0', '--time-zone', 'Asia/Tehran']);
    const { greeting, server } = started;
    expect(greeting).toEqual({ panel: 'easydcim', url: server.url, token: 'secret', services: 20 });
    const began = performance.now();
    const response = await fetch(`${greeting.url}/api/v3/client/services/20/bandwidth`, {
      method: 'POST',
      headers: { Authorization: 'Bearer secret' },
      body: JSON.stringify({ startDate: '2026-01-01 03:30:00', endDate: '2026-01-01 03:30:09' }),
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
    expect(await response.json()).toEqual({ in: 70, out: 0, total: 70 });
    expect(server.totals.calls).toBe(1);
    expect(server.calls).toEqual([]);
  });

  it('has its defaults', async () => {
    started = await startStandalone(['easydcim']);
    expect(started.greeting).toMatchObject({ services: 100, token: 'fake-easydcim-token' });
    expect(started.server.latencyMs).toBe(0);
  });

  it.each([
    [[], 'There is no fake named ""'],
    [['plesk'], 'There is no fake named "plesk"'],
    [['easydcim', 'flvx'], 'There is no fake named "easydcim flvx"'],
    [['easydcim', '--services', 'many'], '--services many is no whole number.'],
    [['easydcim', '--since', 'today'], '--since today is no instant'],
    [['easydcim', '--speed', '1'], "Unknown option '--speed'"],
  ])('refuses %j', async (args, message) => {
    await expect(startStandalone(args)).rejects.toThrow(message);
  });

  it('names all its options in the usage', () => {
    for (const option of ['services', 'latency', 'port', 'token', 'time-zone', 'in-rate', 'out-rate', 'since']) {
      expect(usage).toContain(`--${option} `);
    }
  });
});
