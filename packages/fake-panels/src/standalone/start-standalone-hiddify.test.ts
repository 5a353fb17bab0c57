import { afterEach, describe, expect, it } from '@jest/globals';
import type { Standalone } from './greeting.js';
import { startStandalone } from './start-standalone.js';

let started: Standalone | undefined;

afterEach(async () => {
  await started?.server.close();
  started = undefined;
});

describe('a fake Hiddify in a process of its own', () => {
  it('has what the arguments ask for', async () => {
    started = await startStandalone('hiddify --agents 3 --users 20 --latency 30 --port 0'.split(' '));
    const { greeting, server } = started;
    expect(greeting).toEqual({
      panel: 'hiddify',
      url: `${server.url}/PROXYPATHadm`,
      token: greeting.token,
      services: 20,
    });
    const began = performance.now();
    const response = await fetch(`${greeting.url}/api/v2/admin/user/`, {
      headers: { 'Hiddify-API-Key': greeting.token },
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
    const rows = (await response.json()) as { added_by_uuid: string }[];
    expect(rows).toHaveLength(20);
    expect(new Set(rows.map((row) => row.added_by_uuid)).size).toBe(3);
    expect(server.totals.calls).toBe(1);
    expect(server.calls).toEqual([]);
  });

  it('may be empty', async () => {
    started = await startStandalone(['hiddify', '--agents', '0', '--users', '0']);
    expect(started.greeting.services).toBe(0);
  });

  it('refuses what it does not understand', async () => {
    await expect(startStandalone(['hiddify', '--users', 'many'])).rejects.toThrow('--users many is no whole number.');
    await expect(startStandalone(['hiddify', '--token', 'x'])).rejects.toThrow("Unknown option '--token'");
  });
});
