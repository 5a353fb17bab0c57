import type { CallBillRecord, ConditionRecord, HeldLease, ServiceRecord } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/telephony';
import { listCallPanels } from '../../base/config/call-panels.js';
import type { Context } from '../../context/context.js';
import type { Enforcements } from '../../context/enforcement.js';
import type { Line } from '../telephony/find-line.js';
import { isByHand } from '../billing/by-hand.js';
import type { FirstDue, ToBill } from './due.js';
import { findServiceMadeDay, listLinePeriods } from './first-day.js';
import { listLineBills } from './line-bills.js';

const toKey = ({ service: { id, panel }, subscriberId }: Line): string => `calls_due:${panel}:${subscriberId}:${id}`;
const toProductKey = ({ panel, product }: Product): string => `calls_billed:${panel}:${product}`;

/** A product of a panel. */
type Product = Pick<ServiceRecord, 'panel' | 'product'>;

/** A run that bills a line. */
interface FirstRun {
  bills: readonly CallBillRecord[];
  fences: HeldLease[];
  dryRun: boolean;
}

/**
 * Returns when a run first had calls of a line to bill that was never billed; null once it was. What was due then stays due,
 * although no bill could be stored: the product may be missing, or the panel not list the calls.
 */
export async function findFirstDue(
  context: Context,
  line: Line,
  { bills, fences, dryRun }: FirstRun,
): Promise<FirstDue | null> {
  const key = toKey(line);
  const { conditions } = context.store;
  const known = await conditions.get(key);
  if (known === null && bills.some((bill) => !isByHand(bill))) return null;
  const billedSince = (await conditions.get(toProductKey(line.service)))?.since ?? null;
  const own = { billedSince, lineSince: billedSince === null ? null : await findLineSince(context, line) };
  if (known !== null) return { at: known.since, madeOn: readMadeOn(known), ...own };
  const [at, madeOn] = [context.now(), await findServiceMadeDay(context, line)];
  if (!dryRun)
    await context.write(fences, (tables) => tables.conditions.put({ key, since: at, runs: 1, details: { madeOn } }));
  return { at, madeOn, ...own };
}

/** What a run over all lines bills. */
interface WholeRun {
  enforcements: Enforcements;
  /** Panels that it leaves out. */
  skipped: readonly { panel: string }[];
}

/** Notes of each product whose lines are all billed since when that is so, unless it is known. It may have no line yet. */
export async function noteBilled(context: Context, { enforcements, skipped }: WholeRun): Promise<void> {
  const since = context.now();
  const { config, deps } = context;
  const { billed } = listCallPanels(config, deps.kinds);
  const products = Object.entries(config.products).flatMap(([product, { panel }]): Product[] =>
    billed.includes(panel) && !skipped.some((one) => one.panel === panel) && !enforcements.isObserving(panel, product)
      ? [{ panel, product }]
      : [],
  );
  for (const key of products.map(toProductKey)) {
    if ((await context.store.conditions.get(key)) !== null) continue;
    await context.write([], ({ conditions }) => conditions.put({ key, since, runs: 1, details: null }));
  }
}

async function findLineSince(context: Context, line: Line): Promise<string | null> {
  const had = await listLinePeriods(context, line);
  return had.find((period) => period.service === line.service.id)?.storedAt ?? null;
}

/** Earlier versions stored no day. */
function readMadeOn({ details }: ConditionRecord): string | null {
  return (details as Pick<FirstDue, 'madeOn'> | null)?.madeOn ?? null;
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
