/**
 * Schemas of the documents about calls, their bills, lines and numbers.
 *
 * @module
 */
import * as z from 'zod';
import {
  action,
  amount,
  commandRun,
  count,
  errorOrNull,
  fromTo,
  instant,
  instantOrNull,
  itemError,
  name,
  notices,
  panelsRun,
  text,
  textOrNull,
  unknown,
} from './common.js';

const secondsOrNull = count.nullable();
const amountOrNull = amount.nullable();

export const callBill = name(
  'CallBill',
  z.object({
    service: text,
    invoice: textOrNull,
    period: fromTo,
    calls: count.nullable(),
    billedSeconds: secondsOrNull,
    total: amountOrNull,
    currency: textOrNull,
    state: z.enum(['added', 'already-added', 'nothing-to-bill', 'failed', 'planned']),
    reason: textOrNull,
    csv: textOrNull,
    error: errorOrNull,
    warnings: z.array(itemError),
    differences: z
      .array(
        z.object({
          id: text,
          kind: z.enum(['charge', 'no-rate', 'ambiguous-rate', 'unrated']),
          system: z.object({ rateId: textOrNull, billedSeconds: secondsOrNull, charge: amountOrNull }),
          expected: z.object({ rateId: text, prefix: text, billedSeconds: count, charge: amount }).nullable(),
        }),
      )
      .optional(),
  }),
);
export const callBills = z.object({ run: panelsRun, bills: z.array(callBill) });

export const callReports = z.object({
  reports: z.array(
    z.object({
      service: text,
      period: fromTo,
      calls: count.nullable(),
      billedSeconds: secondsOrNull,
      total: amountOrNull,
      currency: text,
      provisional: z.boolean().describe('Whether the period is not over, so that its calls may still arrive or change'),
      csv: text.describe('Name of the file; its text is in `files`'),
    }),
  ),
  files: z.array(z.object({ name: text, text })),
});

const call = name(
  'Call',
  z.object({
    id: text,
    uniqueId: textOrNull,
    direction: z.enum(['outbound', 'inbound']),
    subscriberId: textOrNull,
    username: textOrNull,
    source: textOrNull,
    destination: textOrNull,
    destinationDescription: textOrNull,
    did: textOrNull,
    carrierId: textOrNull,
    trunkId: textOrNull,
    rateId: textOrNull,
    prefix: textOrNull,
    startedAt: instant,
    answeredAt: textOrNull,
    endedAt: textOrNull,
    durationSeconds: secondsOrNull,
    talkSeconds: count,
    billedSeconds: secondsOrNull,
    pricePerMinute: amountOrNull,
    charge: amountOrNull,
    currency: text,
    disposition: text,
    isArchived: z
      .boolean()
      .optional()
      .describe('The record is in the archive of the panel, under another id than before'),
  }),
);
export const callRecords = z.object({
  panel: text,
  period: fromTo,
  provisional: z.boolean(),
  totals: z.object({ calls: count, billedSeconds: secondsOrNull, charge: amount, currency: text }),
  owners: z
    .array(z.object({ service: text, client: textOrNull, from: instantOrNull, to: instantOrNull }))
    .nullable()
    .describe('Who had the number of the query in this time, as far as Sluice gave or took it; null without a number'),
  calls: z.array(call),
  truncated: z.boolean().describe('Whether calls are left out of `calls`; `totals` count all'),
});

export const simulatedCall = name(
  'SimulatedCall',
  z.object({
    destination: text,
    plan: textOrNull,
    at: text,
    prefix: textOrNull,
    rate: z.object({
      id: textOrNull,
      description: textOrNull,
      pricePerMinute: amountOrNull,
      connectionFee: amountOrNull,
    }),
    billedSeconds: secondsOrNull,
    cost: amount,
    currency: text,
    source: z.enum(['panel', 'local']),
    notes: z.array(text),
  }),
);

export const comparedBills = z.object({
  bills: z.array(
    z.object({
      service: text.nullable(),
      line: text,
      bill: text.nullable(),
      period: fromTo,
      currency: text,
      billed: z.object({ calls: count, total: amount }),
      now: z.object({ calls: count, total: amount }),
      difference: amount,
      late: z.array(text),
      missing: z.array(text),
      changed: z.array(text),
    }),
  ),
});

const record = z.record(text, unknown);
export const didReport = name(
  'DidReport',
  z.object({
    run: commandRun,
    service: text.nullable(),
    dids: z.array(record),
    actions: z.array(action),
    notices,
    error: errorOrNull,
  }),
);
export const records = name('TelephonyRecords', z.object({ panel: text, records: z.array(record) }));
export const recordChange = name(
  'TelephonyChange',
  z.object({
    run: commandRun,
    panel: text,
    record,
    changed: z.array(text),
    differs: z.array(text),
    putBackBy: text.nullable(),
  }),
);

export const lineView = name(
  'Line',
  z.object({
    service: text,
    panel: text,
    timeZone: text,
    subscriber: record,
    plan: record.nullable(),
    numbers: z.array(record),
    changeable: z.object({ subscriber: z.array(text), numbers: z.array(text) }),
  }),
);
export const storedBills = z.object({
  bills: z.array(
    name(
      'StoredBill',
      z.object({
        id: text,
        service: text,
        client: textOrNull,
        period: fromTo,
        state: z.enum(['planned', 'sending', 'confirmed', 'zero', 'unknown', 'failed']),
        calls: count,
        total: amount,
        currency: text,
        invoice: textOrNull,
        at: instant,
      }),
    ),
  ),
});
