import { type FakeCall, type FakeServer, startFakeServer } from '@sluice/fake-panels';

/** What a webhook received. */
export interface Received {
  delivery: string;
  event: string;
  code: string;
  service: string | null;
  client: string | null;
  recipient: string | null;
  subject: string;
  text: string;
  data: Record<string, unknown>;
}

/** Starts a receiver of webhooks, Telegram messages and heartbeats. */
export function startReceiver(): Promise<FakeServer> {
  return startFakeServer({
    name: 'receiver',
    handle: () => ({ status: 200, headers: {}, body: { ok: true } }),
    toEndpoint: ({ path }) => path,
    changing: () => true,
  });
}

export const received = (calls: readonly FakeCall[]): Received[] =>
  calls.map(({ body }) => JSON.parse(body) as Received);
