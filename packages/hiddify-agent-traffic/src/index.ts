export { createHiddifyClient } from './client/create-client.js';
export { parseHiddifyLink, type HiddifyLink } from './client/link.js';
export { bytesOfGigabytes, gigabytesOfBytes } from './client/gigabytes.js';
export { SELF } from './client/records.js';
export type {
  HiddifyAdmin,
  HiddifyAdminList,
  HiddifyIdentity,
  HiddifyRole,
  HiddifyServerStatus,
  HiddifyUser,
  HiddifyUserList,
  HiddifyUserMode,
  UnreadableRow,
} from './client/records.js';
export { type HiddifyPanelCode } from './client/refusal.js';
export type {
  CallOptions,
  ChangedUser,
  ChangeOptions,
  CreatedUser,
  HiddifyAdminChange,
  HiddifyAdmins,
  HiddifyClient,
  HiddifyClientOptions,
  HiddifyProbe,
  HiddifyUserChange,
  HiddifyUsers,
  NewHiddifyAdmin,
  NewHiddifyUser,
} from './client/types.js';
export { AgentTrafficError, isAgentTrafficError, type AgentTrafficErrorCode } from './errors.js';
export { StepsStopped, type HiddifyStep, type StepHooks, type StepResult } from './steps/step.js';
export { packageTerm } from './client/package-term.js';
export {
  AddonBackend,
  findAddon,
  type AddonAbsence,
  type AddonOptions,
  type AddonSearch,
} from './addon/addon-backend.js';
export type { AgentTrafficBackend, BackendAgent, BackendSemantics } from './traffic/backend.js';
export type { OrderOptions } from './traffic/by-order.js';
export { AgentTrafficCalculator, remainingTraffic, totalTraffic } from './traffic/calculator.js';
export { AgentTrafficChecker, type CheckerState } from './traffic/checker.js';
export { AgentHierarchy } from './traffic/hierarchy.js';
export { fitsLimit, isBelowRelease, isLimitExceeded, judge, type Judgement } from './traffic/judge.js';
export { stepLedger, type LedgerLook, type LedgerStep } from './traffic/ledger.js';
export { type LedgerOpening, type LimitOrder } from './traffic/limits.js';
export { AgentTrafficManager } from './traffic/manager.js';
export { MemoryAgentTrafficStore } from './traffic/memory-store.js';
export { accountAt, openAccount, periodAt } from './traffic/period.js';
export { planSweep, type PlanInput } from './traffic/plan-sweep.js';
export { type RaiseOrder } from './traffic/raise.js';
export { recordList, type ObservedList, type RecordedList } from './traffic/record-list.js';
export type {
  AccountingMode,
  AgentAccount,
  AgentFigures,
  AgentPeriod,
  AgentRecord,
  AgentVerdict,
  DisabledUserRecord,
  LedgerEntry,
  RaisedLimit,
  ReservationRecord,
  SnapshotRecord,
} from './traffic/records.js';
export { type SettledReservation } from './traffic/settle-reservations.js';
export { resetSince } from './traffic/resets.js';
export { checkSettings, type CheckedSettings } from './traffic/settings.js';
export {
  growthOf,
  judgeZeroing,
  type EarlierLook,
  type LookAfterZeroing,
  type Zeroing,
  type ZeroingState,
} from './traffic/zeroings.js';
export type { AgentTrafficStore, AgentTrafficTables, WritePurpose } from './traffic/store.js';
export type {
  AgentAncestor,
  AgentExplanation,
  AgentNotice,
  AgentRule,
  AgentSweep,
  AgentTraffic,
  AgentTrafficManagerOptions,
  AgentTrafficSettings,
  AgentUserRequest,
  CreatedAgentUser,
  CreationCheck,
  OrderResult,
  PrepareSweepOptions,
  SweepBrake,
  SweepOptions,
  SweepPlan,
  SweepResult,
  SweepStep,
  ThresholdCrossing,
  UserElsewhere,
} from './traffic/types.js';
