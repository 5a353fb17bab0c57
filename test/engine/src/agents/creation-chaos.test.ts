import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fault } from '@sluice/fake-panels';
import { GB, inWorld, minute } from './world.js';

const faults = fc.constantFrom<{ when: 'before' | 'after'; fault: Fault }>(
  { when: 'before', fault: { kind: 'cut' } },
  { when: 'after', fault: { kind: 'cut' } },
  { when: 'after', fault: { kind: 'status', status: 500, body: { msg: 'boom' } } },
  { when: 'before', fault: { kind: 'status', status: 500, body: { msg: 'boom' } } },
  { when: 'after', fault: { kind: 'truncated' } },
  { when: 'before', fault: { kind: 'html', status: 502 } },
);

const plan = fc.record({
  accounting: fc.constantFrom('allocated', 'consumed', 'panel'),
  /** Which calls to the panel fail, counted from the first, and how. */
  failing: fc.array(fc.record({ skip: fc.nat({ max: 60 }), what: faults }), { maxLength: 8 }),
  /** How many turns each creation comes later than the one before. */
  slow: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 20, maxLength: 20 }),
  managers: fc.integer({ min: 1, max: 4 }),
});

describe('creations at once with whatever goes wrong', () => {
  it('never sell more than the limit, leave no half-made user, and in the end fill it exactly', async () => {
    await fc.assert(
      fc.asyncProperty(plan, ({ accounting, failing, slow, managers }) =>
        inWorld(async (world) => {
          const { fake, time } = world;
          const north = fake.addAgent(undefined, { name: 'north' });
          for (let n = 0; n < 30; n += 1) fake.addUser({ usageLimit: GB });
          const all = Array.from({ length: managers }, () => world.manager({ accounting }));
          const [first] = all;
          if (first === undefined) throw new Error('no manager');
          await first.setTrafficLimit('north', 100 * GB);
          const rules = failing.map(({ skip, what }) =>
            fake.server.inject({ endpoint: /\/user\//, skip, times: 1, ...what }),
          );
          const ours = (): number[] => fake.listUsers(north).map(({ usageLimit }) => usageLimit);
          const asked = slow.map(async (turns, n) => {
            const manager = all[n % managers] ?? first;
            for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            return manager
              .createUser('north', { name: `user ${n}`, limitBytes: 10 * GB })
              .then(() => 'made')
              .catch((error: unknown) => {
                expect(error).toHaveProperty('code');
                return (error as { code: string }).code;
              });
          });
          await Promise.all(asked);
          for (const remove of rules) remove();
          expect(ours().length).toBeLessThanOrEqual(10);

          // What is left open is settled once its time has run out.
          time.advance(11 * minute);
          await first.sweep();
          for (let n = 0; n < 12; n += 1) {
            await first.createUser('north', { name: `later ${n}`, limitBytes: 10 * GB }).catch((error: unknown) => {
              expect(error).toHaveProperty('code', 'agent_limit');
            });
          }
          expect(ours()).toEqual(Array.from({ length: 10 }, () => 10 * GB));
          // Nobody's user of 1000 GB was left with the caller.
          expect(fake.listUsers(fake.key)).toHaveLength(30);
        }),
      ),
      { numRuns: process.env['SLUICE_LONG'] === '1' ? 100 : 3 },
    );
  });
});
