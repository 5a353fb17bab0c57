import { describe, expect, it } from '@jest/globals';
import { planReading, type PlannedReading, type ReadingRules } from './index.js';

/**
 * A month of services on a panel that is read per service, whose lines have a known speed: calls and overshoot of polls of what is
 * due, beside a poll of all with the same bound.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TEN_DAYS = 10 * DAY;
const MINUTES = 30 * 24 * 60;
const GB = 1024 ** 3;
const START = Date.parse('2026-03-01T00:00:00.000Z');
const RULES: ReadingRules = { toleranceBytes: GB, floorMs: MINUTE, ceilingMs: HOUR, intervalMs: 15 * MINUTE };

/** Deterministic figures in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Line {
  bytesPerSecond: number;
  quota: number;
  /** When the service is added. */
  from: number;
  /** Share of the line that is used in each minute of the month. */
  use: (minute: number) => number;
}

const LINES: Line['bytesPerSecond'][] = [12.5e6, 12.5e6, 62.5e6, 125e6, 125e6, 1.25e9];

/** Quiet nights, bursts at the whole speed of the line, idle and steady ones, and services that come in the month. */
function drawLine(random: () => number, number: number): Line {
  const bytesPerSecond = LINES[number % LINES.length] ?? 0;
  const mean = [0.002, 0.01, 0.03, 0][number % 4] ?? 0;
  // From a quota that is never reached to one that is reached after some hours of the whole line.
  const quota = Math.round(bytesPerSecond * 3600 * (4 + random() * 60));
  const bursts = new Uint8Array(MINUTES + 90);
  for (let burst = 0; burst < 12; burst++) {
    const at = Math.floor(random() * MINUTES);
    bursts.fill(1, at, at + 1 + Math.floor(random() * 90));
  }
  const from = number % 5 === 0 ? Math.floor(random() * 20 * 24 * 60) : 0;
  return {
    ...{ bytesPerSecond, quota, from },
    use(minute) {
      if (bursts[minute] === 1) return 1;
      const hour = Math.floor(minute / 60) % 24;
      return hour < 7 ? 0 : Math.min(1, mean * 2 * random());
    },
  };
}

interface Month {
  calls: number;
  minutes: number;
  /** The most that was used beyond the quota before it was found. */
  overshoot: number;
  held: boolean;
}

/** Returns what a line carries in a minute, in bytes. */
const toUsed = ({ use, bytesPerSecond }: Line, minute: number): number => Math.round(use(minute) * bytesPerSecond * 60);

/** Lets a run come each minute, and reads the service if it is due. */
function simulate(line: Line, seed: number, nextAt: (used: number, at: number, spread: number) => number): Month {
  const random = randomOf(seed);
  const spread = random();
  let [used, calls, minute, dueAt] = [0, 0, line.from, 0];
  for (; minute < MINUTES; minute++) {
    const at = START + minute * MINUTE;
    if (at >= dueAt) {
      calls++;
      if (used >= line.quota) return { calls, minutes: minute - line.from, overshoot: used - line.quota, held: true };
      dueAt = nextAt(used, at, spread);
    }
    used += toUsed(line, minute);
  }
  return { calls, minutes: minute - line.from, overshoot: Math.max(0, used - line.quota), held: false };
}

const toIso = (ms: number): string => new Date(ms).toISOString();

function planDue({ quota, bytesPerSecond }: Line): Parameters<typeof simulate>[2] {
  return (used, at, spread) => {
    const limits = [{ id: 'quota', remainingBytes: quota - used }];
    const next = [0.8, 0.9].map((share) => share * quota - used).filter((left) => left > 0);
    const found: PlannedReading = planReading(
      {
        ...{ readAt: toIso(at), triedAt: toIso(at), limits, moments: [], state: 'idle' },
        reportAfterBytes: next.length === 0 ? null : Math.floor(Math.min(...next)),
        rate: { bytesPerSecond, isHighest: true },
      },
      RULES,
      spread,
    );
    return Date.parse(found.at);
  };
}

const services = process.env['SLUICE_LONG'] === '1' ? 240 : 24;

describe('a month of polls of what is due', () => {
  const lines = Array.from(
    { length: services },
    (_, number) => [drawLine(randomOf(number + 1), number), number] as const,
  );

  it('makes at most a fifth of the calls of a poll of all with the same bound, and exceeds the bound nowhere', () => {
    let [calls, days, fixed, held] = [0, 0, 0, 0];
    for (const [line, number] of lines) {
      const month = simulate(line, number + 7, planDue(line));
      const bound = RULES.toleranceBytes + (line.bytesPerSecond * RULES.floorMs) / 1000;
      expect([number, month.overshoot <= bound]).toEqual([number, true]);
      const time = month.minutes * MINUTE;
      calls += month.calls;
      days += time / DAY;
      fixed += time / (((bound / line.bytesPerSecond) * 1000) | 0);
      held += Number(month.held);
    }
    // Some are held in the month, which ends their readings here, and some never.
    expect(held).toBeGreaterThan(services / 10);
    expect(held).toBeLessThan(services);
    expect(calls / days).toBeLessThan(fixed / days / 5);
  });

  it('reads lists of many services never more often than a poll of all with the same bound', () => {
    const all = lines
      .slice(0, 40)
      .map(([line]) => ({ ...line, bytesPerSecond: 12.5e6, quota: Math.min(line.quota, 400 * GB) }));
    const bound = RULES.toleranceBytes + (12.5e6 * RULES.floorMs) / 1000;
    const open = new Map(all.map((line) => [line, 0]));
    let [calls, dueAt, most] = [0, 0, 0];
    for (let minute = 0; minute < TEN_DAYS / MINUTE; minute++) {
      const at = START + minute * MINUTE;
      const known = [...open].filter(([line]) => line.from <= minute);
      // A service that comes is read at once, by both.
      if (at >= dueAt || known.some(([line]) => line.from === minute && minute > 0)) {
        calls++;
        for (const [line, used] of known) {
          if (used < line.quota) continue;
          most = Math.max(most, used - line.quota);
          open.delete(line);
        }
        const next = [...open].filter(([line]) => line.from <= minute);
        dueAt = Math.min(at + RULES.ceilingMs, ...next.map(([line, used]) => planDue(line)(used, at, 0)));
      }
      for (const [line, used] of known) if (open.has(line)) open.set(line, used + toUsed(line, minute));
    }
    expect(most).toBeLessThanOrEqual(bound);
    expect(calls).toBeLessThanOrEqual(TEN_DAYS / ((bound / 12.5e6) * 1000));
  });

  it('reads a service that uses nothing only at the ceiling', () => {
    const [line] = lines[0] ?? [];
    if (line === undefined) throw new Error('there is no line');
    const idle = { ...line, from: 0, quota: 1e15, use: () => 0 };
    expect(simulate(idle, 1, planDue(idle)).calls).toBeLessThanOrEqual((30 * DAY) / (0.9 * RULES.ceilingMs) + 1);
  });
});
