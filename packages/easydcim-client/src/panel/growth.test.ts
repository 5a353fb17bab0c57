import { describe, expect, it } from '@jest/globals';
import type { WindowReading } from '@sluice/panel-kind';
import fc from 'fast-check';
import { exceedsLineSpeed, growthBeyondTheLine, withReading } from './plausibility.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TB = 1e12;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (ms: number): string => new Date(ms).toISOString();

/** Two ports of 1 Gbit/s. */
const LINE = { portSpeeds: { '7001': 1e9, '7002': 1e9 } };
const BYTES_PER_MS = 2e9 / 8 / 1000;

const reading = (ms: number, bytes: number, start = START, previousAt: string | null = null): WindowReading => ({
  at: iso(ms),
  start: iso(start),
  usage: { inBytes: bytes, outBytes: 0, totalBytes: bytes },
  previousAt,
});

/** Reads every 15 minutes while the line carries a tenth of what it can; returns the bounds, and the last reading. */
function readADay(): { bounds: unknown; at: number; bytes: number } {
  let bounds: unknown = LINE;
  let [at, bytes] = [START, 0];
  while (at < START + DAY) {
    at += 15 * MINUTE;
    bytes += (BYTES_PER_MS * 15 * MINUTE) / 10;
    bounds = withReading(bounds, reading(at, bytes));
  }
  return { bounds, at, bytes };
}

describe('growth that the line cannot carry', () => {
  it('is 9 TB in three seconds, until the line could have carried it', () => {
    const { bounds, at, bytes } = readADay();
    const jump = (ms: number): string | undefined =>
      growthBeyondTheLine(bounds, reading(at + ms, bytes + 9 * TB))?.code;
    expect(jump(3000)).toBe('impossible_jump');
    expect(jump(3 * HOUR)).toBe('impossible_jump');
    expect(jump(8 * HOUR)).toBeUndefined();
    expect(growthBeyondTheLine(bounds, reading(at + 3000, bytes + TB))).toBeNull();
  });

  it('is 9 TB of both directions after a single earlier reading', () => {
    const bounds = withReading(LINE, reading(START + DAY, 0));
    const usage = { inBytes: 4.5 * TB, outBytes: 4.5 * TB, totalBytes: 9 * TB };
    const at = iso(START + DAY + 3000);
    expect(growthBeyondTheLine(bounds, { at, start: iso(START), usage, previousAt: null })?.code).toBe(
      'impossible_jump',
    );
    expect(
      growthBeyondTheLine(bounds, {
        at,
        start: iso(START),
        usage: { ...usage, inBytes: null, outBytes: null },
        previousAt: null,
      })?.code,
    ).toBe('impossible_jump');
  });

  it('counts from the last of the readings with the figures before, which change nothing themselves', () => {
    const { bounds, at, bytes } = readADay();
    const confirmedAt = iso(at + HOUR);
    expect(withReading(bounds, reading(at + HOUR, bytes, START, iso(at)))).toEqual(bounds);
    const grown = withReading(bounds, reading(at + 1.5 * HOUR, bytes + TB, START, confirmedAt));
    const jump = (ms: number): string | undefined =>
      growthBeyondTheLine(grown, reading(at + ms, bytes + 7 * TB, START, iso(at + 1.5 * HOUR)))?.message;
    expect(jump(3 * HOUR)).toContain(`since ${confirmedAt}`);
    expect(jump(9 * HOUR)).toBeUndefined();
  });

  it('is unknown without an earlier reading of the window, and without the speed of the line', () => {
    const { bounds, at, bytes } = readADay();
    expect(growthBeyondTheLine(LINE, reading(at, 9 * TB))).toBeNull();
    expect(growthBeyondTheLine(bounds, reading(at + 3000, 9 * TB, START - DAY))).toBeNull();
    const slower = withReading({ portSpeeds: { '7001': null } }, reading(at, bytes));
    expect(growthBeyondTheLine(slower, reading(at + 3000, bytes + 9 * TB))).toBeNull();
  });
});

/** Random numbers from 0 to 1 by a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const YEAR = 365 * DAY;

/** Bytes that the line carried until an instant, at any rate up to its speed. */
function randomTraffic(random: () => number): (ms: number) => number {
  const sums = [0];
  let rate = 0;
  for (let hour = 0; hour < (YEAR + 10 * DAY) / HOUR; hour++) {
    if (random() < 0.05) rate = random() < 0.4 ? 1 : random() < 0.4 ? 0 : random();
    sums.push((sums[hour] ?? 0) + rate * BYTES_PER_MS * HOUR);
  }
  return (ms) => {
    const hours = Math.max(0, ms - START) / HOUR;
    const index = Math.min(Math.floor(hours), sums.length - 2);
    const [from = 0, to = 0] = [sums[index], sums[index + 1]];
    return Math.floor(from + (to - from) * (hours - index));
  };
}

/**
 * Returns until when the panel has counted, at later and later instants: to a step of its data, not at all in an outage, and
 * bit by bit for up to a day after one.
 */
function randomCollector(random: () => number): (ms: number, stepMs: number) => number {
  let [outage, outageEnd, caughtUp, counted, last] = [Infinity, Infinity, 0, START, START];
  const plan = (from: number): void => {
    outage = from + random() * 20 * DAY;
    outageEnd = outage + random() ** 3 * 5 * DAY;
  };
  plan(START + 2 * DAY);
  return (ms, stepMs) => {
    const step = (at: number): number => Math.floor(at / stepMs) * stepMs;
    const follow = (at: number): void => {
      const to = step(at);
      if (at >= caughtUp) counted = to;
      else if (random() < 0.2) counted = Math.max(counted, counted + (to - counted) * random());
    };
    while (outage <= ms) {
      if (last < outage) follow(outage);
      last = outage;
      if (outageEnd > ms) return counted;
      caughtUp = outageEnd + random() * DAY;
      plan(outageEnd);
    }
    follow(ms);
    last = ms;
    return counted;
  };
}

interface Life {
  cycleDays: number;
  stepMinutes: number;
  seed: number;
}

/** Returns the first doubt about a year of readings; null where there is none. */
function findDoubtInYear({ cycleDays, stepMinutes, seed }: Life): unknown {
  const random = randomOf(seed);
  const carried = randomTraffic(random);
  const counted = randomCollector(random);
  let bounds: unknown = LINE;
  let previousAt: string | null = null;
  let [start, end, clockOff] = [START, START + cycleDays * DAY, 0];
  for (let ms = START + 5 * MINUTE; ms < START + YEAR;) {
    if (ms >= end) [start, end] = [end, end + cycleDays * DAY];
    // The due date moves.
    else if (random() < 0.0002) start = Math.max(START, start + Math.floor((random() - 0.5) * 10) * DAY);
    if (start >= ms) start = ms - HOUR;
    if (random() < 0.01) clockOff = (random() - 0.5) * 10 * MINUTE;
    const isLong = ms - start > 62 * DAY;
    const until = counted(ms, isLong ? DAY : stepMinutes * MINUTE);
    const missing = random() < 0.05 ? 1 - random() * 0.01 : 1;
    const bytes = Math.floor(Math.max(0, carried(until) - carried(start)) * missing);
    const usage = { inBytes: bytes, outBytes: Math.floor(bytes / 3), totalBytes: null };
    const read: WindowReading = { at: iso(ms + clockOff), start: iso(start), usage, previousAt };
    const doubt =
      exceedsLineSpeed(bounds, { start: read.start, end: read.at }, usage) ?? growthBeyondTheLine(bounds, read);
    if (doubt !== null) return { doubt, ms: iso(ms), read };
    bounds = withReading(bounds, read);
    previousAt = read.at;
    // Now and then nothing is read for days.
    ms += random() < 0.002 ? random() * 4 * DAY : (1 + random() * 29) * MINUTE;
  }
  return null;
}

describe('traffic that the line can carry', () => {
  it('is never doubted in a random year with lag, outages, missed polls, clock differences and changed cycles', () => {
    const life = fc.record({
      cycleDays: fc.constantFrom(7, 30, 91, 365),
      stepMinutes: fc.constantFrom(5, 30, 105),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(life, (one) => {
        expect(findDoubtInYear(one)).toBeNull();
      }),
      { numRuns: 8 },
    );
  });
});
