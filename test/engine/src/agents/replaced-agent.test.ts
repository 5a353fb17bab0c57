import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';

const at = useBench(startAgency);

/** Gives all that north has to another account, which is new, and deletes north. */
function replace(name: string): string {
  const other = at.panel.addAgent(undefined, { name });
  for (const user of [at.svc, at.loose]) at.panel.moveUser(user, other);
  at.panel.deleteAgent(at.north);
  return other;
}

const doctor = async () => {
  const { checks } = await at.sluice.panels.doctor();
  return checks.filter(({ name }) => name === 'exempt agent' || name === 'client agent').map(({ message }) => message);
};
const shown = async () => (await at.sluice.agents.ofClient('40')).agents.map(({ uuid }) => uuid);

it('one with another name is limited as the former one was, and gets nothing that the config grants that one', async () => {
  await at.bench.edit('timeout: 60s', `timeout: 60s, agents: { exempt: [${at.north}], clients: { 40: ${at.north} } }`);
  await at.exceed();
  expect([at.enabled(), await shown()]).toEqual([[true, true], [at.north]]);
  const other = replace('newco');
  const { notices } = await at.check();
  expect(notices.map(({ code }) => code)).toContain('agent_renamed');
  expect(notices.find(({ code }) => code === 'agent_renamed')?.message).toMatch(
    /write the new uuid into the config at .*; it had another name, so that agents.exempt and agents.clients do not mean it by its former uuid$/,
  );
  expect(at.enabled()).toEqual([false, false]);
  expect(await shown()).toEqual([]);
  expect(await doctor()).toEqual([
    'the pages of client 40 show no budget: no agent has its uuid',
    'nobody is exempt by this entry: no agent has its uuid',
  ]);
  expect(await at.sluice.agents.show(other)).toMatchObject({ limitBytes: 5 * GB, usedBytes: 5 * GB });

  // With another key, too.
  const key = at.panel.rotateKey(other);
  await at.check();
  expect([at.enabled(), await shown()]).toEqual([[false, false], []]);
  expect(await at.sluice.agents.show(key)).toMatchObject({ limitBytes: 5 * GB });
});

it('one with another name is not meant by the name of the former one', async () => {
  await at.bench.edit('timeout: 60s', 'timeout: 60s, agents: { exempt: [north], clients: { 40: north } }');
  await at.exceed();
  expect([at.enabled(), await shown()]).toEqual([[true, true], [at.north]]);
  replace('newco');
  await at.check();
  expect([at.enabled(), await shown()]).toEqual([[false, false], []]);
  expect(await doctor()).toEqual([
    'the pages of client 40 show no budget: the agent that had the name "north" is not on the panel any more',
    'nobody is exempt by this entry: the agent that had the name "north" is not on the panel any more',
  ]);
});
