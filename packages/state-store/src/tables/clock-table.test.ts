import { describe, expect, it } from '@jest/globals';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

describe('clock', () => {
  const at = useStore();

  it('keeps the newest instant that was confirmed, and goes back only when told to', async () => {
    const { clock } = at.store;
    expect(await clock.confirmed()).toBeNull();
    await clock.confirm(minute(5));
    expect(await clock.confirmed()).toBe(minute(5));
    await clock.confirm(minute(3));
    expect(await clock.confirmed()).toBe(minute(5));
    await clock.confirm(minute(9));
    expect(await clock.confirmed()).toBe(minute(9));
    await clock.accept(minute(1));
    expect(await clock.confirmed()).toBe(minute(1));
  });

  it('returns the instant of the caller where leases end by its clock', async () => {
    expect(await at.store.clock.now(minute(5))).toBe(minute(5));
    expect(await at.store.write(({ clock }) => clock.now(minute(7)))).toBe(minute(7));
  });

  it('is part of the transaction that it is written in', async () => {
    await expect(
      at.store.write(async (tables) => {
        await tables.clock.accept(minute(2));
        throw new Error('the rest fails');
      }),
    ).rejects.toThrow('the rest fails');
    expect(await at.store.clock.confirmed()).toBeNull();
  });

  it('reserves spans of a name one after the other, and forgets those from before the clock was set back', async () => {
    const { clock } = at.store;
    const reserve = (name: string, minutes: number, ms: number) => clock.reserve(name, { now: minute(minutes), ms });
    expect([await reserve('a', 5, 500), await reserve('a', 5, 250), await reserve('b', 5, 10)]).toEqual([0, 500, 0]);
    expect([await reserve('a', 5, 1), await reserve('a', 6, 1)]).toEqual([750, 0]);
    expect(await reserve('a', 3, 1)).toBe(0);
    expect(await clock.confirmed()).toBeNull();
  });
});
