import { describe, expect, it } from '@jest/globals';
import type { AgentUserReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { codeOf, DAY, GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { states, suspensionOn } from './suspension.js';

const at = useBench(startHiddifyBench);
const { sweep, suspend, unsuspend, openHolds } = suspensionOn(at);

const user = (name: string, options: object = {}): string =>
  at.panel.addUser({ agent: at.north, name, usageLimit: 10 * GB, ...options });
const enabled = (...uuids: string[]): boolean[] => uuids.map((uuid) => at.panel.user(uuid).enable);
const listed = async (agent = 'north') => (await at.sluice.agents.users(agent)).users;
const one = async (name: string) => (await listed()).find((each) => each.name === name);
const later = <T>(call: () => Promise<T>): Promise<T> => {
  at.bench.clock.advance(MINUTE);
  return call();
};
const disable = (name: string) => later(() => at.sluice.agents.disableUser('north', name));
const enable = (name: string) => later(() => at.sluice.agents.enableUser('north', name));
const extend = (name: string, by: { bytes?: number; days?: number; dryRun?: boolean }) =>
  later(() => at.sluice.agents.extendUser('north', name, by));
const outcomes = ({ left }: AgentUserReport): string[] => left.map(({ outcome }) => outcome);

describe('the users of an agent', () => {
  it('are those below it, with what the panel shows of them', async () => {
    const east = at.panel.addAgent(at.north, { name: 'east' });
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const [anna, bela] = [user('anna', { currentUsage: 4 * GB }), user('bela', { agent: east })];
    user('cora', { agent: south });
    user('dora', { startDate: '2026-10-01', packageDays: 30 });
    user('emma', { currentUsage: 11 * GB });
    at.panel.changeUser(anna, { startDate: '2026-11-11', packageDays: 30, lastOnline: '2026-11-20 11:30:05' });
    expect((await listed()).map(({ name, agent, state }) => [name, agent.name, state])).toEqual([
      ['anna', 'north', 'active'],
      ['bela', 'east', 'active'],
      ['dora', 'north', 'expired'],
      ['emma', 'north', 'used-up'],
    ]);
    expect(await one('anna')).toMatchObject({
      ...{ uuid: anna, panel: 'vpn', limitBytes: 10 * GB, usedBytes: 4 * GB, remainingBytes: 6 * GB },
      ...{ days: 30, daysLeft: 21, lastDay: '2026-12-11', lastOnlineAt: '2026-11-20T11:30:05.000Z' },
      ...{ disabledFor: [], service: null },
    });
    expect(await one('dora')).toMatchObject({ daysLeft: 0, lastDay: '2026-10-31' });
    expect(await one('bela')).toMatchObject({ uuid: bela, lastDay: null, daysLeft: 90, lastOnlineAt: null });
    expect((await listed('east')).map(({ name }) => name)).toEqual(['bela']);
  });

  it('are found by uuid or exact name below the agent alone', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const anna = user('anna');
    const foreign = user('cora', { agent: south });
    user('bela');
    user('bela');
    const call = (name: string) => codeOf(later(() => at.sluice.agents.disableUser('north', name)));
    expect(await call('bela')).toBe('ambiguous_user');
    for (const name of ['cora', foreign, 'Anna', 'ann', 'nobody'])
      expect([name, await call(name)]).toEqual([name, 'unknown_user']);
    expect(at.changes()).toEqual([]);
    await disable(anna.toUpperCase());
    expect(enabled(anna, foreign)).toEqual([false, true]);
  });

  it('of a service is left to its service', async () => {
    const uuid = await at.create(1, { product: 'agency' });
    const { name, service } = (await listed()).find((each) => each.uuid === uuid)!;
    expect(service).toBe('svc-1');
    const calls = at.changes();
    for (const call of [disable, enable, (text: string) => extend(text, { bytes: GB })])
      await expect(call(name)).rejects.toMatchObject({ code: 'user_of_service' });
    expect(at.changes()).toEqual(calls);
  });
});

describe('a user that its agent disables', () => {
  it('stays so through checks, releases and restores of the agent, until it is enabled by name', async () => {
    const [anna, bela] = [user('anna'), user('bela')];
    const dry = await later(() => at.sluice.agents.disableUser('north', 'anna', { dryRun: true }));
    expect([dry.actions.map(({ state }) => state), enabled(anna), await openHolds()]).toEqual([
      ['planned'],
      [true],
      [],
    ]);
    const report = await disable('anna');
    expect([states(report), report.user.state, report.user.disabledFor]).toEqual([
      [['disable-user', anna, 'applied']],
      'disabled',
      ['reseller'],
    ]);
    expect(await openHolds()).toEqual(['north reseller 1']);
    expect((await disable('anna')).run.changes).toBe(false);

    await sweep();
    await at.limit('north', 15);
    at.panel.use(bela, 16 * GB);
    await sweep();
    expect(enabled(anna, bela)).toEqual([false, false]);
    expect(await one('anna')).toMatchObject({ disabledFor: ['reseller', 'limit'] });
    await at.limit('north', 100);
    await sweep();
    expect(enabled(anna, bela)).toEqual([false, true]);
    await later(() => at.sluice.agents.restore('north', { force: true }));
    await suspend('north');
    await unsuspend('north');
    expect([enabled(anna, bela), await openHolds()]).toEqual([[false, true], ['north reseller 1']]);

    const back = await enable('anna');
    expect([states(back), back.user.disabledFor, outcomes(back)]).toEqual([[['enable-user', anna, 'applied']], [], []]);
    expect([enabled(anna), await openHolds()]).toEqual([[true], []]);
    expect((await enable('anna')).run.changes).toBe(false);
  });

  it('stays disabled for the limit of the agent once it is enabled, in whichever order the two came', async () => {
    const [anna, bela] = [user('anna'), user('bela')];
    await disable('anna');
    await at.limit('north', 5);
    at.panel.use(bela, 6 * GB);
    await sweep();
    await disable('bela');
    expect(await openHolds()).toEqual(['north agent-limit 1', 'north reseller 0', 'north reseller 1']);
    for (const name of ['anna', 'bela']) {
      const report = await enable(name);
      expect([outcomes(report), report.user.disabledFor, report.user.state]).toEqual([
        ['still-over'],
        ['limit'],
        'disabled',
      ]);
    }
    expect([enabled(anna, bela), await openHolds()]).toEqual([[false, false], ['north agent-limit 2']]);
    await at.limit('north', 100);
    await sweep();
    expect([enabled(anna, bela), await openHolds()]).toEqual([[true, true], []]);
  });

  it('stays disabled while its agent is suspended, and after that for its agent alone', async () => {
    const [anna, bela] = [user('anna'), user('bela')];
    await suspend('north');
    await disable('anna');
    expect(outcomes(await enable('anna'))).toEqual(['suspended']);
    await disable('anna');
    await unsuspend('north');
    expect([enabled(anna, bela), await openHolds()]).toEqual([[false, true], ['north reseller 1']]);
    await enable('anna');
    expect(enabled(anna)).toEqual([true]);
  });

  it('is not enabled where others had disabled it before', async () => {
    const anna = user('anna');
    at.panel.disable(anna);
    expect(await one('anna')).toMatchObject({ state: 'disabled', disabledFor: ['others'] });
    expect(outcomes(await enable('anna'))).toEqual(['disabled-by-others']);
    await disable('anna');
    expect(await one('anna')).toMatchObject({ disabledFor: ['reseller', 'others'] });
    const back = await enable('anna');
    expect([outcomes(back), enabled(anna), await openHolds()]).toEqual([['disabled-by-others'], [false], []]);
  });

  it('is disabled again by the next check where another tool enables it', async () => {
    const anna = user('anna');
    await disable('anna');
    at.panel.enable(anna);
    const { notices } = await sweep();
    expect(enabled(anna)).toEqual([false]);
    expect(notices.map(({ code }) => code)).toContain('agent_users_enabled_again');
    await enable('anna');
    expect(enabled(anna)).toEqual([true]);
  });

  it('is kept so under another uuid of its agent', async () => {
    const anna = user('anna');
    await disable('anna');
    at.panel.rotateKey(at.north);
    await sweep();
    expect([enabled(anna), await openHolds()]).toEqual([[false], ['north reseller 1']]);
    await enable('anna');
    expect(enabled(anna)).toEqual([true]);
  });

  it('is enabled by what gives everything back', async () => {
    const [anna] = [user('anna')];
    await disable('anna');
    await later(() => at.sluice.holds.releaseAll({ reason: 'manual' }));
    expect(enabled(anna)).toEqual([false]);
    await later(() => at.sluice.holds.releaseAll({ reason: 'reseller' }));
    expect([enabled(anna), await openHolds()]).toEqual([[true], []]);
    await disable('anna');
    await later(() => at.sluice.holds.releaseAll());
    expect([enabled(anna), await openHolds()]).toEqual([[true], []]);
  });
});

describe('the extension of a user', () => {
  it('adds traffic and days, and needs room under the limit of the agent', async () => {
    await at.limit('north', 20);
    await at.createUser('north', 'anna', 10);
    const dry = await extend('anna', { bytes: 5 * GB, days: 10, dryRun: true });
    expect([dry.actions.map(({ state }) => state), dry.user]).toMatchObject([['planned'], { limitBytes: 15 * GB }]);
    const made = await extend('anna', { bytes: 5 * GB, days: 10 });
    expect(made.user).toMatchObject({ limitBytes: 15 * GB, days: 40 });
    const [anna] = at.panel.listUsers(at.north);
    expect(anna).toMatchObject({ usageLimit: 15 * GB, packageDays: 40 });
    const figures = { askedBytes: 6 * GB, remainingBytes: 5 * GB, limitBytes: 20 * GB, agent: 'north', whose: 'own' };
    await expect(extend('anna', { bytes: 6 * GB })).rejects.toMatchObject({ code: 'agent_limit', details: figures });
    await expect(extend('anna', { bytes: 6 * GB, dryRun: true })).rejects.toMatchObject({ code: 'agent_limit' });
    await expect(at.createUser('north', 'bela', 6)).rejects.toMatchObject({ code: 'agent_limit', details: figures });
    await extend('anna', { bytes: 5 * GB });
    expect((await at.sluice.agents.show('north')).reservedBytes).toBe(20 * GB);
    await extend('anna', { days: 1 });
    expect(at.panel.listUsers(at.north)).toMatchObject([{ usageLimit: 20 * GB, packageDays: 41 }]);
    expect(await codeOf(extend('anna', {}))).toBe('bad_option');
  });

  it('says whose limit refuses it: that of the agent that asks, of one below it, or of one above', async () => {
    const east = at.panel.addAgent(at.north, { name: 'east' });
    user('bela', { agent: east });
    await at.limit('north', 30);
    await at.limit('east', 2);
    const whose = async (call: Promise<unknown>): Promise<unknown> => {
      const error = await call.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      const { code, details } = error as { code: string; details: Record<string, unknown> };
      const figures = [details['askedBytes'], details['remainingBytes'], details['limitBytes']];
      return [code, details['whose'], details['agent'], ...figures.map((each) => Number(each) / GB)];
    };
    const byEast = (bytes: number) => later(() => at.sluice.agents.extendUser('east', 'bela', { bytes }));
    expect(await whose(extend('bela', { bytes: 3 * GB }))).toEqual(['agent_limit', 'below', 'east', 3, 2, 2]);
    expect(await whose(byEast(3 * GB))).toEqual(['agent_limit', 'own', 'east', 3, 2, 2]);
    await at.limit('north', 1);
    expect(await whose(byEast(2 * GB))).toEqual(['agent_limit', 'above', 'north', 2, 1, 1]);
    expect(await whose(at.createUser('east', 'dora', 2))).toEqual(['agent_limit', 'above', 'north', 2, 1, 1]);
  });

  it('counts days from today where the last day is over', async () => {
    const anna = user('anna', { startDate: '2026-10-01', packageDays: 30 });
    const bela = user('bela', { startDate: '2026-11-10', packageDays: 30 });
    expect((await extend('anna', { days: 7 })).user).toMatchObject({
      state: 'active',
      daysLeft: 7,
      lastDay: '2026-11-27',
    });
    expect((await extend('bela', { days: 7 })).user).toMatchObject({ daysLeft: 27 });
    expect(at.panel.user(anna).packageDays).toBe(57);
    expect(at.panel.user(bela).packageDays).toBe(37);
  });

  it('is refused while an agent above is suspended', async () => {
    user('anna');
    await suspend('north');
    for (const by of [{ bytes: GB }, { days: 1 }, { days: 1, dryRun: true }])
      expect([by, await codeOf(extend('anna', by))]).toEqual([by, 'agent_suspended']);
  });

  it('of a disabled user is no change by others: it is enabled after it', async () => {
    const [anna, bela] = [user('anna'), user('bela')];
    await disable('anna');
    await extend('anna', { bytes: GB, days: 3 });
    await extend('anna', { bytes: GB });
    await sweep();
    expect([enabled(anna), await openHolds()]).toEqual([[false], ['north reseller 1']]);
    expect(states(await enable('anna'))).toEqual([['enable-user', anna, 'applied']]);
    await suspend('north');
    await unsuspend('north');
    expect(enabled(anna, bela)).toEqual([true, true]);
  });
});

describe('an extension that was broken off', () => {
  const PATCH = /^PATCH .*user/;
  const order = (pid: number, by: object, gone: number[] = []): Promise<AgentUserReport> =>
    at.bench.inAnother((sluice) => sluice.agents.extendUser('north', 'anna', by), {
      owner: { host: 'test', pid, processStart: 'x' },
      isAlive: (owner) => !gone.includes(owner.pid),
    });
  const limits = (): number[] => at.panel.listUsers(at.north).map(({ usageLimit }) => usageLimit / GB);
  const lose = async (when: 'before' | 'after'): Promise<void> => {
    await at.limit('north', 20);
    await at.createUser('north', 'anna', 10);
    at.bench.clock.advance(MINUTE);
    const removals = [
      at.panel.server.inject({ endpoint: PATCH, when, fault: { kind: 'cut' } }),
      at.panel.server.inject({ endpoint: /^GET .*user\/\{uuid\}/, skip: 1, fault: { kind: 'cut' } }),
    ];
    await expect(order(501, { bytes: 5 * GB, days: 2 })).rejects.toThrow();
    for (const remove of removals) remove();
  };

  it.each(['before', 'after'] as const)('is made once by a repeat, lost %s the change', async (when) => {
    await lose(when);
    expect(limits()).toEqual([when === 'after' ? 15 : 10]);
    expect((await at.sluice.agents.show('north')).reservedBytes).toBe(15 * GB);
    await order(502, { bytes: 5 * GB, days: 2 }, [501]);
    expect(at.panel.listUsers(at.north)).toMatchObject([{ usageLimit: 15 * GB, packageDays: 32 }]);
    expect((await at.sluice.agents.show('north')).reservedBytes).toBe(15 * GB);
    await order(503, { bytes: 5 * GB, days: 2 }, [501, 502]);
    expect(limits()).toEqual([20]);
  });

  it.each(['before', 'after'] as const)(
    'is made once after a check has resolved it, lost %s the change',
    async (when) => {
      await lose(when);
      at.bench.clock.advance(11 * MINUTE);
      await at.check();
      await at.check();
      await order(502, { bytes: 5 * GB, days: 2 }, [501]);
      expect(at.panel.listUsers(at.north)).toMatchObject([{ usageLimit: 15 * GB, packageDays: 32 }]);
      at.bench.clock.advance(DAY);
      await order(503, { bytes: 5 * GB, days: 2 }, [501, 502]);
      expect(limits()).toEqual([20]);
    },
  );

  it('is found out before another one, and refuses that while it is not known', async () => {
    await lose('before');
    const unreadable = at.panel.server.inject({ endpoint: /^GET .*user\/\{uuid\}/, fault: { kind: 'cut' } });
    const refused = await codeOf(order(502, { bytes: GB }, [501]));
    expect([refused, limits()]).toEqual(['outcome_unknown', [10]]);
    unreadable();
    at.bench.clock.advance(MINUTE);
    await order(502, { bytes: GB }, [501]);
    expect(limits()).toEqual([11]);
  });

  it('is counted before another one where the panel shows it', async () => {
    await lose('after');
    await order(502, { bytes: GB }, [501]);
    expect(limits()).toEqual([16]);
    expect((await at.sluice.agents.show('north')).reservedBytes).toBe(16 * GB);
  });
});
