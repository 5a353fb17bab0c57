import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const exempt = '[north, " north ", nroth, 00000000-0000-4000-8000-000000000001]';
const at = useBench(() => startHiddifyBench({ agents: `{ exempt: ${exempt} }` }));

const read = async () => {
  const { checks } = await at.sluice.panels.doctor();
  return checks.filter(({ name }) => name === 'exempt agent');
};

it('names each entry that exempts nobody', async () => {
  expect(await read()).toMatchObject([
    { status: 'skipped', object: 'vpn', message: 'no agent of the panel has been read yet' },
  ]);
  await at.check();
  expect(await read()).toEqual([
    expect.objectContaining({
      status: 'warning',
      code: 'exempt_agent',
      object: 'panels.vpn.agents.exempt.2',
      message: 'nobody is exempt by this entry: no agent has the uuid or name "nroth"; did you mean "north"?',
    }),
    expect.objectContaining({
      object: 'panels.vpn.agents.exempt.3',
      message: 'nobody is exempt by this entry: no agent has its uuid',
    }),
  ]);
  await at.bench.edit(exempt, '[north]');
  expect(await read()).toMatchObject([{ status: 'ok', object: 'vpn' }]);
  await at.bench.edit('{ exempt: [north] }', '{}');
  expect(await read()).toEqual([]);
});
