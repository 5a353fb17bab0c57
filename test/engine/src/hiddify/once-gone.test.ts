import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { codeOf, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { kill } from '../bench/killed-call.js';
import { hideUser } from './hidden-user.js';

const at = useBench(() => startHiddifyBench());

async function poll(): Promise<string | null> {
  return (await at.pollAfter(HOUR)).services[0]?.error?.code ?? null;
}

const evidence = () => at.bench.store.evidence.open();

/** Has Sluice disable a user, and the panel show it no more until the returned function is called. */
async function loseDisabled(): Promise<{ user: string; show: () => void }> {
  const user = at.panel.addUser({ name: 'a' });
  at.panel.addUser({ name: 'b' });
  await at.addService(1, { values: { hiddify_user_uuid: user } });
  await at.poll();
  await at.sluice.provision.suspend('svc-1');
  const row = at.panel.user(user);
  expect(row.enable).toBe(false);
  at.panel.deleteUser(user);
  expect(await poll()).toBe('user_gone');
  return { user, show: () => void at.panel.addUser({ name: 'a', uuid: user, enable: row.enable }) };
}

describe('a disabled user that is not there once', () => {
  it('is enabled with the payment after it is there again', async () => {
    const { user, show } = await loseDisabled();
    show();
    await poll();
    const { run, service } = await at.sluice.provision.unsuspend('svc-1');
    expect([run.outcome, service.error, at.panel.user(user).enable]).toEqual(['done', null, true]);
    expect(await evidence()).toEqual([]);
  });

  it('is enabled by the next run where it is not there when the payment arrives', async () => {
    const { user, show } = await loseDisabled();
    expect((await at.sluice.provision.unsuspend('svc-1')).service.error?.code).toBe('user_gone');
    show();
    expect([await poll(), at.panel.user(user).enable, await evidence()]).toEqual([null, true, []]);
  });
});

describe('a user that a command finds after a run did not', () => {
  let user: string;
  let other: string;

  async function missOnce(): Promise<void> {
    const show = hideUser(at.panel, user);
    expect(await poll()).toBe('user_gone');
    show();
  }

  beforeEach(async () => {
    [user, other] = [at.panel.addUser({ name: 'a' }), at.panel.addUser({ name: 'b' })];
    await at.addService(1, { values: { hiddify_user_uuid: user } });
    await at.poll();
  });

  const exchange = () => codeOf(at.sluice.services.set('svc-1', { hiddify_user_uuid: other }));
  const remove = () => codeOf(at.sluice.services.remove('svc-1'));

  it('is not left disabled where it is disabled then', async () => {
    await missOnce();
    await at.sluice.provision.suspend('svc-1');
    expect([await exchange(), await remove()]).toEqual(['service_held', 'service_held']);
    expect((await at.sluice.services.show('svc-1')).status).toBe('held');
    expect((await at.bench.store.alarms.list()).map(({ code }) => code)).not.toContain('user_gone');
    await at.sluice.provision.unsuspend('svc-1');
    expect([at.panel.user(user).enable, await evidence()]).toEqual([true, []]);
    expect((await at.sluice.services.show('svc-1')).error).toBeNull();
  });

  it.each(['fails', 'is killed'])('is not left disabled where the call that is to enable it %s', async (how) => {
    await at.sluice.provision.suspend('svc-1');
    await missOnce();
    const work = ({ provision }: Sluice) => provision.unsuspend('svc-1');
    if (how === 'is killed') await kill(at, work, { endpoint: /^PATCH /, land: () => Promise.resolve() });
    else {
      const end = at.panel.server.inject({ endpoint: /^PATCH /, fault: { kind: 'status', status: 403 } });
      expect((await work(at.sluice)).run.outcome).toBe('partial');
      end();
    }
    expect([await exchange(), await remove()]).toEqual(['service_held', 'service_held']);
    expect([await poll(), at.panel.user(user).enable, await evidence()]).toEqual([null, true, []]);
  });

  it('is not left disabled where nothing had to be changed', async () => {
    await at.sluice.provision.suspend('svc-1');
    await missOnce();
    await at.sluice.provision.suspend('svc-1');
    expect([await exchange(), await remove()]).toEqual(['service_held', 'service_held']);
  });
});

describe('a disabled user that is gone leaves nothing behind', () => {
  it('with another user', async () => {
    await loseDisabled();
    const other = at.panel.addUser({ name: 'c' });
    await at.sluice.services.set('svc-1', { hiddify_user_uuid: other });
    expect(await evidence()).toEqual([]);
    expect([await poll(), at.panel.user(other).enable]).toEqual([null, false]);
    await at.sluice.provision.unsuspend('svc-1');
    expect([at.panel.user(other).enable, await evidence()]).toEqual([true, []]);
  });

  it.each(['set', 'command'])('with the termination of its service (%s)', async (how) => {
    await loseDisabled();
    if (how === 'set') await at.sluice.services.set('svc-1', { status: 'terminated' });
    else expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
    await at.pollAfter(HOUR);
    expect([await evidence(), await at.bench.store.alarms.list()]).toEqual([[], []]);
  });

  it('with the removal of its service after the release', async () => {
    await loseDisabled();
    await at.sluice.provision.unsuspend('svc-1');
    await poll();
    await at.sluice.services.remove('svc-1');
    expect([await evidence(), await at.bench.store.alarms.list()]).toEqual([[], []]);
  });
});
