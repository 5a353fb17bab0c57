import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GB, inWorld, minute, type World } from './world.js';

/** What may happen to a panel between two looks. */
type Event =
  | { type: 'use'; user: number; bytes: number }
  | { type: 'reset'; user: number }
  | { type: 'delete'; user: number }
  | { type: 'recreate'; user: number }
  | { type: 'zero'; user: number; bytes: number }
  | { type: 'move'; user: number; agent: number }
  | { type: 'sweep' };

const user = fc.nat({ max: 2 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('use' as const), user, bytes: fc.integer({ min: 1, max: 3 * GB }) }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('sweep' as const) }) },
  ...(['reset', 'delete', 'recreate'] as const).map((type) => fc.record({ type: fc.constant(type), user })),
  fc.record({ type: fc.constant('zero' as const), user, bytes: fc.integer({ min: -GB, max: 0 }) }),
  fc.record({ type: fc.constant('move' as const), user, agent: fc.nat({ max: 2 }) }),
);

/** North stands above east; south stands alone. */
const above: readonly (readonly number[])[] = [[0], [1, 0], [2]];

describe("an agent's consumption on a panel where anything happens", () => {
  const play = async (world: World, events: readonly Event[]): Promise<void> => {
    const { fake } = world;
    const north = fake.addAgent(undefined, { name: 'north' });
    const agents = [north, fake.addAgent(north, { name: 'east' }), fake.addAgent(undefined, { name: 'south' })];
    const toAgent = (n: number): string => agents[n] ?? '';
    // Enough users of nobody that a few deletions never look like a broken list.
    for (let n = 0; n < 20; n += 1) fake.addUser();
    const uuids = Array.from({ length: 3 }, (_, n) => fake.addUser({ agent: toAgent(n % 3), usageLimit: 1000 * GB }));
    const toUuid = (n: number): string => uuids[n] ?? '';
    const manager = world.manager();
    for (const agent of agents) await manager.setTrafficLimit(agent, 1_000_000 * GB, { opening: 'zero' });

    // The reference: per user what was counted last, and a lower figure that waits; per agent what came on top since.
    const last = new Map(uuids.map((uuid) => [uuid, 0]));
    const fallen = new Map<string, number>();
    const gone = new Set<string>();
    const consumed = agents.map(() => 0);
    for (const step of [...events, { type: 'sweep' } as const]) {
      if (step.type === 'sweep') {
        for (const [n, uuid] of uuids.entries()) {
          if (!fake.hasUser(uuid)) {
            gone.add(uuid);
            fallen.delete(uuid);
            continue;
          }
          const { currentUsage, addedBy } = fake.user(uuid);
          let before = last.get(uuid) ?? 0;
          let growth = 0;
          const waits = fallen.get(uuid);
          fallen.delete(uuid);
          if (currentUsage < before && !gone.has(uuid) && waits !== undefined) {
            growth = Math.max(0, waits);
            before = waits;
          }
          if (currentUsage >= before) growth += currentUsage - before;
          else if (gone.has(uuid)) growth += Math.max(0, currentUsage);
          else fallen.set(uuid, currentUsage);
          gone.delete(uuid);
          const owner = agents.findIndex((agent) => fake.admin(agent).id === addedBy);
          for (const agent of above[owner] ?? []) consumed[agent] = (consumed[agent] ?? 0) + growth;
          last.set(toUuid(n), fallen.has(uuid) ? before : currentUsage);
        }
        world.time.advance(5 * minute);
        const before = await Promise.all(agents.map(async (agent) => (await manager.explain(agent)).usedBytes));
        await manager.sweep();
        const after = await Promise.all(agents.map(async (agent) => (await manager.explain(agent)).usedBytes));
        expect(after).toEqual(consumed);
        for (const [n, bytes] of after.entries()) expect(bytes).toBeGreaterThanOrEqual(before[n] ?? 0);
        continue;
      }
      const uuid = toUuid(step.user);
      if (step.type === 'recreate') {
        if (!fake.hasUser(uuid)) fake.addUser({ uuid, agent: toAgent(step.user % 3), usageLimit: 1000 * GB });
      } else if (!fake.hasUser(uuid)) continue;
      else if (step.type === 'use') fake.use(uuid, step.bytes);
      else if (step.type === 'reset') fake.resetUsage(uuid);
      else if (step.type === 'delete') fake.deleteUser(uuid);
      else if (step.type === 'zero') fake.changeUser(uuid, { currentUsage: step.bytes });
      else fake.moveUser(uuid, toAgent(step.agent));
    }
  };

  it('equals a simple model and never falls, whatever is reset, zeroed, deleted or moved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), (events) =>
        inWorld((world) => play(world, events)),
      ),
      { numRuns: process.env['SLUICE_LONG'] === '1' ? 200 : 5 },
    );
  });
});
