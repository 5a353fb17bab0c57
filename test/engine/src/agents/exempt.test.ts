import { beforeEach, expect, it } from '@jest/globals';
import { findLimitingAgents } from '@sluice/engine/words';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { suspensionOn } from './suspension.js';

const at = useBench(() => startHiddifyBench({ agents: '{ exempt: [east] }' }));
const { suspend, unsuspend, sweep } = suspensionOn(at);

/** The user of `svc-1` and another one of agent east, and one of agent north above it. */
let users: string[];

beforeEach(async () => {
  const east = at.panel.addAgent(at.north, { name: 'east' });
  await at.addProduct('east', { agent: east });
  users = [
    await at.create(1, { product: 'east' }),
    at.panel.addUser({ agent: east, usageLimit: 10 * GB }),
    at.panel.addUser({ agent: at.north, usageLimit: 10 * GB }),
  ];
});

const enabled = (): boolean[] => users.map((uuid) => at.panel.user(uuid).enable);

async function useUpNorth(): Promise<void> {
  await at.limit('north', 5);
  at.panel.use(users[2] ?? '', 5 * GB);
  await at.check();
}

it('gives all users of an exempt agent back after its suspension, whatever the limit above', async () => {
  await useUpNorth();
  expect(enabled()).toEqual([true, true, false]);
  await suspend('east');
  expect(enabled()).toEqual([false, false, false]);
  const [hold] = (await at.sluice.explain('svc-1')).holds;
  expect(hold?.note).toBe('agent "east" is suspended');
  await sweep();
  await unsuspend('east');
  expect(enabled()).toEqual([true, true, false]);
  await sweep();
  expect([enabled(), await at.reasons('svc-1')]).toEqual([[true, true, false], []]);
});

it('enables the users of an agent that the config has made exempt', async () => {
  await at.bench.edit('exempt: [east]', 'exempt: [west]');
  await useUpNorth();
  expect(enabled()).toEqual([false, false, false]);
  await at.bench.edit('exempt: [west]', 'exempt: [east]');
  const limiting = await findLimitingAgents(at.sluice, await at.sluice.explain('svc-1'));
  expect(limiting?.agents).toEqual([]);
  await at.check();
  expect([enabled(), await at.reasons('svc-1')]).toEqual([[true, true, false], []]);
});

it('restores the users of an agent that the config has made exempt by name, too', async () => {
  await at.bench.edit('exempt: [east]', 'exempt: [west]');
  await useUpNorth();
  await suspend('east');
  await at.bench.edit('exempt: [west]', 'exempt: [east]');
  await sweep();
  expect(enabled()).toEqual([false, false, false]);
  await unsuspend('east');
  expect(enabled()).toEqual([true, true, false]);
});

it('restores the users of an exempt agent on command while one above is over its limit', async () => {
  await at.bench.edit('exempt: [east]', 'exempt: [west]');
  await useUpNorth();
  await at.bench.edit('exempt: [west]', 'exempt: [east]');
  await at.sluice.agents.restore('east', { panel: 'vpn' });
  expect(enabled()).toEqual([true, true, false]);
});
