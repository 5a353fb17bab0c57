import type { Panel } from '@sluice/panel-kind';
import {
  calendarWindow,
  type Decision,
  type DueMoment,
  type LineRate,
  type OpenLimit,
  planReading,
  type PlannedReading,
  type ReadingFacts,
  type ReadingRules,
  usageInMode,
  zonedMidnight,
} from '@sluice/quota-core';
import type { CycleRecord } from '@sluice/state-store';
import { findEntry, findTimeZone, listLimits } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { addDays } from '../../base/times.js';
import type { Context } from '../../context/context.js';
import { isProtected, isQuotaReleased } from './holds.js';
import { THRESHOLDS } from './limits.js';
import type { Loaded, Stage } from './stages.js';

/** Where no time makes a reading due: only a change of the service does. */
export const NEVER = '9999-12-31T00:00:00.000Z';

/** Why a service is read then. `skipped`: no time makes it due. */
export type NextReason =
  | Exclude<PlannedReading['reason'], 'again'>
  | NonNullable<LastRun['again']>
  | 'new'
  | 'changed'
  | 'skipped';

/** The next reading of a service as it is computed. */
export interface Next {
  at: string;
  reason: NextReason;
  /** What the reason is about: a limit, a moment, or why it is skipped; null for others. */
  about: string | null;
  remainingBytes: number | null;
  /** The rate that it was computed with, in bytes per second; null where none is known. */
  rate: number | null;
  /** Whether that is the most that the line carries. */
  isHighest: boolean;
  /** Where it is known from. */
  source: RateSource;
}

/**
 * Where the highest rate of a line is known from: the config, what the panel shows of it, or the speed limits that Sluice has set on the
 * panel; null where it is not known.
 */
export type RateSource = 'config' | 'line' | 'limits' | null;

/** What is known of a service besides what is loaded. */
export interface LastRun {
  /** Instant of the last attempt to read it. */
  triedAt: string;
  decision: Decision | null;
  /** Why its last reading, or what follows from it, has to be repeated; null where nothing has. */
  again: 'failed' | 'doubted' | 'unfinished' | null;
  /** Whether each run has something to do for it besides reading: a purchase, an alarm, a limit in money. */
  busy: boolean;
  /** The highest rate that was seen lately, in bytes per second. */
  seen: number | null;
  /** From 0 to 1: how much earlier than at the latest instant it is read. */
  spread: number;
}

type Facts = Loaded<Stage>;

/** A moment, and whether growth after the last reading before it counts in what begins then. */
interface LastingMoment extends DueMoment {
  countsOn: boolean;
}

/** What decides when a service is read next, besides the last run and the rate that was seen: it lasts until something changes. */
export interface Standing extends Pick<ReadingFacts, 'limits' | 'reportAfterBytes'> {
  /** `bytesPerSecond` is null where its highest rate is not known. */
  rate: Rate;
  moments: readonly LastingMoment[];
}

type Rate = LineRate & Pick<Next, 'source'>;

/** Returns when a service is read next, by what is stored of it. */
export function findNext(context: Context, panel: RatedPanel & Pick<Panel, 'kind'>, facts: Facts, last: LastRun): Next {
  const { cycle, product } = facts;
  const rate = findRate(context, panel, facts, cycle);
  const known = toKnown(rate, last);
  const isOpen = last.busy || hasOpenWork(facts);
  if (facts.skipped !== null && !isOpen)
    return { at: NEVER, reason: 'skipped', about: facts.skipped, remainingBytes: null, ...known };
  const isMetered = cycle !== null && facts.skipped === null && panel.kind.capabilities.includes('usage');
  const readAt = cycle?.readAt ?? null;
  if (isMetered && readAt === null && last.again === null && !isOpen)
    return { at: last.triedAt, reason: 'new', about: null, remainingBytes: null, ...known };
  const state = last.again === null ? (isOpen ? 'open' : 'idle') : 'again';
  const times = { readAt: readAt ?? last.triedAt, triedAt: last.triedAt };
  const { decision } = last;
  const standing = findStanding(context, panel, facts, { decision, rate, readAt: times.readAt });
  return planNext(standing, { ...last, ...times, state }, findRules(context.config, product));
}

/** Returns what decides when a service is read next as long as nothing changes. */
export function findStanding(
  context: Context,
  panel: Pick<Panel, 'kind'>,
  facts: Facts,
  { decision, rate, readAt }: Pick<LastRun, 'decision'> & Pick<Standing, 'rate'> & { readAt: string },
): Standing {
  const amounts = findAmounts(context, facts, decision, facts.cycle);
  return { ...amounts, rate, moments: findMoments(context, panel, facts, readAt) };
}

/** Returns when a service is read next, by what lasts and the last run. */
export function planNext(
  { rate, moments, ...amounts }: Standing,
  { again, ...last }: Pick<LastRun, 'again' | 'seen' | 'spread'> & Pick<ReadingFacts, 'readAt' | 'triedAt' | 'state'>,
  rules: ReadingRules,
): Next {
  const { readAt, triedAt, state, spread } = last;
  const known = toKnown(rate, last);
  const found = planReading(
    {
      ...{ readAt, triedAt, state, ...amounts },
      rate: { bytesPerSecond: known.rate, isHighest: known.isHighest },
      moments: moments.flatMap((moment) => withBefore(moment, { rules, spread })),
    },
    rules,
    spread,
  );
  const reason = found.reason === 'again' ? (again ?? 'failed') : found.reason;
  return { at: found.at, reason, about: found.about, remainingBytes: found.remainingBytes, ...known };
}

/** Returns the rate that a reading is planned with: a rate that was seen counts where the highest one is not known. */
function toKnown({ bytesPerSecond, isHighest, source }: Rate, { seen }: Pick<LastRun, 'seen'>) {
  return { rate: isHighest ? bytesPerSecond : seen, isHighest, source } satisfies Partial<Next>;
}

/** Growth since the last reading before a window ends counts in the next one: that reading is as late as one of a poll of all. */
function withBefore(
  { at, what, countsOn }: LastingMoment,
  { rules, spread }: { rules: ReadingRules; spread: number },
): DueMoment[] {
  if (!countsOn) return [{ at, what }];
  const beforeMs = rules.floorMs + spread * Math.max(0, rules.intervalMs - rules.floorMs);
  return [
    { at: new Date(Date.parse(at) - beforeMs).toISOString(), what: `before-${what}` },
    { at, what },
  ];
}

/** Returns the rules by which services of a product are read. */
export function findRules(
  { poll }: Pick<Config, 'poll'>,
  product: { maxOvershoot?: number | undefined },
): ReadingRules {
  return {
    toleranceBytes: product.maxOvershoot ?? poll.maxOvershoot ?? 0,
    floorMs: poll.floor,
    ceilingMs: poll.ceiling,
    intervalMs: poll.interval,
  };
}

/** Returns whether each run has something to do for a service: it is held, or something is not undone, made or known yet. */
export function hasOpenWork(facts: Facts): boolean {
  const { holds, ended, evidence, toRestrict, unresolved } = facts;
  const { lifted, disabledForAgent, creating, delivering, termination } = facts;
  if (lifted || disabledForAgent || creating || delivering || termination !== null) return true;
  return holds.length + ended.length + evidence.length + toRestrict.size + unresolved.length > 0;
}

/** What knows how fast a line is. */
type RatedPanel = Pick<Panel, 'plausibility' | 'history'>;

/**
 * Returns how fast a service can use traffic in the directions that count: by the config, by its line, or by the limits that Sluice has set
 * on the panel.
 */
export function findRate(
  context: Pick<Context, 'config' | 'now'>,
  panel: RatedPanel,
  { mode, ...facts }: Pick<Facts, 'service' | 'product' | 'mode' | 'history'>,
  cycle: Readonly<CycleRecord> | null,
): Rate {
  const { source, oneWay } = findSpeed(context, panel, facts, cycle);
  if (oneWay === null) return { bytesPerSecond: null, isHighest: false, source };
  return { bytesPerSecond: mode === 'TOTAL' ? 2 * oneWay : oneWay, isHighest: true, source };
}

/** Returns how fast a line is in one direction. */
function findSpeed(
  context: Pick<Context, 'config' | 'now'>,
  { plausibility, history }: RatedPanel,
  { service, product, history: { checkpoint } }: Pick<Facts, 'service' | 'product' | 'history'>,
  cycle: Readonly<CycleRecord> | null,
): { source: RateSource; oneWay: number | null } {
  const stated = product.lineSpeed ?? findEntry(context.config.panels, service.panel)?.lineSpeed ?? null;
  if (stated !== null) return { source: 'config', oneWay: stated };
  const ofLine = plausibility?.bytesPerSecond(cycle?.counter ?? null) ?? null;
  if (ofLine !== null) return { source: 'line', oneWay: ofLine };
  const limited = history?.bytesPerSecond?.(checkpoint, context.now()) ?? null;
  return limited === null ? { source: null, oneWay: null } : { source: 'limits', oneWay: limited };
}

/** Returns what is left of each limit that restricts nothing yet, and to the next amount that is only reported. */
function findAmounts(
  context: Context,
  { service, holds, enforcement, allowance, mode }: Facts,
  decision: Decision | null,
  cycle: Readonly<CycleRecord> | null,
): Pick<ReadingFacts, 'limits' | 'reportAfterBytes'> {
  const { config } = context;
  const at = context.now();
  const isFree = isProtected(config, service, at);
  const held = new Set(holds.map(({ reason }) => reason));
  const left = (decision?.limits ?? []).flatMap(({ limit, allowedBytes, remainingBytes }): OpenLimit[] => {
    if (allowedBytes === null || held.has(limit) || isFree) return [];
    if (limit === 'quota' && isQuotaReleased(config, service, at)) return [];
    return [{ id: limit, remainingBytes: remainingBytes ?? allowedBytes }];
  });
  const used = cycle === null ? null : usageInMode(cycle, mode);
  const next = THRESHOLDS.flatMap((percent) => {
    if (allowance?.kind !== 'limited' || used === null) return [];
    const bytes = Math.ceil((allowance.allowedBytes * percent) / 100) - used;
    return bytes > 0 ? [bytes] : [];
  });
  // Nothing is held there: that it would be is reported.
  const isObserved = enforcement.value === 'observe';
  const reported = isObserved ? left.flatMap(({ remainingBytes }) => remainingBytes ?? []) : [];
  const amounts = [...next, ...reported];
  return {
    limits: isObserved ? left.map((limit) => ({ ...limit, remainingBytes: null })) : left,
    reportAfterBytes: amounts.length === 0 ? null : Math.min(...amounts),
  };
}

/** Returns the instants at which a run decides something else although nothing was read. */
function findMoments(
  { config }: Context,
  { kind }: Pick<Panel, 'kind'>,
  { service, product, cycle }: Facts,
  readAt: string,
): LastingMoment[] {
  const timeZone = findTimeZone(config, service.panel);
  const moments: LastingMoment[] = [];
  const onDay = (date: string | null, what: string): void => {
    if (date !== null) moments.push({ at: zonedMidnight(date, timeZone), what, countsOn: false });
  };
  if (cycle !== null)
    moments.push({ at: cycle.end, what: 'cycle-end', countsOn: !kind.capabilities.includes('window-usage') });
  for (const { window, allowance } of listLimits(config, service.product)) {
    if (window === 'cycle') continue;
    const at = calendarWindow({ window, timeZone, now: readAt }).end;
    moments.push({ at, what: `${window}-end`, countsOn: typeof allowance !== 'string' });
  }
  onDay(service.protectedUntil, 'protection-end');
  onDay(service.quotaReleasedUntil, 'release-end');
  if (config.poll.overdue !== 'meter' && service.nextDueDate !== null)
    onDay(addDays(service.nextDueDate, product.graceDays ?? 0), 'due-date');
  return moments;
}
