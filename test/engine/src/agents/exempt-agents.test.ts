import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
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

it('an agent does not become exempt by the name of one that is', async () => {
  await at.bench.edit(exempt, '[north]');
  const evil = at.panel.addAgent(undefined, { name: 'evil' });
  const users = [at.north, evil].map((agent) => at.panel.addUser({ agent, usageLimit: 10 * GB }));
  for (const agent of [at.north, evil]) await at.limit(agent, 5);
  await at.check();
  for (const user of users) at.panel.use(user, 6 * GB);
  at.panel.changeAdmin(evil, { name: 'north' });
  const { notices } = await at.check({ allowMass: true });
  const enabled = (): boolean[] => users.map((user) => at.panel.user(user).enable);
  expect(enabled()).toEqual([true, false]);
  const said = `agent ${at.north.slice(0, 4)}... is exempt by this name, which it had first; others that have it are not: ${evil.slice(0, 4)}...`;
  expect(notices.find(({ code }) => code === 'agent_exempt_unclear')?.message).toBe(
    `panels.vpn.agents.exempt.0: ${said}`,
  );
  expect(await read()).toMatchObject([{ status: 'warning', code: 'exempt_agent', message: said }]);
  expect((await at.sluice.agents.list()).agents.map(({ uuid, rule }) => [uuid, rule])).toEqual(
    expect.arrayContaining([
      [at.north, 'exempt'],
      [evil, 'at-or-over-limit'],
    ]),
  );

  // The name is free again, which makes nobody else exempt.
  at.panel.deleteAgent(at.north);
  await at.check();
  expect(at.panel.user(users[1] ?? '').enable).toBe(false);
  expect(await read()).toMatchObject([{ message: expect.stringContaining('is not on the panel any more') }]);
});

it('exempts nobody by a name that several have when it is first read', async () => {
  const twin = at.panel.addAgent(undefined, { name: 'north' });
  const users = [at.north, twin].map((agent) => at.panel.addUser({ agent, usageLimit: 10 * GB }));
  for (const agent of [at.north, twin]) await at.limit(agent, 5);
  for (const user of users) at.panel.use(user, 6 * GB);
  const { notices } = await at.check({ allowMass: true });
  expect(users.map((user) => at.panel.user(user).enable)).toEqual([false, false]);
  const unclear = notices.filter(({ code }) => code === 'agent_exempt_unclear').map(({ message }) => message);
  expect(unclear).toHaveLength(2);
  expect(unclear[0]).toContain('nobody is exempt by this entry: 2 agents are called "north"');
});
