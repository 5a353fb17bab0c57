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

it('counts unpaid invoices of the addons of a service, and not those of the addons of others', async () => {
  const client = fake.addClient({ credit: '0.00' });
  const product = fake.addProduct({ id: 10, name: 'Relay', groupId: 1 });
  for (const id of [1, 2]) fake.addService({ client, product, id });
  const [own, other] = [fake.addAddon(1), fake.addAddon(2)];
  const add = (line: { addon?: number; service?: number }): string =>
    String(fake.addInvoice({ client, items: [{ description: 'Line', amount: '5.00', ...line }] }));
  const read = async (): Promise<string[]> => ((await source.openInvoices('1')) ?? []).map(({ id }) => id);
  const asked = (): number => fake.server.calls.filter(({ endpoint }) => endpoint === 'GetClientsAddons').length;
  const hosting = add({ service: 1 });
  expect([await read(), asked()]).toEqual([[hosting], 0]);
  // The id of an addon may be that of another service.
  add({ addon: 1 });
  add({ addon: other });
  const addon = add({ addon: own });
  expect([await read(), asked()]).toEqual([[hosting, addon], 1]);
  fake.pay(Number(addon));
  expect(await read()).toEqual([hosting]);
  fake.quirks.denied.add('GetClientsAddons');
  expect(await source.openInvoices('1')).toBeNull();
});
