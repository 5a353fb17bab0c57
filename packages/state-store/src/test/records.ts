import type { NoticeRecord } from '../notice-records.js';
import type { ApiCallRecord, RunRecord } from '../run-records.js';
import type {
  ActionRecord,
  CycleRecord,
  DecisionRecord,
  EvidenceRecord,
  HoldRecord,
  OverrideRecord,
  PurchaseRecord,
  SampleRecord,
  ServiceRecord,
} from '../records.js';

/** A moment counted in minutes from the start of March 2026. */
export function minute(n: number): string {
  return new Date(Date.UTC(2026, 2, 1) + n * 60_000).toISOString();
}

export function service(id: string, change: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    id,
    panel: 'dcim',
    product: 'server',
    client: null,
    clientSince: null,
    name: null,
    clientName: null,
    clientEmail: null,
    language: null,
    billingCycle: 'monthly',
    nextDueDate: '2026-04-01',
    status: 'active',
    trafficMode: null,
    baseQuotaOverrideGb: null,
    refs: { easydcim_service_id: '7' },
    ownRefs: [],
    fields: {},
    protectedUntil: null,
    quotaReleasedUntil: null,
    createdAt: minute(0),
    updatedAt: minute(0),
    ...change,
  };
}

export function override(id: string, change: Partial<OverrideRecord> = {}): OverrideRecord {
  return {
    id,
    service: 'svc-1',
    quotaBytes: 5,
    unlimited: false,
    mode: null,
    action: null,
    since: minute(0),
    until: null,
    note: null,
    ...change,
  };
}

export function cycle(id: string, change: Partial<CycleRecord> = {}): CycleRecord {
  return {
    id,
    service: 'svc-1',
    start: '2026-03-01T00:00:00.000Z',
    end: '2026-04-01T00:00:00.000Z',
    openedAt: minute(0),
    closedAt: null,
    inBytes: 1,
    outBytes: null,
    totalBytes: 3,
    readAt: minute(0),
    peakInBytes: 1,
    peakOutBytes: null,
    peakTotalBytes: 3,
    counter: null,
    allowance: { parts: [{ source: 'product', bytes: 10 }] },
    thresholds: [80],
    ...change,
  };
}

export function sample(serviceId: string, at: string, change: Partial<SampleRecord> = {}): SampleRecord {
  return {
    service: serviceId,
    at,
    cycle: 'cycle-1',
    inBytes: 1,
    outBytes: 2,
    totalBytes: 3,
    raw: '{"in":1,"out":2}',
    resolution: 'raw',
    ...change,
  };
}

export function purchase(id: string, change: Partial<PurchaseRecord> = {}): PurchaseRecord {
  return {
    id,
    service: 'svc-1',
    package: 'extra-100',
    bytes: 100,
    price: '9.90',
    currency: 'EUR',
    status: 'pending',
    actor: 'manual',
    cycle: 'cycle-1',
    client: '7',
    billing: 'ledger',
    invoice: null,
    taxed: false,
    charged: null,
    key: `key-${id}`,
    at: minute(0),
    paidAt: null,
    refundedAt: null,
    refundSentAt: null,
    run: null,
    note: null,
    ...change,
  };
}

export function hold(id: string, change: Partial<HoldRecord> = {}): HoldRecord {
  return {
    id,
    service: 'svc-1',
    reason: 'quota',
    since: minute(0),
    until: null,
    note: null,
    cycle: 'cycle-1',
    usedBytes: 11,
    allowedBytes: 10,
    restriction: null,
    origin: 'run',
    ...change,
  };
}

export function proof(id: string, change: Partial<EvidenceRecord> = {}): EvidenceRecord {
  return {
    id,
    hold: 'hold-1',
    service: 'svc-1',
    panel: 'dcim',
    kind: 'port',
    target: '7001',
    prior: { enabled: true },
    action: null,
    adopted: false,
    since: minute(0),
    until: null,
    outcome: null,
    ...change,
  };
}

export function action(id: string, change: Partial<ActionRecord> = {}): ActionRecord {
  return {
    id,
    run: 'run-1',
    panel: 'dcim',
    service: 'svc-1',
    type: 'disable-port',
    target: '7001',
    state: 'planned',
    key: `intent-${id}`,
    hold: null,
    prior: { enabled: true },
    payload: null,
    observed: null,
    errorCode: null,
    errorMessage: null,
    plannedAt: minute(0),
    calledAt: null,
    givenUpAt: null,
    endedAt: null,
    attempts: 0,
    ...change,
  };
}

export function decision(serviceId: string, change: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    service: serviceId,
    run: 'run-1',
    at: minute(0),
    cycle: 'cycle-1',
    status: 'ok',
    rule: 'below-allowance',
    mode: 'TOTAL',
    action: null,
    inBytes: 1,
    outBytes: 2,
    totalBytes: 3,
    readAt: minute(0),
    allowance: { parts: [{ source: 'product', bytes: 10 }], allowedBytes: 10 },
    wouldHold: [],
    observing: false,
    errorCode: null,
    errorMessage: null,
    inputs: { dueDate: '2026-04-01', peak: 3 },
    ...change,
  };
}

export function notice(id: string, change: Partial<NoticeRecord> = {}): NoticeRecord {
  return {
    id,
    key: `event-${id}`,
    code: 'threshold',
    panel: 'dcim',
    service: 'svc-1',
    message: '80 % of the allowance is used',
    run: 'run-1',
    at: minute(0),
    data: null,
    ...change,
  };
}

export function run(id: string, change: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    command: 'poll',
    dryRun: false,
    observing: [],
    startedAt: minute(0),
    finishedAt: null,
    outcome: null,
    totals: null,
    error: null,
    host: 'host-1',
    pid: 100,
    processStart: '1',
    service: null,
    scope: null,
    actor: null,
    note: null,
    ...change,
  };
}

export function apiCall(at: string, change: Partial<ApiCallRecord> = {}): ApiCallRecord {
  return {
    at,
    run: 'run-1',
    panel: 'dcim',
    service: 'svc-1',
    endpoint: 'GET /services/{id}',
    method: 'GET',
    path: '/services/7',
    status: 200,
    durationMs: 12,
    attempt: 1,
    ok: true,
    code: null,
    message: null,
    changing: false,
    ...change,
  };
}
