import { describe, expect, it } from '@jest/globals';
import type { CheckReport } from '@sluice/contract/documents';
import { useBench } from '../bench/each-test.js';
import { DAY, GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { hideUser } from '../hiddify/hidden-user.js';

const at = useBench(() => startHiddifyBench({ more: 'poll: { doubt: { jump: off } }' }));

interface Disabled {
  anna: string;
  /** Of other users of the agent, which stay on the panel. */
  others: string[];
}

/** Has Sluice disable the users of the agent north, for its limit or a suspension. */
async function disable(how: 'limit' | 'suspension'): Promise<Disabled> {
  const [anna = '', ...others] = [0, 1, 2, 3].map(() => at.panel.addUser({ agent: at.north, usageLimit: 10 * GB }));
  if (how === 'limit') {
    await at.limit('north', 1);
    at.panel.use(anna, GB);
    await check();
  } else {
    await at.sluice.agents.suspend('north');
  }
  expect(areEnabled(anna, ...others)).toEqual([false, false, false, false]);
  return { anna, others };
}

const check = (): Promise<CheckReport> => at.check({ allowMass: true });

const areEnabled = (...users: string[]): boolean[] => users.map((uuid) => at.panel.user(uuid).enable);

const disabledUsers = async (): Promise<string[]> =>
  (await at.bench.store.evidence.open({ agentsOf: 'vpn' })).map(({ target }) => target);

/** Returns how what Sluice last did to a user ended. */
async function lastOutcome(user: string): Promise<string | null | undefined> {
  const holds = await at.bench.store.holds.all({ agentsOf: 'vpn' });
  const evidence = await at.bench.store.evidence.ofHolds(holds.map(({ id }) => id));
  return evidence.filter(({ target }) => target === user).at(-1)?.outcome;
}

/** Has one check find that the panel does not have a user. */
async function missOnce(user: string): Promise<void> {
  const show = hideUser(at.panel, user);
  expect((await check()).notices.map(({ code }) => code)).toContain('agent_user_gone');
  show();
}

describe('a user that was disabled for its agent and that one check does not find', () => {
  it('is enabled with the others once the agent has room again', async () => {
    const { anna, others } = await disable('limit');
    await missOnce(anna);
    expect(await disabledUsers()).toHaveLength(3);
    await at.check({ dryRun: true });
    expect(await disabledUsers()).toEqual(expect.not.arrayContaining([anna]));
    await check();
    expect(new Set(await disabledUsers())).toEqual(new Set([anna, ...others]));
    await at.limit('north', null);
    const later = await check();
    expect([later.totals.restored, areEnabled(anna, ...others)]).toEqual([4, [true, true, true, true]]);
    expect(await at.bench.store.evidence.open({ agentsOf: 'vpn' })).toEqual([]);
  });

  it('is enabled by the first check that finds it, where the limit has ended meanwhile', async () => {
    const { anna, others } = await disable('limit');
    const show = hideUser(at.panel, anna);
    await check();
    await at.limit('north', null);
    expect((await check()).totals.restored).toBe(3);
    at.bench.clock.advance(DAY);
    show();
    expect(areEnabled(anna, ...others)).toEqual([false, true, true, true]);
    await at.sluice.reconcile();
    expect(areEnabled(anna)).toEqual([true]);
    at.panel.changeUser(anna, { enable: false });
    await check();
    expect(areEnabled(anna)).toEqual([false]);
  });

  it('is enabled after a suspension that ended meanwhile', async () => {
    const { anna } = await disable('suspension');
    const show = hideUser(at.panel, anna);
    at.bench.clock.advance(MINUTE);
    expect((await at.sluice.agents.unsuspend('north')).left).toMatchObject([{ uuid: anna, outcome: 'gone' }]);
    show();
    await check();
    expect(areEnabled(anna)).toEqual([true]);
  });

  it('is restored by a command, too', async () => {
    const { anna } = await disable('limit');
    await missOnce(anna);
    at.bench.clock.advance(MINUTE);
    const { actions } = await at.sluice.agents.restore('north', { force: true });
    expect([actions.length, areEnabled(anna)]).toEqual([4, [true]]);
  });

  it.each([
    ['another tool has enabled', { enable: true }, 'enabled-by-others'],
    ['another tool has changed', { comment: 'did not pay' }, 'touched'],
  ])('stays as it is where %s it', async (_what, change, outcome) => {
    const { anna } = await disable('limit');
    await at.limit('north', 20);
    const show = hideUser(at.panel, anna);
    await check();
    at.panel.changeUser(anna, change);
    show();
    expect((await check()).totals.restored).toBe(0);
    expect([await lastOutcome(anna), areEnabled(anna)]).toEqual([outcome, ['enable' in change]]);
    at.panel.changeUser(anna, { enable: false });
    await check();
    expect(areEnabled(anna)).toEqual([false]);
  });

  it('is not awaited for ever', async () => {
    const { anna } = await disable('limit');
    hideUser(at.panel, anna);
    await check();
    await at.limit('north', null);
    await check();
    const isChecked = async (): Promise<boolean> => ((await at.sluice.reconcile()).agents ?? []).length > 0;
    at.bench.clock.advance(80 * DAY);
    expect(await isChecked()).toBe(true);
    at.bench.clock.advance(11 * DAY);
    expect(await isChecked()).toBe(false);
  });
});

describe('a user that was disabled for its agent and that an old list shows as enabled', () => {
  /** The next list shows all users as enabled. */
  function showOldList(): void {
    const change = (json: unknown): object[] => (json as object[]).map((row) => ({ ...row, enable: true }));
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/', times: 1, fault: { kind: 'mutate', change } });
  }

  it.each(['limit', 'suspension'] as const)('stays disabled for it, and comes back after it: %s', async (how) => {
    const { anna, others } = await disable(how);
    showOldList();
    await check();
    expect(new Set(await disabledUsers())).toEqual(new Set([anna, ...others]));
    if (how === 'limit') await at.limit('north', null);
    else await at.sluice.agents.unsuspend('north');
    await check();
    expect(areEnabled(anna, ...others)).toEqual([true, true, true, true]);
  });

  it.each(['limit', 'suspension'] as const)(
    'is enabled all the same once nothing keeps it disabled: %s',
    async (how) => {
      const { anna, others } = await disable(how);
      if (how === 'limit') await at.limit('north', null);
      showOldList();
      await (how === 'limit' ? check() : at.sluice.agents.unsuspend('north'));
      await check();
      expect(areEnabled(anna, ...others)).toEqual([true, true, true, true]);
      expect(await disabledUsers()).toEqual([]);
    },
  );
});

it('a user that staff has enabled and disabled again stays disabled, also where disabling it between was refused', async () => {
  const { anna, others } = await disable('limit');
  at.panel.enable(anna);
  const endpoint = 'PATCH /api/v2/admin/user/{uuid}/';
  const mend = at.panel.server.inject({ endpoint, fault: { kind: 'status', status: 500, body: { msg: 'boom' } } });
  await check();
  mend();
  at.panel.changeUser(anna, { enable: false });
  await at.limit('north', null);
  await check();
  expect(areEnabled(anna, ...others)).toEqual([false, true, true, true]);
});
