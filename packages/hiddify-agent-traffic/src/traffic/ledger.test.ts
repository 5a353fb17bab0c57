import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HiddifyUser } from '../client/records.js';
import { growthOf, stepLedger } from './ledger.js';
import type { LedgerEntry } from './records.js';

const at = '2026-03-01T12:00:00.000Z';

function user(change: Partial<HiddifyUser> = {}): HiddifyUser {
  return {
    uuid: 'u1',
    id: 1,
    name: 'anna',
    owner: 'north',
    limitBytes: 100,
    usedBytes: 0,
    packageDays: 30,
    mode: 'no_reset',
    startDate: null,
    lastResetDate: null,
    lastOnline: null,
    enabled: true,
    active: true,
    comment: '',
    telegramId: null,
    lang: 'en',
    ...change,
  };
}

/** Looks one after the other; gives what each owner was charged in all. */
function charged(looks: HiddifyUser[][]): Map<string, number> {
  const total = new Map<string, number>();
  let entries: Iterable<LedgerEntry> = [];
  for (const users of looks) {
    const step = stepLedger(entries, users, at);
    for (const [owner, bytes] of step.growth) total.set(owner, (total.get(owner) ?? 0) + bytes);
    entries = [...step.entries.values()];
  }
  return total;
}

describe('stepLedger', () => {
  it('charges what a new user shows and then what it grows by', () => {
    const looks = [0, 5, 5, 12].map((usedBytes) => [user({ usedBytes })]);
    expect(charged(looks)).toEqual(new Map([['north', 12]]));
    expect(charged([[user({ usedBytes: 7 })]])).toEqual(new Map([['north', 7]]));
  });

  it('takes a fall for a reset and charges what was used since', () => {
    expect(charged([10, 3, 4].map((usedBytes) => [user({ usedBytes })]))).toEqual(new Map([['north', 14]]));
  });

  it('keeps what a deleted user has used, also when it comes back', () => {
    const looks = [[user({ usedBytes: 10 })], [], [], [user({ usedBytes: 11 })]];
    expect(charged(looks)).toEqual(new Map([['north', 11]]));
    expect(charged([[user({ usedBytes: 10 })], [], [user({ usedBytes: 2 })]])).toEqual(new Map([['north', 12]]));
  });

  it('charges a moved user to whoever owns it when it is seen', () => {
    const looks = [[user({ usedBytes: 10 })], [user({ usedBytes: 13, owner: 'south' })], [user({ usedBytes: 14 })]];
    expect(charged(looks)).toEqual(
      new Map([
        ['north', 11],
        ['south', 3],
      ]),
    );
  });

  it('counts from a negative figure that somebody wrote, so that nothing can be hidden below zero', () => {
    const low = (usedBytes: number): HiddifyUser[] => [user({ usedBytes: Math.max(0, usedBytes), odd: { usedBytes } })];
    expect(charged([[user({ usedBytes: 10 })], low(-1000), low(-990), low(-985), [user({ usedBytes: 5 })]])).toEqual(
      new Map([['north', 10 + 10 + 5 + 990]]),
    );
  });

  it('knows a user whose uuid was changed by its number, from one look to the next', () => {
    const renamed = user({ uuid: 'u2', usedBytes: 12 });
    expect(charged([[user({ usedBytes: 10 })], [renamed]])).toEqual(new Map([['north', 12]]));
    // After a look without it the number may be that of another user.
    expect(charged([[user({ usedBytes: 10 })], [], [renamed]])).toEqual(new Map([['north', 22]]));
    const step = stepLedger(stepLedger([], [user({ usedBytes: 10 })], at).changed, [renamed], at);
    expect(step.removed).toEqual(['u1']);
    expect([...step.entries.keys()]).toEqual(['u2']);
  });

  it('keeps users without a uuid apart by their number', () => {
    const looks = [1, 2].map((n) => [
      user({ uuid: null, id: 1, usedBytes: n }),
      user({ uuid: null, id: 2, usedBytes: 10 * n }),
    ]);
    expect(charged(looks)).toEqual(new Map([['north', 22]]));
  });

  it('charges nobody for users of nobody', () => {
    expect(charged([[user({ owner: null, usedBytes: 5 })], [user({ owner: 'north', usedBytes: 6 })]])).toEqual(
      new Map([['north', 1]]),
    );
  });

  it('tells the missing from those that are proved to be gone', () => {
    const first = stepLedger([], [user(), user({ uuid: 'u2', id: 2 })], at);
    expect([...first.newcomers]).toEqual(['u1', 'u2']);
    const second = stepLedger(first.changed, [], '2026-03-01T12:05:00.000Z', new Set(['u2']));
    expect(second.missing.map(({ key }) => key)).toEqual(['u1']);
    expect(second.entries.get('u2')).toMatchObject({ gone: true, missingSince: '2026-03-01T12:05:00.000Z' });
    const third = stepLedger(second.entries.values(), [user()], at);
    expect(third.entries.get('u1')).toMatchObject({ gone: false, missingSince: null });
    expect(third.missing).toEqual([]);
  });

  it('forgets a user that is gone after a quarter of a year, and none that may only be hidden', () => {
    const first = stepLedger([], [user(), user({ uuid: 'u2', id: 2 })], at);
    const gone = stepLedger(first.changed, [], at, new Set(['u1']));
    const soon = stepLedger(gone.entries.values(), [], '2026-05-29T12:00:00.000Z');
    expect([...soon.entries.keys()]).toEqual(['u1', 'u2']);
    const late = stepLedger(soon.entries.values(), [], '2026-05-31T12:00:00.000Z');
    expect([late.removed, [...late.entries.keys()]]).toEqual([['u1'], ['u2']]);
  });

  it('changes nothing when the same list is seen again', () => {
    const users = [user({ usedBytes: 5 }), user({ uuid: 'u2', id: 2, usedBytes: 7 })];
    const first = stepLedger([], users, at);
    const again = stepLedger(first.entries.values(), users, at);
    expect(again).toMatchObject({ changed: [], removed: [], missing: [] });
    expect(again.growth.size).toBe(0);
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
        let entries: LedgerEntry[] = [];
        let mostPossible = 0;
        for (const { type, who: id, ...rest } of [...events, { type: 'look' as const, who: 0 }]) {
          const counter = counters.get(id) ?? { bytes: 0, owner: agents[id % 2] ?? 'north' };
          if (type === 'look') {
            const users = [...counters].map(([n, { bytes, owner }]) =>
              user({
                uuid: `u${n}`,
                id: n,
                owner,
                usedBytes: Math.max(0, bytes),
                ...(bytes < 0 ? { odd: { usedBytes: bytes } } : {}),
              }),
            );
            const step = stepLedger(entries, users, at);
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
        const growth = growthOf(last, now);
        expect(growth).toBeGreaterThanOrEqual(0);
        expect(growth).toBe(now >= last ? now - last : Math.max(0, now));
      }),
    );
  });
});
