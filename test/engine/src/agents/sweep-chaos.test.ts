import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fault } from '@sluice/fake-panels';
import { GB, inWorld, minute, type World } from './world.js';

const patch = 'PATCH /api/v2/admin/user/{uuid}/';
const user = fc.nat({ max: 5 });

type Event =
  | { type: 'sweep' }
  | { type: 'limit'; agent: number; over: boolean }
  | { type: 'off'; user: number }
  | { type: 'on'; user: number }
  | { type: 'move'; user: number; agent: number }
  | { type: 'touch'; user: number }
  | { type: 'fault'; skip: number; when: 'before' | 'after'; fault: Fault };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('sweep' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('limit' as const), agent: fc.nat({ max: 2 }), over: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('off' as const), user }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('on' as const), user }) },
  fc.record({ type: fc.constant('move' as const), user, agent: fc.nat({ max: 2 }) }),
  fc.record({ type: fc.constant('touch' as const), user }),
  fc.record({
    type: fc.constant('fault' as const),
    skip: fc.nat({ max: 4 }),
    when: fc.constantFrom('before' as const, 'after' as const),
    fault: fc.constantFrom<Fault>(
      { kind: 'cut' },
      { kind: 'html' },
      { kind: 'status', status: 500, body: { msg: 'boom' } },
    ),
  }),
);

/** North stands above east; south stands alone. */
const above: readonly (readonly number[])[] = [[0], [1, 0], [2]];

async function play(world: World, events: readonly Event[]): Promise<void> {
  const { fake } = world;
  const north = fake.addAgent(undefined, { name: 'north' });
  const agents = [north, fake.addAgent(north, { name: 'east' }), fake.addAgent(undefined, { name: 'south' })];
  const at = (list: readonly string[], n: number): string => list[n] ?? '';
  const uuids = Array.from({ length: 6 }, (_, n) => fake.addUser({ agent: at(agents, n % 3) }));
  const manager = world.manager();
  await manager.setTrafficLimits(Object.fromEntries(agents.map((agent) => [agent, 1000 * GB])));

  /** Users that a person has switched off, and users that were moved or changed while we kept them off: not ours to give back. */
  const theirs = new Set<string>();
  const over = [false, false, false];
  const toOwner = (uuid: string): number =>
    agents.findIndex((agent) => fake.admin(agent).id === fake.user(uuid).addedBy);
  const sweep = async (): Promise<void> => {
    world.time.advance(5 * minute);
    await manager.sweep({ brake: false });
    for (const uuid of theirs) expect(fake.user(uuid).enable).toBe(false);
  };

  for (const step of events) {
    if (step.type === 'sweep') await sweep();
    else if (step.type === 'limit') {
      over[step.agent] = step.over;
      await manager.setTrafficLimit(at(agents, step.agent), step.over ? 0 : 1000 * GB);
    } else if (step.type === 'fault') {
      fake.server.inject({ endpoint: patch, skip: step.skip, times: 1, when: step.when, fault: step.fault });
    } else {
      const uuid = at(uuids, step.user);
      const isOff = !fake.user(uuid).enable;
      if (step.type === 'off' && !isOff) {
        fake.disable(uuid);
        theirs.add(uuid);
      } else if (step.type === 'on') {
        fake.enable(uuid);
        theirs.delete(uuid);
        // Until a sweep has seen it on, what a person does next leaves no trace.
        await sweep();
      } else if (step.type === 'move' && at(agents, step.agent) !== at(agents, toOwner(uuid))) {
        fake.moveUser(uuid, at(agents, step.agent));
        if (isOff) theirs.add(uuid);
        await sweep();
      } else if (step.type === 'touch') {
        fake.changeUser(uuid, { comment: `${fake.user(uuid).comment ?? ''}x` });
        if (isOff) theirs.add(uuid);
        await sweep();
      }
    }
  }

  fake.server.clearFaults();
  await sweep();
  await sweep();
  for (const uuid of uuids) {
    const isHeld = (above[toOwner(uuid)] ?? []).some((agent) => over[agent] === true);
    expect([uuid, fake.user(uuid).enable]).toEqual([uuid, !isHeld && !theirs.has(uuid)]);
  }
  await manager.setTrafficLimits(Object.fromEntries(agents.map((agent) => [agent, null])));
  await sweep();
  for (const uuid of uuids) expect([uuid, fake.user(uuid).enable]).toEqual([uuid, !theirs.has(uuid)]);
  for (const agent of agents)
    expect(await manager.getAgent(agent)).toMatchObject({ usersDisabledByUs: 0, heldSince: null });
  expect(await world.store.actions.unresolved()).toEqual([]);
}

describe('sweeps over whatever people do to a panel', () => {
  it('disable who is over, give back all of ours and nobody of theirs, whatever fails in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 25 }), (events) => inWorld((world) => play(world, events))),
      { numRuns: process.env['SLUICE_LONG'] === '1' ? 200 : 5 },
    );
  });
});
