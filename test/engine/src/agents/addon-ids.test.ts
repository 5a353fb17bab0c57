import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const NORTH = '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7';
const NOBODY = '00000000-0000-4000-8000-000000000001';
const agents = (ids: string): string => `agents: { addonIds: ${ids} }`;
const stated = `{ 7: ${NORTH}, 9: ${NOBODY} }`;
const at = useBench(() => startHiddifyBench({ north: NORTH, agents: `{ addonIds: ${stated} }` }));

const read = async () => {
  const { checks } = await at.sluice.panels.doctor();
  return checks.filter(({ name }) => name === 'id of an agent');
};

it('are those of the config, and doctor names each whose agent the panel does not have', async () => {
  expect(await at.sluice.agents.addonIds()).toEqual([
    { panel: 'vpn', id: 7, uuid: NORTH },
    { panel: 'vpn', id: 9, uuid: NOBODY },
  ]);
  expect(await read()).toMatchObject([{ status: 'skipped', object: 'vpn' }]);
  await at.check();
  const found = await read();
  expect(found).toMatchObject([
    {
      status: 'warning',
      code: 'addon_id',
      object: 'panels.vpn.agents.addonIds.9',
      message: 'nobody is found by this id: no agent has its uuid',
    },
  ]);
  expect(JSON.stringify(found)).not.toContain(NOBODY);
  await at.bench.edit(agents(stated), agents(`{ 7: ${NORTH.toUpperCase()} }`));
  expect(await read()).toMatchObject([{ status: 'ok', object: 'vpn' }]);
});

it('stay with an agent whose uuid was changed on the panel', async () => {
  at.panel.addUser({ agent: NORTH });
  await at.limit(NORTH, 5);
  await at.check();
  at.panel.changeAdmin(NORTH, { uuid: '6f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d8' });
  await at.check();
  expect((await at.sluice.agents.addonIds())[0]).toEqual({
    panel: 'vpn',
    id: 7,
    uuid: '6f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d8',
  });
});

it.each([
  ['an id that is not a number', `{ north: ${NORTH} }`, /not an id of the add-on/],
  ['an id of 0', `{ 0: ${NORTH} }`, /not an id of the add-on/],
  ['a name', '{ 7: north }', /is not a uuid/],
  ['an agent twice', `{ 7: ${NORTH}, 8: ${NORTH.toUpperCase()} }`, /two ids here/],
])('are refused with %s', async (_, ids, words) => {
  const error = await errorOf(at.bench.edit(agents(stated), agents(ids)));
  expect(error?.message).toMatch(words);
  expect(JSON.stringify(error)).not.toContain(NORTH);
});
