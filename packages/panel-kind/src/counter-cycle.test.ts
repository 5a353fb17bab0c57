import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findCycleId, findCycleToZero, mayLowerLimit, showsOthers, updateZeroedCycle } from './counter-cycle.js';
import type { TargetState } from './plan.js';

type Target = Pick<TargetState, 'cycle' | 'scope'>;

const toTarget = (id: string, scope: Target['scope'], more: Partial<NonNullable<Target['cycle']>> = {}): Target => ({
  scope,
  cycle: { id, start: '2026-01-01', end: '2026-02-01', isNew: false, readAt: '2026-01-02', ...more },
});

const SCOPES = ['hold', 'poll', 'reconcile', 'command'] as const;

it.each(SCOPES)('a cycle that no run has opened yet has its id only in a run (%s)', (scope) => {
  const isRun = scope === 'poll' || scope === 'reconcile';
  expect(findCycleId(toTarget('a', scope, { isNew: true }))).toBe(isRun ? 'a' : null);
  expect(findCycleId(toTarget('a', scope))).toBe('a');
  expect(findCycleId({ scope, cycle: null })).toBeNull();
});

it.each([
  ['own', { isOwn: true, firstCycle: null }, 'poll', true],
  ['of another tool, in its first cycle', { isOwn: false, firstCycle: 'a' }, 'poll', false],
  ['of another tool, in the next cycle', { isOwn: false, firstCycle: 'before' }, 'poll', true],
  ['of another tool, by a command', { isOwn: false, firstCycle: 'a' }, 'command', true],
  ['of another tool, never seen before', { isOwn: false, firstCycle: null }, 'poll', false],
] as const)('a limit that is %s', (_name, account, scope, may) => {
  expect(mayLowerLimit(toTarget('a', scope), account)).toBe(may);
});

it('a limit of another tool stays where the cycle is not known', () => {
  expect(mayLowerLimit({ scope: 'poll', cycle: null }, { isOwn: false, firstCycle: 'a' })).toBe(false);
});

it('a counter shows more than the service used, nothing more, or was not read', () => {
  expect(showsOthers({ counted: { counterBytes: 5, usedBytes: 4 } })).toBe(true);
  expect(showsOthers({ counted: { counterBytes: 5, usedBytes: 5 } })).toBe(false);
  expect(showsOthers({ counted: null })).toBeNull();
});

it('a counter is zeroed by runs alone, and after it was read in the cycle', () => {
  for (const scope of SCOPES) {
    const isRun = scope === 'poll' || scope === 'reconcile';
    expect(findCycleToZero(toTarget('a', scope), null)).toBe(isRun ? 'a' : null);
  }
  expect(findCycleToZero(toTarget('a', 'poll', { readAt: null }), null)).toBeNull();
  expect(findCycleToZero({ scope: 'poll', cycle: null }, null)).toBeNull();
});

it("a counter that is all the service's own needs no zeroing when it is first read, and in later cycles it does", () => {
  const update = (known: string | null, isOwn: boolean, isZero = false) =>
    updateZeroedCycle(known, { cycle: 'b', isZero, isOwn });
  expect(update(null, true)).toBe('b');
  expect(update(null, false)).toBeNull();
  expect(update('a', true)).toBe('a');
  expect(update('a', false, true)).toBe('b');
});

it('a counter is zeroed once in each cycle, whatever order of runs, commands and failed calls comes', () => {
  const aRun = fc.record({
    scope: fc.constantFrom(...SCOPES),
    next: fc.boolean(),
    isRead: fc.boolean(),
    succeeds: fc.boolean(),
    isZero: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(aRun, { maxLength: 20 }), fc.boolean(), (runs, isOwn) => {
      let cycle = 0;
      let zeroedCycle: string | null = null;
      const zeroed: string[] = [];
      for (const { scope, next, isRead, succeeds, isZero } of runs) {
        if (next) cycle += 1;
        const target = toTarget(String(cycle), scope, { isNew: next, readAt: isRead ? 'now' : null });
        const known: string | null = zeroedCycle;
        zeroedCycle = updateZeroedCycle(known, { cycle: findCycleId(target), isZero, isOwn });
        // What is known never goes back to an earlier cycle, nor is it forgotten.
        expect(Number(zeroedCycle ?? -1)).toBeGreaterThanOrEqual(Number(known ?? -1));
        const due = findCycleToZero(target, zeroedCycle);
        if (due !== null) expect(due).toBe(String(cycle));
        if (due === null || !succeeds) continue;
        zeroed.push(due);
        zeroedCycle = due;
      }
      expect(new Set(zeroed).size).toBe(zeroed.length);
    }),
  );
});
