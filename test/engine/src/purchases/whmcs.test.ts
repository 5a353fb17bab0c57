import type { Fault } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { toIds } from '../bench/easydcim-bench.js';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { during } from '../bench/during.js';
import { CLIENT, openWhmcsShop } from '../bench/whmcs-bench.js';
import { useOpened } from '../bench/each-test.js';
import { addHosting, listStatuses } from './whmcs-steps.js';

const LONG = process.env['SLUICE_LONG'] === '1';

const OTHER = 78;

const [at, start] = useOpened(openWhmcsShop);

async function open(product = '', taxRate?: string): Promise<void> {
  await start({ product, ...(taxRate !== undefined && { taxRate }) });
}

/** Polls once a day until the next cycle has begun. */
async function passCycle(): Promise<void> {
  while (at.bench.clock.now() < Date.parse('2026-12-16T00:00:00Z')) {
    at.bench.clock.advance(24 * HOUR);
    await at.poll();
  }
}

describe('a purchase that WHMCS bills', () => {
  it('is paid from credit with tax, and releases the service', async () => {
    await open('', '20.000');
    await at.use(100);
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
    at.whmcs.addCredit(CLIENT, '20.00');
    const bought = await at.buy('a');
    expect(bought).toMatchObject({
      ...{ purchase: { status: 'paid', price: '5.00', charged: '6.00', client: '77' }, stillHeld: [], error: null },
    });
    expect([at.whmcs.credit(CLIENT), at.invoices()]).toEqual(['14.00', ['Paid']]);
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('up');
    await at.buy('a');
    expect(at.invoices()).toEqual(['Paid']);
    const [{ id } = { id: '' }] = await at.purchases();
    await expect(at.sluice.purchases.cancel(id, { refund: true })).rejects.toMatchObject({ code: 'purchase_used' });
  });

  it('stays pending until its invoice is paid or cancelled there', async () => {
    await open();
    const pending = (await at.buy()).purchase;
    expect([pending.status, at.invoices()]).toEqual(['pending', ['Unpaid']]);
    expect(await codeOf(at.buy())).toBe('purchase_unfinished');
    expect((await at.use(1)).totals.purchased).toBe(0);
    at.whmcs.pay(Number(pending.invoice));
    const paid = await at.use(1);
    expect([paid.totals.purchased, paid.services[0]?.allowance?.allowedBytes]).toEqual([1, 150 * GB]);
    const second = (await at.buy()).purchase;
    at.whmcs.setInvoiceStatus(Number(second.invoice), 'Cancelled');
    await at.use(1);
    const third = (await at.buy()).purchase;
    await at.sluice.purchases.cancel(third.id);
    expect(await listStatuses(at)).toEqual(['paid', 'cancelled', 'cancelled']);
    expect(at.invoices()).toEqual(['Paid', 'Cancelled', 'Cancelled']);
    // A refund that staff makes takes the traffic back with the next reconcile.
    at.whmcs.setInvoiceStatus(Number(pending.invoice), 'Refunded');
    await at.sluice.reconcile();
    expect((await at.use(1)).services[0]?.allowance?.allowedBytes).toBe(100 * GB);
  });

  it('names the invoice to be paid, and a repeated one was bought already', async () => {
    const publicUrl = 'https://billing.example.com';
    await open();
    await at.bench.edit('whmcs: { url:', `whmcs: { publicUrl: "${publicUrl}", url:`);
    const { purchase } = await at.buy('a');
    const [{ id } = { id: 0 }] = at.whmcs.invoices(CLIENT);
    const invoiceUrl = `${publicUrl}/viewinvoice.php?id=${id}`;
    expect(purchase).toMatchObject({ status: 'pending', invoice: String(id), invoiceUrl });
    at.whmcs.pay(id);
    await at.poll();
    expect(await at.buy('a')).toMatchObject({ repeated: true, purchase: { status: 'paid' } });
  });

  it('links no page of a WHMCS whose API is at an internal address', async () => {
    await open();
    const { purchase } = await at.buy('a');
    expect(purchase).toMatchObject({ status: 'pending', invoice: expect.any(String), invoiceUrl: null });
    expect(await at.sluice.purchases.terms()).toEqual({ leavesInvoice: true, topUpUrl: null, invoicesUrl: null });
    expect((await at.sluice.services.show('whmcs-1')).purchases).toMatchObject([{ invoiceUrl: null }]);
  });

  it('has the text of the config on its invoice, and the mark that it is found by', async () => {
    await open();
    const texts = 'invoiceLines: { purchase: "Tráfego extra: {traffic} ({package}) para {service}, {name}" }';
    await at.bench.edit(/$/, `${texts}\n`);
    for (let time = 1; time <= 2; time += 1) await at.buy('a');
    const [{ id } = { id: '' }] = await at.purchases();
    const lines = at.whmcs.invoices(CLIENT).flatMap((invoice) => invoice.lines.map(({ description }) => description));
    expect(lines).toEqual([`Tráfego extra: 50 GB (extra) para whmcs-1, Server & more (whmcs-1) [sluice:${id}]`]);
  });

  it('is cancelled when its invoice is deleted there, and follows its line into another invoice', async () => {
    await open();
    const first = (await at.buy()).purchase;
    at.whmcs.deleteInvoice(Number(first.invoice));
    const polled = await at.poll();
    expect([polled.run.outcome, await listStatuses(at)]).toEqual(['done', ['cancelled']]);
    const second = (await at.buy()).purchase;
    const other = addHosting(at);
    at.whmcs.mergeInvoice(Number(second.invoice), other);
    expect((await at.use(1)).totals.purchased).toBe(0);
    const merged = (await at.purchases()).at(-1);
    expect(merged).toMatchObject({ status: 'pending', invoice: String(other), charged: '5.00' });
    await expect(at.sluice.purchases.cancel(second.id)).rejects.toMatchObject({ code: 'invoice_closed' });
    at.whmcs.pay(other);
    expect((await at.use(1)).totals.purchased).toBe(1);
    expect((await at.purchases()).at(-1)).toMatchObject({ status: 'paid', charged: '5.00' });
    at.whmcs.deleteInvoice(other);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    expect((await at.purchases()).at(-1)?.status).toBe('paid');
  });

  it('leaves no invoice when a later attempt is refused', async () => {
    await open();
    const lost = { fault: { kind: 'cut' } } as const;
    at.whmcs.server.inject({ endpoint: 'CreateInvoice', when: 'after', ...lost });
    const ignore = at.whmcs.server.onCall(({ endpoint }) => {
      if (endpoint === 'CreateInvoice') at.whmcs.server.inject({ endpoint: 'GetInvoices', ...lost });
    });
    await codeOf(at.buy());
    ignore();
    at.whmcs.server.clearFaults();
    expect([(await at.purchases())[0]?.status, at.invoices()]).toEqual(['pending', ['Draft']]);
    at.whmcs.addClient({ id: CLIENT, currency: 'USD' });
    at.whmcs.server.inject({ endpoint: 'UpdateInvoice', times: 1, ...lost });
    expect((await at.use(1)).services[0]?.error?.code).toBe('currency_mismatch');
    expect([(await at.purchases())[0]?.status, at.invoices()]).toEqual(['pending', ['Draft']]);
    await at.use(1);
    expect([(await at.purchases())[0]?.status, at.invoices()]).toEqual(['cancelled', ['Cancelled']]);
  });

  it('counts as bought where the invoice of an earlier attempt is paid while a later one is refused', async () => {
    await open();
    const lost = { fault: { kind: 'cut' } } as const;
    at.whmcs.server.inject({ endpoint: 'CreateInvoice', when: 'after', ...lost });
    const ignore = at.whmcs.server.onCall(({ endpoint }) => {
      if (endpoint === 'CreateInvoice') at.whmcs.server.inject({ endpoint: 'GetInvoices', ...lost });
    });
    await codeOf(at.buy());
    ignore();
    at.whmcs.server.clearFaults();
    at.whmcs.addClient({ id: CLIENT, currency: 'USD' });
    const paid = await during(
      at.whmcs.server,
      ({ body }) => body.includes('action=GetClientsDetails'),
      () => at.use(1),
      () => {
        for (const { id } of at.whmcs.invoices()) at.whmcs.pay(id);
        return Promise.resolve();
      },
    );
    expect([paid.totals.purchased, paid.services[0]?.error, await listStatuses(at)]).toEqual([1, null, ['paid']]);
  });

  it('may be bought beside an unfinished one with a reference of its own, and costs nothing at a price of 0', async () => {
    await open();
    await at.buy();
    const other = (await at.buy('b')).purchase;
    await at.buy('b');
    expect([other.status, at.invoices()]).toEqual(['pending', ['Unpaid', 'Unpaid']]);
    await at.bench.edit('price: "5.00"', 'price: "0.00"');
    const free = (await at.buy('c')).purchase;
    expect([free.status, free.charged, at.invoices().at(-1)]).toEqual(['paid', '0.00', 'Paid']);
  });

  it('is left alone while the config names the ledger', async () => {
    await open();
    await at.buy();
    await at.bench.edit('billing: whmcs', 'billing: ledger');
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    expect(await listStatuses(at)).toEqual(['pending']);
    await at.bench.edit('billing: ledger', 'billing: whmcs');
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
  });

  it('stays open when it is interrupted, and says so in a sentence of its own', async () => {
    await open();
    const stop = new AbortController();
    const until = (): Promise<void> => {
      stop.abort('SIGINT');
      return Promise.resolve();
    };
    at.whmcs.server.inject({ endpoint: 'CreateInvoice', times: 1, fault: { kind: 'wait', until } });
    const bought = at.sluice.purchases.create('whmcs-1', 'extra', { signal: stop.signal });
    const message = expect.stringMatching(/ complete\. Purchase \S+ stays open: /) as unknown;
    await expect(bought).rejects.toMatchObject({ kind: 'interrupted', message });
  });

  it.each([CLIENT, OTHER])('is refused where a service of client %i takes its reference meanwhile', async (client) => {
    await open();
    at.whmcs.addClient({ id: OTHER, currency: 'EUR' });
    at.addService(2);
    at.whmcs.service(2).clientId = client;
    await at.sync();
    await at.use(1);
    for (const id of [CLIENT, OTHER]) at.whmcs.addCredit(id, '20.00');
    let asked = 0;
    const bought = await during(
      at.whmcs.server,
      // Its credit is asked for before its reference is looked for under the lease, and again after.
      ({ body }) => body.includes('action=GetClientsDetails') && ++asked === 2,
      () => at.buy('order').catch((error: unknown) => error),
      () => at.bench.inAnother((other) => other.purchases.create('whmcs-2', 'extra', { ref: 'order' })),
    );
    expect(bought).toMatchObject({ code: 'ref_used' });
    expect(bought).toEqual(await at.buy('order').catch((error: unknown) => error));
    expect((await at.purchases()).map(({ service, status }) => [service, status])).toEqual([['whmcs-2', 'paid']]);
    const paid = [CLIENT, OTHER].flatMap((id) => at.whmcs.invoices(id).map(({ status }) => [id, status]));
    expect(paid).toEqual([[client, 'Paid']]);
    const { entries } = await at.sluice.log.list({ kinds: ['run'], service: 'whmcs-1' });
    expect(entries.filter((entry) => entry.kind === 'run' && entry.outcome === null)).toEqual([]);
  });

  it('that is paid after its cycle counts in the current one', async () => {
    await open();
    const { invoice } = (await at.buy()).purchase;
    await passCycle();
    at.whmcs.pay(Number(invoice));
    const { totals, services } = await at.poll();
    expect([totals.purchased, services[0]?.allowance?.allowedBytes]).toEqual([1, 150 * GB]);
    expect((await at.poll()).services[0]?.allowance?.allowedBytes).toBe(150 * GB);
  });
});

it.each(['manual', 'auto'])(
  'a charge that stays interrupted until its cycle is over leaves no invoice (%s)',
  async (actor) => {
    await open(actor === 'auto' ? ', autoBuy: { enabled: true, package: extra }' : '');
    at.whmcs.addCredit(CLIENT, '5.00');
    // A draft; or an invoice that was published for its automatic payment.
    at.whmcs.server.inject({ endpoint: actor === 'auto' ? 'ApplyCredit' : 'UpdateInvoice', fault: { kind: 'cut' } });
    if (actor === 'auto') await at.use(100);
    else await codeOf(at.buy());
    expect(at.invoices()).toEqual([actor === 'auto' ? 'Unpaid' : 'Draft']);
    await passCycle();
    at.whmcs.server.clearFaults();
    await at.use(1);
    await at.use(1);
    expect([at.invoices(), at.whmcs.credit(CLIENT)]).toEqual([['Cancelled'], '5.00']);
    expect(await listStatuses(at)).toEqual(['cancelled']);
  },
);

describe('auto-buy that WHMCS bills', () => {
  const AUTO = ', autoBuy: { enabled: true, package: extra }';

  it('leaves no invoice when the credit does not cover the tax, and does not try again', async () => {
    await open(AUTO, '20.000');
    at.whmcs.addCredit(CLIENT, '5.50');
    expect((await at.use(100)).totals).toMatchObject({ purchased: 0, held: 1, failed: 0 });
    await at.use(1);
    expect([at.invoices(), at.whmcs.credit(CLIENT)]).toEqual([['Cancelled'], '5.50']);
    at.whmcs.addCredit(CLIENT, '0.50');
    expect((await at.use(1)).totals).toMatchObject({ purchased: 1, held: 0 });
  });

  it.each(
    few(
      [
        ['down', { kind: 'cut' }],
        ['answers with a page', { kind: 'html' }],
        ['fails', { kind: 'status', status: 500 }],
      ] satisfies [string, Fault][],
      2,
    ),
  )('buys nothing while WHMCS %s; the service is held as due', async (_name, fault) => {
    await open(AUTO);
    at.whmcs.addCredit(CLIENT, '100.00');
    at.whmcs.server.inject({ fault });
    const { run, services, totals } = await at.use(100);
    expect([run.outcome, totals.purchased]).toEqual(['partial', 0]);
    expect(services[0]?.error?.code).toBe('billing_unavailable');
    expect([at.panel.port(toIds(1).port(1)).adminState, at.invoices()]).toEqual(['down', []]);
    at.whmcs.server.clearFaults();
    expect((await at.use(1)).totals).toMatchObject({ purchased: 1, held: 0, released: 1 });
  });
});

describe('a charge whose calls fail', () => {
  const troubles: { name: string; when?: 'after'; fault: Fault }[] = [
    { name: 'cut before the work', fault: { kind: 'cut' } },
    { name: 'cut after the work', when: 'after', fault: { kind: 'cut' } },
    { name: 'a page after the work', when: 'after', fault: { kind: 'html' } },
  ];

  it.each(troubles)('$name, in any call, ends with one invoice and one purchase', async ({ fault, when }) => {
    await open();
    at.whmcs.addCredit(CLIENT, '1000.00');
    for (let skip = LONG ? 0 : troubles.findIndex((one) => one.fault === fault); ; skip += LONG ? 1 : 9) {
      const { server } = at.whmcs;
      const before = at.whmcs.invoices(CLIENT).filter(({ status }) => status === 'Paid').length;
      server.clearCalls();
      server.inject({ skip, times: 1, when: when ?? 'before', fault });
      await codeOf(at.buy(`try-${skip}`));
      const isOver = !server.calls.some(({ fault: hit }) => hit !== null);
      server.clearFaults();
      await at.use(0);
      await at.use(0);
      await at.buy(`try-${skip}`);
      const paid = at.whmcs.invoices(CLIENT).filter(({ status }) => status === 'Paid');
      const rows = (await at.purchases()).filter(({ status }) => status === 'paid');
      expect([paid.length, at.invoices().filter((status) => status === 'Unpaid' || status === 'Draft')]).toEqual([
        before + 1,
        [],
      ]);
      expect(rows.map(({ invoice }) => Number(invoice)).sort()).toEqual(paid.map(({ id }) => id).sort());
      expect(Number(at.whmcs.credit(CLIENT))).toBe(1000 - 5 * paid.length);
      if (isOver) return;
    }
  });
});

it('a package that is paid after its service has lost its quota is told to operators, once', async () => {
  await open();
  const { invoice } = (await at.buy()).purchase;
  await at.bench.edit(/^( {2}ports: .*)quota: \{ total: 100GB \}/m, '$1quota: unlimited');
  at.whmcs.pay(Number(invoice));
  const codes = async () => (await at.use(1)).notices.map(({ code }) => code);
  expect(await codes()).toEqual(expect.arrayContaining(['purchase', 'purchase_without_effect']));
  expect(await codes()).not.toContain('purchase_without_effect');
});
