import type { ComparedBill } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http';
import type { PanelTelephony } from '@sluice/panel-kind';
import { addMoney, compareMoney, formatMoney, toLocalDate } from '@sluice/quota-core';
import type { CallBillRecord, ConditionRecord } from '@sluice/state-store';
import type { Notice } from '../../kernel/run/notice.js';
import { isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { hasCalls } from '../telephony/panels.js';
import { isBilledAgain } from './billed-again.js';
import type { UnbilledPart } from './charged-by-hand.js';
import { isFinal } from './due.js';
import { findGivenUp } from '../telephony/find-line.js';
import { listUnbilledOnPanel } from './ownerless.js';
import { isFirstOfDay, isOfNothing, noteReadAgain, readAgainTest, searchedSince } from './read-again.js';
import { compareBill } from './reconcile-calls.js';
import { CALLS_UNBILLED, type StoredLateCalls, toKey } from './stored-late-calls.js';

/** Calls of a line that are on no bill, or came after their bill. */
interface FoundCalls {
  compared: ComparedBill;
  part?: UnbilledPart | undefined;
  /** Whether the next run bills them by itself: they are read again, and not reported. */
  isDue?: boolean;
}

/**
 * Searches for calls that came after their bill, and those of lines that somebody lost, as far as they are on no bill and no run bills
 * them by itself, and stores them until they are billed or are gone.
 * Returns a notice of each one that is new, or changed. What a panel does not answer stays as it was found before.
 */
export async function noteLateCalls(context: Context): Promise<Notice[]> {
  const news: Notice[] = [];
  for (const panel of Object.keys(context.config.panels)) {
    if (!hasCalls(context, panel)) continue;
    const at = context.now();
    const known = new Map((await context.store.conditions.list(toKey(panel, ''))).map((one) => [one.key, one]));
    const isReported = (line: string): boolean =>
      [...known.keys()].some((key) => key.startsWith(toKey(panel, line, '')));
    const found = await findLateCalls(context, panel, isReported);
    if (found === null) continue;
    const conditions = toConditions(context, panel, found).map((one) => {
      const before = known.get(one.key);
      // Calls that are too old to be searched cause no notice.
      return before === undefined || isMore(one, before) ? one : { ...one, since: before.since };
    });
    await context.write([], async (tables) => {
      for (const key of known.keys()) await tables.conditions.end(key);
      for (const condition of conditions) await tables.conditions.put(condition);
      await noteReadAgain(tables, panel, { at, reported: found.flatMap(({ compared }) => compared.bill ?? []) });
    });
    const fresh = conditions.filter(({ key, since }) => known.get(key)?.since !== since);
    news.push(...fresh.map(({ key, since, details }) => toNotice(`${key}:${since}`, details as StoredLateCalls)));
  }
  return news;
}

function isMore(found: ConditionRecord, before: ConditionRecord): boolean {
  return compareMoney((found.details as StoredLateCalls).total, (before.details as StoredLateCalls).total) > 0;
}

function toNotice(key: string, { panel, service, message }: StoredLateCalls): Notice {
  return { code: CALLS_UNBILLED, key, panel, service, message };
}

/** Null where the panel does not answer. */
async function findLateCalls(
  context: Context,
  panel: string,
  isReported: (line: string) => boolean,
): Promise<FoundCalls[] | null> {
  try {
    const { telephony } = await context.panel(panel);
    if (telephony === undefined || telephony.billFrom === null) return [];
    const isFirst = await isFirstOfDay(context, panel);
    const isRead = (line: string): boolean => isFirst || isReported(line);
    const request = { service: null, period: null, isRead };
    const found: FoundCalls[] = await listUnbilledOnPanel(context, { panel, telephony }, request);
    for (const bill of await listBillsToCompare(context, panel, telephony)) {
      context.deps.signal.throwIfAborted();
      const compared = await compareBill(context, bill, { period: null, billed: null });
      if (compared === null) continue;
      // What a person charges of it is never billed then.
      const part = isOfNothing(bill) ? toPart(panel, bill, compared) : undefined;
      found.push({ compared, part, isDue: await isBilledAgain(context, bill) });
    }
    const unbilled = found.filter(({ compared }) => compareMoney(compared.difference, '0') > 0);
    const late: FoundCalls[] = [];
    for (const one of unbilled) if (!(await wasGivenUp(context, panel, one.compared))) late.push(one);
    return late;
  } catch (error) {
    if (isPanelError(error)) return null;
    throw error;
  }
}

async function wasGivenUp(context: Context, panel: string, { service, line, period }: ComparedBill): Promise<boolean> {
  const until = service === null ? null : await findGivenUp(context, { service, panel, line });
  return until !== null && period.to <= until;
}

function toPart(panel: string, bill: CallBillRecord, { now }: ComparedBill): UnbilledPart {
  const { key, service, subscriber, start, end, currency } = bill;
  return { key, service, panel, subscriber, start, end, currency, charged: now.total, calls: now.calls };
}

/**
 * Lists the final bills of a panel whose services ended, were removed, lost the line, or have another client, and those of present
 * lines that are to be read again.
 */
async function listBillsToCompare(
  context: Context,
  panel: string,
  telephony: PanelTelephony,
): Promise<CallBillRecord[]> {
  const { store } = context;
  const isAgain = await readAgainTest(context, panel);
  const since = searchedSince(context);
  const bills = (await store.callBills.list({})).filter(
    (bill) => bill.panel === panel && isFinal(bill) && bill.note !== 'prepaid' && bill.end >= since,
  );
  const services = new Map((await store.services.list({ panel })).map((service) => [service.id, service]));
  return bills.filter((bill) => {
    const service = services.get(bill.service);
    if (service === undefined || isAgain(bill)) return true;
    const hasLine = telephony.findSubscriber(service) === bill.subscriber;
    return !isLiving(service) || service.client !== bill.client || !hasLine;
  });
}

/** One for each line and its service of then. */
function toConditions(context: Context, panel: string, found: readonly FoundCalls[]): ConditionRecord[] {
  const groups = new Map<string, FoundCalls[]>();
  for (const one of found.filter(({ isDue }) => isDue !== true)) {
    const { line, service } = one.compared;
    const key = toKey(panel, line, service ?? '');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].flatMap(([key, all]) => {
    const bills = all.map(({ compared }) => compared);
    const [oldest] = [...bills].sort((a, b) => (a.period.from < b.period.from ? -1 : 1));
    if (oldest === undefined) return [];
    const { line, service, currency, period } = oldest;
    const total = bills.reduce((sum, { difference }) => addMoney(sum, difference), '0');
    const since = toLocalDate(period.from, period.timeZone);
    const message = `calls of line ${line} since ${since} (${period.timeZone}) are on no invoice: ${formatMoney(total, currency)}`;
    const parts = all.flatMap(({ part }) => part ?? []);
    const details: StoredLateCalls = { panel, service, message, total, parts };
    return [{ key, since: context.now(), runs: 1, details }];
  });
}
