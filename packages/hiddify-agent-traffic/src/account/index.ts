export {
  type AddonBackend,
  findAddon,
  type AddonAbsence,
  type AddonOptions,
  type AddonSearch,
} from '../addon/addon-backend.js';
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
} from '../client/records.js';
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
} from '../client/types.js';
export { AgentTrafficError, isAgentTrafficError, type AgentTrafficErrorCode } from '../errors.js';
export { StepsStopped, type HiddifyStep, type StepBase, type StepHooks, type StepResult } from '../steps/step.js';
export {
  ACTION_TYPES,
  observedOf,
  shows,
  USER_EVIDENCE,
  USER_REF,
  type ObservedUser,
  type UserPrior,
  WITH_AGENT,
} from '../steps/user-actions.js';
export type { AgentTrafficBackend, BackendAgent, BackendSemantics } from '../traffic/backend.js';
export type { OrderOptions } from '../traffic/by-order.js';
export { AgentTrafficCalculator } from '../traffic/calculator.js';
export { AgentTrafficChecker, type CheckerState } from '../traffic/checker.js';
export { AgentHierarchy } from '../traffic/hierarchy.js';
export type { LedgerOpening, LimitOrder } from '../traffic/limits.js';
export { AgentTrafficManager } from '../traffic/manager.js';
export { MemoryAgentTrafficStore } from '../traffic/memory-store.js';
export type { RaiseOrder } from '../traffic/raise.js';
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
} from '../traffic/records.js';
export type { SettledReservation } from '../traffic/settle-reservations.js';
export type { AgentTrafficStore, AgentTrafficTables, WritePurpose } from '../traffic/store.js';
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
} from '../traffic/types.js';
export type { Zeroing } from '../traffic/zeroings.js';
export { isAgentPanel, processKey, type AgentPanel } from './agent-panel.js';
