import { describe, expect, it } from '@jest/globals';
import { formatLength, moment, refuseWrongClock } from './clock-guard.js';
import { WRONG_CLOCK_MS } from './panel-answers.js';
import type { Session } from './context.js';

/** A session as far as the guard looks at it. */
function sessionAt(state: { now: number; difference: number | null }): Session {
  const session = { deps: { clock: { now: () => state.now } }, clockDifference: () => state.difference };
  return session as unknown as Session;
}

describe('refuseWrongClock', () => {
  it.each([WRONG_CLOCK_MS, -WRONG_CLOCK_MS, 0, null])("lets a panel's clock that differs by %s pass", (difference) => {
    const session = sessionAt({ now: 0, difference });
    refuseWrongClock(session, 'dcim', moment(session));
    expect(session.clockDifference('dcim')).toBe(difference);
  });

  it.each([
    [WRONG_CLOCK_MS + 1, 'the clock of panel "dcim" is 30 min ahead of the local clock'],
    [-WRONG_CLOCK_MS - 1, 'the clock of panel "dcim" is 30 min behind the local clock'],
    [365 * 86_400_000, 'the clock of panel "dcim" is 365 d ahead of the local clock'],
  ])('refuses one that differs by %s', (difference, says) => {
    const session = sessionAt({ now: 0, difference });
    expect(() => {
      refuseWrongClock(session, 'dcim', moment(session));
    }).toThrow(says);
  });

  it('refuses after a jump during the run although the panel tells no time', () => {
    const state = { now: 0, difference: null };
    const session = sessionAt(state);
    const start = moment(session);
    state.now = 3_600_000;
    expect(() => {
      refuseWrongClock(session, 'dcim', start);
    }).toThrow('the local clock was set forward by 60 min during the run');
    state.now = -86_400_000;
    expect(() => {
      refuseWrongClock(session, 'dcim', start);
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
