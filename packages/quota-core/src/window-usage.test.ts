import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  beginWindowCount,
  type CycleReading,
  mostInWindow,
  stepWindowCount,
  swapDirections,
  usageInWindow,
  type UsageBytes,
  type WindowCount,
} from './index.js';
import { runs } from './test/runs.js';

const hour = (number: number): string => new Date(Date.UTC(2026, 2, 10) + number * 3_600_000).toISOString();
const C1 = { cycle: 'c1', cycleStart: hour(-500), cycleEnd: hour(6) };
const C2 = { cycle: 'c2', cycleStart: hour(6), cycleEnd: hour(700) };
const at = (number: number, totalBytes: number, cycle = C1): CycleReading => ({
  ...cycle,
  at: hour(number),
  inBytes: null,
  outBytes: null,
  totalBytes,
});
const begun = beginWindowCount(hour(0), at(0, 700));
const counted = (...readings: CycleReading[]): WindowCount => readings.reduce(stepWindowCount, begun);
const total = (...readings: CycleReading[]): number | null | undefined =>
  usageInWindow(counted(...readings))?.totalBytes;

describe('usage in a window', () => {
  it('is the growth since the reading at its beginning', () => {
    expect(total(at(5, 900))).toBe(200);
    expect(total(at(5, 600))).toBe(0);
  });

  it('is unknown for a direction that only one of two readings has', () => {
    const both = { ...at(5, 900), inBytes: 5 };
    expect(usageInWindow(counted(both))).toMatchObject({ inBytes: null, totalBytes: 200 });
    const lost = stepWindowCount(beginWindowCount(hour(0), { ...at(0, 700), inBytes: 3 }), at(5, 900));
    expect(usageInWindow(lost)).toMatchObject({ inBytes: null, totalBytes: 200 });
  });

  it('is unknown, not zero, while nothing but the first reading is known', () => {
    expect(usageInWindow(begun)).toBeNull();
    expect(usageInWindow(counted(at(0, 700)))).toBeNull();
  });

  it('is bounded by the growth since a reading before the window', () => {
    const first = beginWindowCount(hour(0), at(2, 700));
    expect(mostInWindow(first, at(-40, 650))?.totalBytes).toBe(50);
    expect(mostInWindow(first, at(0, 700))?.totalBytes).toBe(0);
    expect(mostInWindow(first, at(1, 690))).toBeNull();
    expect(mostInWindow(first, at(-40, 710))).toBeNull();
    expect(mostInWindow(beginWindowCount(hour(0), at(8, 40, C2)), at(-40, 30))).toBeNull();
  });

  it('goes on over the end of a cycle, from the last reading that is stored in it', () => {
    expect(total(at(5, 900), at(8, 40, C2))).toBe(240);
    expect(total(at(5, 900), at(8, 40, C2), at(9, 90, C2))).toBe(290);
  });

  it('counts what the final reading of a cycle adds, before the next one is read or after', () => {
    const final = at(8, 950);
    expect(counted(at(5, 900), at(8, 40, C2)).ended).toEqual(at(5, 900));
    expect(total(at(5, 900), final, at(8, 40, C2))).toBe(290);
    expect(total(at(5, 900), at(8, 40, C2), final)).toBe(290);
    expect(total(at(5, 900), at(8, 40, C2), at(9, 60, C2), final, final)).toBe(310);
    expect(counted(at(5, 900), at(8, 40, C2), final).ended).toBeNull();
  });

  it('counts nothing of a cycle that ended as the window began', () => {
    const count = beginWindowCount(hour(6), at(5, 900));
    const steps = [at(8, 950), at(8, 40, C2)].reduce(stepWindowCount, count);
    expect([usageInWindow(steps)?.totalBytes, steps.ended]).toEqual([40, null]);
  });

  it('goes on with the figures of a cycle that was moved, as far as they are known to have grown', () => {
    const moved = { ...C1, cycleStart: hour(3) };
    expect(total(at(5, 900), at(6, 910, moved))).toBe(210);
    expect(total(at(5, 900), at(6, 30, moved), at(7, 40, moved))).toBe(210);
    expect(total(at(2, 900), at(6, 30, moved), at(7, 40, moved))).toBe(240);
    // Whether it began earlier or only counts from there is not known.
    expect(total(at(5, 900), at(6, 5000, { ...C1, cycleStart: hour(-900) }))).toBe(200);
  });
});

describe('a window that begins with a fallen reading', () => {
  const fallen = (highest: number): WindowCount =>
    beginWindowCount(hour(0), at(0, 40), { inBytes: null, outBytes: null, totalBytes: highest });
  const used = (highest: number, ...readings: CycleReading[]): (number | null | undefined)[] => {
    let count = fallen(highest);
    return readings.map((reading) => {
      count = stepWindowCount(count, reading);
      return usageInWindow(count)?.totalBytes;
    });
  };

  it('counts nothing of what a later reading brings back at once', () => {
    expect(used(700, at(1, 705), at(2, 900))).toEqual([0, 195]);
    expect(used(700, at(1, 41), at(2, 690), at(3, 900))).toEqual([1, 1, 211]);
  });

  it('counts what grows step by step, beyond the highest figure too', () => {
    expect(used(700, at(1, 300), at(2, 500), at(3, 900))).toEqual([260, 460, 860]);
  });

  it('counts as usual where the figure had not fallen by more than half', () => {
    expect(used(80, at(1, 80))).toEqual([40]);
    expect(fallen(80)).toEqual(beginWindowCount(hour(0), at(0, 40)));
  });

  it('waits for no final reading of a cycle whose figures were not back at its end', () => {
    const count = [at(5, 45), at(8, 40, C2)].reduce(stepWindowCount, fallen(700));
    expect([count.ended, count.fallen, usageInWindow(count)?.totalBytes]).toEqual([null, undefined, 45]);
    expect(usageInWindow(stepWindowCount(count, at(8, 950)))?.totalBytes).toBe(45);
  });
});

it('a count goes on where the directions are swapped', () => {
  const both = (number: number, inBytes: number, outBytes: number): CycleReading => ({
    ...at(number, inBytes + outBytes),
    inBytes,
    outBytes,
  });
  const highest = { inBytes: 5, outBytes: 900, totalBytes: 905 };
  const first = stepWindowCount(beginWindowCount(hour(0), both(0, 5, 150), highest), both(1, 7, 160));
  const swapped = swapDirections(first);
  expect(usageInWindow(stepWindowCount(swapped, both(2, 163, 9)))).toEqual({
    inBytes: 13,
    outBytes: 4,
    totalBytes: 17,
  });
  expect(usageInWindow(stepWindowCount(swapped, both(2, 901, 9)))).toMatchObject({ inBytes: 10, outBytes: 4 });
  expect(swapDirections(swapped)).toEqual(first);
  const over = stepWindowCount(first, { ...both(8, 1, 2), ...C2 });
  expect(swapDirections(over)).toMatchObject({
    carried: { inBytes: 10, outBytes: 2 },
    last: { inBytes: 2, outBytes: 1 },
  });
});

it('what a fall before the end of a cycle hides is counted once by its final reading', () => {
  expect(total(at(5, 900), at(5.5, 10), at(8, 40, C2), at(8, 950))).toBe(290);
});

type Happening = 'read' | 'failed' | 'end' | 'final' | 'move' | 'restart';
const life = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Happening>('read') },
      { weight: 3, arbitrary: fc.constantFrom<Happening>('failed', 'end', 'final', 'move', 'restart') },
    ),
    bytes: fc.integer({ min: 0, max: 1000 }),
    /** How far before now a moved cycle begins. */
    back: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 40 },
);

/** A panel as its meters show it, hour by hour: all traffic with its hour, and the cycle that runs. */
class Panel {
  now = 0;
  readonly #traffic: { hour: number; bytes: number }[] = [{ hour: 0, bytes: 700 }];
  start = -1;
  id = 1;
  ended: { id: number; start: number; end: number } | null = null;
  /** What a counter has summed in the running cycle, and when it was read last. */
  #sum = { id: 1, bytes: 0, from: 0 };

  constructor(readonly isCounter: boolean) {}

  use(bytes: number): void {
    this.now += 1;
    this.#traffic.push({ hour: this.now, bytes });
  }

  /** Traffic after one hour, up to another. */
  between(after: number, until: number): number {
    return this.#traffic.reduce((sum, one) => sum + (one.hour > after && one.hour <= until ? one.bytes : 0), 0);
  }

  end(): void {
    this.ended = { id: this.id, start: this.start, end: this.now };
    this.id += 1;
    this.start = this.now;
  }

  #reading(id: number, start: number, end: number, bytes: number): CycleReading {
    const cycle = { cycle: `c${id}`, cycleStart: hour(start), cycleEnd: hour(end) };
    return { ...cycle, at: hour(this.now), inBytes: null, outBytes: null, totalBytes: bytes };
  }

  read(): CycleReading {
    if (!this.isCounter) return this.#reading(this.id, this.start, 10_000, this.between(this.start, this.now));
    const { id, bytes, from } = this.#sum;
    const grown = this.between(from, this.now);
    const isNew = id !== this.id || from < this.start;
    this.#sum = { id: this.id, bytes: isNew ? grown : bytes + grown, from: this.now };
    return this.#reading(this.id, this.start, 10_000, this.#sum.bytes);
  }

  /** The final reading of the last ended cycle; a counter has none. */
  final(): CycleReading | null {
    if (this.isCounter || this.ended === null) return null;
    const { id, start, end } = this.ended;
    return this.#reading(id, start, end, this.between(start, end));
  }
}

/** Lives a life; tells after each reading what is counted, was used, and may be unknown. */
function live(happenings: { what: Happening; bytes: number; back: number }[], panel: Panel) {
  let count = beginWindowCount(hour(0), panel.read());
  const seen: { counted: UsageBytes | null; used: number; unknown: number }[] = [];
  let unread: number | null = null;
  let lastRead = 0;
  let unknown = 0;
  for (const { what, bytes, back } of happenings) {
    panel.use(bytes);
    if (what === 'restart') count = JSON.parse(JSON.stringify(count)) as WindowCount;
    // An earlier cycle whose end was never read is not asked for again.
    if (what === 'end' && unread === null && lastRead >= panel.start) {
      panel.end();
      unread = lastRead;
    }
    const final = what === 'final' && unread !== null ? panel.final() : null;
    if (final !== null) {
      count = stepWindowCount(count, final);
      unread = null;
    }
    if (what === 'move' && unread === null && panel.now - back > panel.start) {
      panel.start = panel.now - back;
      if (!panel.isCounter && lastRead >= panel.start) unknown += panel.between(lastRead, panel.now);
      else if (!panel.isCounter) unknown += panel.between(lastRead, panel.start);
    }
    if (what !== 'read' && what !== 'move') continue;
    count = stepWindowCount(count, panel.read());
    lastRead = panel.now;
    if (panel.isCounter) unread = null;
    const missing = unread === null ? 0 : panel.between(unread, panel.ended?.end ?? 0);
    seen.push({ counted: usageInWindow(count), used: panel.between(0, panel.now) - missing, unknown });
  }
  return seen;
}

describe('a count over any life of a service', () => {
  it('is what a counter has grown, whatever failed, ended or was changed between', () => {
    fc.assert(
      fc.property(life, (happenings) => {
        for (const { counted, used } of live(happenings, new Panel(true))) expect(counted?.totalBytes).toBe(used);
      }),
      { numRuns: runs(500) },
    );
  });

  it('is what a panel with readings of a time shows, but for what a moved cycle hides', () => {
    fc.assert(
      fc.property(life, (happenings) => {
        for (const { counted, used, unknown } of live(happenings, new Panel(false))) {
          const bytes = counted?.totalBytes ?? 0;
          expect(bytes).toBeLessThanOrEqual(used);
          expect(bytes).toBeGreaterThanOrEqual(used - unknown);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
