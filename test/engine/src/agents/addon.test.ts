import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeOf, GB } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';

let at: HiddifyBench;
afterEach(() => at.close());

describe('the add-on', () => {
  beforeEach(async () => {
    at = await startHiddifyBench({ agents: '{ addon: true }', panel: { addOn: { endpoints: 'root', hooks: 'none' } } });
  });

  it('is worked through, and its differing ways are shown', async () => {
    at.panel.setTrafficLimit(at.north, 10 * GB);
    const user = at.panel.addUser({ agent: at.north, currentUsage: 4 * GB });
    const list = await at.sluice.agents.list();
    expect(list).toMatchObject({
      agents: [
        {
          uuid: at.north,
          limitBytes: 10 * GB,
          usedBytes: 4 * GB,
          allocatedBytes: null,
          usersDisabledByUs: null,
          backend: 'addon',
        },
      ],
      semantics: [
        {
          panel: 'vpn',
          semantics: {
            kind: 'addon',
            accounting: 'panel',
            zeroIsNothing: false,
            restores: false,
            atomicCreation: false,
          },
        },
      ],
    });
    const shown = await at.sluice.agents.show('north');
    expect(shown).toMatchObject({ accounting: 'panel', semantics: { kind: 'addon' }, rule: null });
    expect(await at.sluice.agents.canCreateUser('north', 6 * GB)).toMatchObject({ allowed: true });
    expect(await at.sluice.agents.canCreateUser('north', 7 * GB)).toMatchObject({ allowed: false });
    expect((await at.limit('north', 20)).limitBytes).toBe(20 * GB);
    expect(at.panel.admin(at.north).trafficLimit).toBe(20 * GB);
    at.panel.use(user, 20 * GB);
    const checked = await at.check();
    expect(checked).toMatchObject({ totals: { exceeded: 1 }, notices: [{ code: 'agent_addon' }] });
    expect(at.panel.user(user).enable).toBe(false);
  });

  it('is only asked in a dry run and under observe', async () => {
    at.panel.setTrafficLimit(at.north, GB);
    const user = at.panel.addUser({ agent: at.north, currentUsage: 4 * GB });
    expect((await at.check({ dryRun: true })).run.changes).toBe(true);
    await at.sluice.panels.observe('vpn');
    expect((await at.check()).totals.exceeded).toBe(1);
    expect(at.panel.user(user).enable).toBe(true);
  });

  it('refuses what it can’t: 0 as nothing, restoring, explaining, many limits at once', async () => {
    expect(await codeOf(at.limit('north', 0))).toBe('addon_unsupported');
    expect(await codeOf(at.sluice.agents.restore('north'))).toBe('unsupported');
    expect(await codeOf(at.sluice.agents.explain('north'))).toBe('unsupported');
    await expect(at.limitAll([{ agent: 'north', limit_gb: '5' }])).rejects.toMatchObject({ kind: 'usage' });
    await expect(at.limit('north', 5, { opening: 'zero' })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('creates a user after its check', async () => {
    at.panel.setTrafficLimit(at.north, 10 * GB);
    await at.createUser('north', 'anna', 10);
    expect(at.panel.listUsers(at.north)).toMatchObject([{ name: 'anna', usageLimit: 10 * GB }]);
    at.panel.addUser({ agent: at.north, currentUsage: GB });
    expect(await codeOf(at.createUser('north', 'bela', 10))).toBe('agent_limit');
    expect(at.panel.listUsers(at.north)).toHaveLength(2);
  });

  it('is swept by reconcile too', async () => {
    at.panel.setTrafficLimit(at.north, GB);
    const user = at.panel.addUser({ agent: at.north, currentUsage: 4 * GB });
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    expect(at.panel.user(user).enable).toBe(false);
  });
});

describe('an add-on that does not answer', () => {
  it.each([undefined, {}])('is an error that says so, and never that nobody is over', async (addOn) => {
    at = await startHiddifyBench({ agents: '{ addon: true }', ...(addOn === undefined ? {} : { panel: { addOn } }) });
    const { agents } = at.sluice;
    for (const call of [agents.list(), agents.show('north'), at.limit('north', 5), at.createUser('north', 'x', 1)])
      await expect(call).rejects.toMatchObject({ code: 'addon_absent' });
    expect(await at.check()).toMatchObject({ run: { outcome: 'failed' }, error: { code: 'addon_absent' } });
    expect(at.panel.server.changingCalls()).toEqual([]);
  });
});
