import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';

const at = useBench(startAgency);

/** Name, state and outcome of what was changed for an agent, by name. */
const changed = async (agent: string): Promise<string[]> =>
  (await at.sluice.agents.explain(agent)).actions
    .map(({ name, state, outcome }) => `${name} ${state}${outcome === null ? '' : ` ${outcome}`}`)
    .sort();

it('the users that are services are listed among those that were disabled for the agent', async () => {
  const loose = at.panel.user(at.loose).name;
  const { run } = await at.exceed();
  expect(await changed('north')).toEqual([`${loose} disabled`, 'svc-1 disabled'].sort());
  const { actions } = await at.sluice.agents.explain('north');
  const [listed] = actions.filter(({ target }) => target === at.svc);
  expect(listed).toMatchObject({ run: run.id, usedBytes: 5 * GB, limitBytes: 5 * GB });
  await at.limit('north', 50);
  await at.check();
  expect(await changed('north')).toEqual([`${loose} ended restored`, 'svc-1 ended restored'].sort());
  await at.sluice.agents.suspend('north');
  expect(await changed('north')).toHaveLength(4);
  expect(await changed('north')).toContain('svc-1 disabled');
});

it('no agent lists the users of another one that has its name', async () => {
  const other = at.panel.addAgent(undefined, { name: 'north' });
  await at.limit(at.north, 5);
  at.panel.use(at.loose, 5 * GB);
  await at.check();
  expect(await changed(at.north)).toContain('svc-1 disabled');
  expect(await changed(other)).toEqual([]);
});
