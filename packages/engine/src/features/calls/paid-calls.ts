import type { PeriodView } from '@sluice/contract/documents';
import type { PanelTelephony } from '@sluice/panel-kind';
import type { CallBillRecord, OwnershipRecord } from '@sluice/state-store';
import type { OwnedPart } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import type { OwnedLine } from '../services/lines.js';
import { endedPrepaid, findLineOfCalls } from '../telephony/find-line.js';
import { findBillingType, wasPrepaid } from './billing-type.js';

/** A line of a panel that services have or former. */
export interface LineOfPanel extends OwnedLine {
  panel: string;
  telephony: PanelTelephony;
}

/** Calls of a line that are on no bill. */
interface UnbilledTime extends Pick<OwnedPart, 'owners'> {
  /** Their time, half open, ISO UTC. */
  period: Pick<PeriodView, 'from' | 'to'>;
  /** All bills of the line, newest period first. */
  bills: readonly CallBillRecord[];
}

/**
 * Returns whether the calls of a line in a time are paid already, since the service that had it last until then was prepaid: by its last
 * bill until then, or its termination, or else by its product and the panel.
 */
export async function arePaid(
  context: Context,
  line: LineOfPanel,
  { owners, period, bills }: UnbilledTime,
): Promise<boolean> {
  const former = findFormer(line, period.from);
  if (former === undefined) return false;
  if (wasPrepaid(bills, { service: former.service, since: period.from })) return true;
  const hadIt = former.since === null || former.since <= period.from;
  if (!hadIt || owners.some(({ service }) => service !== former.service)) return false;
  const periods = line.periods.slice(line.periods.indexOf(former));
  if (await endedPrepaid(context, former.service, periods)) return true;
  const service = await context.store.services.get(former.service);
  if (service === null || service.panel !== line.panel) return false;
  const own = await findLineOfCalls(context, service);
  if (own === null || own.subscriberId !== line.subscriber || own.terms?.billingType !== 'prepaid') return false;
  const now = await readBillingType(context, line);
  return findBillingType({ line: own, client: former.client ?? service.client, period, now, bills }) === 'prepaid';
}

/** Returns who had a line last before an instant, or has it first. */
export function findFormer({ periods }: Pick<OwnedLine, 'periods'>, instant: string): OwnershipRecord | undefined {
  return periods.findLast(({ since }) => since === null || since <= instant) ?? periods[0];
}

/** Reads how a line is paid now; null where the panel has it no longer, or does not state it. */
async function readBillingType(context: Context, { telephony, subscriber }: LineOfPanel) {
  if (telephony.unsupported({ resource: 'subscribers', operation: 'get' }) !== null) return null;
  const found = await telephony.get('subscribers', subscriber, context.deps.signal);
  return found?.billingType ?? null;
}
