import * as access from './access.js';
import * as adoption from './adoption.js';
import * as advice from './advice.js';
import * as agents from './agents.js';
import * as because from './because.js';
import * as calls from './calls.js';
import * as common from './common.js';
import * as embedded from './embedded.js';
import * as explanation from './explanation.js';
import * as holds from './holds.js';
import * as money from './money.js';
import * as notices from './notices.js';
import * as overview from './overview.js';
import * as panels from './panels.js';
import * as queue from './queue.js';
import * as reports from './reports.js';
import * as services from './services.js';
import * as usage from './usage.js';
import * as webhooks from './webhooks.js';

export { count, instantOrNull, name, named, text, textOrNull } from './common.js';
export {
  access,
  adoption,
  advice,
  agents,
  because,
  calls,
  common,
  embedded,
  explanation,
  holds,
  money,
  notices,
  overview,
  panels,
  queue,
  reports,
  services,
  usage,
  webhooks,
};
export type { LogEntry, LogPage, RevokedToken, Scope, TokenView } from './access.js';
export type { AdoptedFile, Adoption, AdoptionQuery, AdoptionReport, UndecidedRow } from './adoption.js';
export type {
  AgentAction,
  AgentDetail,
  AgentExplained,
  AgentHistory,
  AgentList,
  AgentPeriod,
  AgentTotals,
  AgentUserList,
  AgentUserReport,
  AgentUserView,
  AgentView,
  ChangedAgent,
  CheckReport,
  RestoreReport,
} from './agents.js';
export type {
  BillDetail,
  BillReport,
  CallBillReport,
  CallBillView,
  CallReportView,
  ComparedBill,
  ComparedBills,
  DidReport,
  LineRates,
  LineView,
  ListedRecords,
  NumberOwner,
  RecordChange,
  RecordsReport,
  ReportedCalls,
  SimulatedCallView,
  StoredBillView,
  TelephonyDocument,
} from './calls.js';
export type { EmbeddedClient, EmbeddedPart, EmbeddedService } from './embedded.js';
export type {
  ActionView,
  BrakeState,
  BrakedSubjects,
  CustomerAccess,
  Enforcement,
  PanelEnforcement,
  PanelsRunView,
  PeriodView,
  ProductEnforcement,
  RemovedPanel,
  RunView,
  NextReading,
  UndecidedPanel,
} from './common.js';
export { ADVICE_STATES, type Advice, type AdviceState } from './advice.js';
export type { Because, BecauseCode } from './because.js';
export type { AccountDue, AccountReason, Explanation } from './explanation.js';
export type { EvidenceView, HoldEntry, HoldView, ReleasedQuota } from './holds.js';
export type {
  AgreedPrice,
  AutoBuyRule,
  AutoBuySource,
  AutoBuyView,
  ClientMerge,
  CreditEntry,
  CreditHistory,
  CreditView,
  InvoiceView,
  PackageEffect,
  PackageView,
  PurchaseDetail,
  PurchaseReport,
  PurchaseView,
} from './money.js';
export type { AlarmView, DeliveryView, NoticeChoices, SendReport, TestedChannel } from './notices.js';
export type { OverviewEvent, OverviewPanel, OverviewReport, Standing } from './overview.js';
export type {
  Check,
  LoginLink,
  PanelTest,
  PanelView,
  ProductView,
  RelayUser,
  SwitchReport,
  UnassignedEntries,
  UnassignedEntry,
} from './panels.js';
export type { QueueFigures, QueueReport, WorkerView } from './queue.js';
export type {
  CommandReport,
  CreatedUserReport,
  Credentials,
  ImportProblem,
  ImportReport,
  RunReport,
  RunTotals,
  SyncChange,
  SyncProblem,
  SyncReport,
} from './reports.js';
export type {
  ChangedField,
  CountedUsage,
  DescribedChange,
  FallenUsage,
  HoldMarks,
  LimitView,
  OpenHold,
  OverrideView,
  ServiceDetail,
  ServiceView,
  StoppedByPanel,
} from './services.js';
export type { NoticeData, EventData, WebhookBody } from './webhooks.js';
export type {
  Comparison,
  CycleView,
  GraphBar,
  GraphPoint,
  GraphWindow,
  Outlook,
  PanelFigures,
  SampleGraph,
  TopTraffic,
  TrafficOverTime,
} from './usage.js';
