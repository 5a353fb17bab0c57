/**
 * Schemas of what webhooks and programs are sent about notices, one for each event (docs/webhooks.md).
 *
 * @module
 */
import * as z from 'zod';
import type { NoticeEvent } from '../words.js';
import {
  bytes,
  brakedSubjects,
  count,
  instant,
  instantOrNull,
  name,
  purchaseStatus,
  text,
  textOrNull,
} from './common.js';

const figure = z
  .union([count, text])
  .nullable()
  .describe('Bytes, or decimal text of money, by `unit`; null where unknown');

export const noticePackage = name('NoticePackage', z.object({ id: text, name: text, bytes }));

export const noticeData = name(
  'NoticeData',
  z.object({
    name: textOrNull.describe('Of the service; null where it has no name'),
    client: textOrNull,
    clientName: textOrNull,
    product: textOrNull.describe('What people call the product of the service'),
    limit: textOrNull.describe('What the figures are of: `quota`, or the id of another limit; null where unknown'),
    unit: textOrNull.describe('`bytes`, or the currency of a limit in money'),
    mode: z
      .enum(['IN', 'OUT', 'TOTAL'])
      .nullable()
      .describe('The direction that counts; null where unknown, and of money'),
    used: figure,
    allowed: figure.describe('As `used`; null also without a limit'),
    remaining: figure.describe('As `used`, never below zero; null also without a limit'),
    percent: count.nullable().describe('Used of allowed, rounded down; null where unknown'),
    from: instantOrNull.describe('Instant, ISO 8601 in UTC: when the period began'),
    until: instantOrNull.describe('Instant, ISO 8601 in UTC: when the period ends, and counting begins again'),
    runsOut: instantOrNull.describe(
      'Instant, ISO 8601 in UTC: when the quota is used up at the present rate; null where it is, is not in this period, or is not known',
    ),
    package: noticePackage.nullable().describe('The package that it is about'),
    price: textOrNull.describe(
      'Of the package: what was charged with tax where that is known, else without; decimal text',
    ),
    currency: textOrNull.describe('Of `price`, ISO 4217'),
    link: textOrNull.describe('The page of the service for its reader; null where none is known'),
  }),
);
/** Figures of a notice at its time: what is not known, or has nothing to do with it, is null. Amounts are decimal text. */
export type NoticeData = z.infer<typeof noticeData>;

/** What only notices of some events have. */
export const MORE = {
  threshold: {
    reached: count.nullable().describe('The percentage that was reached: 80, 90 or 100'),
    agent: z.object({ id: text, name: textOrNull }).nullable().describe('Whose limit it is; null for a service'),
  },
  hold: {
    reason: textOrNull.describe(
      '`quota`, the id of a limit, or another reason; to clients null where it is their reseller’s',
    ),
  },
  purchase: {
    purchase: textOrNull.describe('Id of the purchase'),
    status: purchaseStatus.nullable(),
    late: z.boolean().nullable().describe('Whether it was paid after its billing cycle, and counts in the present one'),
    invoice: textOrNull,
    invoiceUrl: textOrNull.describe('Where the client sees and pays the invoice'),
  },
  'auto-buy-refused': {
    cause: textOrNull.describe(
      'Why nothing is bought, such as `no-credit`; to clients null where it is their provider’s',
    ),
    credit: textOrNull.describe('Of `no-credit`: the credit of the client in `currency`, decimal text'),
    packages: count.nullable().describe('Of `no-credit`: the fewest packages that would have been of use'),
    cost: textOrNull.describe(
      'Of `no-credit`: what they cost in `currency`, decimal text, with tax where that is known',
    ),
  },
  'panel-unreachable': {
    answers: z.boolean().describe('Whether the panel answers, and is decided on, again'),
    since: instantOrNull.describe('Instant, ISO 8601 in UTC: since when it did not'),
  },
  brake: {
    subjects: brakedSubjects.nullable(),
    since: instantOrNull.describe('Instant, ISO 8601 in UTC: when a run was stopped for the first time'),
    changing: count.nullable().describe('Services or agents that would have been changed'),
    active: count.nullable().describe('Of so many active ones'),
  },
  digest: {
    day: textOrNull.describe('Local date YYYY-MM-DD'),
    events: z.array(z.object({ event: text, notices: count, subjects: count })).describe('What happened on it'),
    runs: count.nullable().describe('Runs that began on it'),
    failedRuns: count.nullable().describe('Those that failed or were stopped'),
    needs: z
      .array(
        z.object({
          kind: z.enum(['soon', 'held', 'away', 'money', 'failed']),
          count,
          first: z.array(z.object({ name: text, at: instantOrNull })).describe('At most five of them'),
        }),
      )
      .describe(
        'What needs somebody, the most urgent first: services that are used up within two days (`at`), services that are held, panels that are unreachable (since `at`), money in doubt, runs that failed',
      ),
  },
} as const satisfies Partial<Record<NoticeEvent, z.ZodRawShape>>;

/** Figures of a notice with what its event has besides. */
export type EventData<Event extends NoticeEvent | 'test'> = NoticeData &
  (Event extends keyof typeof MORE ? z.infer<z.ZodObject<(typeof MORE)[Event]>> : object);

function toData(event: NoticeEvent | 'test'): typeof noticeData {
  return event in MORE ? noticeData.extend(MORE[event as keyof typeof MORE]) : noticeData;
}

function webhook(id: string, event: NoticeEvent | 'test') {
  return name(
    id,
    z.object({
      delivery: text.describe('The same in every attempt; a receiver ignores ids that it knows'),
      event: z.literal(event),
      code: text.describe('Code of the notice (docs/errors.md)'),
      at: instant,
      panel: textOrNull,
      service: textOrNull,
      client: textOrNull,
      for: z.enum(['operator', 'client']),
      recipient: textOrNull.describe(
        'What `clients` of the channel says of the client; null where the channel’s own address is meant',
      ),
      subject: text,
      text,
      data: toData(event),
    }),
  );
}

/** The body of a webhook of each event, and of `sluice notify test`. */
export const bodies = {
  threshold: webhook('ThresholdWebhook', 'threshold'),
  hold: webhook('HoldWebhook', 'hold'),
  release: webhook('ReleaseWebhook', 'release'),
  purchase: webhook('PurchaseWebhook', 'purchase'),
  'auto-buy-refused': webhook('AutoBuyRefusedWebhook', 'auto-buy-refused'),
  'panel-unreachable': webhook('PanelUnreachableWebhook', 'panel-unreachable'),
  drift: webhook('DriftWebhook', 'drift'),
  brake: webhook('BrakeWebhook', 'brake'),
  account: webhook('AccountWebhook', 'account'),
  billing: webhook('BillingWebhook', 'billing'),
  attention: webhook('AttentionWebhook', 'attention'),
  'would-change': webhook('WouldChangeWebhook', 'would-change'),
  digest: webhook('DigestWebhook', 'digest'),
  test: webhook('TestWebhook', 'test'),
} as const satisfies Record<NoticeEvent | 'test', z.ZodType>;

/** A notice as a webhook or a program reads it. */
export type WebhookBody = z.infer<(typeof bodies)[keyof typeof bodies]>;
