import type { Mode } from '@sluice/quota-core';
import type { AlarmRecord, ConditionRecord, DeliveryRecord, DeliveryState, NoticeRecord } from '../notice-records.js';
import type { ApiCallRecord, RefreshRecord, RunRecord } from '../run-records.js';
import type {
  ActionRecord,
  ActionState,
  ConfirmationRecord,
  CycleRecord,
  DecisionRecord,
  EvidenceRecord,
  FingerprintRecord,
  GraphCacheRecord,
  HoldRecord,
  OverrideRecord,
  OwnershipRecord,
  PurchaseRecord,
  PushedUsageRecord,
  ResourcesRecord,
  SampleRecord,
  ServiceRecord,
  ServiceStatus,
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
  numberList,
  text,
  textList,
  textMap,
  textOrEmpty,
  textOrNull,
  word,
  wordOrNull,
} from './columns.js';
import { recordTable } from './record-table.js';

/** Tables and columns of the newest schema version, as the migrations create them. */

export const services = recordTable<ServiceRecord>()(
  'services',
  {
    id: text('id'),
    panel: text('panel'),
    product: text('product'),
    client: textOrNull('client'),
    clientSince: textOrNull('client_since'),
    billingCycle: textOrNull('billing_cycle'),
    nextDueDate: textOrNull('next_due_date'),
    status: word<ServiceStatus>()('status'),
    trafficMode: wordOrNull<Mode>()('traffic_mode'),
    baseQuotaOverrideGb: textOrNull('base_quota_override_gb'),
    refs: textMap('refs'),
    ownRefs: textList('own_refs'),
    fields: textMap('fields'),
    protectedUntil: textOrNull('protected_until'),
    quotaReleasedUntil: textOrNull('quota_released_until'),
    createdAt: text('created_at'),
    updatedAt: text('updated_at'),
  },
  'id',
);

export const ownership = recordTable<OwnershipRecord>()(
  'ownership',
  {
    panel: text('panel'),
    subject: text('subject'),
    service: text('service'),
    client: textOrNull('client'),
    since: textOrNull('since'),
    until: textOrNull('until'),
  },
  'subject',
);

export const overrides = recordTable<OverrideRecord>()(
  'service_overrides',
  {
    id: text('id'),
    service: text('service'),
    quotaBytes: intOrNull('quota_bytes'),
    unlimited: flag('unlimited'),
    mode: wordOrNull<Mode>()('mode'),
    action: textOrNull('action'),
    since: text('since'),
    until: textOrNull('until'),
    note: textOrNull('note'),
  },
  'id',
);

export const cycles = recordTable<CycleRecord>()(
  'cycles',
  {
    id: text('id'),
    service: text('service'),
    start: text('starts_at'),
    end: text('ends_at'),
    openedAt: text('opened_at'),
    closedAt: textOrNull('closed_at'),
    inBytes: intOrNull('in_bytes'),
    outBytes: intOrNull('out_bytes'),
    totalBytes: intOrNull('total_bytes'),
    readAt: textOrNull('read_at'),
    peakInBytes: intOrNull('peak_in_bytes'),
    peakOutBytes: intOrNull('peak_out_bytes'),
    peakTotalBytes: intOrNull('peak_total_bytes'),
    counter: json('counter'),
    allowance: json('allowance'),
    thresholds: numberList('thresholds'),
  },
  'id',
);

const sampleRows = recordTable<SampleRecord>()(
  'usage_samples',
  {
    service: text('service'),
    at: text('at'),
    cycle: text('cycle'),
    inBytes: intOrNull('in_bytes'),
    outBytes: intOrNull('out_bytes'),
    totalBytes: intOrNull('total_bytes'),
    raw: text('raw'),
    resolution: word<SampleRecord['resolution']>()('resolution'),
  },
  'service',
);

/** A raw answer that has just the figures of the sample is stored as empty text. */
const figuresOnly = ({ inBytes, outBytes, totalBytes }: SampleRecord): string =>
  JSON.stringify({ in: inBytes, out: outBytes, total: totalBytes });
const withoutFigures = (sample: SampleRecord): SampleRecord =>
  sample.raw === figuresOnly(sample) ? { ...sample, raw: '' } : sample;

export const samples: typeof sampleRows = {
  table: sampleRows.table,
  columns: sampleRows.columns,
  encode: (sample) => sampleRows.encode(withoutFigures(sample)),
  encodePart: (id, change) => sampleRows.encodePart(id, change),
  values: (sample) => sampleRows.values(withoutFigures(sample)),
  decode: (row) => {
    const sample = sampleRows.decode(row);
    return sample.raw === '' ? { ...sample, raw: figuresOnly(sample) } : sample;
  },
};

export const confirmations = recordTable<ConfirmationRecord>()(
  'confirmations',
  {
    panel: text('panel'),
    run: text('run'),
    at: text('at'),
    readAt: text('read_at'),
    resolution: word<SampleRecord['resolution']>()('resolution'),
  },
  'readAt',
);

export const purchases = recordTable<PurchaseRecord>()(
  'purchases',
  {
    id: text('id'),
    service: text('service'),
    package: text('package'),
    bytes: int('bytes'),
    price: text('price'),
    currency: text('currency'),
    status: word<PurchaseRecord['status']>()('status'),
    actor: word<PurchaseRecord['actor']>()('actor'),
    cycle: text('cycle'),
    client: textOrNull('client'),
    billing: textOrNull('billing'),
    invoice: textOrNull('invoice'),
    taxed: flag('taxed'),
    charged: textOrNull('charged'),
    key: text('key'),
    at: text('at'),
    paidAt: textOrNull('paid_at'),
    refundedAt: textOrNull('refunded_at'),
    refundSentAt: textOrNull('refund_sent_at'),
    run: textOrNull('run'),
    note: textOrNull('note'),
  },
  'id',
);

export const holds = recordTable<HoldRecord>()(
  'holds',
  {
    id: text('id'),
    service: text('service'),
    reason: text('reason'),
    restriction: textOrNull('restriction'),
    since: text('since'),
    until: textOrNull('until'),
    note: textOrNull('note'),
    cycle: textOrNull('cycle'),
    usedBytes: intOrNull('used_bytes'),
    allowedBytes: intOrNull('allowed_bytes'),
    origin: word<HoldRecord['origin']>()('origin'),
  },
  'id',
);

export const evidence = recordTable<EvidenceRecord>()(
  'evidence',
  {
    id: text('id'),
    hold: text('hold'),
    service: text('service'),
    panel: text('panel'),
    kind: text('kind'),
    target: text('target'),
    prior: json('prior'),
    action: textOrNull('action'),
    adopted: flag('adopted'),
    since: text('since'),
    until: textOrNull('until'),
    outcome: textOrNull('outcome'),
  },
  'id',
);

export const actions = recordTable<ActionRecord>()(
  'actions',
  {
    id: text('id'),
    run: text('run'),
    panel: text('panel'),
    service: textOrNull('service'),
    type: text('type'),
    target: text('target'),
    state: word<ActionState>()('state'),
    key: text('key'),
    hold: textOrNull('hold'),
    prior: json('prior'),
    payload: json('payload'),
    observed: json('observed'),
    errorCode: textOrNull('error_code'),
    errorMessage: textOrNull('error_message'),
    plannedAt: text('planned_at'),
    calledAt: textOrNull('called_at'),
    givenUpAt: textOrNull('given_up_at'),
    endedAt: textOrNull('settled_at'),
    attempts: int('attempts'),
  },
  'id',
);

const decisionColumns = {
  service: text('service'),
  run: text('run'),
  at: text('at'),
  cycle: textOrNull('cycle'),
  status: text('status'),
  rule: text('rule'),
  mode: wordOrNull<Mode>()('mode'),
  action: textOrNull('action'),
  inBytes: intOrNull('in_bytes'),
  outBytes: intOrNull('out_bytes'),
  totalBytes: intOrNull('total_bytes'),
  readAt: textOrNull('read_at'),
  allowance: json('allowance'),
  wouldHold: textList('would_hold'),
  observing: flag('observing'),
  errorCode: textOrNull('error_code'),
  errorMessage: textOrNull('error_message'),
  inputs: json('inputs'),
};

export const decisions = recordTable<DecisionRecord>()('decisions', decisionColumns, 'service');
export const decisionHistory = recordTable<DecisionRecord>()('decision_history', decisionColumns, 'service');

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
