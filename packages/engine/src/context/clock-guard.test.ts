import { describe, expect, it } from '@jest/globals';
import { formatLength, isClockBelieved, refuseWrongClock } from './clock-guard.js';
import { moment } from './moment.js';
import { WRONG_CLOCK_MS } from './panel-answers.js';
import type { Context } from './context.js';

/** A context as far as the guard looks at it. */
function sessionAt(state: { now: number; difference: number | null }): Context {
  const context = { deps: { clock: { now: () => state.now } }, clockDifference: () => state.difference };
  return context as unknown as Context;
}

describe('refuseWrongClock', () => {
  it.each([WRONG_CLOCK_MS, -WRONG_CLOCK_MS, 0, null])("lets a panel's clock that differs by %s pass", (difference) => {
    const context = sessionAt({ now: 0, difference });
    refuseWrongClock(context, 'dcim', moment(context));
    expect(context.clockDifference('dcim')).toBe(difference);
  });

  it.each([
    [WRONG_CLOCK_MS + 1, 'the clock of panel "dcim" is 30 min ahead of the local clock'],
    [-WRONG_CLOCK_MS - 1, 'the clock of panel "dcim" is 30 min behind the local clock'],
    [365 * 86_400_000, 'the clock of panel "dcim" is 365 d ahead of the local clock'],
  ])('refuses one that differs by %s', (difference, says) => {
    const context = sessionAt({ now: 0, difference });
    expect(() => {
      refuseWrongClock(context, 'dcim', moment(context));
    }).toThrow(says);
  });

  it('refuses after a jump during the run although the panel tells no time', () => {
    const state = { now: 0, difference: null };
    const context = sessionAt(state);
    const start = moment(context);
    state.now = 3_600_000;
    expect(() => {
      refuseWrongClock(context, 'dcim', start);
    }).toThrow('the local clock was set forward by 60 min during the run');
    state.now = -86_400_000;
    expect(() => {
      refuseWrongClock(context, 'dcim', start);
    }).toThrow('the local clock was set back by 24 h during the run');
  });
});

describe('formatLength', () => {
  it.each([
    [0, '0 s'],
    [90_000, '90 s'],
    [-45 * 60_000, '45 min'],
    [3 * 3_600_000, '3 h'],
    [40 * 3_600_000, '40 h'],
    [-48 * 3_600_000, '2 d'],
  ])('of %s is %s', (ms, text) => {
    expect(formatLength(ms)).toBe(text);
  });
});

describe('isClockBelieved', () => {
  it('counts for one panel only its own clock', async () => {
    const clock = { now: () => 0 };
    const differences: Record<string, number> = { wrong: WRONG_CLOCK_MS + 1, right: 0 };
    const context = {
      ...{ deps: { clock }, config: { panels: { wrong: {}, right: {} } }, now: () => new Date(0).toISOString() },
      ...{
        start: { clock: 0, steady: performance.now() },
        store: { clock: { confirmed: () => Promise.resolve(null) } },
      },
      ...{ clockDifference: (panel: string) => differences[panel] ?? null, agreedAt: () => new Date(0).toISOString() },
    } as unknown as Context;
    expect(await Promise.all([undefined, 'wrong', 'right'].map((only) => isClockBelieved(context, only)))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
