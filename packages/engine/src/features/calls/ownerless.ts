import type { PanelTelephony } from '@sluice/panel-kind';
import { billKey, type BillPeriod, CallSum, localDay, parsePeriod, toLocalTime } from '@sluice/quota-core/telephony';
import { addMoney } from '@sluice/quota-core';
import { listLines } from '../services/lines.js';
import { cutByOwner, type OwnedPart, type OwnedWindow, windowsSince } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { hasCalls } from '../telephony/panels.js';
import type { UnbilledPart } from './charged-by-hand.js';
import { clip, isTaken, openParts, toInstants } from './due.js';
import { isOfPanel } from './line-bills.js';
import { arePaid, findFormer, type LineOfPanel } from './paid-calls.js';
import { findFirstDay } from './first-day.js';
import { isLiving } from '../../base/lifecycle.js';
import { findGivenUp, findLastCalls, isLineOfCalls } from '../telephony/find-line.js';
import { searchedSince } from './read-again.js';
import { readSorted } from './read-sorted.js';
import type { Compared, ReconcileCallsRequest } from './compared-bill.js';
import { toCharged } from './unrated.js';

/** So many ids of a bill are listed. */
export const MOST_IDS = 1000;

/** Calls that nobody is billed for, and the bill that a person's charge of them is noted as. */
export interface UnbilledCalls {
  compared: Compared;
  part: UnbilledPart;
}

/**
 * Reads the calls of lines in times in which nobody is billed for them: after a service ended, before a service got the line instead of another
 * one, while services of several clients had the line, and what was left of a service that was removed or whose calls were given up.
 */
export async function listUnbilled(
  context: Context,
  request: Pick<ReconcileCallsRequest, 'service' | 'period'>,
): Promise<Compared[]> {
  const found: Compared[] = [];
  for (const panel of Object.keys(context.config.panels)) {
    if (!hasCalls(context, panel)) continue;
    const { telephony } = await context.panel(panel);
    if (telephony === undefined) continue;
    const unbilled = await listUnbilledOnPanel(context, { panel, telephony }, { ...request, isRead: () => true });
    found.push(...unbilled.map(({ compared }) => compared));
  }
  return found;
}

/** Which calls to read. */
interface UnbilledRequest extends Pick<ReconcileCallsRequest, 'service' | 'period'> {
  /** Of the lines that nobody has had for three months: whether to read this one. */
  isRead: (line: string) => boolean;
}

/** The same of one panel with telephony. */
export async function listUnbilledOnPanel(
  context: Context,
  { panel, telephony }: { panel: string; telephony: PanelTelephony },
  request: UnbilledRequest,
): Promise<UnbilledCalls[]> {
  const found: UnbilledCalls[] = [];
  for (const { isLongEnded, ...line } of await listPassed(context, panel, telephony)) {
    context.deps.signal.throwIfAborted();
    if (request.service !== null && !line.periods.some(({ service }) => service === request.service)) continue;
    if (isLongEnded && !request.isRead(line.subscriber)) continue;
    found.push(...(await readUnbilled(context, line, request.period)));
  }
  return found;
}

/** Lists the lines of a panel that somebody got or lost in the last three months, that several have, or that nobody has any more. */
async function listPassed(
  context: Context,
  panel: string,
  telephony: PanelTelephony,
): Promise<(LineOfPanel & { isLongEnded: boolean })[]> {
  const since = searchedSince(context);
  const lines = await listLines(context, panel, telephony);
  return lines.flatMap((line) => {
    const owners = line.periods.filter(({ until }) => until === null).length;
    const isRecent = line.periods.some((period) =>
      [period.since, period.until].some((at) => at !== null && at >= since),
    );
    if (!isRecent && owners === 1) return [];
    return [{ panel, telephony, ...line, isLongEnded: !isRecent && owners === 0 }];
  });
}

async function readUnbilled(context: Context, line: LineOfPanel, stated: string | null): Promise<UnbilledCalls[]> {
  const { panel, telephony, subscriber } = line;
  const { timeZone } = telephony;
  const bills = (await context.store.callBills.list({ subscriber })).filter((bill) => isOfPanel(bill, panel));
  const found: UnbilledCalls[] = [];
  const services = line.periods.map(({ service }) => service);
  const firstDay = await findFirstDay(context, { telephony, panel, subscriberId: subscriber, services });
  for (const period of toSearched(context, { timeZone, firstDay }, stated)) {
    const window = { from: new Date(period.start).toISOString(), to: new Date(period.end).toISOString() };
    for (const part of await cutLine(context, line, window)) {
      const service = await findUnpaid(context, line, part);
      if (service === undefined) continue;
      const { owners } = part;
      const open = clip(period, part).flatMap((one) => openParts(bills.filter(isTaken), one));
      for (const { start, end } of open) {
        const instants = toInstants({ start, end, timeZone });
        if (await arePaid(context, line, { owners, period: instants, bills })) continue;
        const { now, ids, unread } = await sumCalls(context, line, { start, end, timeZone });
        if (ids.length + unread.length === 0) continue;
        const billed = { calls: 0, total: addMoney('0', '0') };
        const { currency, installation } = telephony;
        const what = { service, line: subscriber, bill: null, period: instants, currency };
        const figures = { billed, now, difference: now.total };
        const compared = { ...what, ...figures, late: ids, missing: [], changed: [], unread };
        const key = billKey({ installation, subscriberId: subscriber, period: { start, end } });
        const former = findFormer(line, instants.from)?.service ?? '';
        const of = { key, service: former, panel, subscriber, currency };
        const part = { ...of, start: instants.from, end: instants.to, charged: now.total, calls: now.calls };
        found.push({ compared, part });
      }
    }
  }
  return found;
}

/** A part of a time in which the same services had a line. */
interface LinePart extends OwnedPart {
  /** Whether its service gave up the calls. */
  isGivenUp: boolean;
}

async function cutLine(
  context: Context,
  { panel, subscriber, periods }: LineOfPanel,
  window: OwnedWindow,
): Promise<LinePart[]> {
  const parts: LinePart[] = [];
  for (const part of cutByOwner(periods, window)) {
    const [first] = part.owners;
    const line = { panel, line: subscriber };
    const until = first === undefined ? null : await findGivenUp(context, { ...line, service: first.service });
    if (until !== null && (part.from === null || part.from < until))
      parts.push({ ...part, to: part.to !== null && part.to < until ? part.to : until, isGivenUp: true });
    const left = until === null ? [part] : windowsSince([part], until);
    parts.push(...left.map((one) => ({ ...one, isGivenUp: false })));
  }
  return parts;
}

/** The last three months from the first day to bill on, as far as they are asked for; none where that day is not known. */
function toSearched(
  context: Context,
  { timeZone, firstDay }: { timeZone: string; firstDay: string | null },
  stated: string | null,
): BillPeriod[] {
  if (firstDay === null) return [];
  const now = context.now();
  const first = localDay(firstDay, timeZone).start;
  const since = searchedSince(context);
  const start = Date.parse(first) < Date.parse(since) ? toLocalTime(since, timeZone) : first;
  const end = toLocalTime(now, timeZone);
  if (Date.parse(start) >= Date.parse(end)) return [];
  if (stated === null) return [{ start, end, timeZone }];
  const period = parsePeriod(stated, { invoiceDate: end.slice(0, 10), timeZone });
  return clip(period, { from: new Date(start).toISOString(), to: now });
}

/** Returns whose calls of a part are not due: a service, or null for nobody's. Undefined where a service is billed for them. */
async function findUnpaid(
  context: Context,
  line: LineOfPanel,
  { owners, isGivenUp }: LinePart,
): Promise<string | null | undefined> {
  const [first] = owners;
  if (first === undefined || owners.some(({ client }) => client !== first.client)) return null;
  return !isGivenUp && (await isBilledFor(context, line, first.service)) ? undefined : first.service;
}

/** Returns whether a service is billed for the calls of a line that it has or had. */
export async function isBilledFor(
  context: Context,
  { panel, subscriber: line, telephony }: Pick<LineOfPanel, 'panel' | 'subscriber' | 'telephony'>,
  id: string,
): Promise<boolean> {
  const service = await context.store.services.get(id);
  if (service === null || !(await isLineOfCalls(context, service, { panel, line }))) return false;
  // After the end, no stated period is awaited.
  const isAwaited = telephony.billFrom !== null || isLiving(service);
  return isAwaited && (await findLastCalls(context, service)) !== 'given-up';
}

async function sumCalls(context: Context, { telephony, subscriber }: LineOfPanel, period: BillPeriod) {
  const sum = new CallSum({ period, currency: telephony.currency, subscriberId: subscriber });
  const ids = { counted: [] as string[], problem: [] as string[] };
  const window = { from: period.start, to: period.end, subscriberId: subscriber };
  for await (const calls of readSorted(telephony, window, { signal: context.deps.signal })) {
    for (const call of calls) {
      const verdict = sum.add(call);
      if (verdict !== 'counted' && verdict !== 'problem') continue;
      if (ids[verdict].length < MOST_IDS) ids[verdict].push(call.id);
    }
  }
  return { now: toCharged(sum.totals()), ids: ids.counted, unread: ids.problem };
}
