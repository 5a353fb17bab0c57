/**
 * Schema of what a client reads first of its service: what is going on, when it comes back, and what to do now.
 *
 * @module
 */
import * as z from 'zod';
import { amount, instant, instantOrNull, name, text, textOrNull } from './common.js';

/** What can be going on with a service, from good to ended. */
export const ADVICE_STATES = [
  'fine',
  'near',
  'running-out',
  'owing',
  'unreachable',
  'unknown',
  'new-period',
  'used-up',
  'limit',
  'unpaid',
  'reseller',
  'suspended',
  'stopped',
  'coming-back',
  'not-begun',
  'ending',
  'ended',
] as const;

/** A word of `ADVICE_STATES`. */
export type AdviceState = (typeof ADVICE_STATES)[number];

export const advice = name(
  'Advice',
  z.object({
    state: z.enum(ADVICE_STATES).describe('What is going on; docs/json.md says what each is'),
    restriction: z
      .enum(['none', 'due', 'part', 'whole'])
      .describe('How much of the service is restricted now; `due`: nothing yet, the next run restricts it'),
    also: z.boolean().describe('Whether another reason restricts it besides that of `state`'),
    lastReadAt: instantOrNull.describe('When its figures were read, where newer ones can’t be read now; else null'),
    back: z
      .object({
        by: z
          .enum(['date', 'payment', 'reading', 'panel', 'provider'])
          .describe(
            '`date`: at `at`; `payment`: once its invoice is paid; `reading`: with the next reading; `panel`: once its panel accepts it; `provider`: once staff allows it',
          ),
        at: instantOrNull,
      })
      .nullable()
      .describe('When a restricted service comes back; null where nothing restricts it, and where that is not known'),
    runsOut: z
      .object({
        at: instant,
        earliest: instantOrNull,
        latest: instantOrNull.describe(
          'Null where calm days make it last until the next period, so that it only may run out',
        ),
      })
      .nullable()
      .describe(
        'When its traffic runs out at the present rate, before the next period; else null, and where many services are listed',
      ),
    owed: z
      .object({ amount, currency: text })
      .nullable()
      .describe(
        'What is left to pay of an invoice of calls in the local ledger, where the state is `owing`; else null',
      ),
    action: z
      .object({
        do: z
          .enum(['buy', 'add-credit', 'pay', 'ask'])
          .describe('Buy a package; add credit, of which too little is left; pay an invoice; ask the provider'),
        package: textOrNull.describe('The cheapest that is enough; null for another action, and where one is not'),
        packageName: textOrNull,
        missing: z
          .object({ amount, currency: text })
          .nullable()
          .describe('What the credit lacks of the cheapest package that is enough; null for another action'),
        invoice: textOrNull.describe('That is to be paid, where its number is known'),
        url: textOrNull.describe('Page of the billing system, or address of the provider; null where none is known'),
      })
      .nullable()
      .describe('The one thing that the client can do now; null where there is nothing to do'),
    text: text.describe('The same in sentences, in English with instants and days as ISO 8601'),
  }),
);

/** What a client reads first of its service. */
export type Advice = z.infer<typeof advice>;
