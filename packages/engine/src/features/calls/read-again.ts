import type { CallBillRecord, ConditionRecord, StoreTables } from '@sluice/state-store';
import type { ServiceWindow } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import { clip, toInstants, toPeriod } from './due.js';

/** Calls that are older are not searched for. */
const SEARCHED_MS = 93 * 86_400_000;

const DAY_MS = 86_400_000;

/** Returns since when calls are searched that are on no bill, ISO UTC. */
export function searchedSince({ deps }: Pick<Context, 'deps'>): string {
  return new Date(deps.clock.now() - SEARCHED_MS).toISOString();
}

/** The note of a bill of nothing. */
export const OF_NOTHING = 'zero';

/** Whether a bill is of no calls that cost anything: nothing of its period is on an invoice, and no person has charged it. */
export function isOfNothing({ state, note }: Pick<CallBillRecord, 'state' | 'note'>): boolean {
  return state === 'zero' && note === OF_NOTHING;
}

/** Tests whether the calls of a final bill are to be read again. */
export type ReadAgainTest = (bill: Pick<CallBillRecord, 'id' | 'end'>) => boolean;

/** What is stored beside the time of the last run, each a list of ids of bills. */
interface Details {
  /** Those of which late calls were reported, until they are too old. */
  reported: string[];
  /** Those of nothing with calls that a run is to bill, until one has; absent in stores of earlier versions. */
  due?: string[];
}

const toKey = (panel: string): string => `calls_compared:${panel}`;

/**
 * Returns a test whether the calls of a final bill are to be read again in this run: a day after its end, two days, four, and so on for
 * three months, and each time once calls were reported that came after it: those that one list lacks may be in the next one. Records
 * come late, and most of those soon.
 */
export async function readAgainTest(context: Context, panel: string): Promise<ReadAgainTest> {
  const last = await context.store.conditions.get(toKey(panel));
  const [from, now] = [last === null ? 0 : Date.parse(last.since), context.deps.clock.now()];
  const { reported, due = [] } = toDetails(last);
  return ({ id, end }) => {
    if (Date.parse(end) < now - SEARCHED_MS) return false;
    if (reported.includes(id) || due.includes(id)) return true;
    for (let age = DAY_MS; age <= SEARCHED_MS; age *= 2) {
      const at = Date.parse(end) + age;
      if (at > from && at <= now) return true;
    }
    return false;
  };
}

/** Returns whether this is the first run of a day on a panel: it reads the calls of lines that nobody has had for long, too. */
export async function isFirstOfDay(context: Context, panel: string): Promise<boolean> {
  const last = await context.store.conditions.get(toKey(panel));
  return last === null || toDay(last.since) !== toDay(context.now());
}

const toDay = (instant: string): string => instant.slice(0, 10);

function toDetails(last: Pick<ConditionRecord, 'details'> | null): Details {
  return (last?.details ?? { reported: [] }) as Details;
}

/**
 * Stores that the bills of a panel that were to be read again have been, the ids of those whose late calls are reported or due, beside
 * those of earlier runs.
 */
export async function noteReadAgain(
  context: Context,
  { conditions, callBills }: Pick<StoreTables, 'conditions' | 'callBills'>,
  panel: string,
  { at, reported, due }: Required<Details> & { at: string },
): Promise<void> {
  const key = toKey(panel);
  const before = toDetails(await conditions.get(key));
  const since = searchedSince(context);
  const listLeft = async (ids: readonly string[], isLeft: (bill: CallBillRecord) => boolean): Promise<string[]> => {
    const left: string[] = [];
    for (const id of new Set(ids)) {
      const bill = await callBills.get(id);
      if (bill !== null && bill.end >= since && isLeft(bill)) left.push(id);
    }
    return left;
  };
  const details: Details = {
    reported: await listLeft([...before.reported, ...reported], () => true),
    due: await listLeft([...(before.due ?? []), ...due], isOfNothing),
  };
  await conditions.put({ key, since: at, runs: 1, details });
}

/** Returns whether the whole period of a bill is of its client and service, as these windows have it. */
export function isWithin(bill: CallBillRecord, windows: readonly ServiceWindow[]): boolean {
  const period = toPeriod(bill, 'UTC');
  const { from, to } = toInstants(period);
  return windows
    .filter(({ client, sharedWith }) => client === bill.client && sharedWith.length === 0)
    .flatMap((window) => clip(period, window).map(toInstants))
    .some((part) => part.from === from && part.to === to);
}
