export { createHiddifyClient } from './client/create-client.js';
export { parseHiddifyLink, type HiddifyLink } from './client/link.js';
export { type HiddifyPanelCode } from './client/refusal.js';
export { AgentTrafficError, isAgentTrafficError, type AgentTrafficErrorCode } from './errors.js';
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
export type {
  CallOptions,
  ChangeOptions,
  ChangedUser,
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
export type { HiddifyStep, StepHooks, StepResult } from './steps/step.js';
export type {
  AccountingMode,
  AgentAccount,
  AgentFigures,
  AgentPeriod,
  AgentRecord,
  AgentVerdict,
  DisabledUserRecord,
  LedgerEntry,
  ReservationRecord,
  SnapshotRecord,
} from './traffic/records.js';
export type { AgentTrafficStore, AgentTrafficTables } from './traffic/store.js';
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
  PrepareSweepOptions,
  SweepBrake,
  SweepOptions,
  SweepPlan,
  SweepResult,
  SweepStep,
  ThresholdCrossing,
} from './traffic/types.js';
