import { describe, expect, it } from '@jest/globals';
import { startAccountsBench } from '../bench/accounts-bench.js';
import { useBench, useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { type FlvxBench, startFlvxBench, useFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

describe('the user of a held service', () => {
  const at: FlvxBench = useFlvxBench();
  async function hold(): Promise<{ user: number; other: string }> {
    const [user = 0, other = 0] = ['a', 'b'].map((name) => {
      const added = at.panel.addUser({ user: name });
      at.panel.addPermission(added, at.tunnels.hk);
      at.panel.addForward(added, at.tunnels.hk, { name });
      return added;
    });
    await at.addService(1, { values: { flvx_user_id: String(user) } });
    await at.poll();
    await at.sluice.provision.suspend('svc-1');
    expect(at.panel.user(user)?.status).toBe(0);
    return { user, other: String(other) };
  }

  it('is not exchanged before the service is released', async () => {
    const { user, other } = await hold();
    for (const flvx_user_id of [other, '']) {
      await expect(at.sluice.services.set('svc-1', { flvx_user_id })).rejects.toMatchObject({
        code: 'service_held',
        message: expect.stringContaining(`${user} would stay restricted; release the service first`) as unknown,
      });
    }
    const row = { line: 2, values: { id: 'svc-1', flvx_user_id: other } };
    expect(await at.sluice.services.import([row])).toMatchObject({
      totals: { changed: 0 },
      problems: [{ line: 2, service: 'svc-1', key: 'flvx_user_id', code: 'service_held' }],
    });
    const same = { flvx_user_id: String(user), client: '4711' };
    expect(await at.sluice.services.set('svc-1', same)).toMatchObject({ client: '4711' });
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.user(user)?.status).toBe(1);
    expect(await at.sluice.services.import([row])).toMatchObject({ totals: { changed: 1 }, problems: [] });
  });

  it('is corrected where it is gone from the panel', async () => {
    const { user, other } = await hold();
    at.panel.world.users.delete(user);
    at.bench.clock.advance(HOUR);
    const { services } = await at.poll();
    expect(services[0]?.error?.code).toBe('account_missing');
    await at.sluice.services.set('svc-1', { flvx_user_id: other });
    await at.sluice.provision.unsuspend('svc-1');
    expect(await at.bench.store.evidence.open()).toEqual([]);
  });
});

describe('the line of a held service', () => {
  const at = useBench(startTelephonyBench);

  it('is not exchanged before the service is released', async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await at.addService();
    await at.sluice.provision.suspend('svc-1', { withDids: true });
    const set = () => at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002' });
    await expect(set()).rejects.toMatchObject({ code: 'service_held' });
    await at.sluice.provision.unsuspend('svc-1');
    expect([at.panel.subscriber(LINE).status, at.panel.did('+551140001234').status]).toEqual(['active', 'active']);
    expect((await set()).refs).toMatchObject({ astbilling_subscriber_id: '9002' });
  });
});

describe('a service that names another user than the one that was disabled for it', () => {
  const at = useBench(() => startHiddifyBench());

  it('is set back to that user', async () => {
    const [user = '', other = ''] = ['a', 'b'].map((name) => at.panel.addUser({ name }));
    await at.addService(1, { values: { hiddify_user_uuid: user } });
    await at.poll();
    await at.sluice.provision.suspend('svc-1');
    const updatedAt = new Date(at.bench.clock.now()).toISOString();
    await at.bench.store.services.update([{ id: 'svc-1', refs: { hiddify_user_uuid: other }, updatedAt }]);
    expect((await at.sluice.provision.unsuspend('svc-1')).service.error?.code).toBe('user_changed');
    await at.sluice.services.set('svc-1', { hiddify_user_uuid: user });
    expect((await at.sluice.provision.unsuspend('svc-1')).run.outcome).toBe('done');
    expect(await at.bench.store.evidence.open()).toEqual([]);
  });
});

describe('the account whose limit is lifted', () => {
  it('is not exchanged on FLVX before the lift has ended', async () => {
    const at = await startFlvxBench();
    try {
      const [user = 0, other = 0] = ['a', 'b'].map((name) => at.panel.addUser({ user: name }));
      await at.addService(1, { values: { flvx_user_id: String(user) } });
      await at.sluice.services.set('svc-1', { protected_until: '2026-11-25' });
      const exchange = () => at.sluice.services.set('svc-1', { flvx_user_id: String(other) });
      await expect(exchange()).rejects.toMatchObject({ code: 'limit_lifted' });
      await at.sluice.services.set('svc-1', { protected_until: '' });
      expect(await exchange()).toMatchObject({ refs: { flvx_user_id: String(other) } });
    } finally {
      await at.close();
    }
  });

  it.each(['a protection', 'an unlimited override'])('is not exchanged on Hiddify: %s', async (how) => {
    const at = await startHiddifyBench({ agents: '{ accounting: allocated }' });
    try {
      const [user, other] = [10, 10].map((gb) => at.panel.addUser({ agent: at.north, usageLimit: gb * 1024 ** 3 }));
      await at.addService(1, { product: 'agency', values: { hiddify_user_uuid: user ?? '' } });
      await at.pollAfter(HOUR);
      if (how === 'a protection') await at.sluice.services.set('svc-1', { protected_until: '2026-11-25' });
      else await at.sluice.overrides.set('svc-1', { unlimited: true });
      await at.pollAfter(HOUR);
      const row = { line: 2, values: { id: 'svc-1', hiddify_user_uuid: other ?? '' } };
      expect(await at.sluice.services.import([row])).toMatchObject({
        problems: [{ line: 2, key: 'hiddify_user_uuid', code: 'limit_lifted' }],
      });
      if (how === 'a protection') await at.sluice.services.set('svc-1', { protected_until: '' });
      else await at.sluice.overrides.clear('svc-1');
      await at.pollAfter(HOUR);
      expect(await at.sluice.services.import([row])).toMatchObject({ totals: { changed: 1 }, problems: [] });
      expect(at.panel.user(user ?? '').usageLimit).toBe(10 * 1024 ** 3);
    } finally {
      await at.close();
    }
  });
});

describe('the account whose limit is lifted', () => {
  const at = useBench(() => startHiddifyBench());

  it('is not left for another panel before the lift has ended', async () => {
    const away =
      'kind: hiddify, url: "http://127.0.0.1:9/path", allowHttp: true, apiKey: "3b7cf3c2-5632-4b92-909d-3fb64afebede"';
    await at.bench.edit('panels:\n', `panels:\n  away: { ${away} }\n`);
    await at.bench.edit('products:\n', 'products:\n  moved: { panel: away, quota: { total: 50GB } }\n');
    const user = at.panel.addUser({ usageLimit: 50 * 1024 ** 3 });
    await at.addService(1, { values: { hiddify_user_uuid: user } });
    await at.sluice.services.set('svc-1', { protected_until: '2026-11-25' });
    await at.pollAfter(HOUR);
    const move = () => at.sluice.services.set('svc-1', { panel: 'away', product: 'moved' });
    await expect(move()).rejects.toMatchObject({ code: 'limit_lifted' });
    await at.sluice.services.set('svc-1', { protected_until: '' });
    await expect(move()).rejects.toMatchObject({ code: 'limit_lifted' });
    await at.pollAfter(HOUR);
    expect([await move(), at.panel.user(user).usageLimit / 1024 ** 3]).toMatchObject([{ panel: 'away' }, 50]);
  });
});

describe('the user of a held service in a field of its order', () => {
  const [at, begin] = useOpened(startAccountsBench);

  it('is refused in each sync until the service is released', async () => {
    await begin();
    const [user = 0, other = 0] = ['a', 'b'].map((name) => {
      const added = at.relay.addUser({ user: name });
      at.relay.addPermission(added, 1);
      return added;
    });
    at.addOrder(1);
    at.whmcs.setField(1, 'flvx_user_id', String(user));
    await at.sync();
    await at.sluice.poll();
    await at.sluice.holds.add('whmcs-1', { note: 'abuse' });
    expect(at.relay.user(user)?.status).toBe(0);
    at.whmcs.setField(1, 'flvx_user_id', String(other));
    const problems = [{ service: 'whmcs-1', key: 'flvx_user_id', code: 'service_held' }];
    for (let n = 0; n < 2; n++) expect(await at.sluice.services.sync()).toMatchObject({ problems });
    await at.sluice.holds.release('whmcs-1');
    expect(at.relay.user(user)?.status).toBe(1);
    expect(await at.sluice.services.sync()).toMatchObject({ totals: { changed: 1 }, problems: [] });
  });
});
