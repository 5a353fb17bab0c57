// example
import { createAstbillingClient } from '../index.js';

export async function main(baseUrl: string, token: string): Promise<void> {
  const client = createAstbillingClient({ panel: 'voip', baseUrl, allowHttp: true, token });
  try {
    for (const line of await client.subscribers.find({ username: 'joao1042' })) {
      console.log(`${line.username} ${line.status}, reference ${line.externalRef ?? 'none'}`);
    }
    const range = { from: '2026-10-01T03:00:00Z', to: '2026-11-01T03:00:00Z', subscriberId: '9001' };
    for await (const { calls } of client.calls.pages(range)) {
      for (const { startedAt, destination, charge } of calls) {
        console.log(`${startedAt} ${destination ?? 'unknown'} ${charge ?? 'not rated yet'}`);
      }
    }
  } finally {
    client.close();
  }
}
// end of example
