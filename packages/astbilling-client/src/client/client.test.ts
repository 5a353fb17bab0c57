import { afterEach, describe, expect, it } from '@jest/globals';
import { isPanelError, type PanelError } from '@sluice/panel-http';
import { type AstbillingOptions, parseProfile, probeProfile } from '../index.js';
import { fixture } from '../test/fixture.js';
import { type Answer, toAnswer, openPanel, type Panel, type Seen } from '../test/panel.js';

let panel: Panel;

afterEach(() => panel.close());

async function open(answer: Answer | ((seen: Seen, n: number) => Answer), options: Partial<AstbillingOptions> = {}) {
  panel = await openPanel(typeof answer === 'function' ? answer : () => answer, options);
  return panel.client;
}

async function catchFailure(call: Promise<unknown>): Promise<PanelError> {
  const error = await call.then(
    (value) => new Error(`It succeeded: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (isPanelError(error)) return error;
  throw error;
}

const ptDocument = fixture<{ http: object }>('profile.pt-envelope');
const pt = { profile: parseProfile({ ...ptDocument, http: { ...ptDocument.http, minIntervalMs: 0 } }) };
const magnus = { profile: 'magnusbilling', token: 'demo-key-000000001:demo-secret-00000001' } as const;

async function drain<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

const october = { from: '2026-10-01T03:00:00Z', to: '2026-11-01T03:00:00Z', subscriberId: '9001' };

describe('in the default profile', () => {
  it('reads the records of every resource', async () => {
    const files: Record<string, string> = {
      '/api/v1/auth/verify': 'auth-verify.ok',
      '/api/v1/carriers': 'carriers.list',
      '/api/v1/countries': 'countries.list',
      '/api/v1/dids': 'dids.available.list',
      '/api/v1/plans': 'plans.list',
      '/api/v1/rates': 'rates.list',
      '/api/v1/routes': 'routes.list',
      '/api/v1/trunks': 'trunks.list',
      '/api/v1/subscribers': 'subscribers.find.one',
      '/api/v1/subscribers/9001': 'subscriber.suspended',
      '/api/v1/simulator': 'simulator.response',
    };
    const client = await open(({ path }) => toAnswer(files[path] ?? 'error.404'));
    expect(await client.auth.verify()).toMatchObject({
      valid: true,
      scopes: expect.arrayContaining(['plans:read']),
      expiresAt: '2027-01-01T03:00:00.000Z',
    });
    expect((await client.carriers.list()).map(({ csp, status }) => [csp, status])).toEqual([
      ['99', 'active'],
      [null, 'inactive'],
    ]);
    expect(await client.countries.list()).toHaveLength(3);
    expect((await client.dids.list())[0]).toMatchObject({
      number: '+551140001234',
      status: 'available',
      monthlyPrice: '15.00',
    });
    expect((await client.plans.find({ name: 'Receptivo' })).map(({ id }) => id)).toEqual(['12']);
    expect((await client.rates.list({ planId: '11' }))[4]).toMatchObject({
      prefix: '3519',
      validTo: '2026-01-01',
      pricePerMinute: '0.900000',
    });
    expect((await client.routes.list())[1]).toMatchObject({ prefix: '', priority: 9, trunkIds: ['41'] });
    expect((await client.trunks.list())[0]).toMatchObject({ port: 5060, maxChannels: 30, stripDigits: '0' });
    expect(await client.subscribers.get('9001')).toMatchObject({
      status: 'suspended',
      sip: { passwordSet: true },
      channels: 2,
      createdAt: '2026-02-03T13:12:00.000Z',
    });
    expect(await client.subscribers.find({ username: 'JOAO1042' })).toEqual([]);
    const priced = { planId: '11', destination: '+5511987654321', durationSeconds: 45, at: '2026-10-05T13:00:00Z' };
    expect(await client.simulator.simulate(priced)).toMatchObject({
      charge: '0.2320',
      billedSeconds: 48,
      rateId: '703',
    });
    expect(JSON.parse(panel.seen.at(-1)?.body ?? '')).toMatchObject({ at: '2026-10-05T10:00:00-03:00' });
    expect(panel.seen.every(({ headers }) => headers.authorization === 'Bearer demo-token-1')).toBe(true);
    expect(panel.warnings).toEqual([]);
    expect(JSON.stringify(panel.events)).not.toContain('demo-token-1');
  });

  it('writes once, with a key, and returns what it reads back', async () => {
    const client = await open(() => toAnswer('subscriber.create.response'), { newId: () => 'key-1' });
    const values = {
      username: 'joao1042',
      customerId: '501',
      channels: 2,
      sipPassword: 'EXAMPLE-1',
      billingType: 'postpaid',
    } as const;
    expect((await client.subscribers.create(values)).id).toBe('9001');
    await client.subscribers.update('9001', { channels: 4, externalRef: null });
    await client.subscribers.update('9001', {});
    await client.subscribers.suspend('9001');
    await client.dids.link('6001', '9001');
    await client.dids.unlink('6001');
    expect(panel.calls()).toEqual([
      'POST /api/v1/subscribers',
      'GET /api/v1/subscribers/9001',
      'PATCH /api/v1/subscribers/9001',
      'POST /api/v1/subscribers/9001/suspend',
      'PATCH /api/v1/dids/6001',
      'PATCH /api/v1/dids/6001',
    ]);
    expect(panel.seen[0]?.headers['idempotency-key']).toBe('key-1');
    expect(panel.seen.map(({ body }) => body).slice(2)).toEqual([
      '{"channels":4,"external_ref":null}',
      '',
      '{"subscriber_id":"9001"}',
      '{"subscriber_id":null}',
    ]);
  });

  it.each([
    ['error.401-token', 401, { code: 'PANEL_AUTH', panelCode: 'unauthorized' }],
    ['error.403', 403, { code: 'PANEL_FORBIDDEN', panelCode: 'forbidden' }],
    ['error.404', 404, { code: 'PANEL_NOT_FOUND', panelCode: 'not_found' }],
    ['error.409-username', 409, { code: 'PANEL_REJECTED', panelCode: 'conflict' }],
    [
      'error.422',
      422,
      {
        panelCode: 'validation_failed',
        fields: [
          { path: 'area_code', message: 'DDD inexistente: 20' },
          { path: 'channels', message: 'Mínimo 1' },
        ],
      },
    ],
  ])('a write refused as %s was not made', async (name, status, expected) => {
    const client = await open({ ...toAnswer(name), status });
    const error = await catchFailure(client.subscribers.create({ username: 'x' }));
    expect(error).toMatchObject({ ...expected, outcomeUnknown: false });
    expect(error.message).toMatch(/request req-0a1/);
    expect(panel.seen).toHaveLength(1);
  });

  it.each([
    ['a page', { status: 404, text: '<html>no such page</html>' }],
    ['an empty body', { status: 404, text: '' }],
    ['the JSON of a proxy', { status: 404, json: { message: 'no Route matched with those values' } }],
  ] as const)('a 404 with %s does not show that a record is absent', async (_, answer) => {
    const client = await open(({ path }) => (path.endsWith('/9001') ? answer : toAnswer('error.404')));
    expect(await catchFailure(client.subscribers.get('9001'))).toMatchObject({ code: 'PANEL_UNREADABLE' });
    expect(await client.subscribers.get('9002')).toBeNull();
  });

  it('refuses another record than the one that it asked for', async () => {
    const client = await open(toAnswer('subscriber.suspended'));
    expect(await client.subscribers.get('9001')).toMatchObject({ id: '9001' });
    expect(await catchFailure(client.subscribers.get('9002'))).toMatchObject({ code: 'PANEL_UNREADABLE' });
  });

  it.each([
    ['a 429', { ...toAnswer('error.429') }, 'PANEL_RATE_LIMITED'],
    ['a 503', { status: 503, json: { error: { code: 'unavailable' } } }, 'PANEL_SERVER_ERROR'],
    ['a page of a proxy', toAnswer('error.html-502'), 'PANEL_SERVER_ERROR'],
    ['a 404 of a proxy', { status: 404, text: '<html>' }, 'PANEL_UNREADABLE'],
    ['a notice before the JSON', { text: '<br />Notice{"data":{"id":"1"}}' }, 'PANEL_UNREADABLE'],
    [
      'another content type',
      { headers: { 'content-type': 'text/html' }, json: { data: { id: '1' } } },
      'PANEL_UNREADABLE',
    ],
    ['an empty body', { text: '' }, 'PANEL_UNREADABLE'],
    ['an answer without id', { json: { data: {} } }, 'PANEL_UNREADABLE'],
    ['a status of something else', { status: 202, json: { data: { id: '1' } } }, 'PANEL_UNREADABLE'],
    ['a lost answer', { cut: true }, 'PANEL_UNREACHABLE'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/x' } }, 'PANEL_UNREADABLE'],
  ] as const)('a write with %s is in doubt and not repeated', async (_, answer, code) => {
    const client = await open(answer);
    expect(await catchFailure(client.subscribers.create({ username: 'x' }))).toMatchObject({
      code,
      outcomeUnknown: true,
    });
    expect(panel.seen).toHaveLength(1);
  });

  it('repeats reads as long as the system asks for, at most four times', async () => {
    const client = await open((_, n) =>
      n === 1 ? toAnswer('error.429') : n < 4 ? { status: 503, text: '' } : toAnswer('plans.list'),
    );
    expect(await client.plans.list()).toHaveLength(2);
    expect(panel.seen).toHaveLength(4);
    expect(panel.slept[0]).toBeGreaterThanOrEqual(7000);
    panel.seen.length = 0;
    await panel.close();
    const other = await open({ status: 503, text: '' });
    await catchFailure(other.plans.list());
    expect(panel.seen).toHaveLength(4);
  });

  it('reads calls page by page, drops those outside of the range, and keeps every digit', async () => {
    const { data } = fixture<{ data: object[] }>('cdrs.outside-period');
    const pages = ['cdrs.period.page1', 'cdrs.period.page2'];
    const client = await open((_, n) => toAnswer(pages[n - 1] ?? 'cdrs.empty'));
    const [first, second] = await drain(client.calls.pages(october));
    expect([first?.calls.length, second?.calls.length, first?.total]).toEqual([4, 3, 7]);
    expect(first?.calls[0]).toMatchObject({ charge: '0.2320', startedAt: '2026-10-01T03:00:00.000Z', talkSeconds: 45 });
    expect(panel.seen.map(({ query }) => Object.fromEntries(query))).toEqual([
      {
        limit: '200',
        offset: '0',
        subscriber_id: '9001',
        from: '2026-10-01T00:00:00-03:00',
        to: '2026-11-01T00:00:00-03:00',
      },
      expect.objectContaining({ offset: '4' }),
    ]);
    await panel.close();
    const late = await open({ json: { data: [...data], meta: { total: 1 } } });
    expect(await drain(late.calls.pages(october))).toMatchObject([
      { calls: [], dropped: 1, unasked: [{ id: '100008' }], total: 1 },
    ]);
    await expect(drain(late.calls.pages({ ...october, to: october.from }))).rejects.toThrow('The range of calls');
  });

  it.each([
    ['list_changed', ['cdrs.period.page1', 'cdrs.period.page2-shifted']],
    ['list_endless', ['cdrs.period.page1', 'cdrs.period.page1']],
    ['list_incomplete', ['cdrs.period.page1', 'cdrs.empty']],
  ])('reports a list of calls as %s', async (panelCode, files) => {
    const total = (name: string): Answer => {
      const page = fixture<{ meta: { total: number } }>(name);
      return { json: name === 'cdrs.empty' ? { ...page, meta: { total: 7 } } : page };
    };
    const client = await open((_, n) => total(files[n - 1] ?? 'cdrs.empty'));
    expect(await catchFailure(drain(client.calls.pages(october)))).toMatchObject({
      code: 'PANEL_UNREADABLE',
      panelCode,
    });
  });

  it('counts a call without an owner for the line that was asked for, unless it names the username of another', async () => {
    const { data } = fixture<{ data: object[] }>('cdrs.period.page1');
    const ownerless = { ...data[0], subscriber_id: null };
    const named = [null, 'joao1042', 'maria2000'].map((username, n) => ({ ...ownerless, id: String(n), username }));
    const client = await open(({ path }) =>
      path.endsWith('/subscribers/9001')
        ? toAnswer('subscriber.create.response')
        : { json: { data: named, meta: { total: 3 } } },
    );
    const [page] = await drain(client.calls.pages(october));
    expect(page?.calls.map(({ id }) => id)).toEqual(['0', '1']);
    expect(page?.unasked.map(({ id }) => id)).toEqual(['2']);
    expect(panel.seen).toHaveLength(2);
  });

  it('reads a list once more when it changed meanwhile', async () => {
    const pages = ['customers.list.page1', 'customers.list.page1', 'customers.list.page1', 'customers.list.page2'];
    const client = await open((_, n) => toAnswer(n === 2 ? 'customers.list.page2' : (pages[n - 1] ?? '')));
    expect(await client.customers.list()).toHaveLength(3);
    await panel.close();
    const moving = await open((_, n) => {
      const page = fixture<{ meta: object }>(n % 2 === 1 ? 'customers.list.page1' : 'customers.list.page2');
      return { json: n === 2 ? { ...page, meta: { total: 4 } } : page };
    });
    expect(await moving.customers.list()).toHaveLength(3);
    expect(panel.seen).toHaveLength(4);
  });

  it('filters here what the system can not filter, and says so', async () => {
    const client = await open(toAnswer('customers.ambiguous-name'));
    expect(await client.customers.find({ name: 'João da Silva', email: 'joao@example.com' })).toMatchObject([
      { id: '501' },
    ]);
    expect(panel.seen[0]?.query.get('name')).toBe('João da Silva');
    expect(panel.warnings).toEqual([expect.stringContaining('no filter for email in customers')]);
  });

  it('waits for a report and streams its file from the panel only', async () => {
    const states = ['report.running', 'report.ready'];
    const client = await open(({ method, path }, n) =>
      path.endsWith('/file')
        ? { text: 'a;b', headers: { 'content-type': 'text/csv' } }
        : method === 'POST'
          ? { ...toAnswer('report.accepted.202'), status: 202 }
          : toAnswer(states[n - 2] ?? 'report.failed'),
    );
    const made = await client.reports.create({ type: 'calls', format: 'csv', ...october });
    expect(made).toMatchObject({ id: 'rep-77', status: 'queued' });
    const ready = await client.reports.wait(made.id);
    expect(ready).toMatchObject({ status: 'ready', rows: 7, totalCharge: '1.0625' });
    expect(panel.slept).toEqual([5000]);
    const chunks: Buffer[] = [];
    const sink = () => (chunk: Buffer) => void chunks.push(chunk);
    for (const file of [ready.file, null, `${panel.url}/api/v1/reports/rep-77/file`])
      await client.reports.download({ ...ready, file }, sink);
    expect(Buffer.concat(chunks).toString()).toBe('a;ba;ba;b');
    expect(panel.seen.at(-1)?.headers.authorization).toBe('Bearer demo-token-1');
    const asked = panel.seen.length;
    for (const file of [
      'https://evil.example/api/v1/x',
      '//evil.example/x',
      '/api/v1/../x',
      '../../x',
      '/a/%2e%2e/x',
      'https://u:p@evil.example/',
    ]) {
      expect(await catchFailure(client.reports.download({ ...ready, file }, sink))).toMatchObject({
        code: 'PANEL_REJECTED',
      });
    }
    expect(panel.seen).toHaveLength(asked);
    expect(await catchFailure(client.reports.wait('rep-77'))).toMatchObject({ panelCode: 'report' });
  });
});

describe('in the Portuguese profile', () => {
  it('reads and writes with its names, pages and errors', async () => {
    const client = await open(
      ({ path }) => toAnswer(path.endsWith('/listar') ? 'profile-pt.subscribers.list.wire' : 'profile-pt.error.wire'),
      pt,
    );
    const [line] = await client.subscribers.find({ externalRef: 'whmcs:service:311' });
    expect(line).toMatchObject({
      id: '9001',
      status: 'active',
      channels: 2,
      callerId: '+551133330000',
      planId: '11',
      customerId: '501',
    });
    expect(Object.fromEntries(panel.seen[0]?.query ?? [])).toEqual({ pagina: '1', por_pagina: '100' });
    expect(panel.warnings).toHaveLength(1);
    const error = await catchFailure(client.subscribers.suspend('9001'));
    expect(error).toMatchObject({
      panelCode: 'conflict',
      fields: [{ path: 'usuario', message: 'Já existe' }],
      outcomeUnknown: false,
    });
    expect(panel.seen[1]).toMatchObject({
      path: '/painel/index.php/api/assinantes/salvar',
      form: { id_assinante: '9001', situacao: 'B' },
    });
    expect(panel.seen[1]?.headers).toMatchObject({ 'x-token': 'demo-token-1', 'x-cliente': 'astbilling-client' });
  });

  it('drops calls that do not show whose they are where the system has no filter, and refuses filters that nobody can apply', async () => {
    const { resources } = ptDocument as unknown as { resources: { cdrs: { filters: object } } };
    const cdrs = { ...resources.cdrs, filters: { from: 'data_inicial', to: 'data_final' } };
    const profile = parseProfile({ ...ptDocument, resources: { ...resources, cdrs } });
    const wire = fixture<{ dados: { itens: object[] } }>('profile-pt.cdrs.wire');
    const [call] = wire.dados.itens;
    const itens = [call, { ...call, id_chamada: 2, id_assinante: null }, { ...call, id_chamada: 3, id_assinante: 7 }];
    const client = await open({ json: { ...wire, dados: { itens, total: 3 } } }, { profile });
    const [page] = await drain(client.calls.pages(october));
    expect(page).toMatchObject({ calls: [{ id: '100001' }], dropped: 2, unasked: [] });
    expect(panel.warnings).toEqual([expect.stringContaining('no filter for subscriber_id in cdrs')]);
    const { from, to } = october;
    expect(await catchFailure(drain(client.calls.pages({ from, to, customerId: '501' })))).toMatchObject({
      panelCode: 'unsupported',
    });
    expect(panel.seen).toHaveLength(1);
  });

  it('understands an odd empty list and reads one DID from the list', async () => {
    const client = await open(toAnswer('profile-pt.empty-list.wire'), pt);
    expect(await client.subscribers.list()).toEqual([]);
    expect(await client.dids.get('1')).toBeNull();
  });

  it('refuses what the profile lacks before a request', async () => {
    const client = await open({}, pt);
    const simulation = { destination: '190', durationSeconds: 1, at: october.from };
    for (const call of [
      client.simulator.simulate(simulation),
      client.reports.create({ type: 'calls', format: 'csv', ...october }),
      client.plans.create({ name: 'x' }),
      client.customers.remove('1'),
      client.trunks.list(),
    ]) {
      expect(await catchFailure(call)).toMatchObject({
        code: 'PANEL_REJECTED',
        panelCode: 'unsupported',
        outcomeUnknown: false,
      });
    }
    expect(panel.seen).toEqual([]);
    expect(client.supports('simulator', 'simulate')).toBe(false);
    expect(client.supports('subscribers', 'suspend')).toBe(true);
    expect(client.hasField('subscribers', 'updated_at')).toBe(false);
  });
});

describe('in the profile of MagnusBilling', () => {
  it('signs each attempt with a nonce of its own, and keeps no cookie', async () => {
    const client = await open(
      (_, n) =>
        n === 1
          ? { status: 500, text: '<html>' }
          : {
              ...toAnswer('profile-magnus.subscribers.list.wire'),
              headers: { 'content-type': 'text/html', 'set-cookie': 'PHPSESSID=login' },
            },
      magnus,
    );
    expect(await client.subscribers.find({ username: 'joao1042' })).toMatchObject([
      { id: '9001', channels: 2, billingType: 'postpaid', extra: { credit: '0.0000', credit_limit: '0' } },
    ]);
    expect((await client.subscribers.list())[1]).toMatchObject({
      status: 'suspended',
      channels: 'unlimited',
      externalRef: null,
    });
    const [first, second, third] = panel.seen;
    expect(first?.headers['sign']).not.toBe(second?.headers['sign']);
    expect(Number(second?.form['nonce'])).toBeGreaterThan(Number(first?.form['nonce']));
    expect(third?.headers['cookie']).toBeUndefined();
    expect(JSON.stringify(panel.events)).not.toMatch(/demo-secret|PHPSESSID/);
  });

  it('looks up before it links, and writes nothing when there is no SIP account', async () => {
    let sip: unknown[] = [{ id: 7001, secret: 'sip-secret' }];
    const client = await open(
      ({ path }) => ({
        json: path.endsWith('/sip/read') ? { rows: sip, count: 1, sum: [] } : { success: true, rows: [{}], msg: 'ok' },
      }),
      magnus,
    );
    await client.dids.link('4001', '9001');
    await client.dids.terminate('4001');
    expect(panel.calls()).toEqual([
      'POST /mbilling/index.php/sip/read',
      'POST /mbilling/index.php/diddestination/save',
      'POST /mbilling/index.php/did/liberar',
    ]);
    expect(panel.seen[1]?.form).toMatchObject({ id_did: '4001', id_user: '9001', id_sip: '7001', destination: '' });
    expect(panel.seen[2]?.form).toMatchObject({ ids: '[4001]' });
    sip = [];
    expect(await catchFailure(client.dids.link('4001', '9001'))).toMatchObject({
      code: 'PANEL_NOT_FOUND',
      outcomeUnknown: false,
    });
    expect(await catchFailure(client.dids.update('4001', { subscriberId: '9001' }))).toMatchObject({
      panelCode: 'unsupported',
    });
    expect(panel.calls()).toHaveLength(4);
  });

  it('leaves out rates whose prefix is gone, and says so', async () => {
    const { rows } = fixture<{ rows: object[] }>('profile-magnus.rates.list.wire');
    const gone = { ...rows[0], id: 903, idPrefixprefix: null };
    const client = await open({ json: { rows: [...rows, gone], count: 3, sum: [] } }, magnus);
    expect((await client.rates.list()).map(({ prefix }) => prefix)).toEqual(['5511', '55119']);
    expect(panel.warnings).toEqual([expect.stringContaining('1 rate without a prefix')]);
    expect(await client.sample('rates')).toMatchObject({ rows: 3, firstId: '901' });
  });

  it.each([
    ['profile-magnus.blocked-word.wire', { panelCode: 'validation_failed' }],
    ['profile-magnus.error-text.wire', { code: 'PANEL_AUTH' }],
  ])('takes %s for an error of a read, not for an empty list', async (name, expected) => {
    const client = await open(toAnswer(name), magnus);
    expect(await catchFailure(client.subscribers.find({ username: 'x' }))).toMatchObject(expected);
  });

  it('creates with the id of the answer, and finds no record by an empty list', async () => {
    let isShown = true;
    let isMade = false;
    const client = await open(({ path }) => {
      if (path.endsWith('/save')) isMade = isShown;
      else return toAnswer(isMade ? 'profile-magnus.subscribers.list.wire' : 'profile-magnus.empty-list.wire');
      return toAnswer('profile-magnus.create.wire');
    }, magnus);
    const values = { username: 'joao1042', name: 'João da Silva', areaCode: '11', sipPassword: 'Kx7Q' };
    expect((await client.subscribers.create(values)).id).toBe('9001');
    [isShown, isMade] = [false, false];
    expect(panel.seen[1]?.form).toMatchObject({
      createUser: '1',
      firstname: 'João',
      lastname: 'da Silva',
      password: 'Kx7Q',
    });
    expect(await client.subscribers.get('9001')).toBeNull();
    expect(await catchFailure(client.subscribers.create(values))).toMatchObject({
      code: 'PANEL_UNREADABLE',
      panelCode: 'not_shown',
      outcomeUnknown: true,
    });
    const sent = panel.seen.length;
    expect(await catchFailure(client.subscribers.create({ email: 'a@b' }))).toMatchObject({ panelCode: 'unsupported' });
    expect(await catchFailure(client.countries.list())).toMatchObject({ panelCode: 'unsupported' });
    expect(panel.seen).toHaveLength(sent);
  });

  it('reads calls whose amounts are floats, by a short page', async () => {
    const isArchive = ({ path }: Seen): boolean => path.includes('/callArchive/');
    const empty = { json: { rows: [], count: 0, sum: [] } };
    const client = await open((seen) => (isArchive(seen) ? empty : toAnswer('profile-magnus.cdrs.wire')), magnus);
    const [page] = await drain(client.calls.pages({ ...october, did: '+551140001234' }));
    expect(page?.calls.map(({ charge }) => Number(charge))).toEqual([0.232, 0.077333, 0, 0.00001]);
    expect(page?.calls[1]?.charge).toBe('0.077333');
    expect(page?.total).toBeNull();
    expect(panel.seen[0]?.form['filter']).toContain('"calledstation"');
  });
});

it.each([
  [{ status: 404, json: { data: [] } }, []],
  [{ status: 404, json: {} }, []],
  [{ status: 404, text: '<html>no such page</html>' }, 'PANEL_UNREADABLE'],
] as const)(
  'reads an empty list from a system that answers it with a 404, but not from a proxy: %j',
  async (answer, expected) => {
    const envelope = { emptyListAs: ['not-found'] };
    const profile = parseProfile({ profileVersion: 1, name: 'ours', extends: 'default', envelope });
    const client = await open(answer, { profile });
    const listed = await client.plans.list().catch((error: unknown) => (error as { code?: string }).code);
    expect(listed).toEqual(expected);
    await expect(client.subscribers.get('9001')).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
  },
);

it('probes a system and names what does not fit', async () => {
  const files: Record<string, string> = {
    '/api/v1/auth/verify': 'auth-verify.ok',
    '/api/v1/plans': 'plans.list',
    '/api/v1/plans/11': 'subscribers.find.none',
    '/api/v1/cdrs': 'cdrs.empty',
  };
  const profile = parseProfile({
    profileVersion: 1,
    name: 'ours',
    extends: 'default',
    resources: { plans: { fields: { description: 'descricao', included_minutes: 'name' } } },
  });
  const client = await open(({ path }) => toAnswer(files[path] ?? 'error.404'), { profile });
  const checks = await probeProfile(client, { now: Date.parse('2026-11-22T12:00:00Z') });
  const found = Object.fromEntries(
    checks.map(({ resource, operation, outcome }) => [`${resource}.${operation}`, outcome]),
  );
  expect(found).toMatchObject({
    'auth.verify': 'fits',
    'plans.list': 'differs',
    'plans.get': 'skipped',
    'cdrs.list': 'fits',
    'dids.list': 'failed',
  });
  expect(checks.find(({ outcome }) => outcome === 'differs')).toMatchObject({
    paths: ['resources.plans.fields.included_minutes'],
    message: expect.stringContaining('expected a whole number, but a text came (row 1)'),
  });
  expect(panel.seen.every(({ method }) => method === 'GET')).toBe(true);
});

it('refuses addresses and credentials that can not be used', async () => {
  await open({});
  const { createAstbillingClient } = await import('../index.js');
  const base = { panel: 'voip', baseUrl: 'https://voip.example', token: 'x' };
  expect(() => createAstbillingClient({ ...base, baseUrl: 'http://voip.example' })).toThrow('plain http');
  expect(() => createAstbillingClient({ ...base, token: '' })).toThrow('token');
  expect(() => createAstbillingClient({ ...base, profile: 'magnusbilling' })).toThrow('KEY:SECRET');
  const query = parseProfile({
    profileVersion: 1,
    name: 'q',
    extends: 'default',
    auth: { kind: 'query', name: 'key' },
  });
  const client = createAstbillingClient({ ...base, baseUrl: 'https://voip.example/api/v1/', profile: query });
  expect(client.warnings).toEqual([expect.stringContaining('in the address')]);
  client.close();
  for (const pasted of ['', '/mbilling', '/mbilling/', '/mbilling/index.php']) {
    const signed = createAstbillingClient({ ...base, ...magnus, baseUrl: `${panel.url}${pasted}`, allowHttp: true });
    await signed.plans.list().catch(() => undefined);
    signed.close();
    expect(panel.seen.at(-1)?.path).toBe('/mbilling/index.php/plan/read');
  }
});
