import type { NoticeEvent } from '@sluice/contract';
import { webhooks } from '@sluice/contract/documents';
import type * as z from 'zod';

type Json = Record<string, unknown>;

/** When each webhook is sent. */
const SUMMARIES: Readonly<Record<NoticeEvent | 'test', string>> = {
  threshold: '80%, 90% or 100% of an allowance or of the limit of an agent is used',
  hold: 'A service is held',
  release: 'A service is released',
  purchase: 'A package was paid, or a purchase ended without',
  'auto-buy-refused': 'Auto-buy is due and buys nothing, or ended',
  'panel-unreachable': 'A panel does not answer or is not decided on, or is again',
  drift: 'Something on a panel differs from what it should be',
  brake: 'The brake stopped a run',
  account: 'A service has an error that it did not have before, or its termination waits',
  billing: 'Calls are not billed, or the billing system needs somebody',
  attention: 'Anything else that notices report',
  'would-change': 'Under observe: what a run would do',
  digest: 'What happened on the day before',
  test: 'Sent by `sluice notify test`',
};

const header = (name: string, description: string): Json => ({
  ...{ name, in: 'header', required: true, description, schema: { type: 'string' } },
});

const HEADERS = [
  header('Sluice-Delivery', 'As `delivery`: the same in every attempt'),
  header('Sluice-Event', 'As `event`'),
  header('Sluice-Signature', '`t=SECONDS,v1=HEX`: the HMAC-SHA256 of `SECONDS.BODY` with the secret of the channel'),
];

/** Returns what a server sends to the webhooks of its config, by event; `toBody`: the body of a request with a schema. */
export function webhookPaths(toBody: (schema: z.ZodType) => Json): Json {
  return Object.fromEntries(
    Object.entries(webhooks.bodies).map(([event, schema]) => [
      event,
      {
        post: {
          operationId: `webhook${event.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase())}`,
          summary: SUMMARIES[event as NoticeEvent | 'test'],
          tags: ['webhooks'],
          security: [],
          parameters: HEADERS,
          requestBody: toBody(schema),
          responses: { '2XX': { description: 'Acknowledged: it is not sent again' } },
        },
      },
    ]),
  );
}
