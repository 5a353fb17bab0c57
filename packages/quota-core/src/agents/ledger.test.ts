import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../test/runs.js';
import { ledgerKey, type ListedUser, stepLedger } from './ledger.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();

const listed = (id: number, usedBytes: number, more: Partial<ListedUser> = {}): ListedUser => ({
  ...{ uuid: `u${id}`, id, name: `user ${id}`, owner: 'north', enabled: true, limitBytes: 100, usedBytes },
  ...more,
});

const step = (
  known: Parameters<typeof stepLedger>[0],
  users: readonly ListedUser[],
  minute: number,
  gone: string[] = [],
) => stepLedger(known, { panel: 'vpn', at: at(minute), users, gone: new Set(gone) });

describe('the ledger of a panel whose counters only grow or are reset', () => {
  it('charges what grew, all that is shown after a fall, and nothing for the same list again', () => {
    const figures = fc.array(fc.array(fc.nat({ max: 1000 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(figures, (lists) => {
        let known: ReturnType<typeof step>['entries'] = new Map();
        let charged = 0;
        let expected = 0;
        let last = [0, 0, 0];
        lists.forEach((shown, minute) => {
          const users = shown.map((usedBytes, id) => listed(id, usedBytes));
          const next = step(known.values(), users, minute);
          charged += next.growth.get('north') ?? 0;
          shown.forEach((bytes, id) => (expected += bytes >= (last[id] ?? 0) ? bytes - (last[id] ?? 0) : bytes));
          expect(step(next.entries.values(), users, minute + 1)).toMatchObject({ changed: [], growth: new Map() });
          [known, last] = [next.entries, shown];
        });
        expect(charged).toBe(expected);
        expect([...known.values()].reduce((sum, { totalBytes }) => sum + totalBytes, 0)).toBe(expected);
      }),
      { numRuns: runs(500) },
    );
  });

  it('keeps the entries of missing users, and continues one that has another uuid', () => {
    const first = step([], [listed(1, 10), listed(2, 20)], 0);
    const second = step(first.entries.values(), [listed(1, 15, { uuid: 'other', owner: 'east' })], 1, ['u2']);
    expect(second.growth).toEqual(new Map([['east', 5]]));
    expect(second.removed).toEqual(['u1']);
    expect(second.entries.get('other')).toMatchObject({ totalBytes: 15, missingSince: null });
    expect(second.entries.get('u2')).toMatchObject({ totalBytes: 20, missingSince: at(1), gone: true });
    expect(second.missing).toEqual([]);
  });

  it('leaves what is doubted to the next list', () => {
    const { entries } = step([], [listed(1, 10)], 0);
    const users = [listed(1, 500)];
    const left = stepLedger(entries.values(), {
      panel: 'vpn',
      at: at(1),
      users,
      gone: new Set(),
      left: new Set(['u1']),
    });
    expect([left.growth.size, [...left.uncounted], left.entries.get('u1')?.lastBytes]).toEqual([0, ['u1'], 10]);
    expect(step(left.entries.values(), users, 2).growth).toEqual(new Map([['north', 490]]));
  });

  it('knows a user without a uuid by its number', () => {
    expect([ledgerKey(listed(7, 0)), ledgerKey(listed(7, 0, { uuid: null }))]).toEqual(['u7', '#7']);
  });
});
