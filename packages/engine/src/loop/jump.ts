import type { ItemError, Panel } from '@sluice/panel-kind';
import { confirmsJump, formatBytes, isJump, usageInMode } from '@sluice/quota-core';
import type { DecisionRecord } from '@sluice/state-store';
import type { Session } from '../context/context.js';
import { decideHolds } from './decide.js';
import { listLimits } from '../kernel/subject/limits.js';
import { doubtedView } from '../kernel/subject/views.js';
import { IMPOSSIBLE_JUMP } from './plausible.js';
import type { Doubted, Loaded, Read } from '../kernel/subject/stages.js';

/** A reading that would begin a hold by one jump. */
interface Jump {
  read: Read;
  error: ItemError;
  /** When the reading was made that it has jumped from. */
  readAt: string;
}

/**
 * Finds the readings that would begin a hold by one jump of more than `poll.doubt.jump`, where nothing shows what the line can
 * carry; a reading that the run before doubted too, or that the brake kept from being used, is confirmed. Returns the doubts by service.
 */
export async function findJumps(
  session: Session,
  panel: Panel,
  loaded: readonly Loaded[],
  reads: ReadonlyMap<string, Read>,
): Promise<Map<string, ItemError>> {
  const now = session.now();
  const jumps = new Map<string, Jump>();
  for (const facts of loaded) {
    const read = reads.get(facts.service.id);
    const error = read === undefined ? null : findJump(session, panel, { facts, read, now });
    const readAt = facts.recorded?.readAt ?? '';
    if (read !== undefined && error !== null) jumps.set(facts.service.id, { read, error, readAt });
  }
  if (jumps.size === 0) return new Map();
  for (const decision of await session.store.decisions.latest([...jumps.keys()])) {
    const { service, cycle } = decision;
    const jump = jumps.get(service);
    if (jump?.read.cycle?.id !== cycle) continue;
    const before = doubtedView(decision) ?? unusedReading(decision, jump.readAt);
    if (before !== null && confirms(jump.read, before)) jumps.delete(service);
  }
  return new Map([...jumps].map(([id, { error }]) => [id, error]));
}

/** Returns the reading of a run that the brake stopped: it was believed, but is not that of the cycle. */
function unusedReading({ readAt, inBytes, outBytes, totalBytes }: DecisionRecord, usedAt: string): Doubted | null {
  return readAt === null || readAt <= usedAt ? null : { at: readAt, inBytes, outBytes, totalBytes };
}

function findJump(
  session: Session,
  panel: Panel,
  { facts, read, now }: { facts: Loaded; read: Read; now: string },
): ItemError | null {
  const { jump } = session.config.poll.doubt;
  const { recorded, cycle, mode, allowance, service } = facts;
  if (jump === null || read.usage === null || recorded?.readAt == null || cycle === null) return null;
  if (panel.plausibility?.isBounded(cycle.counter) === true) return null;
  const used = usageInMode(read.usage, mode);
  const before = facts.cycleIsNew ? 0 : usageInMode(cycle, mode);
  if (used === null || before === null) return null;
  const grown = used - before;
  const isTooMuch = (allowed: unknown): boolean =>
    typeof allowed === 'number' && isJump({ grownBytes: grown, allowedBytes: allowed, share: jump });
  const quota = allowance?.kind === 'limited' && used >= allowance.allowedBytes ? allowance.allowedBytes : null;
  // Decides only where a hold is possible.
  if (![quota, ...listLimits(session, service.product).map((limit) => limit.allowance)].some(isTooMuch)) return null;
  const { opens, decision } = decideHolds(session, panel, read, now);
  const limits = decision?.limits.filter(({ limit }) => opens.some(({ reason }) => reason === limit)) ?? [];
  const limit = limits.find(({ allowedBytes }) => isTooMuch(allowedBytes));
  if (limit === undefined) return null;
  const figures = `${formatBytes(grown)} since ${recorded.readAt}, of ${formatBytes(limit.allowedBytes ?? 0)} that are allowed`;
  return {
    code: IMPOSSIBLE_JUMP,
    message: `the usage rose by ${figures}, in one reading: no hold begins until the next run has read it again; compare it with the panel`,
  };
}

/** Returns whether a reading is at least as high as an earlier one, less the differences of consolidated data. */
function confirms({ usage, mode }: Read, before: Doubted): boolean {
  if (usage === null || before.at >= usage.at) return false;
  const [now, then] = [usageInMode(usage, mode), usageInMode(before, mode)];
  return now !== null && then !== null && confirmsJump(now, then);
}
