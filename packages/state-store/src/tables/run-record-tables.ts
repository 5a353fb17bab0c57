import type {
  AlarmRecord,
  ClientAddressRecord,
  ClientNoticeRecord,
  ConditionRecord,
  DeliveryRecord,
  DeliveryState,
  NoticeRecord,
} from '../notice-records.js';
import type { NextReadingRecord } from '../reading-records.js';
import type { ApiCallRecord, RefreshRecord, RunRecord } from '../run-records.js';
import type {
  FingerprintRecord,
  GraphCacheRecord,
  PushedUsageRecord,
  ResourcesRecord,
  SwitchRecord,
  WriteBackRecord,
} from '../records.js';
import {
  duration,
  flag,
  int,
  intOrNull,
  outcomeOrNull,
  json,
  text,
  textList,
  textOrEmpty,
  textOrNull,
  word,
} from './columns.js';
import { recordTable } from './record-table.js';

export const notices = recordTable<NoticeRecord>()(
  'notices',
  {
    id: text('id'),
    key: text('key'),
    code: text('code'),
    panel: textOrNull('panel'),
    service: textOrNull('service'),
    message: text('message'),
    run: textOrNull('run'),
    at: text('at'),
    data: json('data'),
  },
  'id',
);

export const deliveries = recordTable<DeliveryRecord>()(
  'deliveries',
  {
    id: text('id'),
    notice: text('notice'),
    channel: text('channel'),
    event: text('event'),
    recipient: textOrNull('recipient'),
    state: word<DeliveryState>()('state'),
    attempts: int('attempts'),
    nextAt: text('next_at'),
    lastError: textOrNull('last_error'),
    sentAt: textOrNull('sent_at'),
    at: text('at'),
  },
  'id',
);

export const alarms = recordTable<AlarmRecord>()(
  'alarms',
  {
    id: text('id'),
    key: text('key'),
    code: text('code'),
    panel: text('panel'),
    service: text('service'),
    message: text('message'),
    scope: word<AlarmRecord['scope']>()('scope'),
    since: text('since'),
    acknowledgedAt: textOrNull('acknowledged_at'),
    acknowledgedBy: textOrNull('acknowledged_by'),
    note: textOrNull('note'),
  },
  'id',
);

export const conditions = recordTable<ConditionRecord>()(
  'conditions',
  { key: text('key'), since: text('since'), runs: int('runs'), details: json('details') },
  'key',
);

export const runs = recordTable<RunRecord>()(
  'runs',
  {
    id: text('id'),
    command: text('command'),
    dryRun: flag('dry_run'),
    observing: textList('observing'),
    startedAt: text('started_at'),
    finishedAt: textOrNull('finished_at'),
    outcome: outcomeOrNull('exit_code'),
    totals: json('totals'),
    error: textOrNull('error'),
    host: text('host'),
    pid: int('pid'),
    processStart: textOrNull('process_start'),
    service: textOrNull('service'),
    scope: textOrNull('scope'),
    actor: textOrNull('actor'),
    note: textOrNull('note'),
  },
  'id',
);

export const refreshes = recordTable<RefreshRecord>()(
  'refreshes',
  {
    id: text('id'),
    run: text('run'),
    panel: text('panel'),
    startedAt: text('started_at'),
    finishedAt: textOrNull('finished_at'),
    targets: int('targets'),
    calls: int('calls'),
    failed: int('failed'),
    away: textList('away'),
    error: textOrNull('error'),
    state: json('state'),
  },
  'id',
);

export const apiCalls = recordTable<ApiCallRecord>()(
  'api_calls',
  {
    at: text('at'),
    run: textOrNull('run'),
    panel: text('panel'),
    service: textOrNull('service'),
    endpoint: text('endpoint'),
    method: text('method'),
    path: text('path'),
    status: intOrNull('status'),
    durationMs: duration('duration_ms'),
    attempt: int('attempt'),
    ok: flag('ok'),
    code: textOrNull('code'),
    message: textOrNull('message'),
    changing: flag('changing'),
  },
  'at',
);

export const clientNotices = recordTable<ClientNoticeRecord>()(
  'client_notices',
  { reader: text('reader'), event: text('event'), wanted: flag('wanted'), since: text('since') },
  'reader',
);

export const clientAddresses = recordTable<ClientAddressRecord>()(
  'client_addresses',
  {
    reader: text('reader'),
    address: textOrNull('address'),
    confirmedAt: textOrNull('confirmed_at'),
    asked: textOrNull('asked'),
    askedHash: textOrNull('asked_hash'),
    askedAt: textOrNull('asked_at'),
    attempts: textList('attempts'),
  },
  'reader',
);

export const switches = recordTable<SwitchRecord>()(
  'switches',
  {
    panel: text('panel'),
    product: textOrEmpty('product'),
    enforce: word<SwitchRecord['enforce']>()('enforce'),
    since: text('since'),
    actor: textOrNull('actor'),
  },
  'panel',
);

export const resources = recordTable<ResourcesRecord>()(
  'service_resources',
  {
    service: text('service'),
    panel: text('panel'),
    mapping: textList('mapping'),
    resources: textList('resources'),
    at: text('at'),
  },
  'service',
);

export const pushedUsage = recordTable<PushedUsageRecord>()(
  'pushed_usage',
  { service: text('service'), figures: text('figures'), at: text('at') },
  'service',
);

export const writeBacks = recordTable<WriteBackRecord>()(
  'write_backs',
  { service: text('service'), columns: textList('columns'), at: text('at') },
  'service',
);

export const graphCache = recordTable<GraphCacheRecord>()(
  'graph_cache',
  {
    key: text('key'),
    service: text('service'),
    at: text('at'),
    expiresAt: text('expires_at'),
    body: text('body'),
  },
  'key',
);

export const fingerprints = recordTable<FingerprintRecord>()(
  'fingerprints',
  {
    panel: text('panel'),
    endpoint: text('endpoint'),
    shape: textList('shape'),
    since: text('since'),
    confirmed: flag('confirmed'),
  },
  'endpoint',
);

export const nextReadings = recordTable<NextReadingRecord>()(
  'next_readings',
  {
    panel: text('panel'),
    service: text('service'),
    dueAt: text('due_at'),
    reason: text('reason'),
    details: json('details'),
    at: text('at'),
    basis: text('basis'),
    spread: int('spread'),
    rate: intOrNull('rate'),
    version: int('version'),
  },
  'service',
);
