import type { Invoice } from '@sluice/contract/ports';
import { LANGUAGES, toTexts } from '@sluice/messages';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney, lineMarker } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import { billKey, type BillPeriod, localDay, periodsOverlap } from '@sluice/quota-core/telephony';
import { describePeriod, listDays, readBounds, type ReadTime, readTimes } from '../../base/describe-period.js';
import type { Context } from '../../context/context.js';
import { findTelephony, type NamedTelephony } from '../telephony/panels.js';
import type { HeldBill } from './change-bill.js';
import { toInstants } from './due.js';
import { findOnly, type Found } from './find-only.js';
import { gather } from './gather.js';
import { listLineBills } from './line-bills.js';

/** Lines are shorter; of a longer one the end is read, where its mark is. */
const LONGEST_LINE = 10_000;
/** Between the bounds of a period stand fewer dates of others: a name before or after them may have any number. */
const MOST_APART = 4;
/** So many times are read that follow no date as languages write it now: those before the mark. */
const MOST_UNDATED = 4;
const DAY_MS = 86_400_000;
/** A period that overlaps that of a bill begins so long before it at most, and ends so long after it. */
const LONGEST_MS = 93 * DAY_MS;

/** A bill that an invoice has and the store lacks. */
interface KnownLine extends Found {
  key: string;
  period: BillPeriod;
}

type Telephony = NamedTelephony['telephony'];
type Proven = Pick<KnownLine, 'key' | 'period'>;

/**
 * Stores bills of calls of a bill that invoices have and the store lacks, as after it was restored. Their marks follow from the line and
 * its period: of days whatever the text says, in any language, and inside days by the dates and times in it.
 *
 * @throws SluiceError `billed_before` where there is one: the bill would charge its calls a second time
 */
export async function takeBilledBefore(
  context: Context,
  { service, bill, client, fences }: HeldBill & { client: string },
  invoices: readonly Invoice[],
): Promise<void> {
  const telephony = await findTelephony(context, service.panel);
  if (telephony === null) return;
  const bills = await listLineBills(context, { service, subscriberId: bill.subscriber });
  const others = await context.store.callBills.list({ client });
  const found = findUnknown(telephony, { bill, bills: [...bills, ...others], invoices, now: context.now() });
  const [first] = found;
  if (first === undefined) return;
  for (const one of found) {
    const row = await toRow(context, telephony, { bill: { ...bill, client }, found: one });
    await context.write(fences, ({ callBills }) => callBills.add(row));
  }
  const period = describePeriod(toInstants(first.period));
  const message = `Invoice ${first.invoice.id} has calls of "${service.id}" already, from ${period}: that is stored now, and nothing was added; the next run bills what is left`;
  throw new SluiceError('billed_before', message, { details: { service: service.id, invoice: first.invoice.id } });
}

/** Returns the bills of a line that invoices have for a part of the period of a bill, and that are not among those that are stored. */
function findUnknown(
  telephony: Telephony,
  {
    bill,
    bills,
    invoices,
    now,
  }: { bill: CallBillRecord; bills: readonly CallBillRecord[]; invoices: readonly Invoice[]; now: string },
): KnownLine[] {
  const known = new Set(bills.map(({ key }) => lineMarker(key)));
  const found = new Map<string, KnownLine>();
  const search = new PeriodSearch(telephony, bill, now);
  for (const line of invoices.flatMap(({ lines }) => lines)) {
    const { description, amount } = line;
    for (const marker of line.markers.filter((one) => !known.has(one) && !found.has(one))) {
      const proven = search.find(marker, description);
      // Nothing is billed before it has ended.
      const isPast = proven !== null && Date.parse(proven.period.end) <= Date.parse(now);
      if (!isPast || !periodsOverlap(bill, proven.period)) continue;
      const only = findOnly(invoices, { key: proven.key, amount });
      if (only !== null) found.set(marker, { ...only, ...proven });
    }
  }
  return [...found.values()];
}

/** Finds the period that the mark of a line is of: a mark follows from the line and its period. */
class PeriodSearch {
  readonly #telephony: Telephony;
  readonly #bill: CallBillRecord;
  /** Local days on which a period may begin or end that overlaps that of the bill. */
  readonly #days: string[];
  #ofDays: Map<string, Proven> | null = null;
  /** Those days by their text. */
  #texts: Map<string, string> | null = null;

  constructor(telephony: Telephony, bill: CallBillRecord, now: string) {
    this.#telephony = telephony;
    this.#bill = bill;
    const until = Math.min(Date.parse(now), Date.parse(bill.end) + LONGEST_MS);
    this.#days = listDays(Date.parse(bill.start) - LONGEST_MS, until, telephony.timeZone);
  }

  /** Returns the period of a mark; null where it is of another line. */
  find(marker: string, description: string): Proven | null {
    const { timeZone } = this.#telephony;
    const text = description.slice(-LONGEST_LINE);
    const stated = this.#find(marker, toNeighbours(readBounds(text, timeZone)));
    if (stated !== null) return stated;
    const all = toBounds(this.#days, timeZone);
    this.#ofDays ??= new Map([...this.#list(toPairs(all, all))]);
    return this.#ofDays.get(marker) ?? this.#findInside(marker, text, all);
  }

  /** Finds a period that begins or ends inside a day: at a time in the text, and the other bound at one of its dates or times. */
  #findInside(marker: string, text: string, all: readonly string[]): Proven | null {
    const { timeZone } = this.#telephony;
    this.#texts ??= toDayTexts(this.#days, timeZone);
    const times = readTimes(text, this.#texts);
    if (times.length === 0) return null;
    const toInside = (day: string, { time }: ReadTime): string[] => readBounds(`${day} ${time}`, timeZone);
    const dated = times.flatMap((time) => time.days.flatMap((day) => toInside(day, time)));
    const named = toBounds(listNamed(text, this.#texts), timeZone);
    const found = this.#find(marker, toPairs(dated, named)) ?? this.#find(marker, toNeighbours(dated));
    if (found !== null) return found;
    const undated = times.filter(({ days }) => days.length === 0).slice(-MOST_UNDATED);
    const inside = this.#days.flatMap((day) => undated.flatMap((time) => toInside(day, time)));
    return this.#find(marker, toPairs([...all, ...inside], inside));
  }

  #find(marker: string, pairs: Iterable<readonly [string, string]>): Proven | null {
    for (const [known, proven] of this.#list(pairs)) if (known === marker) return proven;
    return null;
  }

  /** Returns the marks of the line's bills for those of the periods that overlap that of the bill. */
  *#list(pairs: Iterable<readonly [string, string]>): Generator<[marker: string, proven: Proven]> {
    const { installation, timeZone } = this.#telephony;
    const { subscriber: subscriberId, start: from, end: to } = this.#bill;
    for (const pair of pairs) {
      const [start, end] = Date.parse(pair[0]) < Date.parse(pair[1]) ? pair : [pair[1], pair[0]];
      if (start === end || !periodsOverlap({ start, end }, { start: from, end: to })) continue;
      const key = billKey({ installation, subscriberId, period: { start, end } });
      yield [lineMarker(key), { key, period: { start, end, timeZone } }];
    }
  }
}

function* toPairs(some: readonly string[], others: readonly string[]): Generator<[string, string]> {
  for (const one of some) for (const other of others) yield [one, other];
}

function* toNeighbours(bounds: readonly string[]): Generator<[string, string]> {
  for (const [index, one] of bounds.entries())
    for (const other of bounds.slice(index + 1, index + 1 + MOST_APART)) yield [one, other];
}

/** Returns days by their text in each language, and as dates. */
function toDayTexts(days: readonly string[], timeZone: string): Map<string, string> {
  const languages = LANGUAGES.map((language) => toTexts(language));
  return new Map(
    days.flatMap((day) => {
      const at = Date.parse(localDay(day, timeZone).start);
      return [day, ...languages.map((texts) => texts.date(at, timeZone))].map((text) => [text, day]);
    }),
  );
}

/** Returns the days that a text names, and those after them: the last day of a period is named, or the one after it. */
function listNamed(text: string, texts: ReadonlyMap<string, string>): string[] {
  const named = [...texts].filter(([written]) => text.includes(written)).map(([, day]) => day);
  const next = named.map((day) => new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10));
  return [...new Set([...named, ...next])];
}

function toBounds(days: readonly string[], timeZone: string): string[] {
  return readBounds(days.join(' '), timeZone);
}

/** Returns the bill as it is stored: with the calls that are there now, and what was charged. */
async function toRow(
  context: Context,
  telephony: Telephony,
  { bill, found }: { bill: CallBillRecord; found: KnownLine },
): Promise<CallBillRecord> {
  const { key, period, invoice, line } = found;
  const { totals, digest } = await gather(context, {
    line: { telephony, subscriberId: bill.subscriber },
    ...{ period, verifyPlan: null, report: null },
  });
  const { from: start, to: end } = toInstants(period);
  const isSame = compareMoney(totals.amount, line.amount) === 0;
  return {
    ...bill,
    ...{ id: context.id('cb'), key, start, end, state: 'confirmed', invoice: invoice.id, note: null, file: null },
    ...{ description: line.description, amount: line.amount, charged: isSame ? totals.total : line.amount },
    ...{ currency: invoice.currency, calls: totals.calls, digest },
    ...{ at: context.now(), sentAt: null, endedAt: context.now(), run: context.runId },
  };
}
