import type { ItemError, Panel } from '@sluice/panel-kind';
import { confirmsJump, formatBytes, isJump, mayConfirm, usageInMode } from '@sluice/quota-core';
import type { DecisionRecord } from '@sluice/state-store';
import type { Context } from '../context/context.js';
import { decideHolds } from './decide.js';
import { listLimits } from '../base/config/find-entry.js';
import { doubtedView } from '../kernel/subject/views.js';
import { isCounterState } from '../kernel/subject/figures.js';
import { wasRead, withObserved } from '../kernel/subject/source.js';
import { observe } from './observe.js';
import { IMPOSSIBLE_JUMP, toWindowReading } from './plausible.js';
import type { Decided, Loaded, Read, Stage } from '../kernel/subject/stages.js';

/** A reading that would begin a hold, or charge a client, by one jump, and is not confirmed. */
export interface Jump {
  error: ItemError;
  /** When a reading that this one confirms was first doubted; null where none was. */
  since: string | null;
}

/** A service whose reading would begin a hold, or charge its client, by one jump. */
interface Jumping {
  facts: Loaded;
  read: Read;
  error: ItemError;
  /** The limits whose holds would begin. */
  limits: readonly string[];
  charges: boolean;
}

/** Services of a page with their readings. */
interface Page {
  loaded: readonly Loaded[];
  reads: ReadonlyMap<string, Read>;
  /** `poll.doubt.jump`. */
  share: number;
  /** Returns whether a client would be charged by a reading. */
  wouldCharge: (decided: Decided) => boolean;
  /** Returns the reading of a service again, with bounds that say what its line can carry. */
  readAgain: (facts: Loaded) => Read | null;
}

/**
 * Finds the readings that would begin a hold, or charge a client, by one jump of more than `poll.doubt.jump`, where the line is not known to carry that
 * much in the time since the last reading: its speed is read in this run, unless it is known. A reading that a run doubted a
 * minute ago or earlier, or that the brake kept from being used, is confirmed. Returns the jumps by service, and the readings that
 * the speeds have changed.
 */
export async function findJumps(
  context: Context,
  panel: Panel,
  { loaded, reads, readAgain, share, wouldCharge }: Page,
): Promise<{ jumps: Map<string, Jump>; known: Map<string, Read> }> {
  const now = context.now();
  const find = (facts: Loaded, read: Read | undefined): Jumping[] => {
    const found = read === undefined ? null : findJump(context, panel, { facts, read, share, now, wouldCharge });
    return found === null ? [] : [found];
  };
  const jumping = new Map(
    loaded.flatMap((facts) => find(facts, reads.get(facts.service.id)).map((jump) => [facts.service.id, jump])),
  );
  const known = new Map<string, Read>();
  for (const facts of await findLines(context, panel, [...jumping.values()])) {
    const { id } = facts.service;
    const read = readAgain(facts);
    if (read === null) continue;
    known.set(id, read);
    jumping.delete(id);
    for (const jump of find(facts, read)) jumping.set(id, jump);
  }
  return { jumps: await withoutConfirmed(context, jumping), known };
}

/** Reads the lines of unknown speed; returns their services with the bounds that follow. */
async function findLines(context: Context, panel: Panel, jumping: readonly Jumping[]): Promise<Loaded[]> {
  const { plausibility } = panel;
  const unknown = jumping.filter(({ facts }) => plausibility?.isBounded(facts.cycle?.counter) === false);
  return unknown.length === 0
    ? []
    : readLines(
        context,
        panel,
        unknown.map(({ facts }) => facts),
      );
}

/** Reads the lines of services; returns those of which something was read, with the bounds that follow. */
export async function readLines<L extends Loaded<Stage>>(
  context: Context,
  panel: Panel,
  subjects: readonly L[],
): Promise<L[]> {
  const { plausibility } = panel;
  if (plausibility === undefined) return [];
  const observations = await observe({ context, panel, scope: 'poll' }, subjects);
  return subjects.flatMap((facts) => {
    const { cycle, service } = facts;
    const observation = observations.get(service.id);
    const bounds = observation && plausibility.bounds(observation, cycle?.counter ?? null);
    if (cycle === null || bounds === undefined) return [];
    return [{ ...facts, cycle: { ...cycle, counter: withObserved(cycle.counter, bounds) } }];
  });
}

/** Leaves out the readings that an earlier one confirms. */
async function withoutConfirmed(context: Context, jumping: ReadonlyMap<string, Jumping>): Promise<Map<string, Jump>> {
  const jumps = new Map([...jumping].map(([id, { error }]): [string, Jump] => [id, { error, since: null }]));
  if (jumps.size === 0) return jumps;
  for (const decision of await context.store.decisions.latest([...jumps.keys()])) {
    const { service, cycle } = decision;
    const found = jumping.get(service);
    if (found === undefined || found.read.cycle?.id !== cycle) continue;
    const doubted = doubtedView(decision);
    if (doubted === null) {
      if (isUnused(decision, found) && confirms(found.read, decision)) jumps.delete(service);
    } else if (confirms(found.read, doubted)) {
      if (mayConfirm(found.read.usage?.at ?? '', doubted.since)) jumps.delete(service);
      else jumps.set(service, { error: found.error, since: doubted.since });
    }
  }
  return jumps;
}

/** Returns whether a decision is of a run that the brake stopped: its reading was believed, but is not that of the cycle. */
function isUnused({ readAt, wouldHold }: DecisionRecord, { facts, read, limits, charges }: Jumping): boolean {
  if (readAt === null || readAt <= (facts.recorded?.readAt ?? '')) return false;
  return limits.some((limit) => wouldHold.includes(limit)) || (charges && mayConfirm(read.usage?.at ?? '', readAt));
}

interface ToJudge extends Pick<Page, 'share' | 'wouldCharge'> {
  facts: Loaded;
  read: Read;
  now: string;
}

function findJump(context: Context, panel: Panel, { facts, read, share, now, wouldCharge }: ToJudge): Jumping | null {
  const { cycle, mode, allowance, service } = facts;
  const last = read.usage === null ? null : findLast(facts);
  if (read.usage === null || last === null || cycle === null) return null;
  const used = usageInMode(read.usage, mode);
  if (used === null || last.used === null) return null;
  const grown = used - last.used;
  if (grown <= 0) return null;
  const isTooMuch = (allowed: unknown): boolean =>
    typeof allowed === 'number' && isJump({ grownBytes: grown, allowedBytes: allowed, share });
  const quota = allowance?.kind === 'limited' ? allowance.allowedBytes : null;
  // Decides only where a jump is possible.
  if (![quota, ...listLimits(context.config, service.product).map((limit) => limit.allowance)].some(isTooMuch))
    return null;
  const known = read.answer?.reading;
  if (known?.known === true && panel.plausibility?.explains(cycle.counter, toWindowReading(cycle, known)) === true)
    return null;
  const decided = decideHolds(context, panel, read, now);
  const tooMuch = decided.decision?.limits.filter(({ allowedBytes }) => isTooMuch(allowedBytes)) ?? [];
  const limits = tooMuch.filter(({ limit }) => decided.opens.some(({ reason }) => reason === limit));
  // Packages are bought for the quota.
  const charged = tooMuch.find(({ limit }) => limit === 'quota' && wouldCharge(decided));
  const limit = limits[0] ?? charged;
  if (limit === undefined) return null;
  const figures = `${formatBytes(grown)} since ${last.at}, of ${formatBytes(limit.allowedBytes ?? 0)} that are allowed`;
  const waits = [...(limits.length > 0 ? ['no hold begins'] : []), ...(charged ? ['nothing is bought'] : [])];
  const error = {
    code: IMPOSSIBLE_JUMP,
    message: `the usage rose by ${figures}, in one reading: ${waits.join(' and ')} until the next run has read it again; compare it with the panel`,
  };
  return { facts, read, error, limits: limits.map(({ limit: id }) => id), charges: charged !== undefined };
}

/**
 * Returns the usage of a service in its cycle at its last reading, and when that was; null where it was never read. A reading of an
 * earlier cycle is one too, also where runs have read nothing since this one opened.
 */
function findLast({ recorded, cycle, cycleIsNew, mode }: Loaded): { at: string; used: number | null } | null {
  if (recorded === null || cycle === null) return null;
  const { readAt, counter, start } = recorded;
  if (readAt !== null) return { at: readAt, used: cycleIsNew || cycle.readAt === null ? 0 : usageInMode(cycle, mode) };
  if (isCounterState(counter)) return { at: counter.at, used: 0 };
  return wasRead(recorded) ? { at: start, used: 0 } : null;
}

/** Returns whether a reading is at least as high as an earlier one, less the differences of consolidated data. */
function confirms({ usage, mode }: Read, before: Pick<DecisionRecord, 'inBytes' | 'outBytes' | 'totalBytes'>): boolean {
  const [now, then] = [usage && usageInMode(usage, mode), usageInMode(before, mode)];
  return now !== null && then !== null && confirmsJump(now, then);
}
