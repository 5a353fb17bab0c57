export type { AddonAgent, AgentAddon, AgentSemantics } from './agent-addon.js';
export {
  type AgentList,
  type AgentNotice,
  type AgentRename,
  type BareAgentList,
  isListProblem,
  type ListProblem,
} from './agent-plan.js';
export { type AgentEnd, findLimitEnd, keepsDisabled, type LimitEnd, toAgentEnd } from './limit-end.js';
export type {
  AgentAncestor,
  AgentRecords,
  AgentSuspension,
  AgentTraffic,
  CreationCheck,
  DisabledUsers,
  ListedUser,
  RecordedAgents,
  Succession,
} from '@sluice/quota-core/agents';
export { AGENT_STEPS } from '@sluice/quota-core';
export type {
  AgentLimit,
  AgentUserChanges,
  AgentUserFacts,
  AgentUserRequest,
  ExtendedUser,
  KnownListedUser,
  LedgerOpening,
  PanelAgents,
  ReservationOutcome,
  ReservationState,
  UserExtension,
  UserRestriction,
} from './agents.js';
export type { AgentBudget, RaiseRequest, UserCreation, WantedUser } from './budget.js';
export { mayBeDone } from './may-be-done.js';
export { callAgeMs, type Clock, IN_PROGRESS_MS, isoNow, LATEST_CALL_MS, newId } from './clock.js';
export { findCycleId, findCycleToZero, mayLowerLimit, showsOthers, updateZeroedCycle } from './counter-cycle.js';
export { type ContractCheck, describeBytes, runCheck } from './contract.js';
export { type ErrorKind, type ItemError, toItemError, SluiceError, usageError } from './errors.js';
export { type Addressed, customerAddress, customerLink } from './customer-address.js';
export type {
  AccountNames,
  Accounts,
  AccountView,
  Adoption,
  Contract,
  ContractReport,
  ForwardView,
  Graphs,
  HeldService,
  History,
  LookupList,
  Lookups,
  PanelMark,
  PanelFacets,
  PanelGraph,
  PanelObjects,
  Passwords,
  Plausibility,
  Refresh,
  RefreshCall,
  RefreshPlan,
  ReadLists,
  Snapshot,
  NamedService,
  Unchanged,
  SpeedLimitView,
  TunnelGroupView,
  TunnelView,
  UserView,
  WindowReading,
} from './facets.js';
export {
  checkPanelUrl,
  type CustomerApp,
  type CustomerLink,
  type PanelLacks,
  type CustomerLogin,
  type InitQuestions,
  maskedUrl,
  type ProductChoice,
  type NamedAction,
  type PanelDependencies,
  type PanelKind,
  type Platform,
  type RefColumn,
} from './kind.js';
export {
  type EntryDetail,
  entryKey,
  type Inventory,
  type PanelEntry,
  type PanelOwner,
  toPanelEntry,
} from './inventory.js';
export type {
  Moved,
  MovedEntry,
  MovedLimit,
  MovedRow,
  MovedService,
  OldTool,
  OldToolInput,
  Undecided,
} from './old-tool.js';
export { isPrivateAddress } from './private-networks.js';
export { toNotSent } from './to-not-sent.js';
export type { Panel, PanelCore, PanelTestAnswer } from './panel.js';
export {
  type AccountCommand,
  type ApplyContext,
  type DidCommand,
  type ForeignChange,
  type FormerHistory,
  type TargetState,
  type HoldInForce,
  type ListKnown,
  type ObserveOptions,
  type Observation,
  type OpenRows,
  type Plan,
  type Sharer,
  findTermEnd,
  RESTRICTED_FOR_ENDED,
  sharerIds,
  waitsForEnded,
  type Step,
  type PassedNumber,
  type StepOutcome,
} from './plan.js';
export { failedStep, inDoubt, isOutcomeUnknown, newPlan, newStep, notDone, toFailure, toOutcome } from './step.js';
export { type ChangeCall, type ChangeEnd, type PanelChange, performChange } from './perform-change.js';
export { throwWithCredentialKey, withCredentialKey } from './refused-credentials.js';
export type { AutoBuySettings, LimitSettings, PanelSettings, ProductSettings } from './settings.js';
export type {
  CallFilter,
  CallPage,
  CallReportJob,
  CallReportRequest,
  CallTerms,
  CallToSimulate,
  PanelTelephony,
  RemovableState,
  SimulatedCall,
  TelephonyField,
  TelephonyFieldType,
  TelephonyOperation,
  TelephonyRecords,
  TelephonyResource,
  TelephonyToken,
  TelephonyValues,
} from './telephony.js';
export { openClient, transportOptions, type TransportDependencies, type TransportOptions } from './transport.js';
export type { Capability, KindTraits } from './traits.js';
export { expectRows, type KnownList, type UsageAnswer, type UsageRequest } from './usage.js';
export { programEnv } from './program-env.js';
export { isSecretName } from './secret-name.js';
export {
  amount,
  limitAllowance,
  currency,
  duration,
  hostPort,
  isTimeZone,
  parseDuration,
  parseShare,
  parseSpeed,
  quotaValue,
  regex,
  secret,
  share,
  shareOrOff,
  size,
  speed,
  timeZone,
  webAddress,
} from './values.js';
export type { PanelToOpen } from './panel-to-open.js';
