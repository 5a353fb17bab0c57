import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Explanation, ServiceDetail } from '@sluice/engine';
import { toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { startShop } from '../purchases/shop.js';

/** What of the former client's account nobody else may learn. */
const DESTINATION = '203.0.113.77';
const FORWARD = 'shop-of-43';
const ADDRESS = 'https://relay.example.com';

const at = useBench(() => startFlvxBench('', { panelMore: `, publicUrl: "${ADDRESS}"` }));
let forward: number;
let user: number;

/** Client 43's forward is redirected, since its quota is used up; an hour later the service is client 42's. */
beforeEach(async () => {
  user = await at.create(1, { product: 'nowhere', values: { client: '43' } });
  forward = at.panel.addForward(user, at.tunnels.hk, { name: FORWARD, remoteAddr: `${DESTINATION}:8443` });
  await pollLater(at);
  at.panel.traffic(forward, { in: 101 * GB });
  await pollLater(at);
  await pollLater(at);
  await give('42');
});

async function give(client: string): Promise<void> {
  at.bench.clock.advance(HOUR / 2);
  await at.sluice.services.set('svc-1', { client });
}

const explain = (reader?: string): Promise<Explanation> => at.sluice.explain('svc-1', { reader });
const show = (reader?: string): Promise<ServiceDetail> => at.sluice.services.show('svc-1', { reader });

describe('the next client of an account', () => {
  it('never reads where forwards of the former one led', async () => {
    expect(JSON.stringify(await explain())).toContain(DESTINATION);
    for (const _poll of [1, 2]) {
      expect(JSON.stringify(await explain('42'))).not.toContain(DESTINATION);
      await pollLater(at);
    }
  });

  it('reads the account only as it was read since it has it', async () => {
    const { services } = await at.sluice.usage.read({ reader: '42', client: '42' });
    for (const { account } of [await show('42'), (await explain('42')).service, ...services])
      expect(account).toBeNull();
    for (const { account } of [await show(), (await explain()).service])
      expect(account).toMatchObject({ forwards: [{ name: FORWARD }] });
    await pollLater(at);
    expect((await show('42')).account).toMatchObject({ url: ADDRESS, forwards: [{ id: forward }] });
  });

  it('logs in with the name of the account, also where the former one had another until it was read', async () => {
    const username = async (reader?: string) => (await at.sluice.panels.loginLink('svc-1', { reader })).username;
    const own = await username('42');
    await give('43');
    at.panel.world.users.get(user)!.user = 'renamed-by-43';
    await pollLater(at);
    await give('42');
    expect([await username(), await username('42')]).toEqual(['renamed-by-43', own]);
    await pollLater(at);
    expect(await username('42')).toBe('renamed-by-43');
    await expect(username('43')).rejects.toMatchObject({ code: 'unknown_service' });
  });

  it('reads of the inputs of a decision what is of its own service, and nothing of the panel', async () => {
    await pollLater(at);
    const all = (await explain()).decision?.inputs as object;
    const own = (await explain('42')).decision?.inputs as object;
    expect(all).toHaveProperty('reading.account.url', at.panel.url);
    expect(Object.keys(own).sort()).toEqual(
      ['billingCycle', 'nextDueDate', 'overdue', 'protectedUntil', 'quotaPeriod', 'status'].sort(),
    );
    expect(all).toMatchObject(own);
    expect(JSON.stringify(await explain('42'))).not.toContain(at.panel.url);
  });

  it('reads no error of the time before, and of its own time none that names the panel', async () => {
    at.bench.clock.advance(HOUR);
    await at.panel.close();
    await at.poll();
    const { error, panelDownSince } = await show();
    expect([error?.code, panelDownSince]).toEqual(['PANEL_UNREACHABLE', expect.any(String)]);
    for (const seen of [await show('42'), (await explain('42')).service]) {
      expect(seen).toMatchObject({ error: { code: error?.code }, panelDownSince });
      expect(JSON.stringify(seen)).not.toContain(new URL(at.panel.url).host);
    }
    await give('44');
    expect((await show('44')).error).toBeNull();
  });
});

it('reads neither how much the former client had used before the figure fell, nor the name of its purchase', async () => {
  const shop = await startShop();
  try {
    const { sluice, clock } = shop.bench;
    await shop.open(10, '20');
    const { purchase } = await shop.buy('svc-1', 'extra-50');
    shop.use(1, 170);
    await shop.poll();
    shop.panel.resetTraffic(toIds(1).service);
    clock.advance(HOUR);
    await shop.poll();
    const all = await sluice.explain('svc-1');
    expect(all).toMatchObject({ service: { fallen: { peakBytes: 180 * GB } } });
    expect(JSON.stringify(await sluice.explain('svc-1', { reader: '42' }))).toContain(purchase.id);
    await sluice.services.set('svc-1', { client: '44' });
    for (const _poll of [1, 2]) {
      const own = await sluice.explain('svc-1', { reader: '44' });
      expect(JSON.stringify(own)).not.toContain(String(180 * GB));
      expect(JSON.stringify(own)).not.toContain(purchase.id);
      expect(own.allowance.allowedBytes).toBe(all.allowance.allowedBytes);
      expect((await sluice.services.show('svc-1', { reader: '44' })).fallen).toMatchObject({ peakBytes: null });
      clock.advance(HOUR);
      await shop.poll();
    }
  } finally {
    await shop.close();
  }
});
