import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ManualClock } from '../core/manual-clock.js';
import type { FakeAstbilling } from './fake-astbilling.js';
import { PhpFloat } from './magnus/php-json.js';
import { addLine, type Answer, fixture, type Json, startExample } from './test/example.js';
import { callMagnus, condition, filter, sendSigned } from './test/magnus-caller.js';

let fake: FakeAstbilling;
let clock: ManualClock;
beforeEach(async () => {
  ({ fake, clock } = await startExample());
});
afterEach(async () => {
  expect(fake.server.failures).toEqual([]);
  await fake.close();
});

const call = (target: string, fields?: Record<string, string>): Promise<Answer> => callMagnus(fake, target, fields);
const rows = ({ json }: Answer): Json[] => json.rows as Json[];
const read = async (module: string, ...conditions: object[]): Promise<Json[]> =>
  rows(await call(`${module}/read?sort=t.id&dir=ASC`, { limit: '-1', ...filter(...conditions) }));

/** Sends a request of the fixtures with its own signature. */
function replay(name: string): Promise<Answer> {
  const {
    path,
    query = [],
    headers,
    _body_text: body,
  } = fixture(name) as {
    path: string;
    query?: [string, string][];
    headers: Record<string, string>;
    _body_text: string;
  };
  const search = new URLSearchParams(query).toString();
  return sendSigned(fake, `${path.replace('/mbilling/index.php/', '')}?${search}`, body, headers);
}

it('accepts the signed requests of the fixtures, and answers in their columns', async () => {
  const created = await replay('profile-magnus.create.request');
  expect(created.headers.get('content-type')).toBe('text/html; charset=UTF-8');
  expect(created.headers.get('set-cookie')).toMatch(/^PHPSESSID=/);
  const { data } = fixture('profile-magnus.create.wire') as { data: Json };
  const made = created.json.data as Json;
  expect(new Set(Object.keys(made))).toEqual(new Set(Object.keys(data)));
  expect(made).toMatchObject({
    id: '9001',
    username: 'joao1042',
    calllimit: '2',
    active: '1',
    firstname: 'João',
    credit: 0,
  });
  const [row] = rows(await replay('profile-magnus.find.request'));
  const [wire] = fixture('profile-magnus.subscribers.list.wire').rows as Json[];
  expect(Object.keys(row ?? {})).toEqual(Object.keys(wire ?? {}));
  expect(row).toEqual({
    ...wire,
    password: 'Kx7Qm2Rt9Vw4Zp6Hs3Nd8Bf5',
    callingcard_pin: 709_001,
    idPlanname: 'Corporativo 30/6',
  });
  expect(rows(await replay('profile-magnus.suspend.request'))).toMatchObject([{ id: 9001, active: 0 }]);
  expect(fake.subscriber('9001').status).toBe('suspended');
  expect((await call('user/save', { id: '0', createUser: '1', username: 'joao1042' })).json).toEqual({
    success: false,
    errors: 'This username already in use',
  });

  fake.addDid({ id: '4001', number: '+551140001234' });
  expect(rows(await replay('profile-magnus.did-link.request'))).toMatchObject([
    { id_did: 4001, id_user: 9001, id_sip: 7001 },
  ]);
  expect(fake.did('4001').subscriberId).toBe('9001');
  const answered = await replay('profile-magnus.cdrs.request');
  expect(answered.text).toBe('{"rows":[],"count":0,"sum":[]}');
  const joined = filter(condition('idGroup.id_user_type', '9'));
  expect((await call('user/read', joined)).json).toEqual(fixture('profile-magnus.empty-list.wire'));
});

it('checks who asks, and the bytes that were signed', async () => {
  const body = 'module=plan&action=read';
  expect((await sendSigned(fake, 'plan/read', body, {})).text).toBe('Access denied to All action in All modules');
  const [key = ''] = fake.credential.split(':');
  expect((await sendSigned(fake, 'plan/read', body, { Key: key, Sign: 'ab' })).text).toBe('invalid API access');
  // Rebuilt from what PHP read: a bare asterisk, a dot in a name and a repeated name change the bytes.
  for (const other of ['module=plan&q=*', 'module=plan&a.b=1', 'module=plan&a=1&a=2', '{"module":"plan"}']) {
    expect((await sendSigned(fake, 'plan/read', other)).text).toBe('invalid API access');
  }
  expect(rows(await sendSigned(fake, 'plan/read', 'module=plan&ids%5B0%5D=1&ids%5B1%5D=2'))).toHaveLength(2);
  fake.quirks.keyRights = 'r';
  expect((await call('plan/save', { id: '0', name: 'Other' })).text).toBe('invalid API action');
  // The body's action is tested, the path decides.
  expect((await call('plan/save', { id: '0', name: 'Other', action: 'read' })).json).toMatchObject({ success: true });
  fake.quirks.addressRefused = true;
  expect((await call('plan/read')).text).toBe('invalid IP');
  // A cookie of any answer is a login.
  const cookie = (await call('plan/read')).headers.get('set-cookie')?.split(';')[0] ?? '';
  expect(rows(await sendSigned(fake, 'plan/read', body, { Cookie: cookie }))).toHaveLength(3);
  expect((await call('trunkgroup/read')).status).toBe(404);
  expect((await call('country/read')).status).toBe(404);
});

it('filters, sorts and pages in its odd ways', async () => {
  addLine(fake);
  fake.addSubscriber({ username: 'Maria77', credit: '5.0000', externalRef: 'whmcs:service:312' });
  const named = async (value: unknown): Promise<unknown[]> =>
    (await read('user', condition('username', value))).map(({ username }) => username);
  expect(await named('MARÍA77')).toEqual(['Maria77']);
  expect(await named(0)).toEqual(['root', 'joao1042', 'Maria77']);
  expect(await named(null)).toEqual([]);
  expect(await read('user', condition('id', '9001', 'gt'), condition('idGroup.id_user_type', '3'))).toHaveLength(1);
  const both = [condition('id', '1', 'gt'), { type: 'string', field: 'description', comparison: 'ed', value: '312' }];
  expect(await read('user', ...both)).toHaveLength(1);
  expect((await call('user/read', filter(both[1] ?? {}))).status).toBe(500);
  expect((await call('user/read', filter(condition('nosuch', '1')))).status).toBe(500);
  expect((await call('user/read', { filter: '{}' })).status).toBe(500);
  expect(rows(await call('user/read', { filter: '[{' }))).toHaveLength(3);
  expect(rows(await call('user/read', { limit: '0' }))).toEqual([]);
  expect((await call('user/read', { limit: 'x' })).json).toMatchObject({ rows: [], count: 3 });
  // By credit, which moves with every call; `sort` in the body is ignored.
  const ids = async (target: string): Promise<unknown[]> =>
    rows(await call(target, { sort: 't.id' })).map(({ id }) => id);
  expect(await ids('user/read')).toEqual([9002, 1, 9001]);
  fake.addCall({ subscriber: '9002', startedAt: clock.now(), talkSeconds: 60, charge: '7.5' });
  expect(await ids('user/read')).toEqual([1, 9001, 9002]);
  expect(fake.credit('9002')).toBe('-2.5000');
  expect(await ids('user/read?sort=t.id&dir=DESC')).toEqual([9002, 9001, 1]);
});

it('refuses in its many ways, all of them inside 200', async () => {
  expect((await call('user/save', { id: '0', firstname: 'copycenter' })).json).toEqual(
    fixture('profile-magnus.blocked-word.wire'),
  );
  expect((await call('plan/read', { x: 'x'.repeat(1001) })).json).toMatchObject({ rows: [], count: 0 });
  expect((await call('plan/read', { x: '{"a":1}' })).status).toBe(500);
  expect((await call('plan/save', { id: '77', name: 'x' })).json).toEqual(fixture('profile-magnus.missing.wire'));
  fake.add('plans', { name: 'Telefonia Corporativa 11' });
  const taken = { id: '0', name: 'Telefonia Corporativa 11' };
  expect((await call('plan/save', taken)).json).toEqual(fixture('profile-magnus.error-fields.wire'));
  fake.quirks.language = 'pt_BR';
  expect((await call('plan/save', taken)).text).toContain('j\\u00e1 existe');
  expect((await call('plan/destroy', { id: '99' })).text).toBe('{"success":0,"errors":null}');
  expect((await call('plan/destroy', { id: '11' })).json).toMatchObject({ success: false });
  expect((await call('did/save', { id: '0', did: '551140001234' })).json).toMatchObject({ success: true });
  expect((await call('did/save', { id: '0', did: '551140001234' })).text).toContain('1062 Duplicate entry');
  expect(
    (await call('user/save', { id: '0', createUser: '1', firstname: '😀', username: 'emoji1' })).text,
  ).not.toContain('success":true');
  expect((await call('user/save', { id: '1', filter: 'x' })).text).toBe('You only can edit one data per time');
  expect((await call('user/save', { id: '0', createUser: '1', id_plan: '99' })).status).toBe(500);
});

it('makes half a user, and gives numbers away twice', async () => {
  addLine(fake);
  fake.addSipAccount('9001', 'fax2001');
  fake.quirks.takenSipName = 'page';
  expect((await call('user/save', { id: '0', createUser: '1', username: 'fax2001' })).status).toBe(500);
  expect(await read('user', condition('username', 'fax2001'))).toMatchObject([
    { id: 9002, sip_count: 0, active: null },
  ]);

  const did = fake.addDid({ number: '+551140001234', monthlyPrice: '1.50' });
  const link = { id: '0', voip_call: '1', id_did: did, id_user: '9001', id_sip: '7001', destination: '' };
  expect((await call('diddestination/save', link)).json).toMatchObject({ rows: '[]', success: false });
  await call('user/save', { id: '9001', creditlimit: '2' });
  expect((await call('did/buy', { id: did, id_user: '9001' })).json).toMatchObject({ success: false });
  expect((await call('diddestination/save', link)).json).toMatchObject({ success: true });
  expect(fake.credit('9001')).toBe('-1.5000');
  const other = fake.addSubscriber({ username: 'maria7' });
  const sip = (await read('sip', condition('id_user', other)))[0]?.id as number;
  await call('diddestination/save', { ...link, id_user: other, id_sip: String(sip) });
  expect(fake.destinations(did)).toEqual(['9001', other]);
  expect(fake.did(did).subscriberId).toBe('9001');
  expect((await call('diddestination/save', { ...link, id_did: '99' })).status).toBe(500);
  expect((await call('user/destroy', { id: '9001' })).json).toMatchObject({ success: false });
  expect((await call('did/destroy', { id: did })).status).toBe(500);
  for (const ids of [`[${did}]`, '[99]', `[${did}]`]) {
    expect((await call('did/liberar', { ids })).json).toMatchObject({ success: true });
  }
  expect(fake.destinations(did)).toEqual([]);
  fake.addCall({ subscriber: '9001', startedAt: clock.now(), talkSeconds: 5 });
  expect((await call('user/destroy', { id: '9001' })).json).toMatchObject({ success: 1 });
  expect(await read('call', condition('id_user', '9001'))).toMatchObject([{ id_user: 9001, idUserusername: null }]);
});

it('keeps answered calls with float amounts, and counts them by estimate', async () => {
  addLine(fake);
  fake.add('trunks', { id: '1', name: 'tronco-um' });
  const base = {
    subscriber: '9001',
    source: '+551140001234',
    destination: '+5511987654321',
    talkSeconds: 45,
    billedSeconds: 48,
  };
  const charges = ['0.232', '0.077333', '0.00001', '123.456789', '-0.5'];
  for (const [index, charge] of charges.entries())
    fake.addCall({ ...base, startedAt: `2026-10-0${index + 1}T00:00:00-03:00`, ringSeconds: 7, charge });
  fake.addCall({ ...base, startedAt: '2026-10-05T00:00:00-03:00', talkSeconds: 0 });
  const { text, json } = await call('call/read?sort=t.id&dir=ASC', { limit: '500' });
  expect(text.match(/(?<="sessionbill":)[^,]+/g)).toEqual(['0.232', '0.077333', '1.0e-5', '123.457', '-0.5']);
  expect(json.count).toBe(4);
  const [wire] = fixture('profile-magnus.cdrs.wire').rows as Json[];
  const [row] = json.rows as Json[];
  expect(Object.keys(row ?? {})).toEqual(Object.keys(wire ?? {}));
  expect(row).toMatchObject({
    starttime: '2026-10-01 00:00:07',
    sessiontime: 48,
    real_sessiontime: 45,
    callerid: '551140001234',
  });
  const bounds = [
    condition('starttime', '2026-10-02 00:00:06', 'gt'),
    condition('starttime', '2026-10-03 00:00:07', 'lt'),
  ];
  expect((await call('call/read', filter(...bounds))).json).toMatchObject({
    count: 1,
    rows: [{ starttime: '2026-10-02 00:00:07' }],
  });
  expect((await call('callFailed/read')).json).toMatchObject({ rows: [{ terminatecauseid: 3 }] });
  expect((await call('call/save', { id: '0' })).json).toMatchObject({ msg: 'Operation no allow' });
  expect((await call('call/save', { id: '100001', sessionbill: '9' })).json).toMatchObject({ success: true });
  expect(fake.calls()[0]?.charge).toBe('9');
});

it('shows what the other wires made, and the other way round', async () => {
  await call('prefix/save', { id: '0', prefix: '5521', destination: 'Brasil Rio' });
  await call('provider/save', { id: '0', provider_name: 'ProvA' });
  const trunk = { trunkcode: 't1', id_provider: '22', host: 'h', providertech: 'sip', allow: 'alaw' };
  expect((await call('trunk/save', { id: '0', ...trunk })).text).toContain('1364');
  const empty = { fromdomain: '', language: '', sms_res: '', link_sms: '', user: 'u', secret: 'in clear' };
  expect((await call('trunk/save', { id: '0', ...trunk, ...empty })).json).toMatchObject({
    rows: [{ id: 41, secret: 'in clear' }],
  });
  expect((await call('trunkGroup/save', { id: '0', name: 'Rota', 'id_trunk[0]': '41' })).json).toMatchObject({
    rows: [{ id_trunk: [41] }],
  });
  expect((await call('trunkGroup/save', { id: '31', name: 'Rota 2' })).status).toBe(500);
  expect(await read('trunkGroup')).toMatchObject([{ name: 'Rota' }]);
  const rate = {
    id: '0',
    id_plan: '11',
    id_prefix: '1',
    id_trunk_group: '31',
    rateinitial: '0.12',
    initblock: '30',
    billingblock: '6',
  };
  const [made] = rows(await call('rate/save', rate));
  const [wire] = fixture('profile-magnus.rates.list.wire').rows as Json[];
  expect(new Set(Object.keys(made ?? {}))).toEqual(new Set(Object.keys(wire ?? {})));
  expect(made).toMatchObject({ rateinitial: '0.120000', idPrefixprefix: '5521', connectcharge: '0.00000' });
  expect((await call('rate/save', { ...rate, rateinitial: '0,12' })).text).toContain('1265 Data truncated');
  expect(await read('rate', condition('idPrefix.prefix', '55119'))).toMatchObject([{ rateinitial: '0.290000' }]);
});

it('writes floats as PHP does', () => {
  const written = [0, 10, 0.1, 0.0001, 0.00001234, 1234567, 1e20].map((value) => String(new PhpFloat(value)));
  expect(written).toEqual(['0', '10', '0.1', '0.0001', '1.234e-5', '1234570', '1.0e+20']);
});
