export { AgentHolds, isOfReseller, isSuspension, RESELLER, type Standing } from './agent-holds.js';
export { AgentChecker, type CheckedAgent, type CheckerState } from './checker.js';
export {
  type AgentDecision,
  type AgentRule,
  type AgentToDecide,
  decideAgent,
  fitsLimit,
  isEnforced,
  isLimitExceeded,
} from './decide-agent.js';
export { type JudgedAgents, listCauses } from './disabled-users.js';
export { AgentHierarchy, listChain, type ListedAccount, OWN_ACCOUNT, type PlacedAccount } from './hierarchy.js';
export { listEndedPeriods, toPeriodRecord } from './past-periods.js';
export { accountAt, openAccount } from './period.js';
export type { AgentRecords } from './records.js';
export {
  checkRaise,
  findRaise,
  FOUND,
  isRaised,
  type KnownUser,
  type RaiseRequest,
  stepReservations,
} from './reservations.js';
export { listReserved } from './reserved.js';
export type { AgentRules } from './rules.js';
export {
  checkCreation,
  describeAgents,
  listExempt,
  type StoredAgents,
  toHeldSince,
  toStoredAgents,
} from './stored-agents.js';
export {
  type CountedReading,
  type Counters,
  ledgerKey,
  type LedgerStep,
  type ListedUser,
  type ListToCharge,
  stepLedger,
} from './ledger.js';
export { type ListToRecord, recordAgents, type RecordedAgents, type Succession } from './record-agents.js';
export { AgentSums, type CountedUser, countGrowth, remainingTraffic, totalTraffic } from './sums.js';
export type {
  AgentAncestor,
  AgentSuspension,
  AgentTraffic,
  CreationCheck,
  DisabledUsers,
  RefusedTraffic,
} from './traffic.js';
