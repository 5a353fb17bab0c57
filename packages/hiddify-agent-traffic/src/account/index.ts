export type { HiddifyAdmin, HiddifyRole, HiddifyUser, HiddifyUserMode } from '../client/records.js';
export { AgentTrafficCalculator } from './calculator.js';
export { AgentTrafficChecker } from './checker.js';
export { AgentHierarchy } from '@sluice/quota-core/agents';
export type { CheckedAgent, CheckerState, CreationCheck, ListedAccount } from '@sluice/quota-core/agents';
export type {
  AccountingMode,
  AgentAccount,
  AgentFigures,
  AgentRecord,
  AgentReservationRecord,
  AgentUserRecord,
  AgentVerdict,
} from '@sluice/quota-core';
