import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceSource } from '@sluice/contract/ports';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { whmcs } from './index.js';
import { openWhmcsSource } from './source.js';

let fake: FakeWhmcs;
beforeEach(async () => {
  fake = await startFakeWhmcs();
});
afterEach(() => fake.close());

function open(section: object = {}): ServiceSource {
  const { url, identifier, secret } = fake;
  return openWhmcsSource(whmcs.schema.parse({ url, allowHttp: true, identifier, secret, ...section }), {
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    random: () => 0.5,
    onCall: () => undefined,
    secret: (value) => value,
  });
}

async function survey(section: object = {}) {
  const source = open(section);
  try {
    return await source.survey();
  } finally {
    source.close();
  }
}

const actions = (): string[] => fake.server.calls.map(({ endpoint }) => endpoint);

it('returns all of a service, and never its password', async () => {
  fake.quirks.entities = fake.quirks.numbersAsText = true;
  const client = fake.addClient({ id: 77, firstName: 'João', lastName: "D'Ávila & Filhos", email: ' Joao@X.example ' });
  const product = fake.addProduct({ id: 12, name: 'Server <1>', fields: ['EasyDCIM_Service_ID|Server', 'Notes'] });
  fake.addService({
    ...{ id: 17, client, product, domain: ' srv.example ', username: 'joao', password: 'never-shown' },
    ...{ dedicatedIp: '192.0.2.1', assignedIps: '192.0.2.2/29\r\n2001:db8::1, main\n192.0.2.1' },
    ...{ nextDueDate: '2026-12-15', fields: { 'EasyDCIM_Service_ID|Server': ' 501 ', Notes: '' } },
    options: { Canais: 4, 'OS|System': 'debian|Debian 12' },
  });
  const found = await survey();
  expect(found).toEqual([
    {
      ...{ id: 'whmcs-17', externalId: '17', productId: '12', productName: 'Server <1>', client: '77' },
      ...{ clientName: "João D'Ávila & Filhos", clientEmail: 'Joao@X.example' },
      ...{ status: 'active', billingCycle: 'Monthly', nextDueDate: '2026-12-15' },
      ...{ username: 'joao', domain: 'srv.example', addresses: ['192.0.2.1', '192.0.2.2/29', '2001:db8::1'] },
      fields: { easydcim_service_id: '501', canais: '4', os: 'debian' },
    },
  ]);
  expect(JSON.stringify(found)).not.toContain('never-shown');
});

it('has a renamed field under its column, too', async () => {
  const client = fake.addClient();
  const product = fake.addProduct({ fields: ['Canais', 'channels', 'ddd'] });
  fake.addService({ client, product, fields: { Canais: '4', channels: '9', ddd: '11' }, options: { Ramais: 3 } });
  const fields = { channels: 'CANAIS |x', ddd: 'Area', flvx_user_id: 'Ramais' };
  expect((await survey({ fields }))[0]?.fields).toEqual({ canais: '4', channels: '4', ramais: '3', flvx_user_id: '3' });
});

it('has no text of a name that two fields have, but of one that an option has, too', async () => {
  const client = fake.addClient();
  const product = fake.addProduct({
    fields: ['ddd', 'DDD|Area', 'user', 'User', 'channels', '__proto__', 'constructor'],
  });
  const fields = {
    ddd: '11',
    'DDD|Area': '21',
    user: 'a',
    User: 'a',
    channels: '4',
    ['__proto__']: 'x',
    constructor: 'y',
  };
  fake.addService({ client, product, fields, options: { Channels: 9, ddd: 12 } });
  const [service] = await survey();
  expect(new Map(Object.entries(service?.fields ?? {}))).toEqual(
    new Map([
      ['user', 'a'],
      ['channels', '4'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]),
  );
});

it('returns hostile and odd texts as one line each', async () => {
  const client = fake.addClient({ firstName: '‮ميلاد\u001b[31m', lastName: 'x"; DROP,\n中文', email: '' });
  const company = fake.addClient({ firstName: '', lastName: ' ', company: 'Acme\tGmbH', email: 'a@b.example' });
  const product = fake.addProduct({ name: 'Line\r\nTwo', fields: ['hiddify_user_uuid'] });
  fake.addService({ id: 1, client, product, username: 'anna ', fields: { hiddify_user_uuid: 'a\n b\u200b' } });
  fake.addService({ id: 2, client: company, product, status: 'Completed', billingCycle: ' Free Account' });
  const found = await survey();
  expect(
    found.map(({ clientName, clientEmail, productName, username, fields }) => [
      clientName,
      clientEmail,
      productName,
      username,
      fields,
    ]),
  ).toEqual([
    ['ميلاد [31m x"; DROP, 中文', null, 'Line Two', 'anna', { hiddify_user_uuid: 'a b' }],
    ['Acme GmbH', 'a@b.example', 'Line Two', null, {}],
  ]);
  expect(found[1]).toMatchObject({ status: null, billingCycle: null, nextDueDate: null });
});

it('has no names of clients where they may not be listed, and of one that is not listed', async () => {
  const [one, two] = [fake.addClient(), fake.addClient()];
  const product = fake.addProduct();
  fake.addService({ id: 1, client: one, product });
  fake.addService({ id: 2, client: two, product });
  fake.world.clients.delete(two);
  expect((await survey()).map(({ clientName }) => clientName)).toEqual(['Client 1', null]);
  fake.quirks.denied.add('GetClients');
  expect((await survey()).map(({ clientName, clientEmail }) => [clientName, clientEmail])).toEqual([
    [null, null],
    [null, null],
  ]);
  fake.quirks.denied.add('GetClientsProducts');
  await expect(survey()).rejects.toMatchObject({ code: 'billing_unavailable' });
});

describe('a shop whose services', () => {
  it('are none is not asked for its clients', async () => {
    expect(await survey()).toEqual([]);
    expect(actions()).toEqual(['GetClientsProducts']);
  });

  it('can not all be read is refused, with each of them', async () => {
    const client = fake.addClient();
    const product = fake.addProduct();
    for (const id of [1, 2, 3, 4]) fake.addService({ id, client, product });
    fake.service(2).status = '';
    fake.service(3).nextDueDate = '2026-02-30';
    fake.service(4).nextDueDate = '0000-00-00';
    await expect(survey()).rejects.toMatchObject({
      ...{ code: 'list_unreadable', kind: 'billing' },
      message: expect.stringMatching(/^2 services of WHMCS.*\n {2}whmcs-2: status: .*\n {2}whmcs-3: .*"2026-02-30".*$/),
      details: { problems: [{ service: 'whmcs-2' }, { service: 'whmcs-3' }] },
    });
  });

  it('fill many pages is read whole', async () => {
    const clients = Array.from({ length: 1000 }, () => fake.addClient());
    const product = fake.addProduct();
    for (let id = 1; id <= 20_000; id += 1) fake.addService({ id, client: clients[id % 1000] ?? 1, product });
    const found = await survey();
    expect([new Set(found.map(({ id }) => id)).size, found.at(-1)?.clientName]).toEqual([20_000, 'Client 1']);
    expect(fake.server.calls).toHaveLength(210);
  }, 60_000);
});
