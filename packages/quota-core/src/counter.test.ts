import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CounterState, type CounterStep, stepCounter } from './index.js';
import { catchCode } from './test/catch-code.js';
import { runs } from './test/runs.js';

const START = '2026-03-01T00:00:00.000Z';
const at = (minutes: number): string => new Date(Date.parse(START) + minutes * 60_000).toISOString();
const previous: CounterState = { lastIn: 100, lastOut: 50, usedIn: 30, usedOut: 20, at: at(10) };
const step = (
  inBytes: number,
  outBytes: number,
  options: Partial<Parameters<typeof stepCounter>[0]> = {},
): CounterStep =>
  stepCounter({
    previous,
    cycleStart: START,
    reading: { at: at(20), inBytes, outBytes },
    resetBetween: false,
    newCycle: false,
    ...options,
  });

describe('stepCounter', () => {
  it.each<[string, [number, number], [number, number], Parameters<typeof step>[2]]>([
    ['the first reading of a service in full', [700, 300], [700, 300], { previous: null, newCycle: true }],
    ['later readings by their growth', [110, 50], [40, 20], {}],
    ['from zero after a reset', [7, 3], [37, 23], { resetBetween: true }],
  ])('counts %s', (_what, [lastIn, lastOut], [usedIn, usedOut], options) => {
    const state = { lastIn, lastOut, usedIn, usedOut, at: at(20) };
    expect(step(lastIn, lastOut, options)).toEqual({ known: true, state });
  });

  it('counts both directions from zero when the fall of one shows the reset', () => {
    expect(step(7, 60, { resetBetween: true })).toMatchObject({ state: { usedIn: 37, usedOut: 80 } });
  });

  it('counts plain growth when a reset may have been but nothing fell', () => {
    expect(step(110, 60, { resetBetween: true })).toMatchObject({ state: { usedIn: 40, usedOut: 30 } });
  });

  it('counts from zero after a reset that is certain, also when the counter has outgrown its old figure', () => {
    expect(step(110, 60, { resetBetween: 'certain' })).toMatchObject({ state: { usedIn: 140, usedOut: 80 } });
    expect(step(7, 3, { resetBetween: 'certain' })).toMatchObject({ state: { usedIn: 37, usedOut: 23 } });
    expect(step(110, 60, { resetBetween: 'certain', newCycle: true })).toMatchObject({
      state: { usedIn: 110, usedOut: 60 },
    });
  });

  it('takes a counter that stands still for no reset, though one may have been', () => {
    expect(step(100, 60, { resetBetween: true })).toMatchObject({ state: { usedIn: 30, usedOut: 30 } });
    expect(step(110, 50, { resetBetween: true })).toMatchObject({ state: { usedIn: 40, usedOut: 20 } });
  });

  it('is unknown when a counter falls where no reset is due', () => {
    for (const [inBytes, outBytes] of [
      [99, 50],
      [100, 49],
      [0, 0],
    ] as const) {
      const result = step(inBytes, outBytes);
      expect(result).toMatchObject({ known: false, code: 'counter_fell' });
    }
    expect(step(0, 49)).toMatchObject({
      message: expect.stringMatching(/bytes in fell from 100 to 0, and that of bytes out fell from 50 to 49/),
    });
  });

  describe('of a counter that fell', () => {
    const fallen: CounterState = {
      ...previous,
      refused: { at: at(15), inBytes: 5, outBytes: 50, grownIn: 0, grownOut: 0 },
    };
    const after = (refused: object): { previous: CounterState } => ({
      previous: { ...fallen, refused: { ...fallen.refused!, ...refused } },
    });

    it('returns the refused reading', () => {
      const refused = { at: at(20), inBytes: 5, outBytes: 50, grownIn: 0, grownOut: 0 };
      expect(step(5, 50)).toMatchObject({ known: false, refused });
    });

    it('goes on once a second reading confirms that, with the growth since the first one', () => {
      expect(step(9, 52, { previous: fallen })).toEqual({
        known: true,
        restarted: true,
        state: { lastIn: 9, lastOut: 52, usedIn: 34, usedOut: 22, at: at(20) },
      });
      expect(step(5, 50, { previous: fallen })).toMatchObject({ restarted: true, state: { usedIn: 30, usedOut: 20 } });
      for (const other of [{ at: at(10) }, { at: at(20) }, { inBytes: 10 }, { outBytes: 53 }])
        expect(step(9, 52, after(other))).toMatchObject({ code: 'counter_fell' });
    });

    it('counts the growth from each refused reading to the next one', () => {
      const waits = step(9, 52, { previous: fallen, mayRestart: false });
      const refused = { at: at(20), inBytes: 9, outBytes: 52, grownIn: 4, grownOut: 2 };
      expect(waits).toMatchObject({ known: false, refused });
      const later = (inBytes: number, outBytes: number): Partial<Parameters<typeof stepCounter>[0]> => ({
        previous: { ...previous, refused },
        reading: { at: at(30), inBytes, outBytes },
      });
      expect(step(0, 0, later(20, 60))).toMatchObject({ restarted: true, state: { usedIn: 45, usedOut: 30 } });
      // Back at the old figure, or above it.
      expect(step(0, 0, later(101, 52))).toMatchObject({ state: { usedIn: 35, usedOut: 24 } });
      const further = step(0, 0, later(3, 60));
      expect(further).toMatchObject({ refused: { at: at(30), inBytes: 3, grownIn: 4, grownOut: 2 } });
    });

    it('counts from zero after a reset, with the growth before it that it no longer shows', () => {
      const grown = after({ inBytes: 9, outBytes: 52, grownIn: 4, grownOut: 2 });
      for (const resetBetween of [true, 'certain'] as const) {
        expect(step(7, 3, { ...grown, resetBetween })).toMatchObject({ state: { usedIn: 41, usedOut: 25 } });
        expect(step(11, 53, { ...grown, resetBetween })).toMatchObject({ state: { usedIn: 41, usedOut: 73 } });
      }
    });

    it('forgets the refused reading with the next one that is accepted', () => {
      for (const options of [{}, { resetBetween: true as const }]) {
        const state = { lastIn: 110, lastOut: 60, usedIn: 40, usedOut: 30, at: at(20) };
        expect(step(110, 60, { previous: fallen, ...options })).toEqual({ known: true, state });
      }
      const reading = { at: at(20), inBytes: 500, outBytes: 60, account: '8' };
      const other = step(0, 0, { previous: { ...after({ grownIn: 4 }).previous, account: '7' }, reading });
      const state = { ...previous, lastIn: 500, lastOut: 60, account: '8', at: at(20) };
      expect(other).toEqual({ known: true, state });
    });
  });

  it('adds nothing with the first reading of another account, and its growth from then on', () => {
    const own = { ...previous, account: '7' };
    const read = (inBytes: number, outBytes: number, account?: string) => ({ at: at(20), inBytes, outBytes, account });
    for (const [inBytes, outBytes] of [
      [500, 60],
      [5, 2],
    ] as const) {
      const state = { ...own, lastIn: inBytes, lastOut: outBytes, account: '8', at: at(20) };
      for (const resetBetween of [false, true])
        expect(step(0, 0, { previous: own, reading: read(inBytes, outBytes, '8'), resetBetween })).toEqual({
          known: true,
          state,
        });
      const later = { ...read(inBytes + 10, outBytes, '8'), at: at(30) };
      expect(step(0, 0, { previous: state, reading: later })).toMatchObject({ state: { usedIn: 40, usedOut: 20 } });
    }
    const inNewCycle = { previous: own, reading: read(500, 60, '8'), cycleStart: at(15) };
    expect(step(0, 0, inNewCycle)).toMatchObject({ state: { usedIn: 0, usedOut: 0 } });
  });

  it('adds nothing with the first reading of the same account on another panel', () => {
    const own = { ...previous, account: '7', panel: 'a' };
    const reading = { at: at(20), inBytes: 500, outBytes: 60, account: '7', panel: 'b' };
    const state = { ...own, lastIn: 500, lastOut: 60, panel: 'b', at: at(20) };
    expect(step(0, 0, { previous: own, reading })).toEqual({ known: true, state });
    expect(step(0, 0, { previous: { ...previous, account: '7' }, reading })).toMatchObject({ state: { usedIn: 430 } });
  });

  it('counts another account from zero after a reset that is certain', () => {
    const reading = { at: at(20), inBytes: 7, outBytes: 3, account: '8' };
    const state = { lastIn: 7, lastOut: 3, usedIn: 37, usedOut: 23, account: '8', at: at(20) };
    expect(step(0, 0, { previous: { ...previous, account: '7' }, reading, resetBetween: 'certain' })).toEqual({
      known: true,
      state,
    });
  });

  it('goes on where it is not known whose counter it was', () => {
    const reading = { at: at(20), inBytes: 110, outBytes: 50, account: '8' };
    expect(step(0, 0, { reading })).toMatchObject({ state: { usedIn: 40, usedOut: 20, account: '8' } });
    expect(step(110, 50, { previous: { ...previous, account: '8' } })).toMatchObject({
      state: { usedIn: 40, account: '8' },
    });
  });

  it('begins a new cycle with the growth since the last reading', () => {
    expect(step(130, 55, { newCycle: true })).toMatchObject({ state: { usedIn: 30, usedOut: 5 } });
    expect(step(7, 3, { newCycle: true, resetBetween: true })).toMatchObject({ state: { usedIn: 7, usedOut: 3 } });
  });

  it('begins a new cycle also when the run that opened it could read nothing', () => {
    expect(step(130, 55, { cycleStart: at(15) })).toMatchObject({ state: { usedIn: 30, usedOut: 5 } });
  });

  it('counts a reading taken at the very start of a cycle to that cycle', () => {
    expect(step(110, 50, { cycleStart: at(10) })).toMatchObject({ state: { usedIn: 40, usedOut: 20 } });
    expect(step(110, 50, { cycleStart: at(11) })).toMatchObject({ state: { usedIn: 10, usedOut: 0 } });
  });

  it('names the counters that fell, and no other', () => {
    const message = (inBytes: number, outBytes: number): string => {
      const result = step(inBytes, outBytes);
      return result.known ? '' : result.message;
    };
    const ofIn = 'bytes in fell from 100 to 99';
    const ofOut = 'bytes out fell from 50 to 49';
    const count = (text: string): number => text.split(' fell ').length - 1;
    expect([message(99, 50), count(message(99, 50))]).toEqual([expect.stringContaining(ofIn), 1]);
    expect([message(100, 49), count(message(100, 49))]).toEqual([expect.stringContaining(ofOut), 1]);
    expect([message(99, 49), count(message(99, 49))]).toEqual([expect.stringContaining(ofIn), 2]);
    // A panel with one counter for both directions counts in that of bytes in.
    const single = { ...previous, lastOut: 0 };
    const ofSingle = (outBytes: number): string => {
      const result = step(99, outBytes, { previous: single });
      return result.known ? '' : result.message;
    };
    expect(ofSingle(0)).toContain('the counter fell from 100 B to 99 B');
    expect(ofSingle(1)).toContain(`the counter of ${ofIn}`);
    expect(message(99, 0)).toContain('and that of bytes out fell from 50 to 0');
    expect(message(99, 50)).not.toContain('and that of');
    expect(message(100, 49)).not.toContain('and that of');
  });

  it('refuses figures and instants without meaning', () => {
    expect(catchCode(() => step(-1, 0))).toBe('invalid_bytes');
    expect(catchCode(() => step(0, 1.5))).toBe('invalid_bytes');
    expect(catchCode(() => step(200, 200, { reading: { at: 'today', inBytes: 200, outBytes: 200 } }))).toBe(
      'invalid_instant',
    );
    expect(catchCode(() => step(200, 200, { cycleStart: '2026-03-01' }))).toBe('invalid_instant');
  });

  it('adds up to the real traffic over any history of traffic, resets and cycles', () => {
    const amount = fc.integer({ min: 0, max: 2 ** 36 });
    const event = fc.record({
      in: amount,
      out: amount,
      resetBefore: fc.boolean(),
      newCycle: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), (events) => {
        // The panel's counter, and what really went over the line in this cycle.
        const counter = { in: 0, out: 0 };
        const real = { in: 0, out: 0 };
        let state: CounterState | null = null;
        let cycleStart = START;
        for (const [index, traffic] of events.entries()) {
          const minutes = (index + 1) * 10;
          // A reset shows itself only when less than before is there afterwards.
          const resets = state !== null && traffic.resetBefore && traffic.in < counter.in;
          if (resets) Object.assign(counter, { in: 0, out: 0 });
          if (traffic.newCycle && state !== null) {
            Object.assign(real, { in: 0, out: 0 });
            cycleStart = at(minutes - 5);
          }
          counter.in += traffic.in;
          counter.out += traffic.out;
          real.in += traffic.in;
          real.out += traffic.out;
          const result = stepCounter({
            previous: state,
            cycleStart,
            reading: { at: at(minutes), inBytes: counter.in, outBytes: counter.out },
            resetBetween: resets,
            newCycle: traffic.newCycle,
          });
          expect(result.known).toBe(true);
          if (!result.known) return;
          state = result.state;
          expect([state.usedIn, state.usedOut]).toEqual([real.in, real.out]);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('adds up to all that the panel still showed when it was reset, however far the counter has grown since', () => {
    const amount = fc.integer({ min: 0, max: 2 ** 36 });
    const event = fc.record({ before: amount, after: amount, isReset: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), (events) => {
        let counter = 0;
        let real = 0;
        let unseen = 0;
        let state: CounterState | null = null;
        for (const [index, { before, after, isReset }] of events.entries()) {
          const resets = isReset && state !== null;
          // What grows between the last reading and the reset, nobody has seen.
          if (resets) unseen += before;
          counter = (resets ? 0 : counter + before) + after;
          real += before + after;
          const result = stepCounter({
            previous: state,
            cycleStart: START,
            reading: { at: at((index + 1) * 10), inBytes: counter, outBytes: 0 },
            resetBetween: resets ? 'certain' : false,
            newCycle: false,
          });
          if (!result.known) throw new Error(result.message);
          state = result.state;
          expect(state.usedIn).toBe(real - unseen);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('never counts backwards inside a cycle', () => {
    const figure = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(figure, figure, fc.boolean(), (inBytes, outBytes, resetBetween) => {
        const result = step(inBytes, outBytes, { resetBetween });
        if (!result.known) {
          expect(resetBetween).toBe(false);
          return;
        }
        expect(result.state.usedIn).toBeGreaterThanOrEqual(previous.usedIn);
        expect(result.state.usedOut).toBeGreaterThanOrEqual(previous.usedOut);
      }),
    );
  });
});
