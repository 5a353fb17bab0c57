// example
import { createWhmcsClient } from '../index.js';

export async function main(baseUrl: string, identifier: string, secret: string): Promise<void> {
  const whmcs = createWhmcsClient({ panel: 'whmcs', baseUrl, allowHttp: true, identifier, secret });
  try {
    for (const service of await whmcs.services.list({ clientId: '77' })) {
      console.log(`${service.id} ${service.status}, due on ${service.nextDueDate ?? 'no date'}`);
    }
    const { credit, currency } = await whmcs.clients.get('77');
    console.log(`credit: ${credit} ${currency ?? ''}`);
  } finally {
    whmcs.close();
  }
}
// end of example
