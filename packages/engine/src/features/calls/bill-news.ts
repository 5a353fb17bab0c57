import { staffText } from '@sluice/messages/staff';
import { describePeriod } from '../../base/describe-period.js';
import type { Notice } from '../../kernel/run/notice.js';
import { PERIOD_OPEN } from './bill-refusals.js';
import type { MadeBill } from './made-bill.js';

/** Returns the notices of bills that failed: one for each bill and cause. */
export function newsOfBills(bills: readonly MadeBill[]): Notice[] {
  return bills.flatMap(({ service, period, error }) => {
    // A period that is not over is due by itself once it is.
    if (error === null || error.code === PERIOD_OPEN) return [];
    const message = staffText('staff.billFailed', { service, period: describePeriod(period), why: error.message });
    const key = `bill_failed:${service}:${period.from}:${error.code}`;
    return [{ code: 'bill_failed', key, panel: null, service, message }];
  });
}
