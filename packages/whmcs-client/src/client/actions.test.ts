import { describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { useSite } from '../test/site.js';

const site = useSite();

/** The fields of a documented request, without the credentials. */
function listFields(name: string): [string, string][] {
  const all = fixture(name) as unknown as [string, string][];
  return all.filter(([field]) => !['identifier', 'secret', 'responsetype'].includes(field));
}

describe('answers', () => {
  it('of a client: names decoded once, credit and currency, passwords and statistics left out', async () => {
    site.answer(fixture('getclientsdetails'));
    expect(await site.whmcs.clients.get('77')).toEqual({
      id: '77',
      firstName: 'João',
      lastName: "D'Ávila & Filhos",
      language: 'portuguese-br',
      company: '',
      email: 'joao@example.com',
      status: 'Active',
      taxId: '',
      currency: 'BRL',
      credit: '12.50',
      country: 'BR',
      states: ['SP'],
      taxExempt: false,
      raw: { firstName: 'Jo&atilde;o', lastName: 'D&#039;&Aacute;vila &amp; Filhos', company: '' },
    });
    expect(site.lastFields()).toEqual([
      ['action', 'GetClientsDetails'],
      ['clientid', '77'],
      ['stats', '0'],
    ]);
  });

  it('of services, without the password', async () => {
    site.answer(fixture('getclientsproducts.one-as-object'));
    const [service, ...others] = await site.whmcs.services.list({ clientId: '77' });
    expect(others).toEqual([]);
    expect(service).toMatchObject({
      id: '311',
      clientId: '77',
      orderId: '1042',
      productId: '5',
      status: 'Active',
      billingCycle: 'Monthly',
      nextDueDate: '2026-12-03',
      recurringAmount: '49.90',
      overrideAutoSuspend: false,
      suspendNotBefore: null,
      bandwidthUsage: 0,
      customFields: [{ id: '31', name: 'DDD', value: '11', rawValue: '11' }],
      configOptions: [{ id: '9', option: 'Canais', type: 'quantity', value: '2' }],
    });
    expect(JSON.stringify(service)).not.toContain('EXAMPLE-not-a-real-secret');
    site.answer(fixture('getclientsproducts.qty-8.12'));
    expect(await site.whmcs.services.list()).toHaveLength(1);
  });

  it('of empty lists in every spelling', async () => {
    for (const body of (fixture('getclientsproducts.empty-variants') as { variants?: object[] }).variants ?? []) {
      site.answer(body);
      expect(await site.whmcs.services.list()).toEqual([]);
    }
  });

  it('of products, invoices and transactions', async () => {
    site.answer(fixture('getproducts'));
    expect(await site.whmcs.products.list({ ids: ['5', '6'], module: 'm' })).toEqual([
      {
        id: '5',
        groupId: '2',
        name: 'Telefonia Corporativa',
        module: 'astbilling_module',
        customFields: [{ id: '31', name: 'DDD' }],
      },
    ]);
    expect(site.lastFields()).toEqual([
      ['action', 'GetProducts'],
      ['pid', '5,6'],
      ['module', 'm'],
    ]);
    site.answer(fixture('getinvoices'));
    expect(await site.whmcs.invoices.list({ clientId: '77', since: '2026-11-01' })).toEqual([
      {
        id: '1501',
        clientId: '77',
        date: '2026-11-01',
        datePaid: null,
        dueDate: '2026-11-10',
        total: '49.90',
        status: 'Unpaid',
        currency: 'BRL',
      },
    ]);
    site.answer(fixture('getinvoice.draft'));
    expect(await site.whmcs.invoices.get('1502')).toMatchObject({ status: 'Draft', items: [], transactions: [] });
    site.answer(fixture('getinvoice.paid'));
    expect(await site.whmcs.invoices.get('1501')).toMatchObject({
      status: 'Paid',
      balance: '0.00',
      items: [{ type: 'Hosting', relatedId: '311', amount: '49.90', taxed: false }],
      transactions: [{ transactionId: 'EX-1', amountIn: '49.90', date: '2026-11-05' }],
    });
    site.answer(fixture('getinvoice.with-line'));
    expect((await site.whmcs.invoices.get('1501')).items).toHaveLength(2);
    site.answer(fixture('gettransactions.one'));
    expect(await site.whmcs.transactions.list({ invoiceId: '1501' })).toMatchObject([{ transactionId: 'EX-1' }]);
    site.answer(fixture('whmcsdetails'));
    expect(await site.whmcs.version()).toBe('8.9.0');
  });
});

describe('requests', () => {
  const line = {
    description: 'Consumo de chamadas 01/10/2026 a 31/10/2026 - joao1042 [AB:7ee238035258]',
    amount: '1.06',
    taxed: false,
  };

  it('of CreateInvoice and UpdateInvoice as documented', async () => {
    site.answer({ result: 'success', invoiceid: '1502', status: 'Draft' });
    const invoice = { clientId: '77', date: '2026-11-01', dueDate: '2026-11-10', items: [line] };
    expect(await site.whmcs.invoices.create(invoice)).toBe('1502');
    expect(site.lastFields()).toEqual(listFields('createinvoice.request.form'));
    await site.whmcs.invoices.update('1501', { newItems: [line] });
    expect(site.lastFields()).toEqual(listFields('updateinvoice.request.form'));
    await site.whmcs.invoices.update('1501', { deleteItemIds: ['7003'] });
    expect(site.lastFields()).toEqual(listFields('updateinvoice.delete-line.request.form'));
    const tooMany = { newItems: Array.from({ length: 51 }, () => line) };
    await expect(site.whmcs.invoices.update('1501', tooMany)).rejects.toMatchObject({ code: 'option_invalid' });
    await expect(site.whmcs.invoices.get('1501; x')).rejects.toMatchObject({ code: 'option_invalid' });
  });

  it('of changes, which WHMCS makes', async () => {
    const { fake, whmcs } = site;
    const client = fake.addClient({ credit: '5.00' });
    const product = fake.addProduct({ fields: ['easydcim_service_id', 'City'] });
    const service = fake.addService({ client, product });
    const [row] = await whmcs.services.list({ serviceId: String(service) });
    const field = row?.customFields.find(({ name }) => name === 'City')?.id ?? '';
    await whmcs.services.update(String(service), {
      status: 'Suspended',
      username: 'svc',
      password: 'p-ä"1',
      bandwidthUsage: 1_500,
      bandwidthLimit: 9_000,
      customFields: { [field]: 'São Paulo' },
    });
    expect(fake.service(service)).toMatchObject({
      status: 'Suspended',
      username: 'svc',
      password: 'p-ä"1',
      bandwidthUsage: 1_500,
      bandwidthLimit: 9_000,
    });
    expect(fake.field(service, 'City')).toBe('São Paulo');
    await whmcs.credits.add({ clientId: String(client), description: 'Refund', amount: '2.5' });
    expect(await whmcs.credits.list(String(client))).toMatchObject([{ description: 'Refund', amount: '2.50' }]);
    await expect(whmcs.credits.list('4711')).rejects.toMatchObject({ code: 'PANEL_NOT_FOUND' });
    const id = await whmcs.invoices.create({ clientId: String(client), items: [line] });
    await expect(whmcs.invoices.applyCredit(id, '1.06')).rejects.toMatchObject({ panelCode: 'state' });
    await whmcs.invoices.update(id, { publish: true });
    await expect(whmcs.invoices.update(id, { publish: true })).rejects.toMatchObject({ panelCode: 'state' });
    await expect(whmcs.invoices.applyCredit(id, '1.07')).rejects.toMatchObject({ panelCode: 'state' });
    await whmcs.invoices.applyCredit(id, '1.06');
    expect(await whmcs.invoices.get(id)).toMatchObject({
      status: 'Paid',
      credit: '1.06',
      subtotal: '1.06',
      balance: '0.00',
    });
    expect(fake.server.failures).toEqual([]);
  });
});
