import { beforeEach, expect, it } from '@jest/globals';
import type { PurchaseReport, SyncReport } from '@sluice/engine';
import { HOUR, toIds } from '../easydcim-bench.js';
import { startForEachTest } from '../each-test.js';
import { interruptAt, startWhmcsBench } from './whmcs-bench.js';

const CLIENT = 77;

const more = 'billing: whmcs\ncurrency: EUR\npackages: { extra: { traffic: 50GB, price: "5.00", taxed: true } }\n';
const at = startForEachTest(() => startWhmcsBench({ more, section: ', publicUrl: https://billing.example.com' }));
beforeEach(async () => {
  const line = '  ports: { panel: dcim, quota: { total: 100GB }, packages: [extra], whmcs: { productIds: [10] } }';
  at.bench.edit(/^ {2}ports: .*$/m, line);
  at.addService(1);
  await at.sync();
  at.panel.addTraffic(toIds(1).service, { in: 10, out: 0 });
  at.bench.clock.advance(HOUR);
  await at.poll();
});

it('says of a pending purchase which invoice is to be paid, and of a repeated one that it was bought already', async () => {
  const words = 'purchase create whmcs-1 extra --ref a';
  const first = await at.bench.sluice(words);
  const [{ id } = { id: 0 }] = at.whmcs.invoices(CLIENT);
  const pay = `pending: pay invoice ${id} (https://billing.example.com/viewinvoice.php?id=${id})`;
  expect(first.stdout).toContain(`(whmcs-1): ${pay}: extra, 50 GB for 5.00 EUR`);
  expect(first.stdout).not.toContain('bought');
  expect((await at.bench.sluice('service show whmcs-1')).stdout).toContain(`${pay}, `);
  const listed = (await at.bench.sluice('purchase list')).stdout;
  expect([listed.includes('invoiced'), listed.includes('charged')]).toEqual([true, false]);
  at.whmcs.pay(id);
  await at.poll();
  const again = await at.bench.sluice(words);
  expect(again.stdout).toContain('(whmcs-1): already bought extra, 50 GB');
  expect((await at.bench.sluice(`${words} --json`)).json<PurchaseReport>().repeated).toBe(true);
});

it('says that a purchase stays open when it is interrupted, and says so in a sentence of its own', async () => {
  const signal = interruptAt(at.whmcs, 'CreateInvoice');
  const bought = await at.bench.sluice('purchase create whmcs-1 extra --json', { signal });
  const { error } = bought.json<{ error: { message: string } }>();
  expect([bought.exitCode, error.message]).toEqual([
    130,
    expect.stringMatching(/ complete\. Purchase \S+ stays open: /),
  ]);
});

it('names for an invoice that was not cancelled the system that has it', async () => {
  const bought = await at.bench.sluice('purchase create whmcs-1 extra --json');
  const { purchase } = bought.json<PurchaseReport>();
  const [{ id } = { id: 0 }] = at.whmcs.invoices(CLIENT);
  at.whmcs.setInvoiceStatus(id, 'Collections');
  const refused = await at.bench.sluice(`purchase cancel ${purchase.id}`);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/ WHMCS itself shows the invoice$/m)]);
  expect(refused.stderr).not.toContain('sluice invoice');
});

it('shows a merge of clients that a sync finds as its preview does', async () => {
  await at.bench.sluice('purchase create whmcs-1 extra');
  at.whmcs.addClient({ id: 78, currency: 'EUR' });
  at.whmcs.mergeClients(CLIENT, 78);
  const fields = [
    { key: 'client', before: String(CLIENT), after: '78' },
    { key: 'client_name', before: `Ana ${CLIENT}`, after: 'Client 78' },
    { key: 'client_email', before: `client${CLIENT}@example.test`, after: 'client78@example.test' },
  ];
  for (const words of ['--dry-run', '']) {
    const { run, changes, totals } = (await at.sync(words)).json<SyncReport>();
    expect([changes, totals.changed, totals.unchanged]).toEqual([[{ id: 'whmcs-1', change: 'changed', fields }], 1, 0]);
    expect(run.changes).toBe(true);
  }
  const again = (await at.sync()).json<SyncReport>();
  expect([again.changes, again.totals.unchanged]).toEqual([[], 1]);
});
