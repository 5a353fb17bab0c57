import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { AgentDetail, CheckReport } from '@sluice/engine';

let at: HiddifyBench;
afterEach(() => at.close());

const findCode = (outcome: Awaited<ReturnType<HiddifyBench['sluice']>>): string | undefined =>
  outcome.json<{ error?: { code: string } }>().error?.code;

describe('the add-on', () => {
  beforeEach(async () => {
    at = await startHiddifyBench({ agents: '{ addon: true }', panel: { addOn: { endpoints: 'root', hooks: 'none' } } });
  });

  it('is worked through, and its differing ways are shown', async () => {
    at.panel.setTrafficLimit(at.north, 10 * GB);
    const user = at.panel.addUser({ agent: at.north, currentUsage: 4 * GB });
    const list = (await at.sluice('agent list')).json<{ agents: unknown[]; semantics: unknown[] }>();
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
    const shown = (await at.sluice('agent show north')).json<AgentDetail>();
    expect(shown).toMatchObject({ accounting: 'panel', semantics: { kind: 'addon' }, rule: null });
    expect((await at.sluice('agent can-create-user north --gb 6')).exitCode).toBe(0);
    expect((await at.sluice('agent can-create-user north --gb 7')).exitCode).toBe(1);
    expect((await at.sluice('agent limit north --gb 20')).json<AgentDetail>().limitBytes).toBe(20 * GB);
    expect(at.panel.admin(at.north).trafficLimit).toBe(20 * GB);
    at.panel.use(user, 20 * GB);
    const checked = await at.check();
    expect(checked.json<CheckReport>()).toMatchObject({ totals: { exceeded: 1 }, notices: [{ code: 'agent_addon' }] });
    expect(at.panel.user(user).enable).toBe(false);
    const printed = (await at.bench.sluice('agent list')).stdout;
    expect(printed).toContain('The add-on enforces these limits');
  });

  it('is only asked in a dry run and under observe', async () => {
    at.panel.setTrafficLimit(at.north, GB);
    const user = at.panel.addUser({ agent: at.north, currentUsage: 4 * GB });
    expect((await at.check('--dry-run --detailed-exitcode')).exitCode).toBe(4);
    await at.sluice('observe vpn');
    expect((await at.check()).json<CheckReport>().totals.exceeded).toBe(1);
    expect(at.panel.user(user).enable).toBe(true);
  });

  it('refuses what it can’t: 0 as nothing, restore, explain, many limits at once', async () => {
    expect(findCode(await at.sluice('agent limit north --gb 0'))).toBe('addon_unsupported');
    expect(findCode(await at.sluice('agent restore north'))).toBe('unsupported');
    expect(findCode(await at.sluice('agent explain north'))).toBe('unsupported');
    at.bench.write('limits.csv', 'agent,limit_gb\nnorth,5\n');
    expect((await at.sluice('agent limit --from limits.csv')).exitCode).toBe(2);
    expect((await at.sluice('agent limit north --gb 5 --opening zero')).exitCode).toBe(2);
  });

  it('creates a user after its check', async () => {
    at.panel.setTrafficLimit(at.north, 10 * GB);
    const made = await at.sluice('agent create-user north --name anna --gb 10');
    expect(made.exitCode).toBe(0);
    expect(at.panel.listUsers(at.north)).toMatchObject([{ name: 'anna', usageLimit: 10 * GB }]);
    at.panel.addUser({ agent: at.north, currentUsage: GB });
    expect(findCode(await at.sluice('agent create-user north --name bela --gb 10'))).toBe('agent_limit');
    expect(at.panel.listUsers(at.north)).toHaveLength(2);
  });

  it('is swept by reconcile too', async () => {
    at.panel.setTrafficLimit(at.north, GB);
    const user = at.panel.addUser({ agent: at.north, currentUsage: 4 * GB });
    expect((await at.sluice('reconcile')).exitCode).toBe(0);
    expect(at.panel.user(user).enable).toBe(false);
  });
});

describe('an add-on that does not answer', () => {
  it.each([undefined, {}])('is an error that says so, and never that nobody is over', async (addOn) => {
    at = await startHiddifyBench({ agents: '{ addon: true }', ...(addOn === undefined ? {} : { panel: { addOn } }) });
    for (const words of [
      'agent list',
      'agent show north',
      'agent limit north --gb 5',
      'agent create-user north --name x --gb 1',
    ]) {
      const outcome = await at.sluice(words);
      expect([words, outcome.exitCode, findCode(outcome)]).toEqual([words, 1, 'addon_absent']);
    }
    const checked = await at.check();
    expect([checked.exitCode, findCode(checked)]).toEqual([1, 'addon_absent']);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });
});
