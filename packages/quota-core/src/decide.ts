import { type Allowance } from './allowance.js';
import { BYTES_PER_GB } from './bytes.js';
import { instantMs } from './instant.js';
import { type Mode } from './mode.js';
import { type Reading, usageInMode } from './usage.js';

/** Why a service may be kept restricted. */
export type HoldReason = 'quota' | 'billing' | 'manual' | 'agent-limit';

/** Everything that a decision about one service rests on. */
export interface DecisionInput {
  /** Instant, ISO 8601 UTC with milliseconds, as all instants here. */
  now: string;
  mode: Mode;
  /** The newest reading; null where the panel tells no usage, or the service is not metered. */
  usage: Reading | null;
  allowance: Allowance;
  /** The quota hold that is open, with the figures that it was taken on. */
  quotaHold: { since: string; cycleId: string; usedBytes: number | null; allowedBytes: number | null } | null;
  cycleId: string | null;
  /** Highest known figure of this mode in this cycle before this reading. */
  peakUsedBytes: number | null;
  billing: { suspended: boolean; overdue: boolean; overduePolicy: 'meter' | 'hold' | 'ignore' };
  /** An operator's hold is open. */
  manual: boolean;
  /** The service's agent is over its limit. */
  agentLimit: boolean;
  /** Before this instant no hold restricts; what would is reported in `withheld`. */
  protectedUntil: string | null;
}

/** The rule that decided about the quota. Stable words; `README.md` explains each. */
export type QuotaRule =
  | 'below-allowance'
  | 'at-or-over-allowance'
  | 'within-release-margin'
  | 'fall-of-more-than-half-keeps'
  | 'unknown-usage'
  | 'unknown-usage-keeps'
  | 'unlimited'
  | 'no-quota-configured'
  | 'no-quota-configured-keeps'
  | 'not-metered'
  | 'not-metered-keeps'
  | 'overdue-ignored'
  | 'overdue-ignored-keeps';

/** The rule behind a hold that is not about the quota. */
export type OtherRule = 'billing-suspended' | 'overdue' | 'manual' | 'agent-limit';

/** A hold that should be in force, and the rule that asks for it. */
export interface WantedHold {
  reason: HoldReason;
  rule: QuotaRule | OtherRule;
}

/** What should be, as it follows from a {@link DecisionInput}. */
export interface Decision {
  /**
   * `unreadable` where the reading was needed and unknown, else `held` where any hold is wanted, else what the quota
   * calls for. An overdue service that is not metered is `skipped`, held or not.
   */
  status: 'ok' | 'held' | 'unreadable' | 'unmanaged' | 'skipped';
  /** The rule that decided about the quota, also for a service that is held for another reason. */
  rule: QuotaRule;
  /** Bytes used in the mode; null when unknown. */
  usedBytes: number | null;
  /** Bytes left of a limited allowance, never below 0; null when unknown or without a limit. */
  remainingBytes: number | null;
  /** The holds that should be in force now; a quota hold that only goes on is among them. */
  holds: WantedHold[];
  /** The holds that are due and withheld by `protectedUntil`. */
  withheld: WantedHold[];
  /** Why the reading is unknown, or `usage_fell`: it fell to less than half of the cycle's peak. */
  problem: { code: string; message: string } | null;
}

interface QuotaVerdict {
  hold: boolean;
  rule: QuotaRule;
  status: 'ok' | 'unreadable' | 'unmanaged' | 'skipped';
}

/**
 * Decides which holds a service should carry.
 *
 * `used >= allowed` holds. What is unknown changes nothing: an open quota hold stays and none begins, while billing,
 * manual and agent holds are decided as always. An open quota hold that this cycle and this allowance account for is
 * released only below the allowance less a margin (1 % or 1 GB, the smaller), and never by a fall to less than half
 * of the cycle's peak. After a raised allowance or in a new cycle a known reading is compared plainly, unless the
 * cycle's peak was at the present allowance already. A service without a configured quota gets no quota hold and
 * keeps the one that it has.
 *
 * @throws QuotaCoreError `invalid_instant` for a `protectedUntil` or its `now` that is no instant
 *
 * @example
 * ```ts
 * const now = '2026-03-10T12:00:00.000Z';
 * decide({
 *   now,
 *   mode: 'TOTAL',
 *   usage: { known: true, at: now, inBytes: 900, outBytes: 200, totalBytes: null },
 *   allowance: { kind: 'limited', baseBytes: 1000, extraBytes: 0, allowedBytes: 1000, parts: [] },
 *   quotaHold: null,
 *   cycleId: 'c1',
 *   peakUsedBytes: null,
 *   billing: { suspended: false, overdue: false, overduePolicy: 'meter' },
 *   manual: false,
 *   agentLimit: false,
 *   protectedUntil: null,
 * }).holds; // [{ reason: 'quota', rule: 'at-or-over-allowance' }]
 * ```
 */
export function decide(input: DecisionInput): Decision {
  const reading = readFigure(input);
  const peak = knownPeak(input);
  const fell = reading.used !== null && peak !== null && reading.used * 2 < peak;
  const verdict = decideQuota(input, reading, peak, fell);
  const due = [...(verdict.hold ? [{ reason: 'quota' as const, rule: verdict.rule }] : []), ...otherHolds(input)];
  const isProtected =
    input.protectedUntil !== null &&
    instantMs(input.now, 'now') < instantMs(input.protectedUntil, 'the end of the protection');
  const holds = isProtected ? [] : due;
  const skips = verdict.rule === 'overdue-ignored' || verdict.rule === 'overdue-ignored-keeps';
  const { allowance } = input;
  return {
    status: holds.length > 0 && verdict.status !== 'unreadable' && !skips ? 'held' : verdict.status,
    rule: verdict.rule,
    usedBytes: reading.used,
    remainingBytes:
      allowance.kind === 'limited' && reading.used !== null ? Math.max(0, allowance.allowedBytes - reading.used) : null,
    holds,
    withheld: isProtected ? due : [],
    problem: reading.problem ?? (fell ? describeFall(reading.used, peak) : null),
  };
}

function readFigure(input: DecisionInput): { used: number | null; problem: Decision['problem'] } {
  const { usage, mode, allowance } = input;
  if (usage === null) return { used: null, problem: null };
  if (!usage.known) return { used: null, problem: { code: usage.code, message: usage.message } };
  const used = usageInMode(usage, mode);
  // Only a limit needs the figure of the mode; elsewhere a reading that lacks it is a good reading.
  if (used !== null || allowance.kind !== 'limited') return { used, problem: null };
  const message = `the panel's answer of ${usage.at} does not tell the usage in mode ${mode}: choose a mode that it tells`;
  return { used, problem: { code: 'usage_not_in_mode', message } };
}

/** The hold's own figure stands in only where no peak is known: it may have been read in another mode. */
function knownPeak({ quotaHold, cycleId, peakUsedBytes }: DecisionInput): number | null {
  if (peakUsedBytes !== null || quotaHold?.cycleId !== cycleId) return peakUsedBytes;
  return quotaHold.usedBytes;
}

function decideQuota(
  input: DecisionInput,
  reading: { used: number | null; problem: Decision['problem'] },
  peak: number | null,
  fell: boolean,
): QuotaVerdict {
  const { allowance, billing, quotaHold } = input;
  const open = quotaHold !== null;
  if (billing.overdue && billing.overduePolicy === 'ignore') {
    return { hold: open, rule: open ? 'overdue-ignored-keeps' : 'overdue-ignored', status: 'skipped' };
  }
  if (allowance.kind === 'unmanaged') {
    const status = input.usage === null ? 'skipped' : 'unmanaged';
    return { hold: open, rule: open ? 'no-quota-configured-keeps' : 'no-quota-configured', status };
  }
  if (reading.problem !== null) {
    return { hold: open, rule: open ? 'unknown-usage-keeps' : 'unknown-usage', status: 'unreadable' };
  }
  if (allowance.kind === 'unlimited') return { hold: false, rule: 'unlimited', status: 'ok' };
  if (reading.used === null) {
    return { hold: open, rule: open ? 'not-metered-keeps' : 'not-metered', status: 'skipped' };
  }
  const { allowedBytes } = allowance;
  if (reading.used >= allowedBytes) return { hold: true, rule: 'at-or-over-allowance', status: 'ok' };
  if (open && accountsForHold(input, allowedBytes, peak)) {
    if (fell) return { hold: true, rule: 'fall-of-more-than-half-keeps', status: 'ok' };
    if (reading.used >= allowedBytes - releaseMargin(allowedBytes)) {
      return { hold: true, rule: 'within-release-margin', status: 'ok' };
    }
  }
  return { hold: false, rule: 'below-allowance', status: 'ok' };
}

/** Whether the open quota hold is due to this cycle and this allowance, so that only less usage could end it. */
function accountsForHold({ quotaHold, cycleId }: DecisionInput, allowedBytes: number, peak: number | null): boolean {
  // Also after a raise: had this cycle been at the present allowance, a release now would come from the fall alone.
  if (peak !== null && peak >= allowedBytes) return true;
  if (quotaHold?.cycleId !== cycleId) return false;
  return quotaHold.allowedBytes === null || allowedBytes <= quotaHold.allowedBytes;
}

/** 1 % in whole bytes (rounded down, which for whole usage figures compares as exactly as the fraction would), at most 1 GB. */
function releaseMargin(allowedBytes: number): number {
  return Math.min((allowedBytes - (allowedBytes % 100)) / 100, BYTES_PER_GB);
}

function otherHolds({ billing, manual, agentLimit }: DecisionInput): WantedHold[] {
  const holds: WantedHold[] = [];
  if (billing.suspended) holds.push({ reason: 'billing', rule: 'billing-suspended' });
  else if (billing.overdue && billing.overduePolicy === 'hold') holds.push({ reason: 'billing', rule: 'overdue' });
  if (manual) holds.push({ reason: 'manual', rule: 'manual' });
  if (agentLimit) holds.push({ reason: 'agent-limit', rule: 'agent-limit' });
  return holds;
}

function describeFall(used: number | null, peak: number | null): Decision['problem'] {
  return {
    code: 'usage_fell',
    message:
      `the panel tells ${String(used)} bytes, less than half of the ${String(peak)} bytes read earlier in this cycle: ` +
      'check on the panel whether the figure is right',
  };
}
