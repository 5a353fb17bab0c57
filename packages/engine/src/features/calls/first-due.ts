import type { CallBillRecord, ConditionRecord, HeldLease, ServiceRecord } from '@sluice/state-store';
import { periodsOverlap } from '@sluice/quota-core/telephony';
import { listCallPanels } from '../../base/config/call-panels.js';
import type { Context } from '../../context/context.js';
import type { Enforcements } from '../../context/enforcement.js';
import type { Line } from '../telephony/find-line.js';
import { isByHand } from '../billing/by-hand.js';
import type { FirstDue, ToBill } from './due.js';
import { findServiceMadeDay, listLinePeriods } from './first-day.js';
import { listLineBills } from './line-bills.js';

const toKey = ({ service: { id, panel }, subscriberId }: Line): string => `calls_due:${panel}:${subscriberId}:${id}`;
const toObservedKey = ({ id }: Pick<ServiceRecord, 'id'>): string => `calls_observed:${id}`;
const toPanelKey = (panel: string): string => `calls_billed:${panel}`;

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
  const billedSince = await findBilledSince(context, line.service);
  const own = { billedSince, lineSince: billedSince === null ? null : await findLineSince(context, line) };
  if (known !== null) return { at: known.since, madeOn: readMadeOn(known), ...own };
  const [at, madeOn] = [context.now(), await findServiceMadeDay(context, line)];
  if (!dryRun)
    await context.write(fences, (tables) => tables.conditions.put({ key, since: at, runs: 1, details: { madeOn } }));
  return { at, madeOn, ...own };
}

/** Returns since when lines of the panel of a service are billed, and the service is not only observed. */
async function findBilledSince({ store: { conditions } }: Context, service: ServiceRecord): Promise<string | null> {
  const ofPanel = await conditions.get(toPanelKey(service.panel));
  if (ofPanel === null) return null;
  const observed = await conditions.get(toObservedKey(service));
  return observed !== null && observed.since > ofPanel.since ? observed.since : ofPanel.since;
}

/** What a run over all lines bills. */
interface WholeRun {
  enforcements: Enforcements;
  /** Panels that it leaves out. */
  skipped: readonly { panel: string }[];
  /** Services whose calls it only shows: another system may bill them. */
  observed: readonly ServiceRecord[];
}

/**
 * Notes of each panel that is not observed as a whole since when its lines are billed, unless it is known, and of services that are only
 * observed that they are until now. A panel may have no line yet.
 */
export async function noteBilled(context: Context, { enforcements, skipped, observed }: WholeRun): Promise<void> {
  const since = context.now();
  const { config, deps } = context;
  const { billed } = listCallPanels(config, deps.kinds);
  const isOfRun = (panel: string): boolean => {
    const { value, except } = enforcements.ofPanel(panel);
    return !skipped.some((one) => one.panel === panel) && (value === 'on' || except.length > 0);
  };
  const only = observed.map(toObservedKey);
  if (only.length > 0)
    await context.write([], async ({ conditions }) => {
      for (const key of only) await conditions.put({ key, since, runs: 1, details: null });
    });
  for (const key of billed.filter(isOfRun).map(toPanelKey)) {
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
