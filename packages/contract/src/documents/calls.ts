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
  skippedPanels,
  text,
  textOrNull,
  unknown,
} from './common.js';

const secondsOrNull = count.nullable();
const amountOrNull = amount.nullable();

const difference = z.object({
  id: text,
  kind: z.enum(['charge', 'no-rate', 'ambiguous-rate', 'unrated']),
  system: z.object({ rateId: textOrNull, billedSeconds: secondsOrNull, charge: amountOrNull }),
  expected: z.object({ rateId: text, prefix: text, billedSeconds: count, charge: amount }).nullable(),
});

export const callBill = name(
  'CallBill',
  z.object({
    service: text,
    name: textOrNull.describe('Of the service'),
    invoice: textOrNull,
    period: fromTo,
    /** Distinct records of the period; null where they were not read. */
    calls: count.nullable(),
    /** After increments; null where it is not known. */
    billedSeconds: secondsOrNull,
    /** The line's amount; null where the calls were not read. */
    total: amountOrNull,
    currency: textOrNull,
    state: z.enum(['added', 'already-added', 'nothing-to-bill', 'failed', 'planned']),
    reason: textOrNull,
    /** Absolute path of the report. */
    csv: textOrNull,
    error: errorOrNull,
    warnings: z.array(itemError),
    /** Differences to the rates, the first hundred; absent where they were not checked. */
    differences: z.array(difference).exactOptional(),
  }),
);
/** The bill of one period, in `call bill --json` (docs/json.md). */
export type CallBillView = z.infer<typeof callBill>;

export const callBills = z.object({
  run: panelsRun,
  /** By service, the newest period first. */
  bills: z.array(callBill),
  panels: skippedPanels
    .exactOptional()
    .describe('Panels that could not be opened, so that nothing of them was billed; only where there are any'),
  error: itemError
    .exactOptional()
    .describe('`no_token`: the token, link or session ended meanwhile, so that what is not in `bills` was not begun'),
});
/** `call bill --json` (docs/json.md). */
export type CallBillReport = z.infer<typeof callBills>;

export const callReport = z.object({
  service: text,
  name: textOrNull.describe('Of the service'),
  period: fromTo,
  /** Null where the panel made the report and does not state it; so the other figures. */
  calls: count.nullable(),
  billedSeconds: secondsOrNull,
  /** As it would be billed. */
  total: amountOrNull,
  withoutCharge: count
    .nullable()
    .describe('Calls of the period that are not in `total`: not rated yet, or not readable'),
  currency: text,
  provisional: z.boolean().describe('Whether the period is not over, so that its calls may still arrive or change'),
  csv: text.describe('Name of the file; its text is in `files`'),
});
/** The report of one line, in `call report --json`. */
export type CallReportView = z.infer<typeof callReport>;

export const file = z.object({ name: text, text });
/** The report of a bill: a CSV file with its calls; its name has no folder. */
export type BillReport = z.infer<typeof file>;

export const callReports = z.object({
  reports: z.array(callReport),
  withoutLine: z
    .array(text)
    .describe('Services of the client whose line does not exist yet, so that they are not among the reports'),
  files: z.array(file),
});
/** `call report --client --json` (docs/json.md). */
export type ReportedCalls = Omit<z.infer<typeof callReports>, 'files'>;

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
export const owner = z.object({
  service: text,
  name: textOrNull.describe('Of the service; null for clients, as `clientName` is: another one may have it by now'),
  client: textOrNull,
  clientName: textOrNull,
  from: instantOrNull,
  to: instantOrNull,
});
/** A time in which a service had a number; ISO UTC. Null: since before it was known, or still. */
export type NumberOwner = z.infer<typeof owner>;

const sums = z.object({
  calls: count,
  talkSeconds: count,
  billedSeconds: secondsOrNull,
  charge: amount.describe('Exact sum of the charges that are known'),
  withoutCharge: count.describe('Calls that are not in `charge`: not rated yet, or not readable'),
});
const sumsWithCurrency = z.object({ ...sums.shape, currency: text });

export const readRecords = z.object({
  panel: text,
  period: fromTo,
  /** Whether the window is not over: records may still arrive and change. A list bills nothing; parts of the window may be billed already. */
  provisional: z.boolean(),
  totals: sumsWithCurrency.describe('Of the listed calls'),
  whole: z
    .object({
      totals: sumsWithCurrency,
      days: z
        .array(z.object({ day: text.describe('Local date in the billing zone'), ...sums.shape }))
        .describe('Days with calls, the oldest first'),
    })
    .nullable()
    .describe('All calls of the time, whatever is listed; null where that was not asked for'),
  owners: z
    .array(owner)
    .nullable()
    .describe('Who had the number of the query in this time, as far as Sluice gave or took it; null without a number'),
});
/** What was read; the records are not kept. */
export type RecordsReport = z.infer<typeof readRecords>;

export const callRecords = z.object({
  ...readRecords.shape,
  calls: z.array(call),
  truncated: z
    .boolean()
    .describe('Whether there are more calls than the list has, which are 10,000 at most; `totals` count all'),
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
    /** `panel`: its own simulator; `local`: Sluice's rating over the panel's rates. */
    source: z.enum(['panel', 'local']),
    /** What the price does not take into account. */
    notes: z.array(text),
  }),
);
/** `call simulate --json`. */
export type SimulatedCallView = z.infer<typeof simulatedCall>;

const rate = name(
  'LineRate',
  z.object({
    id: text,
    prefix: text.describe('Digits with the country’s code; empty: any number'),
    description: textOrNull,
    /** As the panel has it: a code of two letters where it has countries. */
    country: textOrNull,
    pricePerMinute: amount,
    connectionFee: amount,
    initialIncrementSeconds: count,
    incrementSeconds: count,
    minimumSeconds: count,
    minChargeableSeconds: count.describe('Shorter calls are free'),
    validFrom: text.nullable().describe('First local day; null: always'),
    validTo: text.nullable().describe('First local day on which it is not valid any more; null: open'),
  }),
);
export const lineRates = z.object({
  service: text,
  name: textOrNull.describe('Of the service'),
  panel: text,
  /** Id of the line’s plan. */
  plan: text,
  currency: text,
  /** By prefix; those that are valid now or later. */
  rates: z.array(rate),
  unusable: count.describe('Rates of the plan that are not listed, since their prefix, price or dates can’t be read'),
});
/** The rates by which the calls of a line are charged. */
export type LineRates = z.infer<typeof lineRates>;

export const comparedBill = z.object({
  /** The service that had the line; null: none, or several of different clients. */
  service: text.nullable(),
  name: textOrNull.describe('Of the service'),
  /** The subscriber of the line. */
  line: text,
  /** Id of the bill; null: calls that no bill has, and that are not due or of a client who is billed in another currency, and what another system has billed. */
  bill: text.nullable(),
  period: fromTo,
  currency: text,
  billed: z.object({
    calls: count.nullable().describe('Null for what another system has billed'),
    total: amount,
  }),
  now: z.object({
    calls: count,
    total: amount.describe('Exact sum of the charges that are known'),
    withoutCharge: count.describe('Calls that are not in `total`: not rated yet'),
  }),
  /** What came later, less what is gone; with all digits of the charges. */
  difference: amount,
  /** Ids; empty where the report of the bill is gone, and for what another system has billed. */
  late: z.array(text),
  missing: z.array(text),
  changed: z.array(text),
  unread: z
    .array(text)
    .describe(
      'Ids of records that can not be counted now, and are in no other figure: not readable, of another currency or line, or two of one id',
    ),
});
/** A bill compared with the records of now, in `call reconcile --json` (docs/json.md). */
export type ComparedBill = z.infer<typeof comparedBill>;

export const comparedBills = z.object({
  bills: z.array(comparedBill),
  /** Why bills were not compared: their panel is not in the config, or not known. */
  warnings: z.array(itemError),
});
/** `call reconcile --json`. */
export type ComparedBills = z.infer<typeof comparedBills>;

export const record = z.record(text, unknown);
/** A record of a telephony system with the names of the documentation (`plan_id`); amounts are decimal text. */
export type TelephonyDocument = Readonly<z.infer<typeof record>>;

export const didReport = name(
  'DidReport',
  z.object({
    run: commandRun,
    /** Null for a number that was released or unlinked before and belongs to no service any more. */
    service: text.nullable(),
    name: textOrNull.describe('Of the service'),
    /** The number as it reads back; empty where the panel does not have it any more. */
    dids: z.array(record),
    actions: z.array(action),
    notices,
    error: errorOrNull,
  }),
);
/** `did link --json` and the others that change a number (docs/json.md). */
export type DidReport = z.infer<typeof didReport>;

export const records = name(
  'TelephonyRecords',
  z.object({
    panel: text,
    records: z.array(record),
    /** Names of the fields that can be changed in such a record by `set`. */
    changeable: z.array(text),
  }),
);
/** Records of one panel. */
export type ListedRecords = z.infer<typeof records>;

export const recordChange = name(
  'TelephonyChange',
  z.object({
    run: commandRun,
    panel: text,
    /** As read back; of a removed one: as it was. */
    record,
    /** Names of the fields that changed; empty where everything was so before. */
    changed: z.array(text),
    /** Names of the fields that the system shows with other values than were sent. */
    differs: z.array(text),
    /** Id of the service whose next reconcile puts changed fields back to what it says; null where none does. */
    putBackBy: text.nullable(),
    /** A sentence for each of what `differs` and `putBackBy` say. */
    warnings: z.array(text),
  }),
);
/** A record after a change, or as it would be. */
export type RecordChange = z.infer<typeof recordChange>;

export const lineView = name(
  'Line',
  z.object({
    service: text,
    name: textOrNull.describe('Of the service'),
    panel: text,
    /** The billing zone (IANA). */
    timeZone: text,
    subscriber: record,
    /** Null where the line has none, or the system has no plans. */
    plan: record.nullable(),
    /** Without numbers that ended. */
    numbers: z.array(record),
    stopped: z
      .enum(['suspended', 'credit', 'limit'])
      .nullable()
      .describe(
        'What keeps the line from calling others on its panel: it is suspended, its prepaid credit or its credit limit is used up; null for nothing, and where the panel does not say',
      ),
    credit: z
      .object({ left: amount, currency: text })
      .nullable()
      .describe('What is left for calls; null where the panel does not say, and of a postpaid line for its client'),
    /** Names of the fields that can be changed. */
    changeable: z.object({ subscriber: z.array(text), numbers: z.array(text) }),
  }),
);
/** The line of a service on its telephony panel, with its plan and numbers; records as in the lists, without passwords. */
export type LineView = z.infer<typeof lineView>;

export const storedBill = name(
  'StoredBill',
  z.object({
    id: text,
    service: text,
    name: textOrNull.describe('Of the service; null where it has none, and for a client who has it no longer'),
    client: textOrNull,
    clientName: textOrNull,
    period: fromTo,
    state: z
      .enum(['planned', 'sending', 'confirmed', 'zero', 'by-hand', 'unknown', 'failed'])
      .describe('zero: nothing is to be paid; by-hand: its calls were acknowledged as charged by hand'),
    calls: count,
    total: amount.describe('The amount of its line; of calls that were charged by hand, their charge'),
    currency: text,
    /** The invoice with its line; null where it has none. */
    invoice: textOrNull,
    invoiceStatus: z
      .enum(['open', 'paid', 'cancelled', 'refunded'])
      .nullable()
      .describe('Of that invoice in the local ledger; null in another billing system, which is not asked'),
    report: z.boolean().describe('Whether there is a report: the bill was made of calls that were read'),
    at: instant,
  }),
);
/** A bill of calls as it is stored. */
export type StoredBillView = z.infer<typeof storedBill>;

export const billDetail = z.object({
  bill: storedBill,
  invoice: z
    .object({
      id: text,
      /** A draft is not shown to its client yet. */
      status: z.enum(['draft', 'open', 'paid', 'cancelled', 'refunded']),
      date: text.describe('Local date in the billing system, or the instant of its creation'),
      currency: text,
      lines: z.array(
        z.object({ description: text, amount, isCalls: z.boolean().describe('Whether it is the line of this bill') }),
      ),
      tax: amount.nullable().describe('What the total has beside the lines; null where it has less'),
      total: amount,
      balance: amount.describe('What is left to pay'),
      url: textOrNull.describe('Page where the client sees and pays it; null where none is known'),
    })
    .nullable()
    .describe('As the billing system has it now; null where the bill has none, or it is in a billing system of before'),
});
/** A bill of calls with its invoice. */
export type BillDetail = z.infer<typeof billDetail>;

export const storedBills = z.object({ bills: z.array(storedBill) });
