import { formatBytes } from './bytes.js';
import { QuotaCoreError } from './errors.js';
import { type Problem, toQuantities, type Quantities } from './quantities.js';
import type { Limit, LimitRelease, MeteredLimit, MoneyLimit } from './limit-types.js';

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
  /** Bytes used in the mode; null when unknown, and for a limit in money. */
  usedBytes: number | null;
  /** The allowance, where it is limited; null for a limit in money. */
  allowedBytes: number | null;
  /** Figures of a limit in money; `used` is null when unknown. Null for a limit in bytes. */
  money: { currency: string; used: string | null; allowed: string } | null;
  /** Bytes left of a limited allowance, never below 0; null when unknown or without a limit. */
  remainingBytes: number | null;
  /** Why the reading is unknown, or `usage_fell`: it fell to less than half of the window's peak. */
  problem: { code: string; message: string } | null;
}

interface Verdict {
  hold: boolean;
  rule: LimitRule;
  status: LimitDecision['status'];
}

/**
 * Decides about one limit, and whether its hold should be in force.
 *
 * @param isIgnored the subject is overdue and not metered
 * @throws QuotaCoreError `invalid_threshold` for a percentage that is not whole or not from 1 to 100, `invalid_money`
 */
export function decideLimit(
  limit: MeteredLimit | MoneyLimit,
  isIgnored: boolean,
): { decision: LimitDecision; hold: boolean } {
  checkRelease(limit.release);
  const figures = toQuantities(limit);
  const { hold, rule, status } = isIgnored ? judgeIgnored(limit) : judge(limit, figures);
  const shown = 'unit' in limit ? describeMoney(limit, figures) : describeBytes(limit, figures);
  return { decision: { limit: limit.id, status, rule, ...shown }, hold };
}

type AnyLimit = MeteredLimit | MoneyLimit;
type Shown = Omit<LimitDecision, 'limit' | 'status' | 'rule'>;

function describeBytes({ allowance }: MeteredLimit, { used, peak, fell, problem }: Quantities): Shown {
  const allowedBytes = allowance.kind === 'limited' ? allowance.allowedBytes : null;
  const usedBytes = used === null ? null : Number(used);
  return {
    usedBytes,
    allowedBytes,
    remainingBytes: allowedBytes !== null && usedBytes !== null ? Math.max(0, allowedBytes - usedBytes) : null,
    money: null,
    problem: problem ?? (fell ? describeFall(Number(used), Number(peak)) : null),
  };
}

function describeMoney({ unit, allowance }: MoneyLimit, { usedText, problem }: Quantities): Shown {
  const money = { currency: unit.currency, used: usedText, allowed: allowance };
  return { usedBytes: null, allowedBytes: null, remainingBytes: null, money, problem };
}

function judgeIgnored({ hold }: AnyLimit): Verdict {
  const open = hold !== null;
  return { hold: open, rule: open ? 'overdue-ignored-keeps' : 'overdue-ignored', status: 'skipped' };
}

function judge(limit: AnyLimit, figures: Quantities): Verdict {
  const open = limit.hold !== null;
  const { used, allowed } = figures;
  if (allowed === 'unmanaged') {
    const status = limit.usage === null ? 'skipped' : 'unmanaged';
    return { hold: open, rule: open ? 'no-quota-configured-keeps' : 'no-quota-configured', status };
  }
  if (figures.problem !== null && !(figures.isPart && exceeds(limit, used, allowed))) {
    return { hold: open, rule: open ? 'unknown-usage-keeps' : 'unknown-usage', status: 'unreadable' };
  }
  if (allowed === 'unlimited') return { hold: false, rule: 'unlimited', status: 'ok' };
  if (used === null) {
    if (isSurelyBelow(limit, figures)) return { hold: false, rule: 'below-allowance', status: 'ok' };
    return { hold: open, rule: open ? 'not-metered-keeps' : 'not-metered', status: 'skipped' };
  }
  if (exceeds(limit, used, allowed)) {
    const rule = limit.exceededAt === 'reached' ? 'at-or-over-allowance' : 'over-allowance';
    return { hold: true, rule, status: figures.problem === null ? 'ok' : 'unreadable' };
  }
  const keeps = open ? findKeepingRule(limit, { ...figures, used, allowed }) : null;
  return { hold: keeps !== null, rule: keeps ?? 'below-allowance', status: 'ok' };
}

function exceeds(
  { exceededAt }: Pick<Limit, 'exceededAt'>,
  used: bigint | null,
  allowed: Quantities['allowed'],
): boolean {
  if (used === null || typeof allowed !== 'bigint') return false;
  return exceededAt === 'reached' ? used >= allowed : used > allowed;
}

/** Whether usage that is not known in a new window is below the allowance all the same. */
function isSurelyBelow(limit: AnyLimit, { most, allowed, peak }: Quantities): boolean {
  if (most === null || limit.window === null || limit.hold?.window === limit.window) return false;
  return !exceeds(limit, most, allowed) && !exceeds(limit, peak, allowed);
}

type Limited = Quantities & { used: bigint; allowed: bigint };

/** Returns the rule that keeps an open hold of a limit that is not exceeded any more; null when it ends. */
function findKeepingRule(limit: AnyLimit, figures: Limited): LimitRule | null {
  const { release } = limit;
  const { used, allowed, fell, margin } = figures;
  if (typeof release === 'object') {
    return used * 100n < allowed * BigInt(release.belowPercent) ? null : 'within-release-margin';
  }
  if (!isDueToWindow(limit, figures)) return null;
  if (release === 'window-end') return 'until-window-end';
  if (fell) return 'fall-of-more-than-half-keeps';
  return used >= allowed - margin ? 'within-release-margin' : null;
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

/** Returns whether the open hold is due to this window and this allowance, so that only less usage could end it. */
function isDueToWindow(limit: AnyLimit, { peak, allowed, allowedBefore }: Limited): boolean {
  // Also after a raised allowance: if the peak exceeds it, only the fall would release the hold.
  if (exceeds(limit, peak, allowed)) return true;
  if (limit.window === null || limit.hold?.window !== limit.window) return false;
  return allowedBefore === null || allowed <= allowedBefore;
}

function describeFall(used: number, peak: number): Problem {
  return {
    code: 'usage_fell',
    message:
      `the panel shows ${formatBytes(used)}, less than half of the ${formatBytes(peak)} read earlier in this cycle: ` +
      'check the figure on the panel',
  };
}
