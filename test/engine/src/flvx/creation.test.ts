import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, failure, expectSettled } from '../bench/outcomes.js';

const at = useFlvxBench();

const changing = (): string[] => at.panel.server.changingCalls().map((call) => call.path.replace('/api/v1', ''));

describe('create', () => {
  it('is what a pending service needs before its account, which gets its quota, can be changed', async () => {
    await at.addService(1, { values: { status: 'pending' } });
    const before = await at.sluice.services.show('svc-1');
    const { provision } = at.sluice;
    for (const change of [
      () => provision.changePassword('svc-1'),
      () => provision.renew('svc-1', { until: '2027-05-01' }),
      () => provision.changePackage('svc-1', 'big'),
    ])
      expect(await failure(change())).toMatchObject({ as: 'conflict', code: 'no_account' });
    expect(await at.sluice.services.show('svc-1')).toEqual(before);
    const { service } = await done(at.sluice.provision.create('svc-1'));
    expect(service.lifecycle).toBe('active');
    expect([at.panel.user(3)?.flow, at.panel.permission(3, 1)?.flow]).toEqual([100, 100]);
  });

  it('refuses an account that belongs to another service, also to adopt', async () => {
    const user = await at.create(1);
    await at.addService(2, { values: { flvx_user_id: String(user) }, allowDuplicateRefs: true });
    for (const adopt of [false, true]) {
      const refused = await failure(at.sluice.provision.create('svc-2', { adopt }));
      expect(refused).toMatchObject({ as: 'failed', code: 'account_exists' });
      expect(refused.message).toMatch(/belongs to svc-1/);
    }
  });

  it('takes an account over by the service’s own id on the operator’s word, and leaves its password', async () => {
    const user = at.panel.addUser({ user: 'anna', password: 'Her-own-1', flow: 5 });
    at.panel.addForward(user, at.tunnels.hk, { name: 'hers' });
    await at.addService(1, { values: { flvx_user_id: String(user) } });
    const refused = await failure(at.sluice.provision.create('svc-1'));
    expect(refused).toMatchObject({ as: 'failed', code: 'account_exists' });
    const before = at.panel.user(user);
    const file = path.join(at.bench.folder, 'anna.password');
    const adopted = await done(at.sluice.provision.create('svc-1', { adopt: true, passwordFile: file }));
    expect(adopted).toMatchObject({
      credentials: null,
      service: { lifecycle: 'active', refs: { flvx_user_id: String(user), flvx_username: 'anna' } },
    });
    expect(existsSync(file)).toBe(false);
    expect(at.panel.user(user)).toMatchObject({ pwd: before?.pwd, flow: 100 });
    expect(at.panel.permission(user, 1)).toMatchObject({ flow: 100, status: 1 });
    await expectSettled(at);
  });

  it('takes an account over by name on the operator’s word after it was refused, with nothing left of that', async () => {
    const user = at.panel.addUser({ user: 'anna' });
    await at.addService(1, { values: { flvx_username: 'anna' } });
    expect((await at.poll()).run.outcome).toBe('failed');
    const passwordFile = path.join(at.bench.folder, 'pw');
    expect(await failure(at.sluice.provision.create('svc-1', { passwordFile }))).toMatchObject({ as: 'failed' });
    const adopted = await done(at.sluice.provision.create('svc-1', { adopt: true, passwordFile }));
    const service = { status: 'ok', error: null, refs: { flvx_user_id: String(user) } };
    expect(adopted).toMatchObject({ credentials: null, service });
    // The account keeps its password: nobody should take the one of the refused command for it.
    expect(existsSync(passwordFile)).toBe(false);
    await expectSettled(at);
  });

  it('does not take over one of two accounts of a name', async () => {
    at.panel.addUser({ user: 'anna' });
    at.panel.addUser({ user: 'anna' });
    await at.addService(1, { values: { flvx_username: 'anna' } });
    const refused = await failure(at.sluice.provision.create('svc-1', { adopt: true }));
    expect(refused).toMatchObject({ as: 'failed', code: 'ambiguous_account' });
  });

  it('is what a run and doctor name while it is missing or was broken off', async () => {
    await at.addService(1);
    expect(await failure(at.poll())).toMatchObject({ as: 'failed', code: 'not_mapped' });
    at.panel.server.inject({ endpoint: /tunnel\/user\/assign/, fault: { kind: 'status', status: 500 } });
    expect((await at.sluice.provision.create('svc-1')).run.outcome).toBe('partial');
    const { checks } = await at.sluice.panels.doctor();
    expect(checks).toContainEqual(
      expect.objectContaining({ object: 'svc-1, provision create svc-1', status: 'warning' }),
    );
  });

  it('takes all tunnels of a group', async () => {
    at.panel.addTunnelGroup('asia', [at.tunnels.hk, at.tunnels.jp]);
    const user = await at.create(1, { product: 'group' });
    expect([1, 2].map((tunnel) => at.panel.permission(user, tunnel)?.flow)).toEqual([100, 100]);
    await expectSettled(at);
  });

  it.each([
    [{ product: 'group' }, 'unknown_tunnel_group'],
    [{ flvx_tunnel_id: '99' }, 'unknown_tunnel'],
  ])('refuses %j before anything is made', async (values, code) => {
    await at.addService(1, { values });
    expect(await failure(at.sluice.provision.create('svc-1'))).toMatchObject({ as: 'failed', code });
    expect(changing()).toEqual([]);
  });
});
