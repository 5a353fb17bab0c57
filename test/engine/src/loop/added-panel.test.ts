import { expect, it } from '@jest/globals';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(() => startEasyDcimBench());

const ADDED =
  'panels:\n  another: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: unused-token }\n';

it('a run that began with the former config does not miss a panel that was added meanwhile', async () => {
  await at.addService(1);
  const add = async (): Promise<void> => {
    await at.bench.edit('panels:\n', ADDED);
    await at.bench.edit('products:\n', 'products:\n  beside: { panel: another, quota: { total: 100GB } }\n');
    const cycle = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await at.sluice.services.add('a-1', { panel: 'another', product: 'beside', ...cycle, easydcim_service_id: '601' });
  };
  const fault = { kind: 'wait', until: add } as const;
  at.panel.server.inject({ match: ({ path }) => path.includes('bandwidth'), times: 1, fault });
  const { run, panels } = await at.sluice.reconcile();
  expect([run.outcome, panels]).toEqual(['done', []]);
  expect(await at.sluice.services.show('a-1')).toMatchObject({ panel: 'another' });
  const { notices, conditions } = at.bench.store;
  expect((await notices.list({})).filter(({ code }) => code === 'panel_removed')).toEqual([]);
  expect(await conditions.list('removed:')).toEqual([]);
});
