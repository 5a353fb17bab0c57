import { expect, it } from '@jest/globals';
import type { BillingSystem, CallLineSettings, Invoice, LineSearch } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { readInvoiceLines } from './invoice-lines.js';

const line = { amount: '5.00', service: null, generated: false, markers: [] };
const INVOICE: Invoice = {
  ...{ id: '1001', client: '42', currency: 'BRL', status: 'open', date: '2026-11-01', acceptsLines: true },
  ...{ total: '15.00', balance: '15.00' },
  lines: [
    { ...line, id: '1', description: 'Plano de chamadas', service: '311', generated: true },
    { ...line, id: '2', description: 'Ligações 01/10/2026 a 31/10/2026' },
    { ...line, id: '3', description: 'Consumo AB:7ee238035258', markers: ['AB:7ee238035258'] },
    { ...line, id: '4', description: 'Setup', generated: true },
    { ...line, id: '5', description: 'Llamadas', service: '311' },
  ],
};

/** A billing system with invoices of client 42; no other is known. */
function toBilling(callLines: () => CallLineSettings, searched: LineSearch[] = []): BillingSystem {
  const find = (search: LineSearch): Promise<Invoice[]> => {
    searched.push(search);
    return search.client === '42'
      ? Promise.resolve([INVOICE])
      : Promise.reject(new SluiceError('unknown_client', 'no such client'));
  };
  return { callLines, find } as unknown as BillingSystem;
}

const request = { clients: ['42', '7', '42'], since: '2026-08-01', signal: new AbortController().signal };
const toWords = (rows: Awaited<ReturnType<typeof readInvoiceLines>>): string[] =>
  rows.map(({ line: place, values: { id, relid, type, calls } }) => [place, id, relid, type, calls].join(' '));

it('lines of invoices are read as rows, each client once, by the words of the config', async () => {
  const searched: LineSearch[] = [];
  const billing = toBilling(() => ({ taxed: false, lookFor: ['llamadas'] }), searched);
  const rows = await readInvoiceLines(billing, request);
  expect(toWords(rows)).toEqual(['1 1 311 Hosting no', '2 2   no', '3 3   no', '4 4  generated no', '5 5 311  yes']);
  expect(rows[1]?.values).toMatchObject({ invoiceid: '1001', userid: '42', date: '2026-11-01', status: 'open' });
  expect(searched).toEqual(['42', '7'].map((client) => ({ client, since: '2026-08-01' })));
});

it('the usual words are searched for while the config does not bill calls, and other errors stop', async () => {
  const none = toBilling(() => {
    throw new SluiceError('calls_not_configured', 'not yet');
  });
  expect(toWords(await readInvoiceLines(none, request))[1]).toBe('2 2   yes');
  const broken = { ...none, find: () => Promise.reject(new SluiceError('billing_unavailable', 'down')) };
  await expect(readInvoiceLines(broken, request)).rejects.toMatchObject({ code: 'billing_unavailable' });
});
