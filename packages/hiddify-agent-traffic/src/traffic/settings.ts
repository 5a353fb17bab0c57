import type { HiddifySettings } from '../panel/settings.js';
import type { AccountingMode, AgentPeriod } from './records.js';

/** How agents' traffic is counted and enforced. */
export interface AgentRules {
  accounting: AccountingMode;
  period: AgentPeriod;
  /** IANA zone of the calendar that periods follow. */
  timeZone: string;
  /** Agents (uuid or name) whose limit is watched and announced but never enforced. */
  exempt: string[];
  /** Whole percent of the limit below which users are given back. */
  releaseBelowPercent: number;
  /** Whole percents announced once per crossing and period. */
  thresholds: number[];
}

/** Returns the rules of a panel's config, with defaults. */
export function agentRules({ agents }: Pick<HiddifySettings, 'agents'>, timeZone: string): AgentRules {
  return {
    accounting: agents?.accounting ?? 'consumed',
    period: agents?.period ?? 'none',
    timeZone,
    exempt: (agents?.exempt ?? []).map((agent) => agent.trim()),
    releaseBelowPercent: Math.round((agents?.releaseBelow ?? 0.95) * 100),
    thresholds: agents?.thresholds ?? [80, 90, 100],
  };
}
