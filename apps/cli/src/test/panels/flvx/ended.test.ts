import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(() => at.close());

async function poll(): Promise<RunReport> {
  at.bench.clock.advance(HOUR);
  return (await at.run('poll')).json<RunReport>();
}

const open = (): Promise<number[]> =>
  at.bench.store(async (store) => [(await store.evidence.open()).length, (await store.holds.open()).length]);

/** A service that is held for its quota, and then ends; the new one names its account. */
async function passOn(product: string, status: 'vanished' | 'terminated'): Promise<{ user: number; web: number }> {
  const user = await at.create(1, { product });
  const web = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  await poll();
  at.panel.traffic(web, { in: 110 * GB, out: 0 });
  await poll();
  expect((await open())[1]).toBe(1);
  await at.bench.store(async (store) => {
    const service = await store.services.get('svc-1');
    await store.services.put([{ ...service!, status }]);
  });
  return { user, web };
}

describe('the restrictions of a held service that ended', () => {
  it.each([
    ['relay', 'vanished'],
    ['slow', 'vanished'],
    ['relay', 'terminated'],
  ] as const)('of %s, which is %s, end where another service has its account', async (product, status) => {
    const { user, web } = await passOn(product, status);
    Object.assign(at.panel.world.users.get(user)!, { inFlow: 0, outFlow: 0 });
    const values = [`flvx_user_id=${user}`, '--allow-duplicate-refs'];
    await at.addService(2, { product: 'big', values });
    const released = await poll();
    expect(released.notices.map(({ code }) => code)).toContain('ended_released');
    expect(await open()).toEqual([0, 0]);
    const after = await poll();
    expect(after.services.find(({ id }) => id === 'svc-2')).toMatchObject({ status: 'ok' });
    expect(at.panel.runningForwards()).toContain(web);
    expect(at.panel.permission(user, at.tunnels.hk)?.status).toBe(1);
  });

  it('stay while nobody else has its account', async () => {
    const { web } = await passOn('relay', 'vanished');
    await poll();
    expect([(await open())[1], at.panel.runningForwards().includes(web)]).toEqual([1, false]);
  });

  it.each(['vanished', 'terminated'] as const)(
    'leave the next service no tunnel closed that a change of package had closed (%s)',
    async (status) => {
      const { jp } = at.tunnels;
      const user = await at.create(1, { product: 'big' });
      const far = at.panel.addForward(user, jp, { name: 'far' });
      const off = at.panel.addForward(user, jp, { name: 'off', paused: true });
      await poll();
      expect((await at.run('provision change-package svc-1 relay')).exitCode).toBe(0);
      expect(at.panel.permissionStatus(user, jp)).toBe(0);
      // Another service names the account for a while.
      await at.addService(3, { product: 'relay', values: [`flvx_user_id=${user}`, '--allow-duplicate-refs'] });
      at.bench.clock.advance(HOUR);
      expect((await at.bench.sluice('service set svc-3 flvx_user_id= status=terminated')).exitCode).toBe(0);
      at.bench.clock.advance(HOUR);
      await at.bench.store(async (store) => {
        const service = await store.services.get('svc-1');
        const updatedAt = new Date(at.bench.clock.now()).toISOString();
        await store.services.put([{ ...service!, status, updatedAt }]);
      });
      await at.addService(2, {
        product: 'big',
        values: [`flvx_user_id=${user}`, 'client=43', '--allow-duplicate-refs'],
      });
      await poll();
      expect((await at.run('reconcile')).exitCode).toBe(0);
      await poll();
      expect(at.panel.permissionStatus(user, jp)).toBe(1);
      expect([far, off].map((id) => at.panel.world.forwards.get(id)?.status)).toEqual([1, 0]);
    },
  );

  it.each(['active', 'pending'])(
    'are named where a service that is %s gets its account before a poll',
    async (status) => {
      const { user, web } = await passOn('relay', 'vanished');
      const values = [`flvx_user_id=${user}`, `status=${status}`, '--allow-duplicate-refs'];
      await at.addService(2, { product: 'big', values });
      const create = (): ReturnType<typeof at.bench.sluice> =>
        at.bench.sluice(`provision create svc-2 --adopt --password-file ${at.bench.path('pw')}`);
      const refused = await create();
      expect(refused.exitCode).toBe(1);
      expect(refused.stdout).toMatch(/still restricted for svc-1, which has ended/);
      expect(refused.stdout).toContain('Run "sluice poll" first');
      await poll();
      expect([(await create()).exitCode, at.panel.runningForwards().includes(web)]).toEqual([0, true]);
    },
  );

  it('stay, too, for a pending service that nobody has ordered the account for', async () => {
    const { user, web } = await passOn('relay', 'vanished');
    const values = [`flvx_user_id=${user}`, 'status=pending', '--allow-duplicate-refs'];
    await at.addService(2, { product: 'big', values });
    await poll();
    expect([(await open())[1], at.panel.runningForwards().includes(web)]).toEqual([1, false]);
  });

  it('charge the next client with nothing that was used before', async () => {
    const { user, web } = await passOn('relay', 'vanished');
    const values = [`flvx_user_id=${user}`, 'client=43', '--allow-duplicate-refs'];
    await at.addService(2, { product: 'relay', values });
    const shown = async (): Promise<unknown[]> => {
      const service = (await poll()).services.find(({ id }) => id === 'svc-2');
      return [service?.status, service?.error, service?.holds, service?.usage?.totalBytes];
    };
    expect((await shown()).slice(2)).toEqual([[], 0]);
    expect((await shown()).slice(1)).toEqual([null, [], 0]);
    // The panel would stop the account by what was used before: its counter begins again.
    const account = at.panel.world.users.get(user)!;
    expect([account.inFlow, account.outFlow, at.panel.runningForwards().includes(web)]).toEqual([0, 0, true]);
    account.inFlow += 5 * GB;
    expect(await shown()).toEqual(['ok', null, [], 5 * GB]);
  });
});
