export type {
  AccountDue,
  AccountReason,
  ActionView,
  AgentAction,
  AgentDetail,
  AgentExplained,
  AgentList,
  AgentTotals,
  AgentView,
  AgreedPrice,
  AlarmView,
  AutoBuyRule,
  AutoBuySource,
  AutoBuyView,
  BillReport,
  BrakeState,
  BrakedSubjects,
  CallBillReport,
  CallBillView,
  CallReportView,
  ChangedAgent,
  ChangedField,
  Check,
  CheckReport,
  CommandReport,
  ComparedBill,
  ComparedBills,
  Comparison,
  CountedUsage,
  CreatedUserReport,
  Credentials,
  ClientMerge,
  CreditEntry,
  CustomerAccess,
  CycleView,
  DeliveryView,
  DescribedChange,
  DidReport,
  Enforcement,
  EvidenceView,
  Explanation,
  FallenUsage,
  GraphPoint,
  GraphWindow,
  HoldEntry,
  HoldMarks,
  HoldView,
  ImportProblem,
  ImportReport,
  InvoiceView,
  LimitView,
  LineView,
  ListedRecords,
  LogEntry,
  LogPage,
  LoginLink,
  NumberOwner,
  OpenHold,
  OverrideView,
  OverviewEvent,
  OverviewPanel,
  OverviewReport,
  Standing,
  PackageEffect,
  PackageView,
  PanelEnforcement,
  PanelFigures,
  PanelTest,
  PanelView,
  PanelsRunView,
  PeriodView,
  ProductEnforcement,
  ProductView,
  PurchaseDetail,
  PurchaseReport,
  PurchaseView,
  RecordChange,
  RecordsReport,
  RelayUser,
  ReleasedQuota,
  RemovedPanel,
  ReportedCalls,
  RestoreReport,
  RevokedToken,
  RunReport,
  RunTotals,
  RunView,
  SampleGraph,
  Scope,
  SendReport,
  ServiceDetail,
  ServiceView,
  SimulatedCallView,
  StoppedByPanel,
  StoredBillView,
  SwitchReport,
  SyncChange,
  SyncProblem,
  SyncReport,
  TelephonyDocument,
  TestedChannel,
  TokenView,
  UndecidedPanel,
} from '@sluice/contract/documents';
export type { Access } from './api/access.js';
export type { Agents, AgentOptions, CheckOptions } from './api/agents.js';
export type { AutoBuy } from './api/auto-buy.js';
export type { Clients } from './api/clients.js';
export type { CreditCalls, Invoices } from './api/billing.js';
export type { AskingOptions, CallOptions, CommandOptions, LockOptions, ReaderOptions, Stated } from './api/call.js';
export type { Reader } from './context/reader.js';
export type { BillCallsOptions, Calls } from './api/calls.js';
export type { DidLinkOptions, DidOfAddon, DidOptions, DidSetOptions, Dids, LinkedDidOptions } from './api/dids.js';
export type { Telephony, TelephonyChangeOptions, TelephonyOptions, TelephonySetOptions } from './api/telephony.js';
export type { Log } from './api/log.js';
export type { Notices } from './api/notices.js';
export type { Overrides } from './api/overrides.js';
export type { Usage } from './api/usage.js';
export type { Adopted, Holds, ReleaseAll } from './api/holds.js';
export type { Panels } from './api/panels.js';
export type { PasswordOptions, Provision, SuspendOptions, TerminateOptions } from './api/provision.js';
export type { Purchases } from './api/purchases.js';
export type { Requests } from './api/requests.js';
export type { ServiceFilter, ServicePage, Services, SyncOptions } from './api/services.js';
export type {
  Granted,
  Maker,
  NewSession,
  NewToken,
  ShareRequest,
  TokenRequest,
  VerifyOptions,
} from './features/access/types.js';
export { reportUnstartedRun } from './features/notices/heartbeat.js';
export { tokenStatus } from './base/token-status.js';
export { describeCall, describeCallOutcome } from './features/log/describe-call.js';
export { describeRunError } from './features/log/error-words.js';
export { listDisabledAbove, toAgentStatus } from './features/agents/agent-views.js';
export type { CreateUserRequest } from './features/agents/create-agent-user.js';
export type { LimitImport, LimitRequest } from './features/agents/limit-agents.js';
export { createLedger, type LedgerOptions } from './features/billing/ledger.js';
export { describeCredit } from './features/billing/describe-credit.js';
export type { CreditRequest } from './features/billing/use-ledger.js';
export {
  migrateLocalStore,
  openLocalStore,
  openStandIn,
  type RestoredStore,
  restoreLocalStore,
  type LeaseHolders,
  type StoreFileParts,
} from './features/store/local-store.js';
export type { Inheritance, RestoredToken } from './features/store/inherit.js';
export { findLackingFields } from './features/panels/lacking-fields.js';
export type { PanelConfig } from './context/lacks.js';
export { checkConfig, type ConfigFinding, parseConfig } from './base/config/check.js';
export { describedSchema } from './base/config/json-schema.js';
export { describeKeys } from './base/config/descriptions.js';
export { billingSettings, findEntry } from './base/config/find-entry.js';
export type { JsonSchemaNode } from './base/config/json-schema.js';
export type { NotifySettings } from './base/config/notify-schema.js';
export { configSchema, type Config, type ConfigSchema, type KnownKinds } from './base/config/schema.js';
export type { CallReports } from './features/calls/bill-view.js';
export type { CallReportSink } from './features/calls/gather.js';
export type { RecordsRequest } from './features/calls/read-calls.js';
export type { ReconcileCallsRequest } from './features/calls/compared-bill.js';
export type { SimulateRequest } from './features/calls/simulate.js';
export type { BrokenStore, DoctorRequest } from './features/doctor/doctor.js';
export { type Files, nodeFiles } from './base/files.js';
export type { LastGraph } from './features/graph/last-graph.js';
export type { DrawnGraph } from './features/graph/last-graph.js';
export type { Ping } from './context/dependencies.js';
export type { GraphRange } from './features/graph/window.js';
export { type HoldsFile, isHoldsFileStale, readHoldsFile } from './context/holds-file.js';
export type { LogRequest } from './api/log.js';
export type { LogFilter } from './features/log/log.js';
export type { MetricFamily, MetricSample, MetricType } from './features/metrics/families.js';
export type { MetricsReport } from './features/metrics/metrics.js';
export { type CallPanels, describeUnbilled, listCallPanels } from './base/config/call-panels.js';
export { isAllDue } from './features/calls/bill-scope.js';
export { scheduledCommands, type ScheduledCommand, type ScheduledKinds } from './features/schedule/jobs.js';
export type { OverrideRequest } from './features/usage/overrides.js';
export type { LookupRequest } from './features/panels/relay.js';
export type { AutoBuyRequest, AutoBuySubject } from './features/purchases/auto-buy-preferences.js';
export type { PaymentTerms } from './features/billing/billing-pages.js';
export { describeEffect, describeRefused, findRefusedAll } from './features/purchases/describe-effect.js';
export type { PurchaseBudget } from './features/purchases/budget-left.js';
export { describePurchaseState } from './features/billing/refund-state.js';
export { packageName } from './base/config/package-name.js';
export { sentenceForClient } from './features/services/for-reader.js';
export { describePrice } from './base/config/package-price.js';
export type { Begun, KeyedAnswer } from './features/requests/once.js';
export type { KeyedRequest } from './features/requests/running.js';
export type { OverviewRequest } from './features/overview/overview.js';
export { isAlive, processStat, realClock } from './process.js';
export { describeTermination, type Termination } from './kernel/subject/termination.js';
export { importKeys } from './base/fields.js';
export type { ImportRow } from './features/services/plan-rows.js';
export type { Pair } from './features/services/set-where.js';
export type { ChangeOptions } from './features/services/change-services.js';
export { type UpgradeChange, UPGRADE_CHANGES, type UpgradeConcern } from './features/upgrade/changes.js';
export { upgradeChecks } from './features/upgrade/upgrade-checks.js';
export type { Installation } from './features/upgrade/installation.js';
export { readStoredProblems, type StoredProblem } from './features/services/stored-problems.js';
export { EVENTS, toEvent, KNOWN_CODES, type NoticeEvent } from './base/notice-events.js';
export type { AcknowledgeRequest, AlarmFilter } from './features/notices/list-alarms.js';
export type { DeliveryFilter } from './features/notices/list-deliveries.js';
export { findChannelKind } from './base/config/notify-schema.js';
export { compareIds, nameFew } from './base/natural-order.js';
export { createSluice } from './create-sluice.js';
export type { CurrentConfig, RunOptions, Sluice, SluiceOptions } from './sluice.js';
export { suggestion } from './base/suggestion.js';
export { describeEnforcement, describeSetting, listWaysBack } from './context/enforcement.js';
export { parseTime, type TimeReading } from './base/times.js';
export { describeBrake, isStopError } from './kernel/run/brake-state.js';
export { type LateLine, listLate } from './features/schedule/last-run.js';
export { describeOutage } from './context/reach.js';
export { describeUndecided } from './kernel/run/undecided.js';
export { listObserving } from './features/panels/observed-panels.js';
export {
  describeAllowance,
  describeExceeded,
  hasCycleEnded,
  describeFigures,
  describeHold,
  describeMark,
  describeProtection,
  describeUsed,
  describeWithin,
  isLeastUsed,
  isWithheld,
  isWithinUnknown,
  listReleasing,
  usedBytes,
} from './kernel/subject/used.js';
export { type AgentEnd, findLimitEnd, keepsDisabled, type LimitEnd } from '@sluice/panel-kind';
export {
  describeLimitEnd,
  describeLimitNow,
  describeOthers,
  findLimitingAgents,
  isForSuspensionAlone,
  type LimitingAgent,
  type LimitingAgents,
  listLimiting,
} from './features/agents/limiting-agents.js';
export type { AgentsAbove, BelowAgents } from './features/agents/agents-above.js';
export { isEndedByRuns, readSuspendedAgent } from './kernel/subject/agent-hold.js';
export type { UsageFilter } from './features/usage/usage.js';
export type { Doubted } from './kernel/subject/stages.js';
export {
  describeOverdue,
  describeSkip,
  findSkip,
  isLeftBySkip,
  isWithAccount,
  type SkipReason,
} from './kernel/subject/skip.js';
export { isLeftAsIs } from './kernel/subject/to-stage.js';
export type { LinkBudget } from './features/purchases/link-budget.js';
export type { RevokeRequest } from './features/access/tokens.js';
export {
  type DecisionFacts,
  describeHoldEnd,
  findNextDecision,
  isHeldBesides,
  isLeftUnrestricted,
  type NextDecision,
} from './kernel/subject/next-decision.js';
export { describeBesides } from './kernel/run/known-before.js';
export { describeDoubtedHolds } from './kernel/subject/holds.js';
