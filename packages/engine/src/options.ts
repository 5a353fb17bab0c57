export type { Access } from './api/access.js';
export type { Agents, AgentOptions, CheckOptions } from './api/agents.js';
export type { AutoBuy } from './api/auto-buy.js';
export type { Clients } from './api/clients.js';
export type { CreditCalls, Invoices } from './api/billing.js';
export type { AskingOptions, LockOptions, ReaderOptions, Stated } from './api/call.js';
export type { Asker } from './context/asker.js';
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
export type { CreateOptions, PasswordOptions, Provision, SuspendOptions, TerminateOptions } from './api/provision.js';
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
export type { CreateUserRequest } from './features/agents/create-agent-user.js';
export type { LimitImport, LimitRequest } from './features/agents/limit-agents.js';
export type { CreditRequest } from './features/billing/use-ledger.js';
export type { Inheritance, RestoredToken } from './features/store/inherit.js';
export type { PanelConfig } from './context/lacks.js';
export type { NotifySettings } from './base/config/notify-schema.js';
export type { CallReports } from './features/calls/bill-view.js';
export type { CallReportSink } from './features/calls/gather.js';
export type { RecordsRequest } from './features/calls/read-calls.js';
export type { ReconcileCallsRequest } from './features/calls/compared-bill.js';
export type { SimulateRequest } from './features/calls/simulate.js';
export type { DoctorRequest } from './features/doctor/doctor.js';
export type { LastGraph } from './features/graph/last-graph.js';
export type { DrawnGraph } from './features/graph/last-graph.js';
export type { Ping } from './context/dependencies.js';
export type { GraphRange } from './features/graph/window.js';
export type { LogRequest } from './api/log.js';
export type { LogFilter } from './features/log/log.js';
export type { MetricSample, MetricType } from './features/metrics/families.js';
export type { OverrideRequest } from './features/usage/overrides.js';
export type { LookupRequest } from './features/panels/relay.js';
export type { AutoBuyRequest, AutoBuySubject } from './features/purchases/auto-buy-preferences.js';
export type { PaymentTerms } from './features/billing/billing-pages.js';
export type { PurchaseBudget } from './features/purchases/budget-left.js';
export type { Begun, KeyedAnswer } from './features/requests/once.js';
export type { KeyedRequest } from './features/requests/running.js';
export type { OverviewRequest } from './features/overview/overview.js';
export type { ImportRow } from './features/services/plan-rows.js';
export type { Pair } from './features/services/set-where.js';
export type { ChangeOptions } from './features/services/change-services.js';
export type { UpgradeConcern } from './features/upgrade/changes.js';
export type { AcknowledgeRequest, AlarmFilter } from './features/notices/list-alarms.js';
export type { DeliveryFilter } from './features/notices/list-deliveries.js';
export type { LateLine } from './features/schedule/last-run.js';
export type { AgentsAbove, BelowAgents } from './features/agents/agents-above.js';
export type { UsageFilter } from './features/usage/usage.js';
export type { LinkBudget } from './features/purchases/link-budget.js';
export type { RevokeRequest } from './features/access/tokens.js';
