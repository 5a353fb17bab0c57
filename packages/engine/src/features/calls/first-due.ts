import type { CallBillRecord, HeldLease } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/telephony';
import type { Context } from '../../context/context.js';
import type { Line } from '../telephony/find-line.js';
import { isByHand } from '../billing/by-hand.js';
import type { ToBill } from './due.js';
import { listLineBills } from './line-bills.js';

const toKey = ({ service: { id, panel }, subscriberId }: Line): string => `calls_due:${panel}:${subscriberId}:${id}`;

/** A run that bills a line. */
interface FirstRun {
  bills: readonly CallBillRecord[];
  fences: HeldLease[];
  dryRun: boolean;
}

/**
 * Returns when a run first had calls of a line to bill that was never billed, ISO UTC; null once it was. What was due then stays due,
 * although no bill could be stored: the product may be missing, or the panel not list the calls.
 */
export async function findFirstDue(
  context: Context,
  line: Line,
  { bills, fences, dryRun }: FirstRun,
): Promise<string | null> {
  const key = toKey(line);
  const known = await context.store.conditions.get(key);
  if (known !== null) return known.since;
  if (dryRun || bills.some((bill) => !isByHand(bill))) return null;
  const since = context.now();
  await context.write(fences, ({ conditions }) => conditions.put({ key, since, runs: 1, details: null }));
  return since;
}

/** Forgets that once a bill is stored of the first period that is due: it stays due by that, whatever became of the bill. */
export async function forgetFirstDue(
  context: Context,
  line: Line,
  { first, fences }: { first: ToBill | undefined; fences: HeldLease[] },
): Promise<void> {
  const key = toKey(line);
  if (first === undefined || (await context.store.conditions.get(key)) === null) return;
  const bills = await listLineBills(context, line);
  if (!bills.some((bill) => periodsOverlap(bill, first.period))) return;
  await context.write(fences, ({ conditions }) => conditions.end(key));
}
