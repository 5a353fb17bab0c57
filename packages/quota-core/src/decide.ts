import { instantMs } from './zone.js';
import { decideLimit, type LimitDecision, type LimitRule } from './limit.js';
import type { MeteredLimit, MoneyLimit } from './limit-types.js';

/** Reserved reasons of holds; any other one is the id of a limit. */
export type HoldReason = 'quota' | 'billing' | 'manual' | 'agent-limit';

/** Everything that decides about one subject. */
export interface DecisionInput {
  /** Instant, ISO 8601 UTC with milliseconds, as all instants here. */
  now: string;
  /** The subject's limits, at least one. The decision's own usage figures are those of the first. */
  limits: readonly [MeteredLimit | MoneyLimit, ...(MeteredLimit | MoneyLimit)[]];
  /** The subject's bill, and the restriction of its hold; null for a subject without one. */
  billing: {
    suspended: boolean;
    overdue: boolean;
    overduePolicy: 'meter' | 'hold' | 'ignore';
    restriction: string;
  } | null;
  /** Open holds that begin and end elsewhere: by an operator, or by the limit of the subject's agent. */
  standing: readonly StandingHold[];
  /** Before this instant no hold but a manual one is in force; the others that are due are in `withheld`. */
  protectedUntil: string | null;
}

/** An open hold that a decision neither begins nor ends. */
export interface StandingHold {
  reason: 'manual' | 'agent-limit';
  restriction: string;
}

/** The rule of a hold that does not follow from a limit. */
export type OtherRule = 'billing-suspended' | 'overdue' | 'manual' | 'agent-limit';

/** A hold that should be in force, with its rule and restriction. */
export interface DueHold {
  /** The id of a limit, or a reserved reason. */
  reason: string;
  rule: LimitRule | OtherRule;
  restriction: string;
}

/** What follows from a {@link DecisionInput}. */
export interface Decision {
  /**
   * `unreadable` where a needed reading is unknown, else `held` where any hold is due, else the status of the limits.
   * An overdue subject that is not metered is `skipped`, held or not.
   */
  status: 'ok' | 'held' | 'unreadable' | 'unmanaged' | 'skipped';
  /** The rule of the first limit, also for a subject that is held for another reason. */
  rule: LimitRule;
  /** Bytes used in the mode of the first limit; null when unknown. */
  usedBytes: number | null;
  /** Bytes left of the first limit's allowance, never below 0; null when unknown or without a limit. */
  remainingBytes: number | null;
  /** The decision about each limit, in the order of the input. */
  limits: LimitDecision[];
  /** The holds that should be in force now, including those that continue. */
  holds: DueHold[];
  /** The holds that are due and withheld by `protectedUntil` or `releasedUntil`. */
  withheld: DueHold[];
  /** The first reason why a needed reading is unknown, else the first problem of a limit. */
  problem: LimitDecision['problem'];
}

/**
 * Decides which holds a subject should have.
 *
 * A limit that is exceeded holds. An unknown reading changes nothing: an open hold of a limit stays and none begins,
 * while billing and standing holds are decided as usual. An open hold that is due to this window and this allowance ends
 * as its limit's `release` says: by a margin, a percentage, or at the end of the window. After a raised allowance or in
 * a new window a known reading is compared directly, unless the window's peak already exceeded the present allowance. A
 * limit without a configured allowance begins no hold and keeps an open one.
 *
 * @throws QuotaCoreError `invalid_instant` for a `protectedUntil` or its `now` that is not an instant, `invalid_threshold`
 * for a percentage that is not whole or not from 1 to 100
 *
 * @example
 * ```ts
 * const now = '2026-03-10T12:00:00.000Z';
 * const quota: MeteredLimit = {
 *   id: 'quota',
 *   window: 'c1',
 *   allowance: { kind: 'limited', baseBytes: 1000, extraBytes: 0, allowedBytes: 1000, parts: [] },
 *   mode: 'TOTAL',
 *   exceededAt: 'reached',
 *   release: 'margin',
 *   restriction: 'disable-ports',
 *   usage: { known: true, at: now, inBytes: 900, outBytes: 200, totalBytes: null },
 *   peakUsedBytes: null,
 *   hold: null,
 * };
 * decide({ now, limits: [quota], billing: null, standing: [], protectedUntil: null }).holds;
 * // [{ reason: 'quota', rule: 'at-or-over-allowance', restriction: 'disable-ports' }]
 * ```
 */
export function decide(input: DecisionInput): Decision {
  const { billing } = input;
  const isIgnored = billing !== null && billing.overdue && billing.overduePolicy === 'ignore';
  const due: DueHold[] = [];
  const released: DueHold[] = [];
  const limits: LimitDecision[] = [];
  for (const limit of input.limits) {
    const { decision, hold } = decideLimit(limit, isIgnored);
    limits.push(decision);
    if (!hold) continue;
    const isReleased = isBefore(input.now, limit.releasedUntil ?? null, 'the end of the release');
    (isReleased ? released : due).push({ reason: limit.id, rule: decision.rule, restriction: limit.restriction });
  }
  due.push(...listOtherHolds(input));
  const isProtected = isBefore(input.now, input.protectedUntil, 'the end of the protection');
  const isInForce = ({ reason }: DueHold): boolean => !isProtected || reason === 'manual';
  const holds = due.filter(isInForce);
  const [first] = limits as [LimitDecision];
  return {
    status: isIgnored ? 'skipped' : toStatus(limits, holds.length > 0),
    rule: first.rule,
    usedBytes: first.usedBytes,
    remainingBytes: first.remainingBytes,
    limits,
    holds,
    withheld: [...released, ...due.filter((hold) => !isInForce(hold))],
    problem: findProblem(limits),
  };
}

function isBefore(now: string, end: string | null, name: string): boolean {
  return end !== null && instantMs(now, 'now') < instantMs(end, name);
}

function toStatus(limits: readonly LimitDecision[], isHeld: boolean): Decision['status'] {
  const statuses = limits.map(({ status }) => status);
  if (statuses.includes('unreadable')) return 'unreadable';
  if (isHeld) return 'held';
  return (['ok', 'unmanaged'] as const).find((status) => statuses.includes(status)) ?? 'skipped';
}

function findProblem(limits: readonly LimitDecision[]): Decision['problem'] {
  const unreadable = limits.find(({ status }) => status === 'unreadable');
  return (unreadable ?? limits.find(({ problem }) => problem !== null))?.problem ?? null;
}

function listOtherHolds({ billing, standing }: DecisionInput): DueHold[] {
  const holds: DueHold[] = [];
  if (billing !== null) {
    const { restriction } = billing;
    if (billing.suspended) holds.push({ reason: 'billing', rule: 'billing-suspended', restriction });
    else if (billing.overdue && billing.overduePolicy === 'hold') {
      holds.push({ reason: 'billing', rule: 'overdue', restriction });
    }
  }
  for (const { reason, restriction } of standing) holds.push({ reason, rule: reason, restriction });
  return holds;
}

const WORDS: Record<LimitRule | OtherRule, string> = {
  'below-allowance': 'usage is below the allowance',
  'at-or-over-allowance': 'the allowance is used up',
  'over-allowance': 'more than the allowance is used',
  'within-release-margin': 'usage is only just below the allowance',
  'fall-of-more-than-half-keeps': 'usage fell by more than half, which releases nothing',
  'until-window-end': 'the window of the limit has not ended',
  'unknown-usage': 'usage is unknown',
  'unknown-usage-keeps': 'usage is unknown, which releases nothing',
  unlimited: 'there is no limit',
  'no-quota-configured': 'there is no quota',
  'no-quota-configured-keeps': 'there is no quota any more, which releases nothing',
  'not-metered': 'usage is not metered',
  'not-metered-keeps': 'usage is not metered any more, which releases nothing',
  'overdue-ignored': 'the service is overdue and not metered',
  'overdue-ignored-keeps': 'the service is overdue and not metered, which releases nothing',
  'billing-suspended': 'the service is suspended for its bill',
  overdue: 'the due date has passed',
  manual: 'an operator restricted it',
  'agent-limit': 'its agent is over its limit',
};

/**
 * Returns a rule of a decision or a hold in words, as a part of a sentence; null for text that is not such a rule.
 *
 * @example
 * ```ts
 * describeRule('at-or-over-allowance'); // the allowance is used up
 * ```
 */
export function describeRule(rule: string): string | null {
  return Object.hasOwn(WORDS, rule) ? WORDS[rule as keyof typeof WORDS] : null;
}

/**
 * Returns the reason of a hold in words: `limit of its agent` for `agent-limit`. The other reasons are words already, or names of
 * limits in the config.
 */
export function describeReason(reason: string): string {
  return reason === 'agent-limit' ? 'limit of its agent' : reason;
}

/** The states of a service after its last run, the worst of an account in use first. */
export const REPORTED_STATUSES = [
  'failed',
  'unreadable',
  'doubted',
  'over',
  'held',
  'ok',
  'unmanaged',
  'skipped',
] as const;

/**
 * State of a service: `held` is restricted, `over` is beyond its allowance or due to be held without being restricted (the
 * brake, `observe`, a protection), `failed` and `unreadable` are of the last run, as is `doubted`: its reading was too high to be
 * used, and the figures are those before it. `unmanaged` has no limit, and `skipped` is not in use, or has no usage.
 */
export type ReportedStatus = (typeof REPORTED_STATUSES)[number];

/**
 * What lists of services can be filtered by: a status; `would-be-held`, services for which a hold would begin; or `not-read`,
 * services that the last run could not read, or where it failed, held ones included.
 */
export const STATUS_FILTERS = [...REPORTED_STATUSES, 'would-be-held', 'not-read'] as const;

/** A word of {@link STATUS_FILTERS}. */
export type StatusFilter = (typeof STATUS_FILTERS)[number];

/** What decides about the status of a service. */
export interface StatusInput {
  /** What its last run decided; null before the first. */
  decided: string | null;
  /** Whether a hold is open now, or not undone yet. */
  held: boolean;
  /** Whether nothing of what is held is on the panel yet; default false. */
  restricting?: boolean;
  /** Whether a hold would begin, but was not added. */
  wouldHold: boolean;
  /** Whether its usage has reached its allowance. */
  usedUp: boolean;
  /** Whether the service has ended; default false. */
  ended?: boolean;
}

/**
 * Returns the status of a service: the only place that decides it. An open hold is in force whatever the last run could read, unless
 * it is not on the panel; holds count as they are now, since commands begin and end them between runs.
 *
 * @example
 * ```ts
 * toReportedStatus({ decided: 'ok', held: false, wouldHold: true, usedUp: true }); // 'over'
 * ```
 */
export function toReportedStatus(input: StatusInput): ReportedStatus {
  const { decided, held, restricting = false, wouldHold, usedUp, ended = false } = input;
  const known = REPORTED_STATUSES.find((status) => status === decided);
  const hasFailed = known === 'failed' || known === 'unreadable' || known === 'doubted';
  if (held && !(restricting && hasFailed)) return 'held';
  if (known === undefined || (ended && !hasFailed)) return 'skipped';
  if (known !== 'ok' && known !== 'held' && known !== 'over') return known;
  return wouldHold || usedUp ? 'over' : 'ok';
}
