import type { Allowance } from './allowance.js';
import { BYTES_PER_GB, formatBytes } from './bytes.js';
import { QuotaCoreError } from './errors.js';
import { type Mode, type Reading, usageInMode } from './usage.js';

/** An allowance over a window, and the restriction that follows when it is exceeded. */
export interface Limit {
  /** Unique among the limits of a subject, and the reason of the hold that follows. A service's quota is `quota`. */
  id: string;
  /** Id of the open window (a billing cycle, a period); null where the subject has none. */
  window: string | null;
  allowance: Allowance;
  mode: Mode;
  /** Whether usage of exactly the allowance exceeds it (`reached`) or not (`passed`). */
  exceededAt: 'reached' | 'passed';
  /** How far usage has to be below the allowance for an open hold to end. */
  release: LimitRelease;
  /** The restriction of its hold. */
  restriction: string;
}

/**
 * When an open hold of a limit that is not exceeded any more ends. `margin`: below the allowance less 1 % or 1 GB, the
 * smaller, and not by a fall to less than half of the window's peak. `window-end`: not within the window. Both apply
 * only while the hold is due to this window and allowance. `belowPercent`: below that percentage of the allowance.
 */
export type LimitRelease = 'margin' | 'window-end' | { belowPercent: number };

/** A limit with everything that decides about it. */
export interface MeteredLimit extends Limit {
  /** The newest reading inside the window; null where the panel reports no usage, or the subject is not metered. */
  usage: Reading | null;
  /** Highest known figure of the mode in the window before this reading. */
  peakUsedBytes: number | null;
  /** Before this instant the limit holds nothing; a hold that is due is withheld. */
  releasedUntil?: string | null;
  /** The open hold of this limit, with the window and figures at its beginning. */
  hold: { window: string | null; usedBytes: number | null; allowedBytes: number | null } | null;
}

/** The rule that decided about a limit. Stable; `README.md` explains each. */
export type LimitRule =
  | 'below-allowance'
  | 'at-or-over-allowance'
  | 'over-allowance'
  | 'within-release-margin'
  | 'fall-of-more-than-half-keeps'
  | 'until-window-end'
  | 'unknown-usage'
  | 'unknown-usage-keeps'
  | 'unlimited'
  | 'no-quota-configured'
  | 'no-quota-configured-keeps'
  | 'not-metered'
  | 'not-metered-keeps'
  | 'overdue-ignored'
  | 'overdue-ignored-keeps';

/** What follows from one limit. */
export interface LimitDecision {
  /** Id of the limit. */
  limit: string;
  status: 'ok' | 'unreadable' | 'unmanaged' | 'skipped';
  rule: LimitRule;
  /** Bytes used in the mode; null when unknown. */
  usedBytes: number | null;
  /** The allowance, where it is limited. */
  allowedBytes: number | null;
  /** Bytes left of a limited allowance, never below 0; null when unknown or without a limit. */
  remainingBytes: number | null;
  /** Why the reading is unknown, or `usage_fell`: it fell to less than half of the window's peak. */
  problem: { code: string; message: string } | null;
}

type Problem = NonNullable<LimitDecision['problem']>;

interface Verdict {
  hold: boolean;
  rule: LimitRule;
  status: LimitDecision['status'];
}

interface Figures {
  used: number | null;
  peak: number | null;
  /** Usage fell to less than half of the peak. */
  fell: boolean;
  problem: Problem | null;
}

/**
 * Decides about one limit, and whether its hold should be in force.
 *
 * @param isIgnored the subject is overdue and not metered
 * @throws QuotaCoreError `invalid_threshold` for a percentage that is not whole or not from 1 to 100
 */
export function decideLimit(limit: MeteredLimit, isIgnored: boolean): { decision: LimitDecision; hold: boolean } {
  const { id, allowance } = limit;
  checkRelease(limit.release);
  const figures = readFigures(limit);
  const { used, peak, problem } = figures;
  const { hold, rule, status } = isIgnored ? judgeIgnored(limit) : judge(limit, figures);
  const allowedBytes = allowance.kind === 'limited' ? allowance.allowedBytes : null;
  const decision: LimitDecision = {
    limit: id,
    status,
    rule,
    usedBytes: used,
    allowedBytes,
    remainingBytes: allowedBytes !== null && used !== null ? Math.max(0, allowedBytes - used) : null,
    problem: problem ?? (figures.fell ? describeFall(used, peak) : null),
  };
  return { decision, hold };
}

function readFigures(limit: MeteredLimit): Figures {
  const { used, problem } = readUsage(limit);
  const peak = findPeak(limit);
  return { used, problem, peak, fell: used !== null && peak !== null && used * 2 < peak };
}

function readUsage({ usage, mode, allowance }: MeteredLimit): { used: number | null; problem: Problem | null } {
  if (usage === null) return { used: null, problem: null };
  if (!usage.known) return { used: null, problem: { code: usage.code, message: usage.message } };
  const used = usageInMode(usage, mode);
  // Only a limited allowance needs the figure of the mode.
  if (used !== null || allowance.kind !== 'limited') return { used, problem: null };
  const message = `the panel's answer of ${usage.at} does not show the usage in mode ${mode}: choose a mode that it shows`;
  return { used, problem: { code: 'usage_not_in_mode', message } };
}

/** Returns the peak; only without one the hold's own figure, which may have been read in another mode. */
function findPeak(limit: MeteredLimit): number | null {
  if (limit.peakUsedBytes !== null || !isOfThisWindow(limit)) return limit.peakUsedBytes;
  return limit.hold?.usedBytes ?? null;
}

function isOfThisWindow({ hold, window }: MeteredLimit): boolean {
  return window !== null && hold?.window === window;
}

function judgeIgnored({ hold }: MeteredLimit): Verdict {
  const open = hold !== null;
  return { hold: open, rule: open ? 'overdue-ignored-keeps' : 'overdue-ignored', status: 'skipped' };
}

function judge(limit: MeteredLimit, figures: Figures): Verdict {
  const { allowance } = limit;
  const open = limit.hold !== null;
  if (allowance.kind === 'unmanaged') {
    const status = limit.usage === null ? 'skipped' : 'unmanaged';
    return { hold: open, rule: open ? 'no-quota-configured-keeps' : 'no-quota-configured', status };
  }
  if (figures.problem !== null) {
    return { hold: open, rule: open ? 'unknown-usage-keeps' : 'unknown-usage', status: 'unreadable' };
  }
  if (allowance.kind === 'unlimited') return { hold: false, rule: 'unlimited', status: 'ok' };
  const { used } = figures;
  if (used === null) {
    return { hold: open, rule: open ? 'not-metered-keeps' : 'not-metered', status: 'skipped' };
  }
  const { allowedBytes } = allowance;
  if (exceeds(limit, used, allowedBytes)) {
    const rule = limit.exceededAt === 'reached' ? 'at-or-over-allowance' : 'over-allowance';
    return { hold: true, rule, status: 'ok' };
  }
  const keeps = open ? findKeepingRule(limit, { ...figures, used }, allowedBytes) : null;
  return { hold: keeps !== null, rule: keeps ?? 'below-allowance', status: 'ok' };
}

function exceeds({ exceededAt }: Limit, used: number, allowedBytes: number): boolean {
  return exceededAt === 'reached' ? used >= allowedBytes : used > allowedBytes;
}

/** Returns the rule that keeps an open hold of a limit that is not exceeded any more; null when it ends. */
function findKeepingRule(
  limit: MeteredLimit,
  { used, peak, fell }: Figures & { used: number },
  allowedBytes: number,
): LimitRule | null {
  const { release } = limit;
  if (typeof release === 'object') {
    return isBelow(used, allowedBytes, release.belowPercent) ? null : 'within-release-margin';
  }
  if (!isDueToWindow(limit, allowedBytes, peak)) return null;
  if (release === 'window-end') return 'until-window-end';
  if (fell) return 'fall-of-more-than-half-keeps';
  return used >= allowedBytes - releaseMargin(allowedBytes) ? 'within-release-margin' : null;
}

function checkRelease(release: LimitRelease): void {
  if (typeof release !== 'object') return;
  const { belowPercent } = release;
  if (Number.isInteger(belowPercent) && belowPercent >= 1 && belowPercent <= 100) return;
  throw new QuotaCoreError(
    'invalid_threshold',
    `${belowPercent} is not a threshold: write a whole percentage from 1 to 100`,
  );
}

/** Exact for any byte count. */
function isBelow(used: number, allowedBytes: number, percent: number): boolean {
  return BigInt(used) * 100n < BigInt(allowedBytes) * BigInt(percent);
}

/** Returns whether the open hold is due to this window and this allowance, so that only less usage could end it. */
function isDueToWindow(limit: MeteredLimit, allowedBytes: number, peak: number | null): boolean {
  // Also after a raised allowance: if the peak exceeds it, only the fall would release the hold.
  if (peak !== null && exceeds(limit, peak, allowedBytes)) return true;
  if (!isOfThisWindow(limit)) return false;
  const before = limit.hold?.allowedBytes ?? null;
  return before === null || allowedBytes <= before;
}

/** Returns 1 % in whole bytes, rounded down (exact for whole usage figures), at most 1 GB. */
function releaseMargin(allowedBytes: number): number {
  return Math.min((allowedBytes - (allowedBytes % 100)) / 100, BYTES_PER_GB);
}

function describeFall(used: number | null, peak: number | null): Problem {
  return {
    code: 'usage_fell',
    message:
      `the panel shows ${formatBytes(used ?? 0)}, less than half of the ${formatBytes(peak ?? 0)} read earlier in this cycle: ` +
      'check the figure on the panel',
  };
}
