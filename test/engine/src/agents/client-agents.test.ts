import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const clients = '{ 40: north, 41: twice, 42: nroth, 43: 00000000-0000-4000-8000-000000000001 }';
const at = useBench(() => startHiddifyBench({ agents: `{ clients: ${clients} }` }));

const read = async () => {
  const { checks } = await at.sluice.panels.doctor();
  return checks.filter(({ name }) => name === 'client agent');
};

it('names each client whose agent is not found, or not the only one of its name', async () => {
  for (const _ of [1, 2]) at.panel.addAgent(undefined, { name: 'twice' });
  expect(await read()).toMatchObject([
    { status: 'skipped', object: 'vpn', message: 'no agent of the panel has been read yet' },
  ]);
  await at.check();
  const path = 'panels.vpn.agents.clients';
  const found = await read();
  expect(found).toMatchObject([
    { status: 'warning', object: `${path}.41`, code: 'client_agent' },
    { status: 'warning', object: `${path}.42`, code: 'client_agent' },
    { status: 'warning', object: `${path}.43`, code: 'client_agent' },
  ]);
  expect(found.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^the pages of client 41 show no budget: 2 agents are called "twice" \(\S+, \S+\)$/),
    'the pages of client 42 show no budget: no agent has the uuid or name "nroth"; did you mean "north"?',
    'the pages of client 43 show no budget: no agent has its uuid',
  ]);
  expect((await at.sluice.agents.ofClient('40')).agents).toHaveLength(1);
  expect((await at.sluice.agents.ofClient('41')).agents).toEqual([]);
  expect([await at.sluice.agents.unknownOfClient('41'), await at.sluice.agents.unknownOfClient('40')]).toEqual([1, 0]);
  await expect(at.sluice.access.share({ client: '41', expiresAt: '2026-11-21T12:00:00.000Z' })).rejects.toMatchObject({
    message:
      'No service, credit, invoice or bill has the client "41", and the agent that the config names for it is not found',
  });
});

it('is silent where every client has its agent', async () => {
  await at.bench.edit(clients, '{ 40: north }');
  await at.check();
  expect(await read()).toEqual([
    { name: 'client agent', object: 'vpn', status: 'ok', message: '', section: 'panel vpn' },
  ]);
});

it('shows a client no other agent that takes the name of its own', async () => {
  await at.bench.edit(clients, '{ 40: north, 41: evil }');
  const evil = at.panel.addAgent(undefined, { name: 'evil' });
  await at.check();
  const shown = async () => {
    const agents = (client: string) => at.sluice.agents.ofClient(client, { reader: client });
    return [(await agents('40')).agents, (await agents('41')).agents].map((list) => list.map(({ uuid }) => uuid));
  };
  // Each takes the name of the other.
  at.panel.changeAdmin(evil, { name: 'north' });
  at.panel.changeAdmin(at.north, { name: 'evil' });
  await at.check();
  expect(await shown()).toEqual([[at.north], [evil]]);
  expect((await read()).map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^agent \S+ is shown to client 40 by this name, which it had first; others that have it are not: \S+$/,
    ),
    expect.stringMatching(
      /^agent \S+ is shown to client 41 by this name, which it had first; others that have it are not: \S+$/,
    ),
  ]);

  at.panel.changeAdmin(evil, { name: 'quiet' });
  await at.check();
  expect(await shown()).toEqual([[at.north], [evil]]);
  expect((await read()).map(({ message }) => message)).toEqual([
    'agent "evil", which had this name before, is shown to client 40 by this entry',
    expect.stringMatching(/^agent \S+ is shown to client 41 by this name/),
  ]);
});

it('reads what keeps the users of a client’s agent from the store, also where an add-on keeps the limits', async () => {
  await at.bench.edit(clients, '{ 40: north }');
  await at.check();
  const read = async () => {
    const { agents } = await at.sluice.agents.ofClient('40', { reader: '40' });
    return Promise.all(agents.map(({ uuid, panel }) => at.sluice.agents.above({ agent: uuid, panel })));
  };
  at.panel.server.clearCalls();
  expect(await read()).toMatchObject([{ agents: [{ name: 'north', end: { by: 'check' } }], isStopped: false }]);
  await at.bench.edit('{ clients: { 40: north } }', '{ addon: true, clients: { 40: north } }');
  expect(await read()).toEqual([{ agents: null, isStopped: false }]);
  expect(at.panel.server.calls).toEqual([]);
});

it('shows an agent that two clients mean to the one that names it as it is called now', async () => {
  await at.bench.edit(clients, '{ 40: north }');
  await at.check();
  // The account is handed over, and the former entry stays.
  at.panel.changeAdmin(at.north, { name: 'south' });
  await at.bench.edit('{ 40: north }', '{ 40: north, 41: south }');
  await at.check();
  const shown = async () => {
    const ofClient = async (client: string) => (await at.sluice.agents.ofClient(client, { reader: client })).agents;
    return [(await ofClient('40')).length, (await ofClient('41')).length];
  };
  expect(await shown()).toEqual([0, 1]);
  expect(await at.sluice.agents.unknownOfClient('40')).toBe(1);
  const left =
    'the pages of client 40 show no budget: agent "south", which had this name before, is shown to client 41';
  expect(await read()).toMatchObject([{ object: 'panels.vpn.agents.clients.40', code: 'client_agent', message: left }]);

  at.panel.changeAdmin(at.north, { name: 'west' });
  await at.check();
  expect(await shown()).toEqual([0, 0]);
  const neither = (client: number, other: number) =>
    `the pages of client ${client} show no budget: agent "west" is meant by the entry of client ${other}, too`;
  expect((await read()).map(({ message }) => message)).toEqual([neither(40, 41), neither(41, 40)]);

  await at.bench.edit('41: south', `41: ${at.north}`);
  await at.check();
  expect(await shown()).toEqual([0, 1]);
});
