export type {
  AgentPeriodRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
} from '@sluice/quota-core';
export type { AgentTables } from './agent-tables.js';
export { backupStore } from './backup-store.js';
export type { LedgerTables } from './ledger-tables.js';
export { hasOwnerEnded, LEASE_MS, LEASE_RENEW_MS, type OwnProcess } from './lease-owner.js';
export { LATEST_SCHEMA_VERSION } from './migrations/version.js';
export { mergeService } from './merge-service.js';
export {
  type ChangedAllowance,
  type LocalDates,
  type OverviewCount,
  type OverviewError,
  type OverviewFilter,
  type OverviewHold,
  type OverviewNow,
  type OverviewPart,
  type OverviewOrder,
  type OverviewRow,
  type OverviewTables,
  TO_RESTRICT,
} from './overview.js';
export {
  TRAFFIC_GROUPS,
  type TrafficGroup,
  type TrafficReading,
  type TrafficRequest,
  type TrafficRow,
  type TrafficSum,
  type TrafficTables,
} from './traffic.js';
export { migrateStore, type MigrateStoreOptions, storePast, storeVersion } from './migrate-store.js';
export { type NumberChange, numberSubject, ownershipSubject } from './ownership-change.js';
export type { MigrationResult, OpenStoreOptions } from './open-options.js';
export { openStore, withStore } from './open-store.js';
export type { Page, PageCursor, PageRequest } from './page.js';
export type { PastToken, StorePast } from './past.js';
export type {
  AlarmRecord,
  ClientAddressRecord,
  ClientNoticeRecord,
  ConditionRecord,
  DeliveryRecord,
  DeliveryState,
  NoticeRecord,
} from './notice-records.js';
export { type DueReading, LISTS, type NextReadingRecord } from './reading-records.js';
export type { ApiCallRecord, RefreshRecord, RunOutcome, RunRecord } from './run-records.js';
export type {
  ActionRecord,
  ActionState,
  AutoBuyRecord,
  BookingKind,
  BookingRecord,
  CallBillRecord,
  CallBillState,
  CompliantEntry,
  CompliantRecord,
  CompliantText,
  ConfirmationRecord,
  CycleRecord,
  DecisionRecord,
  EntryRecord,
  EvidenceRecord,
  FingerprintRecord,
  GraphCacheRecord,
  PanelListName,
  HoldRecord,
  InvoiceLineRecord,
  InvoiceRecord,
  LeaseOwner,
  LeaseRecord,
  OverrideRecord,
  OwnershipRecord,
  PanelRename,
  PurchaseRecord,
  PushedUsageRecord,
  RenamedPanel,
  ResourcesRecord,
  SampleRecord,
  ServiceChange,
  ServiceRecord,
  ServiceStatus,
  SwitchRecord,
  WriteBackRecord,
} from './records.js';
export type { ClientRows } from './service-tables.js';
export { UNKNOWN_PERSON } from './unknown-person.js';
export type { ApiTokenRecord, RequestRecord, SessionRecord, ShareRights } from './token-records.js';
export type { KeptRequests, TokenTables } from './token-tables.js';
export { requireBackup } from './prepare-backup.js';
export { type RestoreOptions, restoreStore, type RestoreResult } from './restore-store.js';
export type {
  HeldLease,
  LeaseRequest,
  LeaseResult,
  LeasesResult,
  StateStore,
  StoreCheck,
  StoreTables,
  WriteOptions,
} from './store.js';
export type { CopiedRows, CopyOptions, CopyResult, RefuseActive } from './copy/copy-store.js';
export type { CopyProgress } from './copy/copy-rows.js';
export { refusedByMark, type StoreMark } from './copy/move-mark.js';
export type { UndoCopyOptions, UndoCopyResult } from './copy/undo-copy.js';
export { copyStore, undoCopy } from './copy/index.js';
export { isOnServer } from './location.js';
export {
  describeLocation,
  isServerAway,
  NOT_AN_ADDRESS,
  parseAddress,
  readConnection,
  type ServerConnection,
  type StoreAddress,
} from './store-address.js';
export { StoreError, type StoreErrorCode, type StoreRowReference } from './store-error.js';
export type { PruneRequest } from './store.js';
