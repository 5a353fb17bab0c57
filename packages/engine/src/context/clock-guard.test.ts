import { describe, expect, it } from '@jest/globals';
import { formatLength, isClockBelieved, isClockBelievedOn, refuseWrongClock } from './clock-guard.js';
import { moment, WRONG_CLOCK_MS } from './panel-answers.js';
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
  const HOUR = 3_600_000;
  const WRONG = WRONG_CLOCK_MS + 1;

  /** A context in which panels have returned these differences; `answers`: what one that is called returns. */
  function contextOf(known: Record<string, number>, answers: Record<string, number> = {}) {
    const asked: string[] = [];
    const differences = { ...known };
    const context = {
      ...{ deps: { clock: { now: () => HOUR } }, now: () => new Date(HOUR).toISOString() },
      ...{ start: { clock: HOUR, steady: performance.now() }, config: { panels: { first: {}, second: {} } } },
      store: { clock: { confirmed: () => Promise.resolve(new Date(0).toISOString()) } },
      ...{ clockDifference: (panel: string) => differences[panel] ?? null, agreedAt: () => null },
      ...{ panelFailures: () => new Map() },
      panel: (name: string) => {
        asked.push(name);
        Object.assign(differences, { [name]: answers[name] });
        return Promise.resolve({ test: () => Promise.resolve() });
      },
    };
    return { context: context as unknown as Context, asked };
  }

  it.each([
    [{ first: WRONG, second: 0 }, false],
    [{ first: WRONG }, false],
    [{ first: 0 }, true],
    [{}, true],
  ])('of what is about no panel counts the clocks of all (%j)', async (known, isBelieved) => {
    const { context, asked } = contextOf(known);
    expect([await isClockBelieved(context), asked]).toEqual([isBelieved, []]);
  });

  it.each([
    ['its own clock, also where that of another differs', { first: WRONG, second: 0 }, {}, true],
    ['its own clock, also where that of another agrees', { first: 0, second: WRONG }, {}, false],
    ['its own clock, for which it is called', { first: -WRONG }, { second: 0 }, true],
    ['its own clock, for which it is called first', {}, { second: WRONG }, false],
    ['those of others where it returns no time', { first: -WRONG }, {}, false],
    ['no clock where none is known', {}, {}, true],
  ])('of what is about one panel counts %s', async (_what, known, answers, isBelieved) => {
    const { context, asked } = contextOf(known, answers);
    expect(await isClockBelievedOn(context, 'second', context.start)).toBe(isBelieved);
    expect(asked).toEqual('second' in known ? [] : ['second']);
  });
});
