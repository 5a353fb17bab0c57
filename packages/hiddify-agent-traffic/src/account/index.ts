export type { HiddifyAdmin, HiddifyRole, HiddifyUser, HiddifyUserMode } from '../client/records.js';
export { AgentTrafficCalculator } from './calculator.js';
export { AgentTrafficChecker, type CheckedAgent, type CheckerState } from './checker.js';
export { AgentHierarchy } from './hierarchy.js';
export type { CreationCheck } from '@sluice/panel-kind';
export type {
  AccountingMode,
  AgentAccount,
  AgentFigures,
  AgentRecord,
  AgentReservationRecord,
  AgentUserRecord,
  AgentVerdict,
} from '@sluice/quota-core';
