export type { Access } from './api/access.js';
export type { Agents, AgentOptions, CheckOptions } from './api/agents.js';
export type { AutoBuy } from './api/auto-buy.js';
export type { CreditCalls, Invoices } from './api/billing.js';
export type { CallOptions, CommandOptions, LockOptions, ReaderOptions } from './api/call.js';
export type { Reader } from './services/reader.js';
export type { BillCallsOptions, Calls } from './api/calls.js';
export type { DidLinkOptions, DidOfAddon, DidOptions, Dids, LinkedDidOptions } from './api/dids.js';
export type { Telephony, TelephonyChangeOptions, TelephonyOptions } from './api/telephony.js';
export type { Log } from './api/log.js';
export type { Notices } from './api/notices.js';
export type { Overrides, OverrideView } from './api/overrides.js';
export type { Usage } from './api/usage.js';
export type { Adopted, Holds, ReleaseAll } from './api/holds.js';
export type { Panels, PanelTest, PanelView } from './api/panels.js';
export type { RemovedPanel } from './run/removed-panels.js';
export type { PasswordOptions, Provision, SuspendOptions, TerminateOptions } from './api/provision.js';
export type { Purchases } from './api/purchases.js';
export type { Requests } from './api/requests.js';
export type { ServiceFilter, ServicePage, Services, SyncOptions } from './api/services.js';
export type {
  Granted,
  Maker,
  Need,
  NewSession,
  NewToken,
  RevokedToken,
  Scope,
  ShareRequest,
  TokenRequest,
  TokenView,
  VerifyOptions,
} from './access/types.js';
export { reportUnstartedRun } from './notices/heartbeat.js';
export { tokenStatus } from './access/token-status.js';
export {
  may,
  mayWithFields,
  onlyReads,
  type UseCase,
  whoMay,
  type Rule,
  RULES,
  type CustomerWay,
} from './access/who-may.js';
export { describeRunError } from './log/error-words.js';
export {
  type AgentAction,
  type AgentDetail,
  type AgentTotals,
  type AgentView,
  type ChangedAgent,
  toAgentStatus,
} from './agents/agent-views.js';
export type { CheckReport } from './agents/check-agents.js';
export type { CreatedUserReport, CreateUserRequest } from './agents/create-agent-user.js';
export type { LimitImport, LimitRequest } from './agents/limit-agents.js';
export type { RestoreReport } from './agents/agent-command.js';
export type { AgentExplained, AgentList } from './agents/show-agents.js';
export { createLedger, type LedgerOptions } from './billing/ledger.js';
export type { CreditEntry, CreditRequest, InvoiceView } from './billing/use-ledger.js';
export {
  migrateLocalStore,
  openLocalStore,
  openStandIn,
  type RestoredStore,
  restoreLocalStore,
  type LeaseHolders,
  type StoreFileParts,
} from './store/local-store.js';
export type { Comparison } from './usage/compare.js';
export { checkConfig, type ConfigFinding, parseConfig } from './config/check.js';
export { describedSchema } from './config/json-schema.js';
export { describeKeys } from './config/descriptions.js';
export { billingSettings, findEntry } from './config/find-entry.js';
export type { JsonSchemaNode } from './config/json-schema.js';
export type { NotifySettings } from './config/notify-schema.js';
export { configSchema, type Config, type ConfigSchema, type KnownKinds } from './config/schema.js';
export type { CallBillReport } from './calls/bill-calls.js';
export type { CallBillView, CallReports } from './calls/bill-view.js';
export type { CallReportSink } from './calls/gather.js';
export type { CallReportView, NumberOwner, RecordsReport, RecordsRequest } from './calls/read-calls.js';
export type { ComparedBill, ReconcileCallsRequest } from './calls/compared-bill.js';
export type { PeriodView } from './calls/due.js';
export type { BillReport, StoredBillView } from './calls/stored-bills.js';
export type { SimulatedCallView, SimulateRequest } from './calls/simulate.js';
export type { DidReport } from './dids/change-did.js';
export type { LineView } from './telephony/line-of-service.js';
export type { RecordChange } from './telephony/change-record.js';
export type { TelephonyDocument } from './telephony/documents.js';
export type { ListedRecords } from './telephony/find-records.js';
export type { Check } from './doctor/check.js';
export type { BrokenStore, DoctorRequest } from './doctor/doctor.js';
export type { AccountDue, AccountReason } from './services/account-due.js';
export type { Explanation } from './services/explain.js';
export { type Files, nodeFiles } from './files.js';
export type { PanelFigures } from './graph/panel-figures.js';
export type { LastGraph } from './graph/last-graph.js';
export type { DrawnGraph } from './graph/last-graph.js';
export type { Ping } from './dependencies.js';
export type { GraphPoint, SampleGraph } from './graph/sample-graph.js';
export type { GraphRange, GraphWindow } from './graph/window.js';
export { type HoldsFile, isHoldsFileStale, readHoldsFile } from './holds/holds-file.js';
export type { EvidenceView, HoldEntry, HoldView, ReleasedQuota } from './holds/holds.js';
export type { LogRequest } from './api/log.js';
export type { LogPage } from './log/list.js';
export type { LogEntry, LogFilter } from './log/log.js';
export type { MetricFamily, MetricSample, MetricType } from './metrics/families.js';
export type { MetricsReport } from './metrics/metrics.js';
export { scheduledCommands, type ScheduledCommand, type ScheduledKinds } from './schedule/jobs.js';
export type { Credentials, CommandReport } from './commands/types.js';
export type { OverrideRequest } from './usage/overrides.js';
export type { LoginLink, LookupRequest, RelayUser } from './panels/relay.js';
export type { AutoBuyRequest, AutoBuySubject, AutoBuyView } from './purchases/auto-buy-preferences.js';
export type { PaymentTerms } from './billing/billing-pages.js';
export type { PurchaseBudget } from './purchases/budget-left.js';
export type { PurchaseReport } from './purchases/create.js';
export { packageName, type PackageView } from './purchases/packages.js';
export type { AutoBuyRule, AutoBuySource } from './purchases/preferences.js';
export type { PurchaseDetail, PurchaseView } from './purchases/views.js';
export type { Begun, KeyedAnswer } from './requests/once.js';
export type { KeyedRequest } from './requests/running.js';
export type { OverviewEvent, OverviewReport, OverviewRequest } from './overview/overview.js';
export type { OverviewPanel } from './overview/panel-states.js';
export type { RunReport, RunTotals } from './run/report.js';
export type { PanelsRunView, RunView } from './run/bracket.js';
export { isAlive, processStat, realClock } from './process.js';
export type { CustomerAccess } from './provision/access.js';
export { describeTermination, type Termination } from './provision/termination.js';
export { importKeys } from './services/fields.js';
export type { ImportProblem, ImportRow } from './services/plan-rows.js';
export type { ImportReport } from './services/import-services.js';
export type { SyncProblem } from './services/sync/plan-taken.js';
export type { SyncChange, SyncReport } from './services/sync/plan-sync.js';
export type { ChangedField, DescribedChange } from './services/describe-changes.js';
export type { Pair } from './services/set-where.js';
export type { ChangeOptions } from './services/change-services.js';
export type { ServiceDetail } from './services/show.js';
export { type UpgradeChange, UPGRADE_CHANGES, type UpgradeConcern } from './upgrade/changes.js';
export { upgradeChecks } from './upgrade/upgrade-checks.js';
export type { Installation } from './upgrade/installation.js';
export { findStoredProblems, type StoredProblem } from './services/stored-problems.js';
export { EVENTS, toEvent, KNOWN_CODES, type NoticeEvent } from './notices/events.js';
export type { AcknowledgeRequest, AlarmFilter, AlarmView } from './notices/list-alarms.js';
export type { DeliveryFilter, DeliveryView } from './notices/list-deliveries.js';
export type { SendReport } from './notices/send.js';
export type { TestedChannel } from './notices/test-channels.js';
export { findChannelKind } from './config/notify-schema.js';
export { compareIds, nameFew } from './natural-order.js';
export { createSluice } from './create-sluice.js';
export type { RunOptions, Sluice, SluiceOptions } from './sluice.js';
export { suggestion } from './suggestion.js';
export {
  describeEnforcement,
  describeSetting,
  type Enforcement,
  type PanelEnforcement,
  type ProductEnforcement,
} from './panels/enforcement.js';
export type { ProductView } from './panels/products.js';
export type { SwitchReport } from './panels/switches.js';
export { parseTime, type TimeReading } from './clock/times.js';
export { type BrakeState, describeBrake, type BrakedSubjects, isStopError } from './run/brake-state.js';
export { listObserving } from './run/observed-panels.js';
export {
  describeExceeded,
  describeFigures,
  describeProtection,
  describeUsed,
  isWithheld,
  usedBytes,
} from './usage/used.js';
export type { CountedUsage } from './usage/counted.js';
export type { CycleView, UsageFilter } from './usage/usage.js';
export type { ActionView, LimitView, OpenHold, ServiceView } from './services/views.js';
export type { LinkBudget } from './purchases/link-budget.js';
export type { RevokeRequest } from './access/tokens.js';
