import type { CallBillView } from '@sluice/contract/documents';
import { toLocalTime } from '@sluice/quota-core/telephony';
import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { describeBound } from '../../base/describe-period.js';
import { billCalls } from '../calls/bill-calls.js';
import { findLineOfCalls, wasEnded } from '../telephony/find-line.js';
import { describeSum } from '../calls/unrated.js';
import { findUnbilled, type FoundUnbilled, type UnbilledCalls } from '../calls/unbilled.js';
import { askerEnded, isAskerEnded } from '../../context/asker.js';
import type { Context } from '../../context/context.js';
import { findOpenRow } from './stored-command.js';
import type { ProvisionRequest } from './verb-command.js';

/** What becomes of the calls of a line before it ends. */
export interface LastCalls {
  /** Null where there was nothing to bill; planned ones in a dry run. */
  bills: CallBillView[] | null;
  /** Whether the calls of the line are paid as they are made: nothing of them is ever due. */
  isPrepaid: boolean;
  /** The line whose calls are given up; null: the service has none. Absent where no calls are given up. */
  givenUpLine?: string | null;
}

/**
 * Refuses to end a line with calls that are not billed, since the panel may remove their records; or bills them first. In a
 * dry run the bills are only planned. Without the first day to bill of its panel they may be on the bills of another system: a person
 * decides.
 *
 * @throws SluiceError `unbilled_calls`, `bill_from_missing`, `final_bill_failed`, `calls_unread`
 */
export async function checkUnbilled(
  context: Context,
  service: ServiceRecord,
  { unbilled: choice, dryRun, waitMs }: Pick<ProvisionRequest, 'unbilled' | 'dryRun' | 'waitMs'>,
): Promise<LastCalls> {
  const none = { bills: null, isPrepaid: false };
  if (choice?.how === 'forfeit')
    return { ...none, givenUpLine: (await findLineOfCalls(context, service))?.subscriberId ?? null };
  // The termination was accepted before, and is to be finished, or it is done.
  if ((await wasEnded(context, service)) || (await findOpenRow(context, service.id, 'terminate')) !== null) return none;
  const isBilled = choice?.how === 'bill';
  const found = await findUnbilled(context, service);
  if (found === 'prepaid') return { bills: null, isPrepaid: true };
  if (isNothing(found)) return none;
  if (!found.isFirstDayKnown) throw undecided(context, service, found.unbilled);
  const bills = isBilled ? await billFirst(context, service, { reports: choice.reports, waitMs, dryRun }) : null;
  if (isBilled && dryRun) return { bills, isPrepaid: false };
  // Calls of the meantime.
  const left = isBilled ? await findUnbilled(context, service) : found;
  if (left === 'prepaid' || isNothing(left)) return { bills, isPrepaid: false };
  const outcome = isMade(bills) ? describeMade(service.id) : 'nothing was changed';
  throw new SluiceError('unbilled_calls', `${describe(context, service, left.unbilled)}; ${outcome}`, {
    details: { service: service.id, ...left.unbilled },
  });
}

const isMade = (bills: readonly CallBillView[] | null): boolean => bills !== null && bills.length > 0;

const describeMade = (id: string): string => `the final bill of "${id}" was made, and its line was not removed`;

/** Returns the error of a termination after its bills: one that is refused since its token has ended says that they were made. */
export function withMade(error: unknown, id: string, bills: readonly CallBillView[] | null): unknown {
  return isMade(bills) && isAskerEnded(error) ? askerEnded(describeMade(id)) : error;
}

function isNothing(found: FoundUnbilled | null): found is null {
  return found === null || found.unbilled.calls + found.unbilled.unsummed === 0;
}

/** Returns the error of calls that may be billed already: on a panel without `billFrom`, of a line that Sluice has not made. */
function undecided(context: Context, service: ServiceRecord, unbilled: UnbilledCalls): SluiceError {
  const { id, panel } = service;
  return new SluiceError(
    'bill_from_missing',
    `${describe(context, service, unbilled)}, Sluice has not made the line, and panel "${panel}" has no billFrom: another system may have billed them. Nothing was changed: set billFrom to the first day to bill, bill a stated period (for calls of today, suspend the line until the next day and the grace are over), or give them up`,
    { details: { service: id, panel, ...unbilled } },
  );
}

function describe(context: Context, { id, panel }: ServiceRecord, unbilled: UnbilledCalls): string {
  const { calls, total, withoutCharge, currency, unsummed, since } = unbilled;
  const timeZone = findTimeZone(context.config, panel);
  const count = (number: number): string => `${number} unbilled call${number === 1 ? '' : 's'}`;
  const summed =
    calls === 0 && unsummed > 0 ? [] : [`${count(calls)} (${describeSum(total, currency, withoutCharge)})`];
  const others = unsummed === 0 ? [] : [`${count(unsummed)} that can't be summed`];
  const what = [...summed, ...others].join(' and ');
  return `"${id}" has ${what} since ${describeBound(toLocalTime(since, timeZone), timeZone)} (${timeZone})`;
}

type Billing = Pick<Parameters<typeof billCalls>[1], 'reports' | 'waitMs' | 'dryRun'>;

async function billFirst(
  context: Context,
  service: ServiceRecord,
  { reports, waitMs, dryRun }: Billing,
): Promise<CallBillView[]> {
  const { bills, error } = await billCalls(context, {
    ...{ service: service.id, period: null, invoice: null, final: true, dryRun, reports, waitMs },
    ...{ resend: false, zeroLine: false, allowUnrated: false, verifyRating: false },
  });
  const failed = bills.find(({ state }) => state === 'failed');
  if (failed === undefined && error === undefined) return bills;
  const problem = failed?.error ?? error;
  const why = problem === undefined ? '' : `: ${problem.message.replace(/\.$/, '')}`;
  throw new SluiceError(
    'final_bill_failed',
    `The final bill of "${service.id}" failed, and its line was not removed${why}`,
    {
      kind: 'billing',
      details: { service: service.id },
    },
  );
}
