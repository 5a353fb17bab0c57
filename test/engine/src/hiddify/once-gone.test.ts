import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

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
