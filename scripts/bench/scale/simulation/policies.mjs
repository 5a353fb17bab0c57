import { planReading } from '../../../../packages/quota-core/dist/index.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** What an operator states in the config: `maxOvershoot: 1GB`, and the times that are built in. */
export const RULES = { toleranceBytes: 1e9, floorMs: MINUTE_MS, ceilingMs: 60 * MINUTE_MS, intervalMs: 15 * MINUTE_MS };

/** Shares of an allowance that are reported when they are reached. */
const REPORTED = [0.8, 0.9, 1];

/** All services of a panel are read by each poll. */
export const fixedPoll = { name: 'fixed', all: true, next: (_service, readAt) => readAt + RULES.intervalMs };

/** Services are read when they are due, as the product decides it by what it knows of them. */
export const deadlinePoll = {
  name: 'due',
  all: false,
  next({ used, quota, line, cycleEnd, held, spread }, readAt) {
    const next = REPORTED.find((share) => share * quota > used);
    const { at } = planReading(
      {
        readAt: iso(readAt),
        triedAt: iso(readAt),
        limits: held ? [] : [{ id: 'quota', remainingBytes: Math.max(0, Math.ceil(quota - used)) }],
        reportAfterBytes: next === undefined ? null : Math.ceil(next * quota - used),
        rate: { bytesPerSecond: line, isHighest: true },
        moments: [{ at: iso(cycleEnd), what: 'cycle-end' }],
        state: held ? 'open' : 'idle',
      },
      RULES,
      spread,
    );
    return Date.parse(at);
  },
};

const iso = (at) => new Date(at).toISOString();

/** Readings in a day of a fixed poll with the bound that deadline polling has for a line of this speed. */
export const readingsWithSameBound = (line) => 86_400_000 / (RULES.floorMs + (RULES.toleranceBytes / line) * SECOND_MS);

/** The most that a service uses beyond its allowance: what may be exceeded, and what its line carries until it is read. */
export const boundOf = (line, { floorMs, lagMs }) => RULES.toleranceBytes + (line * (floorMs + lagMs)) / SECOND_MS;
