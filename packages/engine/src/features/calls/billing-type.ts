import type { PeriodView } from '@sluice/contract/documents';
import { type CallTerms, SluiceError } from '@sluice/panel-kind';
import type { CallBillRecord } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/quota-core/telephony';
import type { Line } from '../telephony/find-line.js';
import { isByHand } from '../billing/by-hand.js';
import { isFinal } from './due.js';

/** How the calls of a line are paid. */
export type BillingType = CallTerms['billingType'];

/** The note of a bill that failed because it is not known how its calls were paid: a person decides. */
export const TYPE_CHANGED = 'billing-type-changed';

/** Calls of a line whose billing type is asked for. */
interface TypeRequest {
  line: Pick<Line, 'service' | 'terms'>;
  client: string | null;
  /** Their time, half open, ISO UTC. */
  period: Pick<PeriodView, 'from' | 'to'>;
  /** The billing type of the line on the panel; null where the panel does not state it. */
  now: BillingType | null;
  /** All bills of the line, newest period first. */
  bills: readonly CallBillRecord[];
}

/**
 * Returns how calls of a line are paid; null where that is not known, and a person has not decided it for all of their time. The panel
 * states how the line is paid now: that was so before only where the last bill of the service agrees, or the product where there is none.
 */
export function findBillingType({ line, client, period, now, bills }: TypeRequest): BillingType | null {
  const { service, terms } = line;
  const { from: start, to: end } = period;
  const own = bills.filter((bill) => bill.service === service.id && (bill.client ?? client) === client);
  if (own.some((bill) => bill.note === TYPE_CHANGED && periodsOverlap(bill, { start, end }))) return null;
  const last = own.find((bill) => bill.start <= start && statesType(bill));
  if (last?.note === TYPE_CHANGED) return null;
  const before = last === undefined ? (terms?.billingType ?? now) : last.note === 'prepaid' ? 'prepaid' : 'postpaid';
  return now === null || now === before ? before : null;
}

/** Returns the error of calls of which it is not known how they were paid. */
export function describeTypeChanged({ service, subscriberId }: Line, { billingType }: CallTerms): SluiceError {
  return new SluiceError(
    'billing_type_changed',
    `The calls of "${service.id}" are not billed: the billing type of line ${subscriberId} is not that of its last bill, or of its ` +
      `product "${service.product}" (${billingType}), so that it is not known how they were paid. Name service and period to bill them as the product says`,
    { details: { service: service.id } },
  );
}

/** Returns whether the calls of a service since an instant are paid: so its last bill until then had it. */
export function wasPrepaid(
  bills: readonly CallBillRecord[],
  { service, since }: { service: string; since: string },
): boolean {
  const last = bills.find((bill) => bill.service === service && bill.start <= since && statesType(bill));
  return last?.note === 'prepaid';
}

/** Whether a bill states how the calls from its start on were paid, or that a person decides it. */
function statesType(bill: CallBillRecord): boolean {
  return (isFinal(bill) && !isByHand(bill)) || bill.note === TYPE_CHANGED;
}
