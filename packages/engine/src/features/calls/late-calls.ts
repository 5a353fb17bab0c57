import { stated } from '@sluice/messages/said';
import { staffText } from '@sluice/messages/staff';
import { isPanelError } from '@sluice/panel-http';
import { type ItemError, type PanelTelephony, toItemError } from '@sluice/panel-kind';
import { addMoney, compareMoney, toLocalDate } from '@sluice/quota-core';
import type { CallBillRecord, ConditionRecord, StoreTables } from '@sluice/state-store';
import type { Notice } from '../../kernel/run/notice.js';
import { isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { findUnopened } from '../../kernel/run/left-elsewhere.js';
import { isByHand } from '../billing/by-hand.js';
import { hasCalls } from '../telephony/panels.js';
import { isClockBelievedOn } from '../../context/clock-guard.js';
import { isBilledAgain } from './billed-again.js';
import { chargeAcknowledged, type FoundCalls, toFoundKey } from './charged-before.js';
import type { UnbilledPart } from './charged-by-hand.js';
import { isFinal } from './due.js';
import { keepFound } from './found-before.js';
import { findFirstDay } from './first-day.js';
import { wasGivenUp } from './given-up.js';
import { listLines } from '../services/lines.js';
import { listFailedByCurrency } from './client-currency.js';
import { listUnbilledOnPanel } from './ownerless.js';
import { isFirstOfDay, isOfNothing, noteReadAgain, readAgainTest, searchedSince } from './read-again.js';
import { compareBill } from './reconcile-calls.js';
import { describeSum } from './unrated.js';
import { CALLS_UNBILLED, type StoredLateCalls, toKey, toLineKey, toOwnKey, toStored } from './stored-late-calls.js';
import type { Compared } from './compared-bill.js';

/** What is stored of the late calls of a panel. */
type Known = readonly ConditionRecord[];

/**
 * Searches for calls that came after their bill, and those of lines that somebody lost, as far as they are on no bill and no run bills
 * them by itself, and stores them until they are billed or are gone; those that a person has charged as long as they are searched.
 * Returns a notice of each one that is new, or changed, and one a day of a panel whose calls can't be read. What a panel does not answer
 * stays as it was found before, as does all while the clock is not believed.
 */
export async function noteLateCalls(context: Context): Promise<Notice[]> {
  const news: Notice[] = [];
  for (const panel of Object.keys(context.config.panels)) {
    if (!hasCalls(context, panel)) continue;
    const at = context.now();
    const known = await listKnown(context.store, panel);
    const open = known.filter((one) => !isCharged(one));
    const found = await findLateCalls(context, panel, open);
    if (!Array.isArray(found)) {
      news.push(toUnsearched(panel, at, found));
      continue;
    }
    // By a wrong clock, all of it is too old or to come.
    if (!(await isClockBelievedOn(context, panel, context.start))) continue;
    const unsearched = await listUnsearched(context, panel, open);
    const stored = await storeFound(context, panel, { known, found, at, unsearched });
    const fresh = stored.filter(({ key, since }) => open.find((one) => one.key === key)?.since !== since);
    news.push(...fresh.map((one) => toNotice(`${one.key}:${one.since}`, toStored(one))));
  }
  return news;
}

function listKnown({ conditions }: Pick<StoreTables, 'conditions'>, panel: string): Promise<ConditionRecord[]> {
  return conditions.list(toKey(panel, ''));
}

/** Returns the keys of calls that were found before it was unknown from which day on their line is billed: none of it are searched. */
async function listUnsearched(context: Context, panel: string, open: Known): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  if (open.length === 0) return keys;
  const { telephony } = await context.panel(panel);
  if (telephony === undefined) return keys;
  for (const one of open) {
    const [part] = toStored(one).parts ?? [];
    if (part === undefined) continue;
    const { subscriber, service } = part;
    if (!(await isBilledHere(context, panel, telephony, { subscriber, service }))) keys.add(one.key);
  }
  return keys;
}

function isCharged(one: ConditionRecord): boolean {
  return toStored(one).isCharged === true;
}

/** What is known and found of the late calls of a panel, and the keys of what was not searched again. */
interface LateCallsRead {
  known: Known;
  found: readonly FoundCalls[];
  at: string;
  unsearched: ReadonlySet<string>;
}

/** Stores what was found in place of what was known, beside what a person has charged, and returns it. */
async function storeFound(
  context: Context,
  panel: string,
  { known, found, at, unsearched }: LateCallsRead,
): Promise<ConditionRecord[]> {
  const since = searchedSince(context);
  return context.write([], async (tables) => {
    const stored = await listKnown(tables, panel);
    // What a person said while the calls were read counts from the next run on.
    const isSaid = (line: string): boolean => listCharged(stored, line).join() !== listCharged(known, line).join();
    const { known: now, found: open } = await chargeAcknowledged(context, tables, { known: stored, found, isSaid });
    const conditions = toConditions(context, panel, open).filter(({ key }) => !isSaid(key));
    const left = conditions.map((one) => toNext(one, now));
    const kept = now.filter((one) => {
      const isSearched = toStored(one).parts?.some(({ end }) => end >= since) === true;
      return isSaid(toLineKey(one)) || unsearched.has(one.key) || (isCharged(one) && isSearched);
    });
    for (const { key } of now) await tables.conditions.end(key);
    // Stores of earlier versions have what was charged in the place of what is found.
    for (const one of kept) await tables.conditions.put(isCharged(one) ? { ...one, key: toOwnKey(one) } : one);
    for (const one of left) await tables.conditions.put(one);
    const bills = kept.flatMap((one) => toStored(one).parts?.flatMap(({ bill }) => bill ?? []) ?? []);
    const due = found.filter(({ isDue }) => isDue === true).flatMap(({ compared }) => compared.bill ?? []);
    const late = found.filter(({ isDue }) => isDue !== true).flatMap(({ compared }) => compared.bill ?? []);
    await noteReadAgain(context, tables, panel, { at, reported: [...late, ...bills], due });
    return left;
  });
}

/** Lists the keys of what a person has charged of the calls of a line and service. */
function listCharged(known: Known, line: string): string[] {
  const charged = known.filter((one) => toStored(one).charges !== undefined || isCharged(one));
  return charged
    .filter((one) => toLineKey(one) === line)
    .map(toOwnKey)
    .sort();
}

/** Calls that are too old to be searched cause no notice. What is new, or more than before, has an id that nothing else has. */
function toNext(found: ConditionRecord, known: Known): ConditionRecord {
  const before = known.find((one) => one.key === found.key && !isCharged(one));
  if (before !== undefined && compareMoney(toStored(found).total, toStored(before).total) <= 0)
    return { ...found, since: before.since };
  let next = found;
  const isKnown = (key: string): boolean => known.some((one) => toOwnKey(one) === key);
  while (isKnown(toOwnKey(next))) next = { ...next, since: new Date(Date.parse(next.since) + 1).toISOString() };
  return next;
}

function toNotice(key: string, { panel, service, message }: StoredLateCalls): Notice {
  return { code: CALLS_UNBILLED, key, panel, service, message: stated(message) };
}

function toUnsearched(panel: string, at: string, { code, message }: ItemError): Notice {
  const key = `calls_not_searched:${panel}:${at.slice(0, 10)}:${code}`;
  const what = staffText('staff.callsNotSearched', { panel, why: message });
  return { code: 'calls_not_searched', key, panel, service: null, message: what };
}

/** Returns the error of a panel whose calls can't be read. */
async function findLateCalls(context: Context, panel: string, open: Known): Promise<FoundCalls[] | ItemError> {
  const problem = (await findUnopened(context, [panel])).get(panel);
  if (problem !== undefined) return toItemError(problem);
  try {
    const { telephony } = await context.panel(panel);
    if (telephony === undefined) return [];
    const isFirst = await isFirstOfDay(context, panel);
    const isReported = (line: string): boolean => open.some(({ key }) => key.startsWith(toKey(panel, line, '')));
    const isRead = (line: string): boolean => isFirst || isReported(line);
    const request = { service: null, period: null, isRead };
    const found: FoundCalls[] = await listUnbilledOnPanel(context, { panel, telephony }, request);
    for (const bill of await listBillsToCompare(context, panel, telephony)) {
      context.deps.signal.throwIfAborted();
      if (!(await isBilledHere(context, panel, telephony, bill))) continue;
      const compared = await compareBill(context, bill, { period: null, billed: null });
      if (compared === null) continue;
      const isDue = telephony.billFrom !== null && (await isBilledAgain(context, bill));
      found.push(...keepFound({ compared, part: toPart(panel, bill, compared), isDue }, open));
    }
    const unbilled = found.filter(({ compared }) => compareMoney(compared.difference, '0') > 0);
    const late: FoundCalls[] = [];
    for (const one of unbilled) if (!(await wasGivenUp(context, panel, one.compared))) late.push(one);
    return late;
  } catch (error) {
    if (isPanelError(error) && !context.deps.signal.aborted) return toItemError(error);
    throw error;
  }
}

/** Whether it is known that calls of the time of a bill are billed here. */
async function isBilledHere(
  context: Context,
  panel: string,
  telephony: PanelTelephony,
  { subscriber, service }: Pick<CallBillRecord, 'subscriber' | 'service'>,
): Promise<boolean> {
  const lines = telephony.billFrom === null ? await listLines(context, panel, telephony) : [];
  const had = lines.find((line) => line.subscriber === subscriber)?.periods.map((period) => period.service) ?? [];
  const line = { telephony, panel, subscriberId: subscriber, services: [service, ...had] };
  return (await findFirstDay(context, line)) !== null;
}

/** Returns what counts as charged once a person has charged the late calls of a bill; all of a bill of nothing, or that failed, which is never made then. */
function toPart(panel: string, bill: CallBillRecord, { now, difference }: Compared): UnbilledPart {
  const { id, key, service, subscriber, start, end, currency } = bill;
  const of = { bill: id, key, service, panel, subscriber, start, end, currency, calls: now.calls };
  if (!isFinal(bill) || isOfNothing(bill)) return { ...of, charged: now.total };
  return { ...of, charged: difference, isLate: true, ...(isByHand(bill) && { isLateOfHand: true }) };
}

/**
 * Lists the final bills of a panel whose services ended, were removed, lost the line, or have another client, and those of present
 * lines that are to be read again, and the bills that a client of another currency is to pay.
 */
async function listBillsToCompare(
  context: Context,
  panel: string,
  telephony: PanelTelephony,
): Promise<CallBillRecord[]> {
  const { store } = context;
  const isAgain = await readAgainTest(context, panel);
  const since = searchedSince(context);
  const all = await store.callBills.list({});
  const bills = all.filter(
    (bill) => bill.panel === panel && isFinal(bill) && bill.note !== 'prepaid' && bill.end >= since,
  );
  const failed = (await listFailedByCurrency(context, all)).filter((bill) => bill.panel === panel);
  const services = new Map((await store.services.list({ panel })).map((service) => [service.id, service]));
  const compared = bills.filter((bill) => {
    const service = services.get(bill.service);
    if (service === undefined || isAgain(bill)) return true;
    const hasLine = telephony.findSubscriber(service) === bill.subscriber;
    return !isLiving(service) || service.client !== bill.client || !hasLine;
  });
  return [...compared, ...failed];
}

/** One for each line and its service of then. */
function toConditions(context: Context, panel: string, found: readonly FoundCalls[]): ConditionRecord[] {
  const groups = new Map<string, FoundCalls[]>();
  for (const one of found.filter(({ isDue }) => isDue !== true)) {
    const key = toFoundKey(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].flatMap(([key, all]) => {
    const bills = all.map(({ compared }) => compared);
    const [oldest] = [...bills].sort((a, b) => (a.period.from < b.period.from ? -1 : 1));
    if (oldest === undefined) return [];
    const { line, service, currency, period } = oldest;
    const total = bills.reduce((sum, { difference }) => addMoney(sum, difference), '0');
    const since = toLocalDate(period.from, period.timeZone);
    const unrated = bills.reduce((sum, { now }) => sum + now.withoutCharge, 0);
    const sum = describeSum(total, currency, unrated);
    const message = staffText('staff.callsUnbilled', { line, since, zone: period.timeZone, sum });
    const parts = all.map(({ part }) => part);
    const details: StoredLateCalls = { panel, service, message, total, parts, isCharged: false };
    return [{ key, since: context.now(), runs: 1, details }];
  });
}
