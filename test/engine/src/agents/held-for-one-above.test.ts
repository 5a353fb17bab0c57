import { beforeEach, expect, it } from '@jest/globals';
import { findLimitingAgents, listLimiting } from '@sluice/engine/words';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);
let east: string;
let user: string;

/** `svc-1` is a user of agent east, which is below agent north. */
beforeEach(async () => {
  east = at.panel.addAgent(at.north, { name: 'east' });
  await at.addProduct('eastern', { agent: east, gb: 100 });
  user = await at.create(1, { product: 'eastern' });
});

/** The agents that are said to keep the service held, and by what that ends; null: not known. */
async function limiting(): Promise<string[] | null> {
  const found = await findLimitingAgents(at.sluice, await at.sluice.explain('svc-1'));
  return found === null ? null : listLimiting(found).map(({ name, end }) => `${name} ${end.by}`);
}

async function expectHeld(by: string[]): Promise<void> {
  expect(await at.reasons('svc-1')).toContain('agent-limit');
  expect(await limiting()).toEqual(by);
}

/** What was said before a check, and is so after it. */
async function expectReleased(): Promise<void> {
  expect(await limiting()).toEqual([]);
  await at.check();
  expect(await at.reasons('svc-1')).toEqual([]);
}

async function useUp(agent: string, gb: number): Promise<void> {
  await at.limit(agent, gb, { opening: 'current' });
  at.panel.use(user, gb * GB);
  await at.check();
}

it('names the agent above that keeps a service held, and promises no check', async () => {
  const loose = at.panel.addUser({ agent: at.north, usageLimit: 100 * GB });
  await at.limit(east, 16);
  await at.limit(at.north, 20);
  at.panel.use(user, 16 * GB);
  await at.check();
  at.panel.use(loose, 10 * GB);
  await at.check();
  await at.limit(east, 40);
  await at.check();
  await at.check();
  await expectHeld(['north usage']);
  await at.limit(at.north, 60);
  await expectReleased();
});

it('names the agent below the one of the hold that keeps the service held, and lists its user for it', async () => {
  await useUp(at.north, 12);
  await at.limit(east, 10, { opening: 'current' });
  await at.limit(at.north, 100);
  await at.check();
  await at.check();
  await expectHeld(['east usage']);
  const { actions, disabledFor } = await at.sluice.agents.explain('east', { panel: 'vpn' });
  expect(disabledFor).toMatchObject([{ name: 'east', users: 1 }]);
  expect(actions).toMatchObject([{ target: user, state: 'disabled' }]);
  expect((await at.sluice.agents.explain('north', { panel: 'vpn' })).actions).toEqual([]);
  await at.limit(east, 40);
  await expectReleased();
});

it('names an account above that is no agent any more while it has a limit', async () => {
  await at.limit(at.north, 200);
  await useUp(east, 16);
  at.panel.changeAdmin(at.north, { mode: 'admin' });
  await at.limit(east, 40);
  await at.check();
  await at.check();
  await expectHeld(['north nothing']);
  const { sentence } = await at.sluice.agents.explain('east', { panel: 'vpn' });
  expect(sentence).toContain('Sluice keeps 1 of its users disabled for agent "north" above it');
  await at.limit(at.north, null);
  await expectReleased();
});

it('names every agent that keeps a service held, and promises an agent no check while one above it keeps its users', async () => {
  await useUp(east, 16);
  await at.limit(at.north, 10, { opening: 'current' });
  await at.check();
  await expectHeld(['east usage', 'north usage']);
  await at.limit(east, 40);
  const { sentence } = await at.sluice.agents.explain('east', { panel: 'vpn' });
  expect(sentence).not.toContain('until the next check');
  expect(sentence).toContain('Agent "north" above it keeps its users disabled, too: it is over its limit');
  await at.limit(east, 16);
  await at.limit(at.north, 100);
  await at.sluice.agents.suspend('north');
  await expectHeld(['east usage', 'north suspension']);
  await at.sluice.agents.unsuspend('north');
  await at.limit(east, 40);
  await expectReleased();
});

it('promises no release by a check while the brake keeps checks from changing anything', async () => {
  const resellers = Array.from({ length: 5 }, (_, n) => at.panel.addAgent(undefined, { name: `agent-${n}` }));
  for (const agent of resellers) await at.limit(agent, 5);
  await useUp(east, 16);
  for (const agent of resellers) at.panel.use(at.panel.addUser({ agent, usageLimit: 100 * GB }), 6 * GB);
  await at.limit(east, 40);
  await at.check();
  await expectHeld([]);
  expect(await findLimitingAgents(at.sluice, await at.sluice.explain('svc-1'))).toMatchObject({ isStopped: true });
  await at.check({ allowMass: true });
  expect(await at.reasons('svc-1')).toEqual([]);
});

it('names the agents above the present owner of the user', async () => {
  const west = at.panel.addAgent(undefined, { name: 'west' });
  await useUp(east, 16);
  await at.limit(west, 10, { opening: { bytes: 12 * GB } });
  at.panel.moveUser(user, west);
  await at.check();
  await expectHeld(['west usage']);
  const { disabledFor } = await at.sluice.agents.explain('west', { panel: 'vpn' });
  expect(disabledFor).toMatchObject([{ name: 'west', users: 1 }]);
  await at.limit(west, 60);
  await expectReleased();
});
