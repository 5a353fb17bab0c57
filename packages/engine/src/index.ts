export type {
  Adoption,
  AdoptionQuery,
  AdoptionReport,
  Advice,
  AdviceState,
  AccountDue,
  AccountReason,
  ActionView,
  AgentAction,
  AgentDetail,
  AgentExplained,
  AgentHistory,
  AgentList,
  AgentPeriod,
  AgentUserList,
  AgentUserReport,
  AgentUserView,
  AgentTotals,
  AgentView,
  AgreedPrice,
  AlarmView,
  AutoBuyRule,
  AutoBuySource,
  AutoBuyView,
  Because,
  BecauseCode,
  BillDetail,
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
  CreditHistory,
  CreditView,
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
  LineRates,
  LineView,
  ListedRecords,
  LogEntry,
  LogPage,
  LoginLink,
  NumberOwner,
  OpenHold,
  Outlook,
  OverrideView,
  OverviewEvent,
  OverviewPanel,
  OverviewReport,
  QueueFigures,
  QueueReport,
  WorkerView,
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
  TopTraffic,
  TrafficOverTime,
  UnassignedEntries,
  UnassignedEntry,
  NextReading,
  UndecidedPanel,
} from '@sluice/contract/documents';
export type { CallOptions, CommandOptions } from './api/call.js';
export { reportUnstartedRun } from './features/notices/heartbeat.js';
export { charge } from './features/billing/charge.js';
export { createLedger } from './features/billing/ledger.js';
export {
  migrateLocalStore,
  openLocalStore,
  openStandIn,
  type RestoredStore,
  restoreLocalStore,
  type LeaseHolders,
} from './features/store/local-store.js';
export { findLackingFields } from './features/panels/lacking-fields.js';
export { checkConfig, type ConfigFinding, parseConfig } from './base/config/check.js';
export { LONGEST_LOGO_BYTES, parseImageAddress, toImageAddress } from './base/config/image-address.js';
export { describedSchema } from './base/config/json-schema.js';
export { describeKeys } from './base/config/descriptions.js';
export { findEntry } from './base/config/find-entry.js';
export type { JsonSchemaNode } from './base/config/json-schema.js';
export { configSchema, type Config, type ConfigSchema, type KnownKinds } from './base/config/schema.js';
export type { BrokenStore } from './features/doctor/doctor.js';
export { type Files, nodeFiles } from './base/files.js';
export { type HoldsFile, isHoldsFileStale, readHoldsFile } from './context/holds-file.js';
export type { MetricFamily } from './features/metrics/families.js';
export type { MetricsReport } from './features/metrics/metrics.js';
export { listCallPanels } from './base/config/call-panels.js';
export { scheduledCommands, type ScheduledCommand, type ScheduledKinds } from './features/schedule/jobs.js';
export { isAlive, processStat, realClock } from './process.js';
export { importKeys } from './base/fields.js';
export { type UpgradeChange, UPGRADE_CHANGES } from './features/upgrade/changes.js';
export { upgradeChecks } from './features/upgrade/upgrade-checks.js';
export type { Installation } from './features/upgrade/installation.js';
export { readStoredProblems } from './features/services/stored-problems.js';
export { EVENTS, toEvent, KNOWN_CODES, type NoticeEvent } from './base/notice-events.js';
export { findChannelKind } from './base/config/notify-schema.js';
export { createSluice } from './create-sluice.js';
export type { CurrentConfig, RunOptions, Sluice, SluiceOptions } from './sluice.js';
export { parseTime } from './base/times.js';
