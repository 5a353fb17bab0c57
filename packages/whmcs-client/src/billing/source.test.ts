import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ServiceSource } from '@sluice/contract/ports';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from './index.js';
import { openWhmcsSource } from './source.js';

let fake: FakeWhmcs;
let source: ServiceSource;
beforeEach(async () => {
  fake = await startFakeWhmcs({ quirks: { ignoresFilters: true } });
  const { url, identifier, secret } = fake;
  source = openWhmcsSource(whmcs.schema.parse({ url, allowHttp: true, identifier, secret }), {
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    random: () => 0.5,
    onCall: () => undefined,
    secret: (value) => value,
  });
});
afterEach(async () => {
  source.close();
  await fake.close();
});

it('takes the answer about another service for none', async () => {
  const client = fake.addClient({ credit: '0.00' });
  const product = fake.addProduct({ id: 10, name: 'Relay', groupId: 1 });
  const order = { client, product, status: 'Pending' };
  fake.addService({ ...order, id: 1, orderId: 5 });
  fake.addService({ ...order, id: 2, orderId: 6 });
  fake.pay(fake.addInvoice({ client, items: [{ description: 'Relay', amount: '5.00', service: 1 }] }));
  expect([await source.isPaid('1'), await source.isPaid('2')]).toEqual([true, false]);
  await source.checkCredentials('2');
  await expect(source.checkCredentials('3')).rejects.toMatchObject({ code: 'credentials_refused' });
});
