import type { Language, Mode } from '@sluice/quota-core';
import type {
  CompliantRecord,
  ConfirmationRecord,
  CycleRecord,
  OverrideRecord,
  OwnershipRecord,
  PurchaseRecord,
  SampleRecord,
  ServiceRecord,
  ServiceStatus,
} from '../records.js';
import {
  flag,
  int,
  intOrNull,
  json,
  numberList,
  text,
  textList,
  textMap,
  textOrNull,
  word,
  wordOrNull,
} from './columns.js';
import { recordTable } from './record-table.js';

export const services = recordTable<ServiceRecord>()(
  'services',
  {
    id: text('id'),
    panel: text('panel'),
    product: text('product'),
    name: textOrNull('name'),
    client: textOrNull('client'),
    clientName: textOrNull('client_name'),
    clientEmail: textOrNull('client_email'),
    language: wordOrNull<Language>()('language'),
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
    storedAt: textOrNull('stored_at'),
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
  counted: sampleRows.counted,
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

export const compliantServices = recordTable<CompliantRecord>()(
  'compliant_services',
  {
    service: text('service'),
    scope: text('scope'),
    digest: text('digest'),
    since: text('since'),
    until: text('until'),
    clockAhead: int('clock_ahead'),
    comparable: flag('comparable'),
    aboveZero: flag('above_zero'),
    reading: json('reading'),
  },
  'service',
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
