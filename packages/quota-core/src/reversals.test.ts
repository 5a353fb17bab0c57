import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChangeOfObject, countReversals, MOST_REVERSALS, REVERSALS_MS } from './index.js';

const START = Date.parse('2026-11-05T00:00:00Z');
const at = (ms: number): string => new Date(START + ms).toISOString();
const changes = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: REVERSALS_MS / 2 }), change: fc.constantFrom('disable', 'enable') }),
  { minLength: 1, maxLength: 12 },
);

/** Changes one after the other, each of a run of its own. */
function toJournal(list: readonly { after: number; change: string }[]): ChangeOfObject[] {
  let ms = 0;
  return list.map(({ after, change }, index) => ({ at: at((ms += after)), run: `run-${index}`, change }));
}

const count = (journal: readonly ChangeOfObject[]): number =>
  countReversals(journal.slice(0, -1), journal.at(-1) as ChangeOfObject);

describe('countReversals', () => {
  it('counts changes that are necessary again, from the second of an equal one on', () => {
    const equal = toJournal(Array.from({ length: 4 }, () => ({ after: 1000, change: 'disable' })));
    expect([1, 2, 3, 4].map((length) => count(equal.slice(0, length)))).toEqual([0, 1, 2, MOST_REVERSALS]);
  });

  it('counts none where each change is another than the one before', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const own = list.map(({ after }, index) => ({ after, change: index % 2 === 0 ? 'disable' : 'enable' }));
        expect(count(toJournal(own))).toBe(0);
      }),
    );
  });

  it('counts those of less than a day before', () => {
    const old = (after: number): number =>
      count(toJournal([0, 1, after].map((ms) => ({ after: ms, change: 'disable' }))));
    expect([old(REVERSALS_MS - 1), old(REVERSALS_MS)]).toEqual([2, 1]);
  });

  it('counts none within one run', () => {
    fc.assert(
      fc.property(changes, (list) => {
        expect(count(toJournal(list).map((one) => ({ ...one, run: 'run-1' })))).toBe(0);
      }),
    );
  });

  it('counts what a plain model counts, and nothing of more than a day before', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const journal = toJournal(list);
        const now = Date.parse(journal.at(-1)?.at ?? '');
        const isRepeat = (index: number): boolean => index > 0 && list[index]?.change === list[index - 1]?.change;
        const recent = journal.filter((one, index) => isRepeat(index) && Date.parse(one.at) > now - REVERSALS_MS);
        expect(count(journal)).toBe(isRepeat(list.length - 1) ? recent.length : 0);
      }),
    );
  });

  it('is the same when the world is later, and never grows as time passes', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 0, max: 3 * REVERSALS_MS }), (list, later) => {
        const journal = toJournal(list);
        const moved = journal.map((one) => ({ ...one, at: new Date(Date.parse(one.at) + later).toISOString() }));
        expect(count(moved)).toBe(count(journal));
        const last = journal.at(-1) as ChangeOfObject;
        const waited = { ...last, at: new Date(Date.parse(last.at) + later).toISOString() };
        expect(countReversals(journal.slice(0, -1), waited)).toBeLessThanOrEqual(count(journal));
      }),
    );
  });
});
