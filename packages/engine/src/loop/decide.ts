import type { ItemError, Panel } from '@sluice/panel-kind';
import {
  type Allowance,
  crossedThresholds,
  decide,
  type Decision,
  type MeteredLimit,
  type StandingHold,
  usageInMode,
  zonedMidnight,
} from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { findTimeZone, listLimits } from '../base/config/find-entry.js';
import { toCycleKey } from '../base/lifecycle.js';
import { newHold, inForce, isLifted, isOfRemovedLimit } from '../kernel/subject/holds.js';
import type { Context } from '../context/context.js';
import { findPeak, type LimitState, type Spend } from '../kernel/subject/figures.js';
import { THRESHOLDS, weighLimit, withFigures } from '../kernel/subject/limits.js';
import { isOverdue } from '../kernel/subject/skip.js';
import type { Decided, Loaded, Read, Stage } from '../kernel/subject/stages.js';
import { toRead, withError } from '../kernel/subject/to-stage.js';

/** Decides which holds start and end, from the reading and the stored state. */
export function decideHolds(context: Context, panel: Panel, read: Read, now: string): Decided {
  const { allowance, error } = read;
  if (read.skipped !== null || allowance === null) return undecided(read);
  const usage =
    error === null ? toReading(read) : { known: false as const, at: now, code: error.code, message: error.message };
  const { decision, limits } = decideByUsage(context, panel, read, { allowance, now, usage, spend: read.spend });
  const open = new Set<string>(read.holds.map((hold) => hold.reason));
  const { problem } = decision;
  const decided: Decided = {
    ...read,
    stage: 'decided',
    decision,
    limits,
    opens: decision.holds.filter(({ reason }) => isDecided(decision, reason) && !open.has(reason)),
    closes: findEnding(context, read, decision),
    thresholds: crossed(read),
    buys: [],
    more: null,
  };
  if (problem === null) return decided;
  if (decision.status === 'unreadable') return withError(decided, problem);
  return { ...decided, warnings: [...read.warnings, problem] };
}

/** Returns a service about which nothing is decided. */
export function undecided(read: Read): Decided {
  return {
    ...read,
    stage: 'decided',
    decision: null,
    limits: read.limitsBefore,
    opens: [],
    closes: [],
    thresholds: [],
    buys: [],
    more: null,
  };
}

/**
 * Decides for a command, which reads no usage: ends the open holds that a run would end by the last reading, since another
 * command ended their reason and no run has decided since.
 */
export function decideEnds(context: Context, panel: Panel, loaded: Loaded, now: string): Decided {
  const decided = undecided(toRead(loaded));
  const decision = decideByLastReading(context, panel, loaded, now);
  return decision === null ? decided : { ...decided, closes: findEnding(context, loaded, decision) };
}

/** Returns a service with what the last reading of its cycle decides; null where the allowance is not known. */
export function decideLast(context: Context, panel: Panel, loaded: Loaded, now: string): Decided | null {
  const decision = decideByLastReading(context, panel, loaded, now);
  return decision === null ? null : { ...undecided(toRead(loaded)), decision };
}

/** What the last reading of a cycle decides: the holds that stay, and what is known of the quota. */
export interface Foreseen {
  /** Open holds that it does not end. */
  staying: HoldRecord[];
  /** Whether the quota restricts the service, or would. */
  holdsQuota: boolean;
  usedBytes: number | null;
  /** Whether the suspension of the service is a reason to hold it. */
  isSuspended: boolean;
}

/** Returns what `decideEnds` would leave; null where the allowance is not known. */
export function foreseeHolds(context: Context, panel: Panel, loaded: Loaded, now: string): Foreseen | null {
  const decision = decideByLastReading(context, panel, loaded, now);
  if (decision === null) return null;
  const ending = new Set(findEnding(context, loaded, decision).map(({ id }) => id));
  const isDue = (wanted: string): boolean => decision.holds.some(({ reason }) => reason === wanted);
  return {
    staying: loaded.holds.filter(({ id }) => !ending.has(id)),
    holdsQuota: isDue('quota'),
    usedBytes: decision.limits.find(({ limit }) => limit === 'quota')?.usedBytes ?? null,
    isSuspended: loaded.service.status === 'suspended' && isDue('billing'),
  };
}

/** Returns what the last reading of a service's cycle decides by now; null where the allowance is not known. */
export function decideByLastReading(
  context: Context,
  panel: Panel,
  loaded: Loaded<Stage>,
  now: string,
): Decision | null {
  const { allowance, cycle, cycleIsNew } = loaded;
  if (allowance === null) return null;
  const usage =
    cycle === null || cycleIsNew || cycle.readAt === null
      ? { known: false as const, at: now, code: 'not_read', message: 'not read in this cycle' }
      : { known: true as const, at: cycle.readAt, ...pick(cycle) };
  return decideByUsage(context, panel, loaded, { allowance, now, usage, spend: [] }).decision;
}

/**
 * Reverts what follows from an untrusted reading: it neither starts nor ends a hold. A protection, a release until a date and an
 * unlimited quota end holds whatever was read.
 */
export function distrust(context: Context, decided: Decided, reason: ItemError): Decided {
  if (isLifted(context.config, decided.service, context.now())) return decided;
  const inBytes = decided.decision?.limits.filter(({ money, rule }) => money === null && rule !== 'unlimited') ?? [];
  const limits = new Set(inBytes.map(({ limit }) => limit));
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
function findEnding(context: Context, { holds, service }: Loaded<Stage>, decision: Decision): HoldRecord[] {
  if (holds.length === 0) return [];
  const wanted = new Set<string>(decision.holds.map((hold) => hold.reason));
  const withheld = new Set(decision.withheld.map((hold) => hold.reason));
  const limits = listLimits(context.config, service.product);
  return holds.filter(
    (hold) =>
      withheld.has(hold.reason) ||
      (isDecided(decision, hold.reason) && !wanted.has(hold.reason)) ||
      isOfRemovedLimit(hold, limits),
  );
}

/** Returns whether runs start and end holds with this reason; the others belong to an operator or an agent. */
function isDecided({ limits }: Decision, reason: string): boolean {
  return reason === 'billing' || limits.some(({ limit }) => limit === reason);
}

interface DecidedBy {
  allowance: Allowance;
  now: string;
  usage: MeteredLimit['usage'];
  spend: readonly Spend[];
}

function decideByUsage(
  context: Context,
  panel: Panel,
  facts: Loaded<Stage>,
  { allowance, now, usage, spend }: DecidedBy,
): { decision: Decision; limits: LimitState[] } {
  const { config } = context;
  const { service, cycle, mode, action } = facts;
  const toInstant = (date: string | null): string | null =>
    date === null ? null : zonedMidnight(date, findTimeZone(config, service.panel));
  const releasedUntil = toInstant(service.quotaReleasedUntil);
  const hold = facts.holds.find(({ reason }) => reason === 'quota');
  const quota: MeteredLimit = {
    id: 'quota',
    window: cycle && toCycleKey(cycle),
    allowance,
    mode,
    exceededAt: 'reached',
    release: 'margin',
    restriction: action,
    usage,
    peakUsedBytes: findPeak(cycle, mode, hold ?? null),
    hold: hold ? { window: hold.cycle, usedBytes: hold.usedBytes, allowedBytes: hold.allowedBytes } : null,
    releasedUntil,
  };
  const from = { facts, usage, spend, currency: panel.telephony?.currency, now, releasedUntil };
  const others = listLimits(config, service.product).map((limit) => weighLimit(context, limit, from));
  const decision = decide({
    now,
    limits: [quota, ...others.map(({ limit }) => limit)],
    billing: {
      suspended: service.status === 'suspended',
      overdue: isOverdue(service, config, now),
      overduePolicy: config.poll.overdue,
      restriction: panel.kind.suspension,
    },
    standing: standingHolds(context, panel, facts),
    protectedUntil: toInstant(service.protectedUntil),
  });
  return { decision, limits: others.map((other) => withFigures(other, decision)) };
}

function standingHolds(context: Context, panel: Panel, facts: Loaded<Stage>): StandingHold[] {
  if (facts.holds.length === 0) return [];
  const holds = inForce(context, panel, facts);
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

/** Returns the id of the window of a limit, as its holds name it. */
export function findWindowKey({ cycle, limits }: Pick<Decided, 'cycle' | 'limits'>, reason: string): string | null {
  const limit = limits.find(({ id }) => id === reason);
  return limit === undefined ? cycle && toCycleKey(cycle) : limit.key;
}

/** Returns the rows of the holds that a decision starts; stored only if the run proceeds. */
export function draftHolds(context: Context, work: Decided): HoldRecord[] {
  const { service, opens, decision } = work;
  const since = context.now();
  return opens.map(({ reason, rule: note, restriction }) => {
    const limit = decision?.limits.find((one) => one.limit === reason);
    const { usedBytes = null, allowedBytes = null } = limit ?? {};
    const figures = { cycle: findWindowKey(work, reason), usedBytes, allowedBytes };
    return newHold(context, { service: service.id, reason, restriction, since, note, ...figures, origin: 'run' });
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
