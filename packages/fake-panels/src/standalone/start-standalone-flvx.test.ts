import { afterEach, describe, expect, it } from '@jest/globals';
import type { Standalone } from './greeting.js';
import { startStandalone } from './start-standalone.js';

let started: Standalone | undefined;

afterEach(async () => {
  await started?.server.close();
  started = undefined;
});

describe('a fake FLVX in a process of its own', () => {
  it('has what the arguments ask for', async () => {
    started = await startStandalone('flvx --users 20 --expiry 1900000000000 --latency 0 --port 0'.split(' '));
    const { url, token, services } = started.greeting;
    expect(services).toBe(20);
    const post = async (path: string, body: unknown, authorization = ''): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method: 'POST',
        headers: { authorization },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Record<string, unknown>;
    };
    const { data } = await post('/user/login', { username: 'admin_user', password: token });
    const { token: session } = data as { token: string };
    const lists = await Promise.all([post('/user/list', {}, session), post('/forward/list', {}, session)]);
    expect(lists.map((list) => (list['data'] as unknown[]).length)).toEqual([20, 20]);
    expect((lists[0]['data'] as unknown[])[0]).toMatchObject({ id: 2, flow: 100, expTime: 1_900_000_000_000 });
    const { userTunnels } = await post('/backup/export', { types: ['userTunnels'] }, session);
    expect(userTunnels).toHaveLength(20);
    expect(started.server.calls).toEqual([]);
  });

  it('refuses what it does not understand', async () => {
    await expect(startStandalone(['flvx', '--users', 'many'])).rejects.toThrow('--users many is no whole number.');
    await expect(startStandalone(['flvx', '--agents', '2'])).rejects.toThrow("Unknown option '--agents'");
  });
});
