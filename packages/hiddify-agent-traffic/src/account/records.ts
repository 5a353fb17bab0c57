import type {
  AccountingMode,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  AgentRecord as StoredAgent,
} from '@sluice/quota-core';

export type { AccountingMode, AgentAccount, AgentFigures, RaisedLimit } from '@sluice/quota-core';

/** When an agent's consumption starts again: never, with each calendar month, or after so many days from the opening. */
export type AgentPeriod = 'none' | 'monthly' | { days: number };

/** An agent as stored, without its panel. */
export type AgentRecord = Omit<StoredAgent, 'panel'>;

/** A user of the ledger as stored, without its panel. */
export type LedgerEntry = Omit<AgentUserRecord, 'panel'>;

/** Budget that is reserved for a user, without its panel. */
export type ReservationRecord = Omit<AgentReservationRecord, 'panel'>;

/** The last list that was accepted, without its panel. */
export type SnapshotRecord = Omit<AgentSnapshotRecord, 'panel'>;

/** How agents' traffic is counted and enforced. */
export interface AgentRules {
  accounting: AccountingMode;
  period: AgentPeriod;
  /** IANA zone of the calendar that periods follow. */
  timeZone: string;
  /** Agents (uuid or name) whose limit is reported but never enforced. */
  exempt: string[];
  /** Whole percent of the limit below which users are enabled again. */
  releaseBelowPercent: number;
  /** Whole percents reported once per crossing and period. */
  thresholds: number[];
}
