import { describe, expect, it } from '@jest/globals';
import type { CheckReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { type Agency, startAgency } from './agency.js';

const at = useBench(startAgency);

const rename = (): ReturnType<Agency['bench']['edit']> => at.bench.edit('  agency:', '  agency-2027:');
const giveBack = (): ReturnType<Agency['bench']['edit']> => at.bench.edit('  agency-2027:', '  agency:');

const REPORTED = {
  code: 'unknown_product',
  message: '"svc-1" is left as it is: product "agency" is not in the config',
};
/** What a check reports of the service and of its agent. */
const reported = ({ run, totals, agents, notices }: CheckReport): unknown => {
  const actions = (agents[0]?.actions ?? []).filter(({ target }) => target === at.svc);
  return {
    outcome: run.outcome,
    failed: totals.failed,
    error: agents[0]?.error,
    actions: actions.map(({ type, state }) => `${type} ${state}`),
    notices: notices.filter(({ service }) => service !== null),
  };
};
const leftAsIs = (action: string): unknown => {
  return { outcome: 'partial', failed: 1, error: REPORTED, actions: [`${action} unneeded`], notices: [] };
};

describe('a check of the agent of a service whose product left the config', () => {
  it('begins no hold that the product only observed, and reports the service', async () => {
    await at.bench.edit('  agency: {', '  agency: { enforce: observe,');
    await at.exceed();
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
    await rename();
    for (const dryRun of [true, false, false]) {
      expect(reported(await at.check({ dryRun }))).toEqual(leftAsIs('disable-user'));
      expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
      const polled = await at.pollAfter(HOUR);
      expect(polled.services[0]?.error?.code).toBe('unknown_product');
    }
    const { services } = await at.sluice.services.list();
    expect(services[0]).toMatchObject({ status: 'failed', holds: [] });
    await giveBack();
    expect((await at.check()).run.outcome).toBe('done');
    expect(at.enabled()).toEqual([true, false]);
  });

  it('begins no hold under reconcile either', async () => {
    await at.limit('north', 5);
    await rename();
    at.panel.use(at.loose, 5 * GB);
    const { agents, run } = await at.sluice.reconcile();
    // As its only service, which fails.
    expect([run.outcome, agents?.[0]?.error]).toEqual(['failed', REPORTED]);
    expect([at.enabled(), await at.holds()]).toEqual([[true, false], []]);
  });

  it('releases nothing before the product is back', async () => {
    await at.exceed();
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
    await rename();
    const calm = await at.check();
    expect([calm.run.outcome, calm.agents[0]?.error]).toEqual(['done', null]);
    await at.limit('north', 50);
    for (const dryRun of [true, false, false]) {
      expect(reported(await at.check({ dryRun }))).toEqual(leftAsIs('enable-user'));
      expect([at.enabled()[0], await at.holds()]).toEqual([false, ['agent-limit']]);
    }
    await giveBack();
    expect((await at.check()).totals).toMatchObject({ restored: 1, failed: 0 });
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
  });

  it('leaves it to commands by name to suspend and enable its user', async () => {
    await rename();
    await at.sluice.agents.suspend('north');
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
    await at.sluice.agents.unsuspend('north');
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
  });
});
