import { type CallTerms, type ItemError, SluiceError, toItemError, usageError } from '@sluice/panel-kind';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { type BillPeriod, isClosed, periodsOverlap, type Subscriber } from '@sluice/quota-core/telephony';
import type { Context } from '../../context/context.js';
import { describeUnknownProduct, UNKNOWN_PRODUCT } from '../../kernel/subject/to-stage.js';
import type { Line } from '../telephony/find-line.js';
import type { PeriodOfLine } from './bill-view.js';
import { isTaken } from './due.js';
import { isOfPanel } from './line-bills.js';

/** Refuses a bill whose line may be in another billing system: here it would be added a second time. */
export function refuseOtherBilling({ config }: Context, { id, billing }: CallBillRecord): void {
  if (billing === config.billing) return;
  throw new SluiceError(
    'other_billing',
    `The line of bill ${id} may be in the billing system "${billing}", and the config has "${config.billing}"; nothing was changed`,
    { details: { bill: id, billing } },
  );
}

/** Returns the terms of a line; refuses one whose product is missing in the config: neither they nor `enforce` are known. */
export function requireTerms({ service, terms }: Line): CallTerms {
  if (terms !== null) return terms;
  const { id, product } = service;
  throw new SluiceError(
    UNKNOWN_PRODUCT,
    `The calls of "${id}" are not billed: its ${describeUnknownProduct(service)}`,
    { details: { service: id, product } },
  );
}

/** The note of a bill that failed because its client is billed in another currency than the panel. */
export const CLIENT_CURRENCY = 'client-currency';

/** Returns the note of a failed bill that another failure leaves as it is: nothing else shows the currency of its client. */
export function keptNote(bill: Pick<CallBillRecord, 'note'> | null): string | null {
  return bill?.note === CLIENT_CURRENCY ? CLIENT_CURRENCY : null;
}

/** Returns the error of a bill that could not be placed; one of another currency says whose calls are not billed. */
export function toRefusal(error: unknown, { service }: Pick<CallBillRecord, 'service'>): ItemError {
  const problem = toItemError(error);
  if (problem.code !== 'currency_mismatch') return problem;
  return { ...problem, message: `The calls of "${service}" are not billed: ${problem.message}` };
}

/** The note of a bill that failed because its line was a reseller's: the panel does not show that of a line that is gone. */
export const OF_RESELLER = 'line-of-reseller';

/**
 * Returns the error of a line whose calls the panel charges to somebody else than its customer, or charged so when a bill of it was last
 * tried, if it is gone; null of any other.
 */
export function findReseller(
  { service, telephony, subscriberId }: Line,
  subscriber: Subscriber | null,
  bills: readonly CallBillRecord[],
): SluiceError | null {
  const refused = bills.some((bill) => bill.service === service.id && bill.note === OF_RESELLER);
  const known = refused
    ? `line ${subscriberId} is gone, and belonged to a reseller when Sluice last tried to bill it`
    : null;
  const conflict = subscriber === null ? known : (telephony.billingConflict?.(subscriber) ?? null);
  if (conflict === null) return null;
  const message = `The calls of "${service.id}" are not billed: ${conflict}; nothing was changed`;
  return new SluiceError('line_of_reseller', message, { details: { service: service.id } });
}

/** Refuses a time in which services of several clients had the line: it is not known who made its calls. */
export function refuseShared({ line: { service, subscriberId }, sharedWith }: PeriodOfLine): void {
  if (sharedWith.length === 0) return;
  const others = sharedWith.map((id) => `"${id}"`).join(', ');
  throw new SluiceError(
    'line_shared',
    `"${service.id}" had line ${subscriberId} at the same time as ${others}; nothing was changed`,
    { details: { service: service.id, others: sharedWith } },
  );
}

/** Refuses a period of which another bill has a part, since its calls would be billed twice. */
export function refuseOverlap(
  { line, period }: { line: Pick<Line, 'service'>; period: Pick<BillPeriod, 'start' | 'end'> },
  own: CallBillRecord | null,
  bills: readonly CallBillRecord[],
): void {
  const panel = own?.panel ?? null;
  const ofPanel = panel === null ? bills : bills.filter((bill) => isOfPanel(bill, panel));
  const other = ofPanel.find((bill) => bill.id !== own?.id && isTaken(bill) && periodsOverlap(bill, period));
  if (other === undefined) return;
  throw new SluiceError(
    'period_overlaps',
    `Bill ${other.id} of "${line.service.id}" covers a part of the period, until ${other.end}; nothing was changed`,
    { details: { service: line.service.id, bill: other.id } },
  );
}

/** Refuses a bill whose service got another panel, or another name of its panel, while the calls were read. */
export function refuseMoved({ service }: Pick<Line, 'service'>, now: Pick<ServiceRecord, 'panel'> | null): void {
  if (now?.panel === service.panel) return;
  throw new SluiceError(
    'lease_held',
    `Another command changed the panel of "${service.id}" while its calls were read; nothing was billed`,
    { kind: 'busy', details: { service: service.id } },
  );
}

/** Refuses a final bill that names no service, or a period: it has no grace, so that it is only for a line that ends. */
export function refuseFinal({ service, period }: { service: string | null; period: string | null }): void {
  if (service !== null && period === null) return;
  throw usageError('bad_option', 'A final bill ends the line of one service now: name the service, and no period');
}

/** The code of a period that is not over, its grace included. */
export const PERIOD_OPEN = 'period_open';

/** A panel's clock that differs by more counts instead of the local one. */
const CLOCK_MS = 60_000;

/** Refuses a period that is not over and whose grace has not passed. */
export function refuseOpenPeriod(
  context: Context,
  { line, period, options }: PeriodOfLine,
  { graceMinutes }: CallTerms,
): void {
  if (options.final) return;
  const difference = context.clockDifference(line.service.panel) ?? 0;
  const nowMs = context.deps.clock.now() + (Math.abs(difference) > CLOCK_MS ? difference : 0);
  if (isClosed(period, new Date(nowMs).toISOString(), graceMinutes)) return;
  throw new SluiceError(
    PERIOD_OPEN,
    `The period until ${period.end} is open until ${graceMinutes} minutes after its end: records may still arrive`,
    { details: { service: line.service.id } },
  );
}
