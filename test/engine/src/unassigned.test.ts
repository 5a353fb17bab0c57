import { describe, expect, it } from '@jest/globals';
import type { Sluice, UnassignedEntry } from '@sluice/engine';
import { manualClock } from '@sluice/fake-panels';
import { useBench, useOpened } from './bench/each-test.js';
import { startEasyDcimBench } from './bench/easydcim-bench.js';
import { EngineBench, errorOf, GB, NO_DOUBT } from './bench/engine-bench.js';
import { useFlvxBench } from './bench/flvx-bench.js';
import { startHiddifyBench } from './bench/hiddify-bench.js';
import { LINE, startTelephonyBench } from './bench/telephony-bench.js';
import { FakeWaterworks } from './kinds/waterworks/fake.js';
import { waterworksKind } from './kinds/waterworks/kind.js';

const HOSTILE = 'Evil\u001b[2J\u202e, "刘洋"\n=1+1';

/** What is listed, in words: what it is, its id, its name, and the service that has ended. */
const toWords = ({ object, id, name, endedService }: UnassignedEntry): string =>
  [object, id, name ?? '-', ...(endedService === null ? [] : [`(${endedService})`])].join(' ');

async function list({ sluice }: { sluice: Sluice }, panel: string): Promise<string[]> {
  return (await sluice.panels.unassigned(panel)).entries.map(toWords);
}

/** The check of the count. */
async function counted({ sluice }: { sluice: Sluice }, panel: string) {
  const { checks } = await sluice.panels.doctor({ panel, contract: true });
  return checks.flatMap(({ name, status, message }) => (name === 'unassigned' ? [`${status}: ${message}`] : []));
}

describe('of FLVX', () => {
  const at = useFlvxBench();

  it('lists the users that no service names, with what the panel shows of each, and no administrator', async () => {
    at.panel.addAdmin('second', 'another-password');
    const user = await at.create(1);
    at.panel.traffic(1, { in: GB, out: 2 * GB });
    const { onPanel, entries } = await at.sluice.panels.unassigned('relay');
    expect([onPanel, entries.some(({ id }) => id === String(user))]).toEqual([2, false]);
    expect(entries).toEqual([
      {
        ...{ panel: 'relay', object: 'user', id: '2', endedService: null, name: 'somebody-else', addresses: [] },
        ...{ clientName: null, clientEmail: null, state: 'active', limitBytes: 100 * GB, unlimited: false },
        ...{ usedBytes: 3 * GB, expiresAt: '2027-11-20T12:00:00.000Z' },
        createdAt: '2026-11-20T12:00:00.000Z',
        refs: { flvx_user_id: '2', flvx_username: 'somebody-else' },
      },
    ]);
    expect(await counted(at, 'relay')).toEqual(['ok: 1 user of the panel is named by no service']);
  });

  it('tells users of one name apart, knows no limit from one of zero, and hands out no ref that an import refuses', async () => {
    const [twin, other] = [
      at.panel.addUser({ user: 'anna', flow: 0 }),
      at.panel.addUser({ user: 'anna ', flow: 99_999 }),
    ];
    const evil = at.panel.addUser({ user: HOSTILE, flow: 5, status: 0 });
    await at.addService(1, { values: { flvx_user_id: String(twin) } });
    const { entries } = await at.sluice.panels.unassigned('relay');
    const found = new Map(entries.map((entry) => [entry.id, entry]));
    expect([...found.keys()]).toEqual(['2', String(other), String(evil)]);
    expect(found.get(String(other))).toMatchObject({ name: 'anna ', unlimited: true, limitBytes: null });
    const refs = { flvx_user_id: String(evil) };
    expect(found.get(String(evil))).toMatchObject({ name: HOSTILE, state: 'disabled', refs });
    await at.sluice.services.set('svc-1', { flvx_user_id: String(other) });
    expect((await at.sluice.panels.unassigned('relay')).entries[1]).toMatchObject({
      ...{ id: String(twin), unlimited: false, limitBytes: 0 },
    });
  });

  it('takes one as named by its name while the service has not read its id', async () => {
    await at.addService(1, { values: { flvx_username: 'somebody-else' } });
    expect(await list(at, 'relay')).toEqual([]);
    expect(await counted(at, 'relay')).toEqual(['ok: services name all that the panel has']);
  });

  it('lists 20,000 users, and those that a service which has ended had with that service', async () => {
    await at.addService(1, { values: { flvx_user_id: '2' } });
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    for (let n = 0; n < 20_000; n += 1) at.panel.addUser({ user: `user-${n}` });
    const { onPanel, entries } = await at.sluice.panels.unassigned('relay');
    expect([onPanel, entries.length]).toEqual([20_001, 20_001]);
    expect(entries.slice(0, 2).map(toWords)).toEqual(['user 2 somebody-else (svc-1)', 'user 3 user-0']);
  });

  it('is an error that names panel and remedy where the list can’t be read whole, and never an empty list', async () => {
    const spoiled = (rows: { data: object[] }) => ({ ...rows, data: [...rows.data, { id: 9, user: null }] });
    at.panel.server.inject({
      endpoint: /user\/list/,
      fault: { kind: 'mutate', change: (json) => spoiled(json as { data: object[] }) },
    });
    expect(await errorOf(at.sluice.panels.unassigned('relay'))).toMatchObject({
      code: 'PANEL_UNREADABLE',
      message: expect.stringMatching(/Panel "relay".*id 9.*Check the version/) as unknown,
    });
    expect(await counted(at, 'relay')).toEqual([
      'skipped: not known, since a list of the panel could not be read whole: the check of it says why',
    ]);
    expect((await errorOf(at.sluice.panels.unassigned('rely')))?.code).toBe('unknown_panel');
  });

  it('is counted by a doctor that reads the lists anyway, without reading one twice', async () => {
    const reads = (): number => at.panel.server.calls.filter(({ path }) => path === '/api/v1/user/list').length;
    expect([await at.sluice.panels.doctor({}), reads()]).toEqual([expect.anything(), 0]);
    await counted(at, 'relay');
    expect(reads()).toBe(1);
  });
});

describe('of Hiddify', () => {
  const at = useBench(() => startHiddifyBench());

  it('lists users with their agent, and no agents', async () => {
    const [first, second] = ['anna', 'anna'].map((name) =>
      at.panel.addUser({ name, agent: at.north, usageLimit: 10 * GB, startDate: '2026-11-20', packageDays: 30 }),
    );
    at.panel.use(second ?? '', 3 * GB);
    const own = at.panel.addUser({ name: 'free', usageLimit: 1_000_000 * GB });
    await at.addService(1, { values: { hiddify_user_uuid: (first ?? '').toUpperCase() } });
    const { onPanel, entries } = await at.sluice.panels.unassigned('vpn');
    expect(onPanel).toBe(3);
    expect(entries).toMatchObject([
      {
        ...{ object: 'user', name: 'anna', limitBytes: 10 * GB, unlimited: false, usedBytes: 3 * GB, state: 'active' },
        ...{ expiresAt: '2026-12-21T00:00:00.000Z', createdAt: null },
        refs: { hiddify_user_uuid: second, hiddify_agent_uuid: at.north },
      },
      { name: 'free', limitBytes: null, unlimited: true, expiresAt: null, refs: { hiddify_user_uuid: own } },
    ]);
    expect(entries[1]?.refs).not.toHaveProperty('hiddify_agent_uuid');
    expect(await counted(at, 'vpn')).toEqual(['ok: 2 users of the panel are named by no service']);
  });

  it('is an error where a row can’t be read', async () => {
    at.panel.addUser({ name: 'anna' });
    const spoil = (rows: object[]) => rows.map((row) => ({ ...row, usage_limit_GB: 'much' }));
    at.panel.server.inject({
      endpoint: /admin\/user/,
      fault: { kind: 'mutate', change: (json) => spoil(json as object[]) },
    });
    expect(await errorOf(at.sluice.panels.unassigned('vpn'))).toMatchObject({
      code: 'list_unreadable',
      message: expect.stringMatching(/1 rows of the list of users of panel "vpn" .*row 1.*Correct/) as unknown,
    });
    expect(await counted(at, 'vpn')).toEqual([expect.stringMatching(/^skipped: not known/)]);
  });
});

describe('of EasyDCIM', () => {
  const [at, start] = useOpened(startEasyDcimBench);

  it('lists services with their orders, and orders whose service is gone', async () => {
    await start();
    await at.addService(1);
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [] });
    at.panel.addService({ id: 503, orderId: 903, serverId: 303, user: 12, ports: [] });
    at.panel.deleteService(503);
    expect(await list(at, 'dcim')).toEqual(['service 502 -', 'order 903 -']);
    expect((await at.sluice.panels.unassigned('dcim')).entries).toMatchObject([
      { refs: { easydcim_service_id: '502', easydcim_order_id: '902', easydcim_server_id: '302' } },
      { refs: { easydcim_order_id: '903' } },
    ]);
    expect(await counted(at, 'dcim')).toEqual(['ok: 1 service and 1 order of the panel are named by no service']);
    // What names its order alone by mistake hides no service.
    await at.sluice.services.set('svc-1', { easydcim_order_id: '902' }, { allowDuplicateRefs: true });
    expect(await list(at, 'dcim')).toContain('service 502 -');
  });

  it('shows addresses and client of services that the panel’s user sees', async () => {
    await start('', { panelMore: ', impersonate: 12' });
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ip: '192.0.2.7', ports: [] });
    at.panel.addService({ id: 503, orderId: 903, serverId: 303, user: 13, ports: [] });
    expect((await at.sluice.panels.unassigned('dcim')).entries).toMatchObject([
      { id: '502', addresses: ['192.0.2.7'], clientEmail: expect.stringContaining('@') as unknown, state: 'activated' },
      { id: '503', addresses: [], refs: { easydcim_order_id: '903' } },
    ]);
  });

  it('is an error where the orders are cut short; doctor says so before the first service, too', async () => {
    await start();
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [] });
    expect(await counted(at, 'dcim')).toEqual(['ok: 1 service of the panel is named by no service']);
    const rule = at.panel.server.inject({
      endpoint: /admin\/orders/,
      fault: { kind: 'body', body: { data: [], total: 7, last_page: 1 } },
    });
    expect(await errorOf(at.sluice.panels.unassigned('dcim'))).toMatchObject({
      code: 'PANEL_UNREADABLE',
      message: expect.stringContaining('"dcim"') as unknown,
    });
    expect(await counted(at, 'dcim')).toEqual([
      expect.stringMatching(/^warning: not known, since the panel could not be read: PANEL_UNREADABLE: .*"dcim"/),
    ]);
    expect(rule).toBeDefined();
    at.panel.server.clearFaults();
    at.panel.revokeToken('token-of-the-bench');
    expect((await errorOf(at.sluice.panels.unassigned('dcim')))?.message).toContain('Check panels.dcim.token');
  });
});

describe.each(['default', 'portuguese', 'magnusbilling'] as const)('of telephony (%s)', (wire) => {
  const at = useBench(() => startTelephonyBench({ wire }));

  it('lists lines and numbers in use, and neither what is free nor what was ended', async () => {
    await at.addService();
    const customer = at.panel.addCustomer({ id: '502', name: HOSTILE, email: 'ana@example.com' });
    at.panel.addSubscriber({ id: '9002', username: 'ana2', customer, plan: '11' });
    at.panel.addDid({ id: '72', number: '+551140005678', subscriber: '9002' });
    at.panel.addDid({ id: '73', number: '+551140009999' });
    const { onPanel, entries } = await at.sluice.panels.unassigned('voice');
    expect([onPanel, entries.map(toWords)]).toEqual([4, ['line 9002 ana2', 'did 72 +551140005678']]);
    expect(entries.map(({ refs }) => refs)).toEqual([
      { astbilling_subscriber_id: '9002', astbilling_username: 'ana2' },
      { astbilling_subscriber_id: '9002' },
    ]);
    const isOneRecord = wire === 'magnusbilling';
    expect(entries[0]).toMatchObject({ clientName: isOneRecord ? null : HOSTILE, state: 'active' });
    expect(await counted(at, 'voice')).toEqual(['ok: 1 line and 1 DID of the panel are named by no service']);
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    expect(await list(at, 'voice')).toContain(`line ${LINE} joao1042 (svc-1)`);
  });
});

describe('of a made-up kind', () => {
  const open = async (accounts: boolean) => {
    const clock = manualClock('2026-11-20T12:00:00Z');
    const fake = await FakeWaterworks.start(() => clock.now());
    const water = `{ kind: waterworks, url: "${fake.server.url}", allowHttp: true, key: water-key, retries: 0 }`;
    const products = '{ tap: { panel: water, quota: unlimited, waterworks: { pipe: narrow } } }';
    const config = `timeZone: UTC\n${NO_DOUBT}\npanels: { water: ${water} }\nproducts: ${products}`;
    const bench = await EngineBench.open(clock, { kinds: [waterworksKind({ accounts })] }, config);
    const close = async (): Promise<void> => {
      await bench.close();
      await fake.server.close();
    };
    return { fake, close, sluice: bench.sluice };
  };
  const [at, start] = useOpened(open);

  it('is listed by its facet, whatever the panel calls what it has', async () => {
    await start(true);
    for (const name of ['anna', 'bela', 'carl']) at.fake.add(name);
    const row = { panel: 'water', product: 'tap', billing_cycle: 'monthly', next_due_date: '2026-12-15' };
    await at.sluice.services.add('svc-1', { ...row, meter_id: 'm-2' });
    expect(await list(at, 'water')).toEqual(['meter m-1 anna', 'meter m-3 carl']);
  });

  it('is refused before any call where the kind lacks the facet', async () => {
    await start(false);
    expect(await errorOf(at.sluice.panels.unassigned('water'))).toMatchObject({
      code: 'unsupported',
      message: 'Panel "water" (waterworks) does not support a list of what it has',
    });
    expect(at.fake.server.calls).toEqual([]);
  });
});
