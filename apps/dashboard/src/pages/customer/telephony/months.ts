import { parsePeriod } from '@sluice/quota-core/telephony';
import type { Times } from '../../../layout/format.js';

/** Months that a page offers; bills of older ones lead to theirs. */
const OFFERED = 13;

/** Before it, zones have offsets with seconds, in which no period is written. */
const FIRST = '1970-01';

/** A month of the bills: one of the common calendar, in the billing zone, whatever the calendar of its reader. */
export interface BillMonth {
  /** `2026-10`. */
  id: string;
  /** First instants of it, and after it. */
  start: string;
  end: string;
}

/** Returns a month of the bills; null for a text that is none, for months before 1970 and for those to come. */
export function toMonth(text: string, times: Times): BillMonth | null {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(text) || text < FIRST || text > thisMonth(times)) return null;
  return { id: text, ...parsePeriod(text, { invoiceDate: times.today(), timeZone: times.timeZone }) };
}

/** Returns the newest months, and one more that is shown. */
export function listMonths(shown: string, times: Times): BillMonth[] {
  const [year = 0, month = 0] = thisMonth(times).split('-').map(Number);
  const ids = Array.from({ length: OFFERED }, (_, back) => toId(year * 12 + month - 1 - back));
  const all = ids.includes(shown) ? ids : [...ids, shown];
  return all.flatMap((id) => toMonth(id, times) ?? []);
}

/** Returns the month of now. */
export function thisMonth(times: Times): string {
  return times.today().slice(0, 7);
}

function toId(months: number): string {
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}
