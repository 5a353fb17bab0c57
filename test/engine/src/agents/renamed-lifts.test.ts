import { describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { LIFTS, useLifts } from './lifts.js';

const FRESH = '5d3a1c52-6a44-4a7e-9a51-0c8b1f6f0a77';

describe('a user that gets another uuid on the panel while its limit is lifted', () => {
  const bench = useLifts();
  const { at, users } = bench;

  async function checkTwice(): Promise<void> {
    for (let times = 0; times < 2; times++) {
      at.bench.clock.advance(HOUR);
      await at.check();
    }
  }

  it.each(LIFTS)('counts as before for its agent: %s', async (how) => {
    await bench.lift(how);
    const [user = ''] = users;
    at.panel.changeUser(user, { uuid: FRESH });
    users[0] = FRESH;
    await at.pollAfter(HOUR);
    await checkTwice();
    expect([bench.enabled(), await bench.sold()]).toEqual([bench.all(true), 40]);

    // With its uuid again, it is lowered with the end of the lift.
    at.panel.changeUser(FRESH, { uuid: user });
    users[0] = user;
    await bench.endLift(how);
    await at.pollAfter(HOUR);
    await checkTwice();
    expect([bench.limit(), bench.enabled(), await bench.sold()]).toEqual([10, bench.all(true), 40]);
  });

  it('is counted in full where staff gives it no limit, once the lifted service has its user again', async () => {
    await bench.lift('a protection');
    const [user = '', other = ''] = users;
    at.panel.changeUser(user, { uuid: FRESH });
    await checkTwice();
    at.panel.changeUser(other, { usageLimit: 1_000_000 * GB });
    await checkTwice();
    expect(await bench.sold()).toBe(40);
    at.panel.changeUser(FRESH, { uuid: user });
    await checkTwice();
    expect(await bench.sold()).toBe(1_000_030);
  });
});
