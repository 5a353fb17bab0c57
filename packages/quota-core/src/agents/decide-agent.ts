import { type AccountingMode, decide, type LimitRule, type MeteredLimit } from '@sluice/quota-core';
import type { AgentRules } from './rules.js';

/**
 * Why an agent is in its state. `full`: exactly at its limit, which `allocated` allows. `at-or-over-limit`: exceeded in
 * `consumed` and `panel`. `over-limit`: exceeded in `allocated`. `within-release-margin`: held, and not yet low enough for a
 * release. `dormant`: the account is not an agent any more. `missing`: not in the list. `unknown`: no list could be read. `doubted`: its
 * users' figures would exceed the limit by one jump, and the next list decides.
 */
export type AgentRule =
  | 'no-limit'
  | 'below-limit'
  | 'full'
  | 'at-or-over-limit'
  | 'over-limit'
  | 'within-release-margin'
  | 'exempt'
  | 'dormant'
  | 'missing'
  | 'unknown'
  | 'doubted';

/** What follows from an agent's limit. */
export interface AgentDecision {
  exceeded: boolean;
  rule: AgentRule;
  /**
   * `over` disables the users below the agent; `free` enables those that were disabled for it; `keep` does neither. A user is
   * enabled again only when every agent above it is `free`.
   */
  force: 'over' | 'keep' | 'free';
}

/** An agent with the figure that its limit is compared with. */
export interface AgentToDecide {
  usedBytes: number;
  limitBytes: number | null;
  /** Whether its users are kept disabled for its limit. */
  held: boolean;
  exempt: boolean;
  /** Whether the account is an agent on the panel now. */
  isAgent: boolean;
  missing: boolean;
}

/** Decides what follows from an agent's limit, which is decided as those of services are. */
export function decideAgent(
  agent: AgentToDecide,
  rules: Pick<AgentRules, 'accounting' | 'releaseBelowPercent'>,
): AgentDecision {
  const { usedBytes, limitBytes, missing, isAgent, exempt } = agent;
  if (limitBytes === null) return { exceeded: false, rule: missing ? 'missing' : 'no-limit', force: 'free' };
  const limits = [toLimit({ ...agent, limitBytes }, rules)] as const;
  const { rule, holds } = decide({ now: '', limits, billing: null, standing: [], protectedUntil: null });
  const exceeded = EXCEEDED[rule] !== undefined;
  // The figures of an account that is not in the list are not known, so that nothing is changed for it.
  if (missing) return { exceeded, rule: 'missing', force: 'keep' };
  if (!isAgent) return { exceeded, rule: 'dormant', force: 'keep' };
  if (exempt) return { exceeded, rule: 'exempt', force: 'free' };
  if (holds.length === 0) return { exceeded, rule: usedBytes === limitBytes ? 'full' : 'below-limit', force: 'free' };
  return { exceeded, rule: EXCEEDED[rule] ?? 'within-release-margin', force: exceeded ? 'over' : 'keep' };
}

const EXCEEDED: Partial<Record<LimitRule, AgentRule>> = {
  'at-or-over-allowance': 'at-or-over-limit',
  'over-allowance': 'over-limit',
};

/** Returns whether the limit of an agent is in force. */
export function isEnforced({ rule }: Pick<AgentDecision, 'rule'>): boolean {
  return !['no-limit', 'missing', 'dormant', 'exempt'].includes(rule);
}

function toLimit(
  { usedBytes, limitBytes, held }: AgentToDecide & { limitBytes: number },
  { accounting, releaseBelowPercent }: Pick<AgentRules, 'accounting' | 'releaseBelowPercent'>,
): MeteredLimit {
  return {
    id: 'agent-limit',
    window: null,
    allowance: { kind: 'limited', baseBytes: limitBytes, extraBytes: 0, allowedBytes: limitBytes, parts: [] },
    mode: 'TOTAL',
    // What is sold may fill a limit exactly, what is used may not.
    exceededAt: accounting === 'allocated' ? 'passed' : 'reached',
    release: { belowPercent: releaseBelowPercent },
    restriction: '',
    usage: { known: true, at: '', inBytes: null, outBytes: null, totalBytes: usedBytes },
    peakUsedBytes: null,
    hold: held ? { window: null, usedBytes: null, allowedBytes: null } : null,
  };
}

/** Returns whether a limit is exceeded: `allocated` may be exactly full, `consumed` and `panel` may not. */
export function isLimitExceeded(accounting: AccountingMode, usedBytes: number, limitBytes: number): boolean {
  const agent = { usedBytes, limitBytes, held: false, exempt: false, isAgent: true, missing: false };
  return decideAgent(agent, { accounting, releaseBelowPercent: 100 }).exceeded;
}

/** Returns whether more fits under a limit. Exactly filling it is allowed. */
export function fitsLimit(limitBytes: number, bytes: { used: number; reserved: number; added: number }): boolean {
  return bytes.used + bytes.reserved + bytes.added <= limitBytes;
}
