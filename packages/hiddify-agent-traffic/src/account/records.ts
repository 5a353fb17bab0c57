import type {
  AgentRecord as StoredAgent,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
} from '@sluice/quota-core';

export type { AccountingMode, AgentAccount, AgentFigures, RaisedLimit } from '@sluice/quota-core';

/** When an agent's consumption starts again: never, with each calendar month, or every so many days from the opening. */
export type AgentPeriod = 'none' | 'monthly' | { days: number };

/** What is stored of one agent of a panel. */
export type AgentRecord = Omit<StoredAgent, 'panel'>;

/** What is stored of one user of a panel so that growth can be computed. */
export type LedgerEntry = Omit<AgentUserRecord, 'panel'>;

/** Budget that is reserved for a user. */
export type ReservationRecord = Omit<AgentReservationRecord, 'panel'>;

/** The last list that was good enough to conclude from. */
export type SnapshotRecord = Omit<AgentSnapshotRecord, 'panel'>;
