import type { PeriodView } from '@sluice/contract/documents';
import type { CallBillRecord } from '@sluice/state-store';
import { type ServiceWindow, windowsSince } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { findGivenUp, type Line } from '../telephony/find-line.js';
import type { Compared } from './compared-bill.js';

/** What the due calls of a line follow from. */
export interface DueCalls {
  /** When the service had the line. */
  windows: readonly ServiceWindow[];
  /** The bills of the line, the newest period first. */
  bills: readonly CallBillRecord[];
}

/** Returns these without what the service gave up: nothing of that time is due, and no bill of it is begun again. */
export async function dropGivenUp(
  context: Context,
  { service: { id, panel }, subscriberId, windows }: Line,
  bills: readonly CallBillRecord[],
): Promise<DueCalls> {
  const until = await findGivenUp(context, { service: id, panel, line: subscriberId });
  if (until === null) return { windows, bills };
  const isGivenUp = ({ state, service, end }: CallBillRecord): boolean =>
    state === 'planned' && service === id && end <= until;
  return { windows: windowsSince(windows, until), bills: bills.filter((bill) => !isGivenUp(bill)) };
}

/** Returns whether a service gave up the calls of a line until the end of a period. */
export async function wasGivenUp(
  context: Context,
  panel: string,
  { service, line, period }: Pick<Compared, 'service' | 'line'> & { period: Pick<PeriodView, 'to'> },
): Promise<boolean> {
  const until = service === null ? null : await findGivenUp(context, { service, panel, line });
  return until !== null && period.to <= until;
}
