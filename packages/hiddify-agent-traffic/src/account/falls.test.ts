import { describe, expect, it } from '@jest/globals';
import type { AgentFall, AgentRecord, AgentUserRecord } from '@sluice/quota-core';
import fc from 'fast-check';
import { listedUser } from '../test/records.js';
import type { LedgerInterval } from './counter.js';
import { groupFalls } from './falls.js';
import { chargeList } from './counters.js';

const at = '2026-03-01T12:00:00.000Z';

/** The list of a run so many minutes later, after one with these steps. */
function waitingList(
  minute: number,
  falls: readonly AgentFall[],
  run: string | null = `run-${minute}`,
): LedgerInterval {
  const known = new Map(falls.flatMap((fall) => (fall.confirmed === null ? [[fall.key, fall]] : [])));
  const instant = new Date(Date.parse(at) + minute * 60_000).toISOString();
  const nothing = { before: null, zeroings: [], created: new Set<string>() };
  return {
    panel: 'vpn',
    at: instant,
    timeZone: 'UTC',
    run,
    falls: known,
    waiting: new Set(['north', 'south']),
    ...nothing,
  };
}

describe('a fall that no known reset explains', () => {
  /** What each list charges, read by the run of that minute or, with a minus, outside of one. */
  const listCharges = (figures: [minute: number, bytes: number][], owner: string | null = 'north'): number[] => {
    let entries: AgentUserRecord[] = [];
    let falls: AgentFall[] = [];
    return figures.map(([minute, usedBytes]) => {
      const list = waitingList(Math.abs(minute), falls, minute < 0 ? null : `run-${minute}`);
      const odd = usedBytes < 0 ? { odd: { usedBytes } } : {};
      const step = chargeList(entries, [listedUser({ owner, usedBytes: Math.max(0, usedBytes), ...odd })], list);
      entries = [...step.entries.values()];
      falls = step.falls;
      return step.growth.get(owner ?? '') ?? 0;
    });
  };

  it.each<[string, [number, number][], number[]]>([
    [
      'charges only the growth over the old figure when the next reading is above it',
      [
        [0, 60],
        [5, 0],
        [10, 62],
      ],
      [60, 0, 2],
    ],
    [
      'charges nothing when the old figure is back',
      [
        [0, 60],
        [5, 0],
        [10, 60],
        [15, 61],
      ],
      [60, 0, 0, 1],
    ],
    [
      'charges all that is shown once it is confirmed',
      [
        [0, 60],
        [5, 18],
        [10, 19],
        [15, 20],
      ],
      [60, 0, 19, 1],
    ],
    [
      'is confirmed step by step where it falls again',
      [
        [0, 60],
        [5, 18],
        [10, 4],
        [15, 5],
      ],
      [60, 0, 18, 5],
    ],
    [
      'charges what a negative figure has grown by',
      [
        [0, 60],
        [5, -500],
        [10, -400],
      ],
      [60, 0, 100],
    ],
    [
      'is not confirmed within a minute',
      [
        [0, 60],
        [5, 18],
        [5.5, 18],
        [6, 18],
      ],
      [60, 0, 0, 18],
    ],
    [
      'is not confirmed outside of a run',
      [
        [0, 60],
        [-5, 18],
        [-10, 19],
        [15, 20],
      ],
      [60, 0, 0, 20],
    ],
  ])('%s', (_what, figures, charges) => {
    expect(listCharges(figures)).toEqual(charges);
  });

  it('is named where the counter stands still although its user was online', () => {
    const online = (lastOnline: string): AgentFall[] => {
      const first = chargeList([], [listedUser({ usedBytes: 60 })], waitingList(0, []));
      const others = ['u2', 'u3'].map((uuid, index) =>
        listedUser({ uuid, id: 2 + index, lastOnline: '2026-03-01 12:05:00' }),
      );
      const before = { at, until: at };
      const list = { ...waitingList(5, []), before };
      const step = chargeList(first.entries.values(), [listedUser({ usedBytes: 60, lastOnline }), ...others], list);
      expect(step.growth.get('north')).toBeUndefined();
      return step.falls;
    };
    expect(online('2026-03-01 12:04:00')).toEqual([expect.objectContaining({ key: 'u1', fromBytes: 60, toBytes: 60 })]);
    expect(online('2026-03-01 11:59:00')).toEqual([]);
  });

  it('counts at once for users whose growth charges no agent', () => {
    expect(
      listCharges(
        [
          [0, 60],
          [5, 18],
        ],
        'owner',
      ),
    ).toEqual([60, 18]);
  });

  it('waits for a user that is missing or renamed meanwhile, and ends with one that is gone', () => {
    const first = chargeList([], [listedUser({ usedBytes: 60 })], waitingList(0, []));
    const fell = chargeList(first.entries.values(), [listedUser({ usedBytes: 18 })], waitingList(5, first.falls));
    expect(fell.falls).toMatchObject([{ key: 'u1', name: 'anna', fromBytes: 60, toBytes: 18, confirmed: null }]);
    expect(fell.entries.get('u1')?.lastBytes).toBe(60);
    const missing = chargeList(fell.entries.values(), [], waitingList(10, fell.falls));
    expect(missing.falls).toEqual(fell.falls);
    const back = chargeList(missing.entries.values(), [listedUser({ usedBytes: 19 })], waitingList(15, missing.falls));
    expect(back.falls).toMatchObject([{ confirmed: { chargedBytes: 19 } }]);
    const renamed = [listedUser({ uuid: 'u2', usedBytes: 19 })];
    expect(chargeList(fell.entries.values(), renamed, waitingList(10, fell.falls)).growth.get('north')).toBe(19);
    const gone = chargeList(fell.entries.values(), [], waitingList(10, fell.falls), new Set(['u1']));
    expect(gone.falls).toEqual([]);
    const again = chargeList(gone.entries.values(), [listedUser({ usedBytes: 7 })], waitingList(15, gone.falls));
    expect(again.growth.get('north')).toBe(7);
  });

  it('explained by a day of a reset that the last list did not show counts at once', () => {
    const shown = listedUser({ usedBytes: 60, mode: 'daily', lastResetDate: '2026-02-28' });
    const first = chargeList([], [shown], waitingList(0, []));
    const charge = (lastResetDate: string): number => {
      const users = [{ ...shown, usedBytes: 18, lastResetDate }];
      return chargeList(first.entries.values(), users, waitingList(5, first.falls)).growth.get('north') ?? 0;
    };
    expect([charge('2026-03-01'), charge('2026-02-28')]).toEqual([18, 0]);
  });

  it('wrong answers between right ones charge nothing, and lower figures that stay are charged in full', () => {
    const answer = fc.record({
      use: fc.nat({ max: 1000 }),
      reset: fc.boolean(),
      wrong: fc.option(fc.nat({ max: 3000 })),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 30 }), (answers) => {
        let [entries, falls, minute]: [AgentUserRecord[], AgentFall[], number] = [[], [], 0];
        let [counter, charged, expected] = [0, 0, 0];
        const read = (usedBytes: number): void => {
          const step = chargeList(entries, [listedUser({ usedBytes })], waitingList((minute += 5), falls));
          [entries, falls] = [[...step.entries.values()], step.falls];
          charged += step.growth.get('north') ?? 0;
        };
        read(0);
        for (const { use, reset, wrong } of answers) {
          if (reset) {
            counter = 0;
            read(0);
          }
          counter += use;
          expected += use;
          // A figure too low for one list; after a reset two readings show the counter first.
          if (reset) read(0);
          else if (wrong !== null && wrong < counter - use) read(wrong);
          read(counter);
          expect(charged).toBe(expected);
        }
      }),
    );
  });
});

it('only the latest confirmed falls of a user are stored', () => {
  const confirmed = (minute: number, key = 'u1'): AgentFall => {
    const instant = new Date(Date.parse(at) + minute * 60_000).toISOString();
    const fall = { key, name: 'anna', at: instant, run: 'run-1', fromBytes: 9, toBytes: 1 };
    return { ...fall, confirmed: { at: instant, chargedBytes: 1 } };
  };
  const stored = [1, 2, 3].map((minute) => confirmed(minute));
  const entries = new Map([['u1', { owner: 'north' } as AgentUserRecord]]);
  const falls = [confirmed(4), { ...confirmed(5), confirmed: null }];
  const groups = groupFalls(
    [{ uuid: 'north', verdict: { falls: [confirmed(0, 'u2'), ...stored] } } as AgentRecord],
    { falls, entries },
    at,
  );
  const kept = groups.get('north')?.map(({ key, at: when }) => [key, when.slice(14, 16)]);
  expect(kept).toEqual([
    ['u2', '00'],
    ['u1', '02'],
    ['u1', '03'],
    ['u1', '04'],
    ['u1', '05'],
  ]);
});
