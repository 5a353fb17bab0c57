import { BYTES_PER_GB, formatBytes } from './bytes.js';
import { QuotaCoreError } from './errors.js';
import type { Limit, LimitRelease, MeteredLimit, MoneyLimit } from './limit-types.js';
import { parseMoney } from './money.js';
import { usageInMode } from './allowance.js';

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

/** Why a figure is unknown, or incomplete. */
interface Problem {
  code: string;
  message: string;
}

/** The figures of a limit as whole numbers of one unit: bytes, or the smallest decimal place of its amounts. */
interface Quantities {
  used: bigint | null;
  /** The most that can have been used while `used` is null; null where unknown, and for money. */
  most: bigint | null;
  allowed: bigint | 'unlimited' | 'unmanaged';
  /** Highest figure of the window before. */
  peak: bigint | null;
  /** Usage fell to less than half of the peak. */
  fell: boolean;
  /** How far below the allowance usage has to be for a release by margin. */
  margin: bigint;
  /** The allowance that the open hold is due to, or the most that it was; null where unknown. */
  allowedBefore: bigint | null;
  problem: Problem | null;
  /** Whether `used` is known in spite of a problem, as a part of the usage. */
  isPart: boolean;
  /** `used` as decimal text; null for bytes. */
  usedText: string | null;
}

/** Returns the figures of a limit. @throws QuotaCoreError `invalid_money` */
function toQuantities(limit: MeteredLimit | MoneyLimit): Quantities {
  return 'unit' in limit ? ofMoney(limit) : ofBytes(limit);
}

function ofBytes(limit: MeteredLimit): Quantities {
  const { allowance } = limit;
  const { used, problem } = readBytes(limit);
  const peak = findPeak(limit);
  const allowed = allowance.kind === 'limited' ? BigInt(allowance.allowedBytes) : allowance.kind;
  return {
    used: toBigInt(used),
    most: limit.most == null ? null : toBigInt(usageInMode(limit.most, limit.mode)),
    allowed,
    peak: toBigInt(peak),
    fell: used !== null && peak !== null && used * 2 < peak,
    margin: typeof allowed === 'bigint' ? releaseMargin(allowed) : 0n,
    allowedBefore: toBigInt(limit.hold?.allowedBytes ?? null),
    problem,
    isPart: false,
    usedText: null,
  };
}

function readBytes({ usage, mode, allowance }: MeteredLimit): { used: number | null; problem: Problem | null } {
  if (usage === null) return { used: null, problem: null };
  if (!usage.known) return { used: null, problem: { code: usage.code, message: usage.message } };
  const used = usageInMode(usage, mode);
  // Only a limited allowance needs the figure of the mode.
  if (used !== null || allowance.kind !== 'limited') return { used, problem: null };
  const message = `the panel's answer of ${usage.at} does not show the usage in mode ${mode}: choose a mode that it shows`;
  return { used, problem: { code: 'usage_not_in_mode', message } };
}

/** Returns the peak; only without one the hold's own figure, which may have been read in another mode. */
function findPeak({ peakUsedBytes, window, hold }: MeteredLimit): number | null {
  if (peakUsedBytes !== null || window === null || hold?.window !== window) return peakUsedBytes;
  return hold.usedBytes;
}

function toBigInt(bytes: number | null): bigint | null {
  return bytes === null ? null : BigInt(bytes);
}

const GB = BigInt(BYTES_PER_GB);

/**
 * Returns how far below an allowance usage has to be for the release of a quota hold: 1 % in whole bytes, rounded down, at most 1 GB.
 *
 * @example
 * ```ts
 * releaseMargin(50n * 1024n ** 3n); // 536870912n
 * ```
 */
export function releaseMargin(allowedBytes: bigint): bigint {
  const hundredth = allowedBytes / 100n;
  return hundredth < GB ? hundredth : GB;
}

function ofMoney({ allowance, usage, peakUsed }: MoneyLimit): Quantities {
  const amount = usage?.known === true ? usage.amount : null;
  const texts = [allowance, amount, peakUsed].filter((text) => text !== null);
  const places = Math.max(...texts.map((text) => parseMoney(text).decimalPlaces()));
  const toWhole = (text: string | null): bigint | null =>
    text === null ? null : BigInt(parseMoney(text).toFixed(places).replace('.', ''));
  const [read, peak] = [toWhole(amount), toWhole(peakUsed)];
  // What was charged in a window can only grow: a figure below an earlier one lacks records.
  const isBelow = read !== null && peak !== null && read < peak;
  const allowed = toWhole(allowance) ?? 0n;
  const partial = usage?.known === true ? usage.partial : null;
  return {
    used: isBelow ? peak : read,
    most: null,
    allowed,
    peak,
    fell: false,
    margin: allowed / 100n,
    // The hold began at an allowance that the window had reached: at most its highest amount.
    allowedBefore: peak,
    problem: usage === null || usage.known ? partial : { code: usage.code, message: usage.message },
    isPart: partial !== null,
    usedText: isBelow ? peakUsed : amount,
  };
}
