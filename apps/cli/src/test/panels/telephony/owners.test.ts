import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { LINE, startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

const [FORMER, NEXT] = [501, 502];

let at: TelephonyBench;
let whmcs: FakeWhmcs;
beforeEach(async () => {
  at = await startTelephonyBench();
  whmcs = await startFakeWhmcs({ now: () => at.bench.clock.now() });
  at.bench.env['WHMCS_SECRET'] = whmcs.secret;
  const own = 'allowHttp: true, identifier: fake-whmcs-identifier, secret: "${env:WHMCS_SECRET}"';
  const config = at.bench.read('sluice.yaml').replace('planId: "11" }', 'planId: "11" }, whmcs: { productIds: [10] }');
  const section = `whmcs: { url: "${whmcs.url}", ${own}, calls: { taxed: false, onlyWriter: true } }`;
  at.bench.write('sluice.yaml', `${config}billing: whmcs\n${section}\n`);
  await at.bench.giveStore();
  for (const id of [FORMER, NEXT]) whmcs.addClient({ id, currency: 'BRL' });
  whmcs.addProduct({ id: 10, name: 'Line', fields: ['astbilling_subscriber_id'] });
  addService(7, FORMER);
  await sync();
});
afterEach(async () => {
  await whmcs.close();
  await at.close();
});

function addService(id: number, client: number): void {
  const fields = { astbilling_subscriber_id: LINE };
  whmcs.addService({ id, client, product: 10, nextDueDate: '2026-12-01', fields });
}

async function sync(): Promise<void> {
  const { exitCode, stdout } = await at.run('service sync');
  if (exitCode !== 0) throw new Error(stdout);
}

function setTime(time: string): void {
  at.bench.clock.set(Date.parse(time));
}

interface Bill {
  service: string;
  state: string;
  total: string | null;
  error: { code: string } | null;
}

async function bill(words = ''): Promise<string[]> {
  const { bills } = (await at.run(`call bill${words}`)).json<{ bills: Bill[] }>();
  return bills.map(({ service, state, total, error }) => `${service} ${error?.code ?? state} ${total ?? ''}`.trim());
}

/** What each client pays for calls. */
const charged = (): string[] =>
  whmcs
    .invoices()
    .flatMap(({ client, lines }) => lines.map((line) => ({ client, ...line })))
    .filter(({ description }) => description.includes('AB:'))
    .map(({ client, amount }) => `${client}: ${amount}`)
    .sort();

async function records(words: string): Promise<string[]> {
  const { json } = await at.run(`call records ${words}`);
  return json<{ records: { charge: string }[] }>().records.map(({ charge }) => charge);
}

interface Alarm {
  id: string;
  code: string;
  service: string | null;
  message: string;
  event: string;
  acknowledged: { note: string | null } | null;
}

/** What waits for somebody because calls are on no bill. */
async function listAlarms(words = ''): Promise<Alarm[]> {
  const { alarms } = (await at.run(`notice list${words}`)).json<{ alarms: Alarm[] }>();
  return alarms.filter(({ code }) => code === 'calls_unbilled');
}

describe('a line that passes to a service of another client', () => {
  /** On 20 November the former service ends, and the next one names its line; WHMCS keeps the field of the former one. */
  async function passOn(): Promise<void> {
    at.addCall('2026-11-10T09:00:00-03:00', '3.0000');
    setTime('2026-11-20T12:00:00Z');
    whmcs.service(7).status = 'Terminated';
    addService(8, NEXT);
    await sync();
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
  }

  it('is billed to each client for its own time, month after month', async () => {
    await passOn();
    setTime('2026-12-02T12:00:00Z');
    expect((await bill()).sort()).toEqual(['whmcs-7 added 3.00', 'whmcs-8 added 4.00']);
    at.addCall('2026-12-10T09:00:00-03:00', '5.0000');
    setTime('2027-01-02T12:00:00Z');
    expect(await bill()).toContain('whmcs-8 added 5.00');
    expect(charged()).toEqual(['501: 3.00', '502: 4.00', '502: 5.00']);
  });

  it('is billed to each client once the panel names the next service', async () => {
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:7' });
    await passOn();
    setTime('2026-12-02T12:00:00Z');
    expect((await bill(' --dry-run')).sort()).toEqual(['whmcs-7 planned 3.00', 'whmcs-8 line_conflict']);
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:8' });
    expect((await bill()).sort()).toEqual(['whmcs-7 added 3.00', 'whmcs-8 added 4.00']);
    Object.assign(at.panel.subscriber(LINE), { externalRef: 'whmcs:service:9' });
    setTime('2027-01-02T12:00:00Z');
    expect(await bill(' --service whmcs-8')).toContain('whmcs-8 line_conflict');
  });

  it('is billed to each client where the former service no longer names it', async () => {
    await passField('');
    expect((await bill()).sort()).toEqual(['whmcs-7 added 3.00', 'whmcs-8 added 4.00']);
    expect(charged()).toEqual(['501: 3.00', '502: 4.00']);
    expect(await records('--service whmcs-7 --from 2026-11-01')).toEqual(['3.0000']);
    const refused = await at.run('did link +551140001234 --service whmcs-7');
    expect(refused.json()).toMatchObject({ error: { code: 'line_not_found' } });
  });

  it('has its calls reported where the former service names another line', async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    await passField('9002');
    await bill();
    expect(charged()).toEqual(['502: 4.00']);
    const { bills } = (await at.run('call reconcile')).json<{ bills: { difference: string }[] }>();
    expect(bills.filter(({ difference }) => Number(difference) !== 0)).toMatchObject([
      { service: 'whmcs-7', line: LINE, bill: null, now: { calls: 1, total: '3.0000' } },
    ]);
  });

  /** On 20 November staff moves the field with the line to the service of the next client. */
  async function passField(value: string): Promise<void> {
    at.addCall('2026-11-10T09:00:00-03:00', '3.0000');
    setTime('2026-11-20T12:00:00Z');
    const { fields } = whmcs.service(7);
    for (const field of fields.keys()) fields.set(field, value);
    addService(8, NEXT);
    await sync();
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
    setTime('2026-12-02T12:00:00Z');
  }

  it('is due until the end of the former service and its grace', async () => {
    await passOn();
    expect(await bill()).toEqual(['whmcs-7 nothing-to-bill 0.00']);
    setTime('2026-11-20T13:00:00Z');
    expect(await bill()).toContain('whmcs-7 added 3.00');
    setTime('2027-03-02T12:00:00Z');
    expect((await bill()).filter((line) => line.startsWith('whmcs-7'))).toEqual([]);
  });

  it('shows each service the calls of its own time', async () => {
    await passOn();
    setTime('2026-12-02T12:00:00Z');
    expect(await records('--service whmcs-7 --from 2026-11-01')).toEqual(['3.0000']);
    expect(await records('--service whmcs-8 --from 2026-11-01')).toEqual(['4.0000']);
    const { json } = await at.run('call report --service whmcs-7 --period 2026-11');
    expect(json()).toMatchObject({ report: { total: '3.00', calls: 1 } });
    const none = await at.run('call report --service whmcs-7 --period 2026-12');
    expect(none.json()).toMatchObject({ report: { calls: 0 } });
  });

  it('has its numbers changed for the next service', async () => {
    await passOn();
    const { exitCode, json } = await at.run('did suspend +551140001234');
    expect([exitCode, json()]).toMatchObject([0, { service: 'whmcs-8' }]);
  });

  it('is not billed by a command that can not remove it', async () => {
    await passOn();
    const { exitCode, stdout } = await at.run('provision terminate whmcs-7 --yes --final-invoice');
    expect([exitCode, stdout]).toMatchObject([1, expect.stringContaining('nothing was changed')]);
    expect(charged()).toEqual([]);
  });

  it('refuses a month in which the service did not have it', async () => {
    await passOn();
    setTime('2027-01-02T12:00:00Z');
    const { exitCode, json } = await at.run('call bill --service whmcs-7 --period 2026-12');
    expect([exitCode, json()]).toMatchObject([1, { error: { code: 'line_of_other' } }]);
  });
});

describe('a service that passes to another client', () => {
  beforeEach(async () => {
    at.addCall('2026-11-10T09:00:00-03:00', '180.0000');
    setTime('2026-11-20T12:00:00Z');
    whmcs.service(7).clientId = NEXT;
    await sync();
    at.addCall('2026-11-25T09:00:00-03:00', '0.5000');
    setTime('2026-12-02T12:00:00Z');
  });

  it('is billed to each client for its own time', async () => {
    expect((await bill()).sort()).toEqual(['whmcs-7 added 0.50', 'whmcs-7 added 180.00']);
    expect(charged()).toEqual(['501: 180.00', '502: 0.50']);
  });

  it('adds only the own calls to the invoice of the new client', async () => {
    const items = [{ service: 7, description: 'Line', amount: '50.00' }];
    const invoice = whmcs.addInvoice({ client: NEXT, status: 'Unpaid', items });
    expect(await bill(` --invoice ${invoice}`)).toEqual(['whmcs-7 added 0.50']);
    expect(charged()).toEqual(['502: 0.50']);
  });
});

describe('calls that nobody is billed for', () => {
  it('are shown after the end of a service', async () => {
    setTime('2026-11-20T12:00:00Z');
    whmcs.service(7).status = 'Terminated';
    await sync();
    const late = at.addCall('2026-11-25T09:00:00-03:00', '9.0000');
    setTime('2026-12-02T12:00:00Z');
    await bill();
    expect(charged()).toEqual([]);
    const { bills } = (await at.run('call reconcile')).json<{ bills: { difference: string }[] }>();
    expect(bills.filter(({ difference }) => Number(difference) !== 0)).toMatchObject([
      { service: null, line: LINE, bill: null, billed: { calls: 0 }, now: { calls: 1, total: '9.0000' }, late: [late] },
    ]);
    expect(await listAlarms()).toMatchObject([
      { code: 'calls_unbilled', service: null, message: expect.stringContaining('are on no invoice: 9.0000 BRL') },
    ]);
    at.panel.server.inject({ endpoint: /calls|cdr/i, fault: { kind: 'status', status: 500 } });
    await bill();
    expect(await listAlarms()).toHaveLength(1);
  });
});

describe('two services of different clients on one line', () => {
  const own = `panel=voice product=line client=${NEXT} status=active astbilling_subscriber_id=${LINE}`;

  it('are refused, also where duplicates are allowed', async () => {
    const added = await at.run(`service add svc-2 ${own} --allow-duplicate-refs`);
    expect([added.exitCode, added.json()]).toMatchObject([1, { error: { code: 'duplicate_ref' } }]);
  });

  it('are not billed for the time that they share, until a person decides', async () => {
    await at.bench.store(async (store) => {
      const [former] = await store.services.list();
      if (former === undefined) throw new Error('no service');
      const now = new Date(at.bench.clock.now()).toISOString();
      await store.services.put([
        { ...former, id: 'svc-2', client: String(NEXT), refs: { ...former.refs }, createdAt: now, updatedAt: now },
      ]);
    });
    at.addCall('2026-11-25T09:00:00-03:00', '4.0000');
    setTime('2026-12-02T12:00:00Z');
    expect((await bill()).filter((line) => line.includes('line_shared'))).toEqual([
      'svc-2 line_shared',
      'whmcs-7 line_shared',
    ]);
    expect(charged()).toEqual([]);
    const { checks } = (await at.run('doctor')).json<{ checks: { name: string }[] }>();
    expect(checks.filter(({ name }) => name === 'shared line')).toMatchObject([
      {
        status: 'warning',
        object: LINE,
        message: `services of different clients have line ${LINE} of panel "voice": whmcs-7 (client 501), svc-2 (client 502); its calls are billed to nobody`,
      },
    ]);
    expect(await bill(' --service svc-2 --period 2026-11-10..2026-12-01')).toEqual(['svc-2 added 4.00']);
    expect(charged()).toEqual(['502: 4.00']);
  });
});

describe('a line that a command ends', () => {
  const terminate = (words: string): Promise<{ exitCode: number }> =>
    at.run(`provision terminate whmcs-7 --yes ${words}`);

  beforeEach(async () => {
    await bill();
    setTime('2026-11-20T12:00:00Z');
  });

  it('is billed for the call that was in progress, once the grace is over', async () => {
    expect((await terminate('--final-invoice')).exitCode).toBe(0);
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    setTime('2026-11-20T12:30:00Z');
    expect(await bill()).not.toContain('whmcs-7 added 250.00');
    setTime('2026-11-20T13:01:00Z');
    expect(await bill()).toContain('whmcs-7 added 250.00');
    setTime('2027-01-02T13:01:00Z');
    expect(charged()).toEqual(['501: 250.00']);
    expect((await bill()).filter((line) => line.includes(' added '))).toEqual([]);
  });

  it('reports the call that was in progress where the final bill has its time', async () => {
    at.addCall('2026-11-19T08:00:00-03:00', '2.0000');
    expect((await terminate('--final-invoice')).exitCode).toBe(0);
    const late = at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    for (const time of ['2026-11-20T13:01:00Z', '2026-12-02T12:00:00Z', '2027-01-02T13:01:00Z']) {
      setTime(time);
      await bill();
    }
    expect(charged()).toEqual(['501: 2.00']);
    const { bills } = (await at.run('call reconcile')).json<{ bills: { difference: string }[] }>();
    expect(bills.filter(({ difference }) => Number(difference) !== 0)).toMatchObject([
      { service: 'whmcs-7', difference: '250.0000', late: [late] },
    ]);
    const [alarm] = await listAlarms();
    const message = `calls of line ${LINE} since 2026-11-01 (America/Sao_Paulo) are on no invoice: 250.0000 BRL`;
    expect(alarm).toMatchObject({ service: 'whmcs-7', event: 'billing', message, acknowledged: null });
    expect((await at.run(`notice ack ${alarm?.id ?? ''} --note known`)).exitCode).toBe(0);
    await bill();
    expect(await listAlarms()).toEqual([]);
    expect(await listAlarms(' --status acknowledged')).toMatchObject([
      { id: alarm?.id, acknowledged: { note: 'known' } },
    ]);
    at.panel.deleteCall(late);
    await bill();
    expect(await listAlarms(' --status acknowledged')).toEqual([]);
  });

  it('loses no call where it was suspended for the grace before', async () => {
    expect((await at.run('provision suspend whmcs-7')).exitCode).toBe(0);
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    setTime('2026-11-20T13:01:00Z');
    expect((await terminate('--final-invoice')).exitCode).toBe(0);
    setTime('2027-01-02T13:01:00Z');
    await bill();
    expect(charged()).toEqual(['501: 250.00']);
  });

  it('is not charged for calls that were paid already, also where the panel has the line no longer', async () => {
    at.panel.subscriber(LINE).billingType = 'prepaid';
    at.addCall('2026-11-19T08:00:00-03:00', '2.0000');
    expect((await terminate('--final-invoice')).exitCode).toBe(0);
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: { kind: 'status', status: 404 } });
    for (const time of ['2026-11-20T13:01:00Z', '2026-12-02T12:00:00Z']) {
      setTime(time);
      await bill();
    }
    expect(charged()).toEqual([]);
    const { bills } = (await at.run('call reconcile')).json<{ bills: { difference: string }[] }>();
    expect(bills.filter(({ difference }) => Number(difference) !== 0)).toEqual([]);
  });

  it('stays prepaid where staff removed it on the panel', async () => {
    at.panel.subscriber(LINE).billingType = 'prepaid';
    setTime('2026-12-02T12:00:00Z');
    await bill();
    at.addCall('2026-12-19T08:00:00-03:00', '2.0000');
    at.panel.server.inject({ endpoint: /^GET \/subscribers\/[^/]+$/, fault: { kind: 'status', status: 404 } });
    setTime('2027-01-02T12:00:00Z');
    await bill();
    expect(charged()).toEqual([]);
  });

  it('shows calls that were given up, and bills none of them', async () => {
    at.addCall('2026-11-20T08:00:00-03:00', '250.0000');
    expect((await terminate('--forfeit-unbilled')).exitCode).toBe(0);
    setTime('2026-12-02T12:00:00Z');
    expect((await bill()).filter((line) => line.includes(' added '))).toEqual([]);
    const { bills } = (await at.run('call reconcile')).json<{ bills: { difference: string }[] }>();
    expect(bills.filter(({ difference }) => Number(difference) !== 0)).toMatchObject([
      { service: 'whmcs-7', bill: null, difference: '250.0000' },
    ]);
    expect(await listAlarms()).toEqual([]);
  });
});
