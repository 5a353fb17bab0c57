import type { AccountingMode } from '@sluice/quota-core';

/** How agents' traffic is counted and enforced. */
export interface AgentRules {
  accounting: AccountingMode;
  /** When consumption starts again: never, with each calendar month, or after so many days from the opening. */
  period: 'none' | 'monthly' | { days: number };
  /** IANA zone of the calendar that periods follow. */
  timeZone: string;
  /** Agents (uuid or name) whose limit is reported but never enforced. */
  exempt: string[];
  /** Whole percent of the limit below which users are enabled again. */
  releaseBelowPercent: number;
  /** Whole percents reported once per crossing and period. */
  thresholds: number[];
}
