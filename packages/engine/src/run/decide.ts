import type { ItemError, Panel } from '@sluice/panel-kind';
import {
  type Allowance,
  crossedThresholds,
  decide,
  type Decision,
  type MeteredLimit,
  type Mode,
  type StandingHold,
  usageInMode,
  zonedMidnight,
} from '@sluice/quota-core';
import type { CycleRecord, HoldRecord } from '@sluice/state-store';
import { findTimeZone } from '../config/find-entry.js';
import type { CycleLimit } from '../dependencies.js';
import { newHold } from '../holds/new-hold.js';
import type { Session } from '../session.js';
import { inForce, listLimits } from './limits.js';
import { isOverdue } from './load.js';
import { type Decided, type Loaded, type Read, type Stage, unread, withError } from './stages.js';

/** Percentages of the allowance that are reported once per cycle. */
const THRESHOLDS = [80, 90, 100];

/** Decides which holds start and end, from the reading and the stored state. */
export function decideHolds(session: Session, panel: Panel, read: Read, now: string): Decided {
  const { allowance, error } = read;
  if (read.skipped !== null || allowance === null) return undecided(read);
  const usage =
    error === null ? toReading(read) : { known: false as const, at: now, code: error.code, message: error.message };
  const decision = decideByUsage(session, panel, read, { allowance, now, usage });
  const open = new Set<string>(read.holds.map((hold) => hold.reason));
  const { problem } = decision;
  const decided: Decided = {
    ...read,
    stage: 'decided',
    decision,
    opens: decision.holds.filter(({ reason }) => isDecided(decision, reason) && !open.has(reason)),
    closes: findEnding(read.holds, decision),
    thresholds: crossed(read),
    buys: [],
  };
  if (problem === null) return decided;
  if (decision.status === 'unreadable') return withError(decided, problem);
  return { ...decided, warnings: [...read.warnings, problem] };
}

/** Returns a service about which nothing is decided. */
export function undecided(read: Read): Decided {
  return { ...read, stage: 'decided', decision: null, opens: [], closes: [], thresholds: [], buys: [] };
}

/**
 * Decides for a command, which reads no usage: ends the open holds that a run would end by the last reading, since another
 * command ended their reason and no run has decided since.
 */
export function endHolds(session: Session, panel: Panel, loaded: Loaded, now: string): Decided {
  const decided = undecided(unread(loaded));
  const { allowance, cycle, cycleIsNew, holds } = loaded;
  if (allowance === null) return decided;
  const usage =
    cycle === null || cycleIsNew || cycle.readAt === null
      ? { known: false as const, at: now, code: 'not_read', message: 'not read in this cycle' }
      : { known: true as const, at: cycle.readAt, ...pick(cycle) };
  const decision = decideByUsage(session, panel, loaded, { allowance, now, usage });
  return { ...decided, closes: findEnding(holds, decision) };
}

/** Reverts what follows from an untrusted reading: it neither starts nor ends a hold. */
export function distrust(decided: Decided, reason: ItemError): Decided {
  const limits = new Set(decided.decision?.limits.map(({ limit }) => limit));
  const byUsage = (hold: { reason: string }): boolean => limits.has(hold.reason);
  const { opens, closes } = decided;
  if (!opens.some(byUsage) && !closes.some(byUsage)) return decided;
  const left = {
    opens: opens.filter((hold) => !byUsage(hold)),
    closes: closes.filter((hold) => !byUsage(hold)),
  };
  return withError({ ...decided, ...left }, reason);
}

/** Returns the open holds that this decision ends. */
function findEnding(open: readonly Readonly<HoldRecord>[], decision: Decision): HoldRecord[] {
  const wanted = new Set<string>(decision.holds.map((hold) => hold.reason));
  return open.filter(({ reason }) => isDecided(decision, reason) && !wanted.has(reason));
}

/** Returns whether runs start and end holds with this reason; the others belong to an operator or an agent. */
function isDecided({ limits }: Decision, reason: string): boolean {
  return reason === 'billing' || limits.some(({ limit }) => limit === reason);
}

function decideByUsage(
  session: Session,
  panel: Panel,
  facts: Loaded<Stage>,
  { allowance, now, usage }: { allowance: Allowance; now: string; usage: MeteredLimit['usage'] },
): Decision {
  const { config } = session;
  const { service, cycle, mode, action } = facts;
  const metered = (limit: CycleLimit): MeteredLimit => {
    const hold = facts.holds.find(({ reason }) => reason === limit.id);
    return {
      id: limit.id,
      window: cycle?.id ?? null,
      allowance: limit.allowance,
      mode: limit.mode,
      exceededAt: limit.exceededAt,
      release: limit.release,
      restriction: limit.restriction,
      usage,
      peakUsedBytes: cycle ? findPeak(cycle, limit.mode) : null,
      hold: hold ? { window: hold.cycle, usedBytes: hold.usedBytes, allowedBytes: hold.allowedBytes } : null,
    };
  };
  const [quota, ...others] = listLimits(session, service, { allowance, mode, restriction: action });
  const toInstant = (date: string | null): string | null =>
    date === null ? null : zonedMidnight(date, findTimeZone(config, service.panel));
  return decide({
    now,
    limits: [{ ...metered(quota), releasedUntil: toInstant(service.quotaReleasedUntil) }, ...others.map(metered)],
    billing: {
      suspended: service.status === 'suspended',
      overdue: isOverdue(service, config, now),
      overduePolicy: config.poll.overdue,
      restriction: panel.kind.suspension,
    },
    standing: standingHolds(session, panel, facts),
    protectedUntil: toInstant(service.protectedUntil),
  });
}

function standingHolds(session: Session, panel: Panel, facts: Loaded<Stage>): StandingHold[] {
  const holds = inForce(session, panel, facts);
  return (['manual', 'agent-limit'] as const).flatMap((reason) => {
    const hold = holds.find((open) => open.reason === reason);
    return hold ? [{ reason, restriction: hold.restriction }] : [];
  });
}

function toReading({ answer, usage }: Read): MeteredLimit['usage'] {
  const reading = answer?.reading ?? null;
  if (reading === null || !reading.known) return reading;
  return usage
    ? { known: true, at: usage.at, ...pick(usage) }
    : { known: false, at: reading.at, code: 'not_read', message: 'the reading was not counted' };
}

function pick(usage: { inBytes: number | null; outBytes: number | null; totalBytes: number | null }) {
  return { inBytes: usage.inBytes, outBytes: usage.outBytes, totalBytes: usage.totalBytes };
}

function findPeak(cycle: CycleRecord, mode: Mode): number | null {
  if (mode === 'IN') return cycle.peakInBytes;
  if (mode === 'OUT') return cycle.peakOutBytes;
  return cycle.peakTotalBytes;
}

/** Returns the rows of the holds that a decision starts; stored only if the run proceeds. */
export function draftHolds(session: Session, { service, opens, decision, cycle }: Decided): HoldRecord[] {
  const since = session.now();
  return opens.map(({ reason, rule: note, restriction }) => {
    const limit = decision?.limits.find((one) => one.limit === reason);
    const { usedBytes = null, allowedBytes = null } = limit ?? {};
    const figures = { cycle: cycle?.id ?? null, usedBytes, allowedBytes };
    return newHold(session, { service: service.id, reason, restriction, since, note, ...figures, origin: 'run' });
  });
}

/** Returns the thresholds of the quota that this reading is the first of its cycle to reach. */
function crossed({ cycle, allowance, usage, mode }: Read): number[] {
  if (!cycle || !usage || allowance?.kind !== 'limited') return [];
  const usedBytes = usageInMode(usage, mode);
  if (usedBytes === null) return [];
  const { allowedBytes } = allowance;
  return crossedThresholds({ usedBytes, allowedBytes, thresholds: THRESHOLDS, already: cycle.thresholds });
}
