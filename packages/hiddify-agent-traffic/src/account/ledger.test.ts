import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countGrowth } from '@sluice/quota-core/agents';
import type { LedgerInterval } from './counter.js';
import { chargeList } from './counters.js';
import type { AgentUserRecord } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { listedUser } from '../test/records.js';

const at = '2026-03-01T12:00:00.000Z';

/** A list about whose interval nothing is known; falls count at once. */
function listAt(instant: string): LedgerInterval {
  const nothing = {
    zeroings: [],
    created: new Set<string>(),
    falls: new Map<string, never>(),
    waiting: new Set<string>(),
  };
  return { panel: 'vpn', at: instant, before: null, timeZone: 'UTC', run: null, ...nothing };
}

/** Looks one after the other; gives what each owner was charged in all. */
function charged(looks: HiddifyUser[][]): Map<string, number> {
  const total = new Map<string, number>();
  let entries: Iterable<AgentUserRecord> = [];
  for (const users of looks) {
    const step = chargeList(entries, users, listAt(at));
    for (const [owner, bytes] of step.growth) total.set(owner, (total.get(owner) ?? 0) + bytes);
    entries = [...step.entries.values()];
  }
  return total;
}

describe('stepLedger', () => {
  it('knows a user whose uuid was changed by its number, from one look to the next', () => {
    const renamed = listedUser({ uuid: 'u2', usedBytes: 12 });
    expect(charged([[listedUser({ usedBytes: 10 })], [renamed]])).toEqual(new Map([['north', 12]]));
    // After a look without it the number may be that of another user.
    expect(charged([[listedUser({ usedBytes: 10 })], [], [renamed]])).toEqual(new Map([['north', 22]]));
    const step = chargeList(chargeList([], [listedUser({ usedBytes: 10 })], listAt(at)).changed, [renamed], listAt(at));
    expect(step.removed).toEqual(['u1']);
    expect([...step.entries.keys()]).toEqual(['u2']);
  });

  it('keeps users without a uuid apart by their number', () => {
    const looks = [1, 2].map((n) => [
      listedUser({ uuid: null, id: 1, usedBytes: n }),
      listedUser({ uuid: null, id: 2, usedBytes: 10 * n }),
    ]);
    expect(charged(looks)).toEqual(new Map([['north', 22]]));
  });

  it('charges nobody for users of nobody', () => {
    expect(
      charged([[listedUser({ owner: null, usedBytes: 5 })], [listedUser({ owner: 'north', usedBytes: 6 })]]),
    ).toEqual(new Map([['north', 1]]));
  });

  it('tells the missing from those that are proved to be gone', () => {
    const first = chargeList([], [listedUser(), listedUser({ uuid: 'u2', id: 2 })], listAt(at));
    expect(first.changed.map(({ key }) => key)).toEqual(['u1', 'u2']);
    const second = chargeList(first.changed, [], listAt('2026-03-01T12:05:00.000Z'), new Set(['u2']));
    expect(second.missing.map(({ key }) => key)).toEqual(['u1']);
    expect(second.entries.get('u2')).toMatchObject({ gone: true, missingSince: '2026-03-01T12:05:00.000Z' });
    const third = chargeList(second.entries.values(), [listedUser()], listAt(at));
    expect(third.entries.get('u1')).toMatchObject({ gone: false, missingSince: null });
    expect(third.missing).toEqual([]);
  });

  it('forgets a user that is gone after a quarter of a year, and none that may only be hidden', () => {
    const first = chargeList([], [listedUser(), listedUser({ uuid: 'u2', id: 2 })], listAt(at));
    const gone = chargeList(first.changed, [], listAt(at), new Set(['u1']));
    const soon = chargeList(gone.entries.values(), [], listAt('2026-05-29T12:00:00.000Z'));
    expect([...soon.entries.keys()]).toEqual(['u1', 'u2']);
    const late = chargeList(soon.entries.values(), [], listAt('2026-05-31T12:00:00.000Z'));
    expect([late.removed, [...late.entries.keys()]]).toEqual([['u1'], ['u2']]);
  });

  it('changes nothing when the same list is seen again', () => {
    const users = [listedUser({ usedBytes: 5 }), listedUser({ uuid: 'u2', id: 2, usedBytes: 7 })];
    const first = chargeList([], users, listAt(at));
    const again = chargeList(first.entries.values(), users, listAt(at));
    expect(again).toMatchObject({ changed: [], removed: [], missing: [] });
    expect(again.growth.size).toBe(0);
  });
});

describe('what is known besides of the time between two lists', () => {
  const MB = 1024 ** 2;
  const minutes = (count: number): string => new Date(Date.parse(at) + count * 60_000).toISOString();
  const lookAt = (minute: number, before: number | null, more: Partial<LedgerInterval> = {}): LedgerInterval => ({
    ...listAt(minutes(minute)),
    before: before === null ? null : { at: minutes(before), until: minutes(before) },
    ...more,
  });
  const zeroing = (minute: number, fromMb: number, done = true): LedgerInterval['zeroings'][number] => ({
    uuid: 'u1',
    at: minutes(minute),
    fromBytes: fromMb * MB,
    done,
  });
  /** The figures of one user in MB, by minute. */
  type Figures = Record<number, number>;
  type Zeroings = LedgerInterval['zeroings'];
  /** What each list charges, in MB. */
  const listCharges = (figures: Figures, zeroings: Zeroings, lastOnline: string | null = null): number[] => {
    let entries: Iterable<AgentUserRecord> = [];
    let before: number | null = null;
    return Object.entries(figures).map(([key, mb]) => {
      const minute = Number(key);
      const look = lookAt(minute, before, { zeroings: zeroings.filter(({ at: called }) => called <= minutes(minute)) });
      const step = chargeList(entries, [listedUser({ usedBytes: mb * MB, lastOnline })], look);
      entries = [...step.entries.values()];
      before = minute;
      return (step.growth.get('north') ?? 0) / MB;
    });
  };
  const chargedOver = (figures: Figures, zeroings: Zeroings): number =>
    listCharges(figures, zeroings).reduce((sum, charge) => sum + charge, 0);

  it.each<[string, Figures, Zeroings, number]>([
    ['at the next list', { 0: 60, 5: 0, 10: 61 }, [zeroing(3, 60)], 61],
    ['several lists later', { 0: 60, 5: 0, 10: 0, 15: 0, 20: 61 }, [zeroing(3, 60)], 61],
    ['before any list has shown the zero', { 0: 60, 5: 61 }, [zeroing(3, 60)], 61],
    ['twice', { 0: 60, 5: 0, 10: 61, 15: 0, 20: 62, 25: 64 }, [zeroing(3, 60), zeroing(12, 61)], 64],
    ['twice between two lists', { 0: 60, 20: 62 }, [zeroing(3, 60), zeroing(12, 61)], 62],
    ['of a call without an answer', { 0: 60, 5: 0, 10: 130 }, [zeroing(3, 60, false)], 130],
    ['of a call that was never carried out', { 0: 60, 10: 63 }, [zeroing(3, 60, false)], 63],
  ])('takes a figure that is written back %s for the old one', (_what, figures, zeroings, total) => {
    expect(chargedOver(figures, zeroings)).toBe(total);
  });

  it('charges what is used after a zeroing that has held, up to and above the old figure', () => {
    expect(chargedOver({ 0: 60, 5: 0, 10: 4, 15: 90 }, [zeroing(3, 60)])).toBe(150);
    // Hours after the zeroing nothing is written back any more.
    expect(chargedOver({ 0: 60, 5: 0, 500: 0, 520: 61 }, [zeroing(3, 60)])).toBe(121);
    // More than twice the old figure is no old figure with the traffic of a minute.
    expect(chargedOver({ 0: 60, 5: 0, 10: 130 }, [zeroing(3, 60)])).toBe(190);
  });

  it('charges what is first seen later than a figure can be written back, unless nobody was online since', () => {
    const lateCharge = (lastOnline: string | null, figures: Figures): number | undefined =>
      listCharges(figures, [zeroing(3, 60)], lastOnline).at(-1);
    for (const figures of [
      { 0: 60, 363: 61 },
      { 0: 60, 5: 0, 363: 61 },
    ])
      expect(lateCharge('2026-03-01 18:03:00', figures)).toBe(1);
    const days = { 0: 60, 5: 0, 2880: 61 };
    expect(lateCharge('2026-03-03 11:00:00', days)).toBe(61);
    expect(lateCharge(null, days)).toBe(61);
    expect(lateCharge('2026-03-01 18:03:00', days)).toBe(1);
    expect(lateCharge('2026-03-01 18:04:00', days)).toBe(61);
  });

  it('goes by the caller where it zeroed a figure again that was written back', () => {
    const again = { ...zeroing(2880, 61), again: true };
    const figures = { 0: 60, 5: 0, 2885: 2 };
    expect(chargedOver(figures, [zeroing(3, 60), again])).toBe(63);
    expect(chargedOver(figures, [zeroing(3, 60), zeroing(2880, 61)])).toBe(123);
  });

  it('charges what was used between the last list and the zeroing', () => {
    expect(chargedOver({ 0: 50, 5: 3 }, [zeroing(3, 60)])).toBe(63);
    expect(chargedOver({ 0: 50, 5: 50 }, [zeroing(3, 60)])).toBe(110);
  });

  it('counts a zeroing once when it was called at the instant of a list', () => {
    expect(chargedOver({ 0: 60, 5: 0, 10: 61 }, [zeroing(5, 60)])).toBe(61);
    expect(chargedOver({ 0: 60, 5: 60, 10: 61 }, [zeroing(5, 60)])).toBe(61);
    expect(chargedOver({ 0: 60, 5: 60, 10: 0, 15: 61 }, [zeroing(5, 60)])).toBe(61);
  });

  it('charges the whole figure after a reset that the panel states', () => {
    const weekly = { mode: 'weekly' as const, usedBytes: 10, lastResetDate: '2026-02-25' };
    const first = chargeList([], [listedUser(weekly)], lookAt(0, null));
    const grown = listedUser({ ...weekly, usedBytes: 12, lastResetDate: '2026-03-03' });
    const next = (minute: number, seen = grown): number | undefined =>
      chargeList(first.entries.values(), [seen], lookAt(minute, 0)).growth.get('north');
    expect(next(3 * 1440)).toBe(12);
    // The list before showed another day, so that the day after it is enough.
    const tomorrow = listedUser({ ...grown, lastResetDate: '2026-03-02' });
    expect(next(780, tomorrow)).toBe(12);
    // A day that the list before showed already was counted with it.
    const seen = chargeList(first.entries.values(), [tomorrow], lookAt(780, 0));
    const more = listedUser({ ...tomorrow, usedBytes: 15 });
    expect(chargeList(seen.entries.values(), [more], lookAt(785, 780)).growth.get('north')).toBe(3);
    // On the day of the list it may have come before it.
    expect(next(600, listedUser({ ...grown, lastResetDate: '2026-03-01' }))).toBe(2);
    expect(next(3 * 1440, listedUser({ ...grown, mode: 'no_reset' }))).toBe(2);
    // By the panel's own calendar it is the 2nd already.
    const near = { ...lookAt(600, 0), timeZone: 'Pacific/Auckland' };
    const moved = listedUser({ ...grown, lastResetDate: '2026-03-02' });
    expect(chargeList(first.entries.values(), [moved], near).growth.get('north')).toBe(2);
  });

  it('charges a user that was there before only with what it uses from now on', () => {
    const first = chargeList([], [listedUser({ id: 7, usedBytes: 10 })], lookAt(0, null));
    const stranger = (change: Partial<HiddifyUser>, more: Partial<LedgerInterval> = {}): number => {
      const rows = [listedUser({ id: 7, usedBytes: 10 }), listedUser({ uuid: 'u2', id: 8, usedBytes: 40, ...change })];
      const second = chargeList(first.entries.values(), rows, lookAt(1440, 0, more));
      const later = rows.map((row) => ({ ...row, usedBytes: row.usedBytes + 1 }));
      const third = chargeList(second.entries.values(), later, lookAt(1445, 1440, more));
      return (second.growth.get('north') ?? 0) + (third.growth.get('north') ?? 0);
    };
    const online = { startDate: '2026-03-02', lastOnline: '2026-03-02 11:00:00' };
    expect(stranger(online)).toBe(42);
    expect(stranger({ ...online, startDate: '2026-02-28' })).toBe(42);
    expect(stranger({ ...online, startDate: null })).toBe(42);
    expect(stranger({ startDate: '2026-03-02' })).toBe(42);
    expect(stranger({ ...online, id: 5 })).toBe(2);
    expect(stranger({ ...online, startDate: '2026-02-20' })).toBe(2);
    expect(stranger({ ...online, lastOnline: '2026-02-28 23:00:00' })).toBe(2);
    expect(stranger({})).toBe(2);
    expect(stranger({ id: 5 }, { created: new Set(['u2']) })).toBe(42);
  });

  it('charges a user that appears near midnight in full, where the clock of the panel is a little behind', () => {
    const first = chargeList([], [listedUser({ id: 7 })], lookAt(721, null));
    const appears = (lastOnline: string): number | undefined => {
      const user = listedUser({ uuid: 'u2', id: 8, usedBytes: 40, startDate: '2026-03-01', lastOnline });
      return chargeList(first.entries.values(), [listedUser({ id: 7 }), user], lookAt(726, 721)).growth.get('north');
    };
    expect([appears('2026-03-01 23:58:30'), appears('2026-02-28 23:58:30')]).toEqual([40, undefined]);
  });

  it('charges no more than a line carries since the last list to the agent of users that appear', () => {
    const GB = 1e9;
    const first = chargeList([], [listedUser({ id: 7 })], lookAt(0, null));
    const appearing = (sizes: number[], owners: string[] = []): number => {
      const online = { startDate: '2026-03-01', lastOnline: '2026-03-01 12:04:00' };
      const rows = sizes.map((size, n) =>
        listedUser({ ...online, uuid: `n${n}`, id: 8 + n, owner: owners[n] ?? 'north', usedBytes: size * GB }),
      );
      const second = chargeList(first.entries.values(), [listedUser({ id: 7 }), ...rows], lookAt(5, 0));
      expect(second.changed).toHaveLength(sizes.length);
      return (second.growth.get('north') ?? 0) / GB;
    };
    // 125 MB a second for 300 seconds.
    expect(appearing([37.5])).toBe(37.5);
    expect(appearing([37.6])).toBe(0);
    expect(appearing([500, 2])).toBe(2);
    expect(appearing([20, 20])).toBe(0);
    expect(appearing([20, 20], ['north', 'south'])).toBe(20);
  });
});

describe('over random histories', () => {
  type Event =
    | { type: 'use'; who: number; bytes: number }
    | { type: 'reset' | 'delete' | 'look'; who: number }
    | { type: 'move'; who: number; to: string }
    | { type: 'write'; who: number; bytes: number };

  const who = fc.nat({ max: 3 });
  const agents = ['north', 'south'];
  const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('use' as const), who, bytes: fc.nat({ max: 1000 }) }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('look' as const), who }) },
    fc.record({ type: fc.constantFrom('reset' as const, 'delete' as const), who }),
    fc.record({ type: fc.constant('move' as const), who, to: fc.constantFrom(...agents) }),
    fc.record({ type: fc.constant('write' as const), who, bytes: fc.integer({ min: -500, max: 500 }) }),
  );

  /** The simplest thing that could be right: per user the counter at the last look, and per owner what came on top. */
  class Reference {
    readonly #last = new Map<number, number>();
    readonly charged = new Map<string, number>();

    look(counters: ReadonlyMap<number, { bytes: number; owner: string }>): void {
      for (const [id, { bytes, owner }] of counters) {
        const last = this.#last.get(id) ?? 0;
        const growth = bytes >= last ? bytes - last : Math.max(bytes, 0);
        this.charged.set(owner, (this.charged.get(owner) ?? 0) + growth);
        this.#last.set(id, bytes);
      }
    }
  }

  it('what is charged equals a simple model, never falls, and is never more than what was used and written', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const counters = new Map<number, { bytes: number; owner: string }>();
        const reference = new Reference();
        const totals = new Map<string, number>();
        let entries: AgentUserRecord[] = [];
        let mostPossible = 0;
        for (const { type, who: id, ...rest } of [...events, { type: 'look' as const, who: 0 }]) {
          const counter = counters.get(id) ?? { bytes: 0, owner: agents[id % 2] ?? 'north' };
          if (type === 'look') {
            const users = [...counters].map(([n, { bytes, owner }]) =>
              listedUser({
                uuid: `u${n}`,
                id: n,
                owner,
                usedBytes: Math.max(0, bytes),
                ...(bytes < 0 ? { odd: { usedBytes: bytes } } : {}),
              }),
            );
            const step = chargeList(entries, users, listAt(at));
            entries = [...step.entries.values()];
            for (const [owner, bytes] of step.growth) {
              expect(bytes).toBeGreaterThan(0);
              totals.set(owner, (totals.get(owner) ?? 0) + bytes);
            }
            reference.look(counters);
          } else if (type === 'delete') counters.delete(id);
          else if (type === 'use') {
            const { bytes } = rest as { bytes: number };
            mostPossible += bytes;
            counters.set(id, { ...counter, bytes: counter.bytes + bytes });
          } else if (type === 'reset') counters.set(id, { ...counter, bytes: 0 });
          else if (type === 'move') counters.set(id, { ...counter, owner: (rest as { to: string }).to });
          else {
            const { bytes } = rest as { bytes: number };
            // Whoever writes a figure may raise it, which counts as use; from below zero up to it likewise.
            mostPossible += Math.max(0, bytes) + Math.max(0, bytes - counter.bytes);
            counters.set(id, { ...counter, bytes });
          }
          if (type === 'reset' || type === 'delete')
            mostPossible += Math.max(0, -counter.bytes) + Math.max(0, counter.bytes);
        }
        for (const agent of agents) expect(totals.get(agent) ?? 0).toBe(reference.charged.get(agent) ?? 0);
        const all = [...totals.values()].reduce((sum, bytes) => sum + bytes, 0);
        expect(all).toBeLessThanOrEqual(mostPossible);
        expect(entries.reduce((sum, { totalBytes }) => sum + totalBytes, 0)).toBe(all);
      }),
      { numRuns: 400 },
    );
  });

  it('growth is exact and never negative', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (last, now) => {
        fc.pre(Math.abs(now - last) <= Number.MAX_SAFE_INTEGER);
        const growth = countGrowth(last, now);
        expect(growth).toBeGreaterThanOrEqual(0);
        expect(growth).toBe(now >= last ? now - last : Math.max(0, now));
      }),
    );
  });
});
