import fc from 'fast-check';
import { type Allowance, type BillingCycleName, type Reading, type UsageBytes } from '../index.js';

/** Zones with whole, half and quarter hours, with changes at midnight, of two hours, of a whole day, and none. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'America/Asuncion',
  'America/Scoresbysund',
  'Asia/Tehran',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
] as const;

export const CYCLE_NAMES: readonly BillingCycleName[] = [
  'monthly',
  'quarterly',
  'semiannually',
  'annually',
  'biennially',
  'triennially',
];

export const zone = fc.constantFrom(...ZONES);
export const cycleName = fc.constantFrom(...CYCLE_NAMES);
export const quotaPeriod = fc.constantFrom('billing' as const, 'month' as const);

/** A local date that exists, the ends of months more often than chance. */
export const localDate = fc
  .record({
    year: fc.integer({ min: 1990, max: 2045 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 27, max: 31 })),
  })
  .map(({ year, month, day }) => {
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    return new Date(Date.UTC(year, month - 1, Math.min(day, last))).toISOString().slice(0, 10);
  });

export const instant = fc
  .integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2045, 0, 1) })
  .map((ms) => new Date(ms).toISOString());

export const anchor = fc.record({ nextDueDate: localDate, billingCycle: cycleName, timeZone: zone });

/** Any figure that may stand for bytes, the edges more often than chance. */
export const bytes = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.integer({ min: 0, max: 2 ** 50 }),
  fc.constantFrom(0, 1, 2 ** 30, 10 * 2 ** 40, 2 ** 52),
);

export const limited = (allowedBytes: number): Allowance => ({
  kind: 'limited',
  baseBytes: allowedBytes,
  extraBytes: 0,
  allowedBytes,
  parts: [{ source: 'product.total', bytes: allowedBytes }],
});

export const AT = '2026-03-10T12:00:00.000Z';

export const known = (usage: Partial<UsageBytes>): Reading => ({
  known: true,
  at: AT,
  inBytes: null,
  outBytes: null,
  totalBytes: null,
  ...usage,
});

export const unknown: Reading = { known: false, at: AT, code: 'unreadable', message: 'no figures in the answer' };
