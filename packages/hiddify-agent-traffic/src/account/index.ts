export type { HiddifyAdmin, HiddifyRole, HiddifyUser, HiddifyUserMode } from '../client/records.js';
export { AgentTrafficCalculator } from '../traffic/calculator.js';
export { AgentTrafficChecker, type CheckedAgent, type CheckerState } from '../traffic/checker.js';
export { AgentHierarchy } from '../traffic/hierarchy.js';
export type {
  AccountingMode,
  AgentAccount,
  AgentFigures,
  AgentRecord,
  LedgerEntry,
  ReservationRecord,
} from '../traffic/records.js';
export type { CreationCheck } from '@sluice/panel-kind';
export type { AgentReservationRecord, AgentUserRecord, AgentVerdict } from '@sluice/quota-core';
