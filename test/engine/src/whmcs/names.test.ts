import { expect, it } from '@jest/globals';
import type { ServiceRecord } from '@sluice/state-store';
import { useBench } from '../bench/each-test.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';

const at = useBench(() => startWhmcsBench({ section: ', fields: { name: Label }' }));

type Names = Pick<ServiceRecord, 'name' | 'clientName' | 'clientEmail' | 'language'>;

const names = async (id = 'whmcs-1'): Promise<Names | null> => {
  const service = await at.bench.store.services.get(id);
  if (service === null) return null;
  const { name, clientName, clientEmail, language } = service;
  return { name, clientName, clientEmail, language };
};
const calls = (action: string): number =>
  at.whmcs.server.calls.filter(({ body }) => new URLSearchParams(body).get('action') === action).length;

it('come with a sync: of a custom field that the config names, else of the domain, else of the product', async () => {
  at.whmcs.addClient({ id: 78, firstName: 'سارا', lastName: 'رضایی', email: 'sara@example.com', language: 'farsi' });
  at.whmcs.addProduct({ id: 13, name: 'Relay 50', groupId: 3, fields: ['easydcim_service_id', 'Label', 'name'] });
  const one = { client: 78, product: 13, nextDueDate: '2026-12-15' };
  const field = (id: number): Record<string, string> => ({ easydcim_service_id: String(500 + id), name: 'contact' });
  at.whmcs.addService({ ...one, id: 1, domain: 'web.example.com', fields: { ...field(1), Label: 'Web server Paris' } });
  at.whmcs.addService({ ...one, id: 2, domain: 'web.example.com', fields: field(2) });
  at.whmcs.addService({ ...one, id: 3, fields: field(3) });
  await at.sync();
  const client = { clientName: 'سارا رضایی', clientEmail: 'sara@example.com', language: 'fa' };
  expect(await names()).toEqual({ name: 'Web server Paris', ...client });
  expect([(await names('whmcs-2'))?.name, (await names('whmcs-3'))?.name]).toEqual(['web.example.com', 'Relay 50']);
  expect(await at.sluice.services.show('whmcs-1')).toMatchObject({ name: 'Web server Paris', ...client });
});

it('follow until an operator sets others, and again once these are removed', async () => {
  at.addService(1);
  await at.sync();
  expect(await names()).toMatchObject({ name: 'Server & more', clientName: 'Ana 77', language: null });
  await at.sluice.services.set('whmcs-1', { name: 'Paris', language: 'pt-BR' });
  at.whmcs.addClient({ id: 77, firstName: 'Ana', lastName: 'Silva', email: 'ana@example.com', language: 'english' });
  await at.sync({ service: '1' });
  const client = { clientName: 'Ana Silva', clientEmail: 'ana@example.com' };
  expect(await names()).toEqual({ name: 'Paris', ...client, language: 'pt-BR' });
  await at.sluice.services.set('whmcs-1', { name: '', language: '' });
  await at.sync({ service: '1' });
  expect(await names()).toEqual({ name: 'Server & more', ...client, language: 'en' });
  at.whmcs.addClient({ id: 77, firstName: 'Ana', lastName: 'Silva', email: 'ana@example.com' });
  await at.sync({ service: '1' });
  expect((await names())?.language).toBeNull();
});

it('stand before those of accounts on the panel, which do not come back', async () => {
  at.addService(1);
  await at.sync();
  const { services } = at.bench.store;
  const call = (name: string) => services.call([{ id: 'whmcs-1', name, fields: { panel_name: name } }]);
  await call('their account');
  await at.sync();
  const named = await services.get('whmcs-1');
  expect([named?.name, named?.fields['panel_name']]).toEqual(['Server & more', undefined]);
  expect((await at.sync()).totals).toMatchObject({ changed: 0 });
  await at.sluice.services.set('whmcs-1', { name: 'Paris' });
  await at.sync();
  expect((await names())?.name).toBe('Paris');
});

it('end with the client', async () => {
  at.whmcs.addClient({ id: 77, firstName: 'Ana', language: 'farsi' });
  at.whmcs.addClient({ id: 78, firstName: 'Bia', lastName: '', email: 'not an address' });
  at.addService(1);
  await at.sync();
  await at.sluice.services.set('whmcs-1', { language: 'pt-BR' });
  at.whmcs.addService({
    id: 1,
    client: 78,
    product: 10,
    nextDueDate: '2026-12-15',
    fields: { easydcim_service_id: '501' },
  });
  await at.sync();
  expect(await names()).toEqual({ name: 'Server & more', clientName: 'Bia', clientEmail: null, language: null });
  await at.sluice.services.set('whmcs-1', { client: '79' });
  expect(await names()).toEqual({ name: null, clientName: null, clientEmail: null, language: null });
});

it('are read by few calls: clients in pages, and languages of a part of them at a time', async () => {
  for (let id = 1; id <= 60; id++) {
    at.whmcs.addClient({ id: 100 + id, language: 'farsi' });
    const fields = { easydcim_service_id: String(500 + id) };
    at.whmcs.addService({ id, client: 100 + id, product: 11, nextDueDate: '2026-12-15', fields });
  }
  const read = async (): Promise<[number, number, number]> => {
    at.whmcs.server.clearCalls();
    await at.sync();
    const languages = await Promise.all(Array.from({ length: 60 }, (_, place) => names(`whmcs-${place + 1}`)));
    return [calls('GetClients'), calls('GetClientsDetails'), languages.filter((one) => one?.language === 'fa').length];
  };
  expect(await read()).toEqual([1, 50, 50]);
  expect(await read()).toEqual([1, 15, 60]);
  expect(await read()).toEqual([1, 5, 60]);
});

it('stay where the role of the credentials does not show clients, and a sync works without them', async () => {
  at.addService(1);
  at.whmcs.quirks.denied = new Set(['GetClients', 'GetClientsDetails']);
  expect((await at.sync()).problems).toEqual([]);
  expect(await names()).toEqual({ name: 'Server & more', clientName: null, clientEmail: null, language: null });
  at.whmcs.quirks.denied = new Set(['GetClientsDetails']);
  await at.sync();
  expect((await names())?.clientName).toBe('Ana 77');
  at.whmcs.server.inject({ endpoint: 'GetClients', times: 9, fault: { kind: 'status', status: 500 } });
  expect((await at.sync()).problems).toEqual([]);
  expect((await names())?.clientName).toBe('Ana 77');
});

it('are cleaned, and cut where they are too long', async () => {
  at.whmcs.addClient({
    id: 77,
    firstName: 'A\u202Ena\n<b>',
    lastName: '\u001B[31m=cmd',
    email: 'a@b.example\r\nBcc: x@y',
  });
  at.whmcs.addProduct({ id: 14, name: 'x'.repeat(300), groupId: 3, fields: ['easydcim_service_id'] });
  at.whmcs.addService({
    id: 1,
    client: 77,
    product: 14,
    nextDueDate: '2026-12-15',
    fields: { easydcim_service_id: '501' },
  });
  expect((await at.sync()).problems).toEqual([]);
  const client = { clientName: 'A na <b> [31m=cmd', clientEmail: null, language: null };
  expect(await names()).toEqual({ name: 'x'.repeat(200), ...client });
  expect((await at.sync()).totals).toMatchObject({ changed: 0, unchanged: 1 });
});
