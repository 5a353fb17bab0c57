import { beforeEach, expect, it } from '@jest/globals';
import type { ServiceDetail, SyncReport } from '@sluice/engine';
import type { FakeWhmcs } from '@sluice/fake-panels';
import { startForEachTest } from '../each-test.js';
import { startTelephonyBench, startWhmcsOfLines } from '../panels/telephony/telephony-bench.js';

const at = startForEachTest(startTelephonyBench);
let whmcs: FakeWhmcs;
beforeEach(async () => {
  whmcs = await startWhmcsOfLines(at.bench, 'fields: { ddd: DDD, channels: Canais }');
  whmcs.quirks.entities = true;
  const email = 'joao@example.com';
  whmcs.addClient({ id: 77, firstName: 'João Pedro', lastName: 'da &amp; Silva', email, taxId: '529.982.247-25' });
  whmcs.addProduct({ id: 10, name: 'Line', fields: ['DDD', 'first_name'] });
  order(7, { options: { 'Canais|Channels': '2 canais' } });
});

/** Adds an order to WHMCS; its only custom field with a value is the area code. */
function order(
  id: number,
  more: { options?: Record<string, string | number>; domain?: string; orderId?: number },
): void {
  const row = { id, client: 77, product: 10, orderId: 2000 + id, nextDueDate: '2026-12-01', fields: { DDD: '11' } };
  whmcs.addService({ ...row, ...more });
}

const show = async (id: string): Promise<ServiceDetail> => (await at.run(`service show ${id}`)).json();
const sync = async (words = ''): Promise<[number, string[]]> => {
  const { exitCode, json } = await at.run(`service sync ${words}`.trim());
  const { changes, problems } = json<SyncReport>();
  const changed = changes.flatMap(({ id, fields }) => fields.map(({ key, after }) => `${id} ${key} ${after ?? '-'}`));
  return [
    exitCode,
    [...changed, ...problems.map(({ service, key, message }) => `${service} ${key ?? ''}: ${message}`)],
  ];
};
const endpoints = (): string[] => whmcs.server.calls.map(({ endpoint }) => endpoint);

/** Names follow the client, whatever becomes of the line. */
const isNoName = (change: string): boolean => !/^\S+ (name|client_name|client_email)\b/.test(change);

it('makes a line of an order with nothing but an area code, and leaves it alone when the client is renamed', async () => {
  expect((await sync())[0]).toBe(0);
  expect(endpoints()).toEqual(['GetClientsProducts', 'GetClients', 'GetClientsDetails']);
  const made = await at.run('provision create whmcs-7');
  expect([made.exitCode, made.json()]).toMatchObject([0, { credentials: { username: 'joao2007' } }]);
  const line = () => at.panel.subscribers().find(({ externalRef }) => externalRef === 'whmcs:service:7');
  expect(line()).toMatchObject({ username: 'joao2007', channels: 2, areaCode: '11' });
  const { customers } = (await at.run('customer list')).json<{ customers: { name: string }[] }>();
  expect(customers).toContainEqual(
    expect.objectContaining({ name: 'João Pedro da &amp; Silva', email: 'joao@example.com' }),
  );

  const client = whmcs.world.clients.get(77);
  if (client) Object.assign(client, { firstName: 'Ana', email: 'ana@example.com' });
  whmcs.service(7).domain = 'other-name';
  whmcs.service(7).options = { Canais: 4 };
  const [code, changes] = await sync();
  expect([code, changes.filter(isNoName)]).toEqual([0, ['whmcs-7 email ana@example.com', 'whmcs-7 channels 4'].sort()]);
  whmcs.service(7).options = {};
  if (client) client.email = '';
  expect((await sync())[1].filter(isNoName)).toEqual([]);
  expect((await show('whmcs-7')).refs).toMatchObject({ astbilling_username: 'joao2007' });
  await at.run('provision create whmcs-7');
  expect([at.panel.subscribers().length, line()?.username, line()?.channels]).toEqual([2, 'joao2007', 4]);
});

it('reads one client for one service, with the domain as username and a valid tax number as document', async () => {
  order(8, { domain: 'Tronco_8', options: { Canais: 3 } });
  expect(await sync('--service 8')).toMatchObject([0, expect.arrayContaining(['whmcs-8 document 52998224725'])]);
  expect(endpoints()).toEqual(['GetClientsProducts', 'GetClientsDetails']);
  expect((await show('whmcs-8')).refs).toMatchObject({ astbilling_username: 'Tronco_8', order_id: '2008' });
  const client = whmcs.world.clients.get(77);
  if (client) client.taxId = '529.982.247-24';
  expect(await sync('--service 8')).toEqual([0, []]);
  whmcs.service(8).domain = 'not a name';
  expect(await sync('--service 8')).toEqual([
    3,
    ['whmcs-8 name not a name', expect.stringContaining('whmcs-8 astbilling_username: ')],
  ]);
  order(9, { orderId: 0, options: { Canais: '2 canais, 30 dias' } });
  expect(await sync('--service 9')).toEqual([3, [expect.stringMatching(/^whmcs-9 channels: .*"Canais".*one number/)]]);
});

it('without the right to read clients, reports only the services that need one', async () => {
  order(8, { options: { Canais: 2 } });
  whmcs.setField(8, 'first_name', 'Ana');
  whmcs.quirks.denied = new Set(['GetClients', 'GetClientsDetails']);
  const [exitCode, lines] = await sync();
  expect([exitCode, lines.at(-1)]).toEqual([
    3,
    expect.stringMatching(/^whmcs-7 first_name: .*GetClients.*not allowed/i),
  ]);
  expect((await show('whmcs-8')).refs).toMatchObject({ order_id: '2008' });
  expect(await sync('--service 7')).toEqual([3, [expect.stringMatching(/^whmcs-7 first_name: .*GetClientsDetails/i)]]);
  const { checks } = (await at.run('doctor')).json<{ checks: { name: string; status: string }[] }>();
  const failed = checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
  expect(failed).toEqual(expect.arrayContaining(['right GetClients', 'right GetClientsDetails']));
});
