import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import { LINE, startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

const CLIENT = 77;
const SERVICE = 7;

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
  whmcs.addClient({ id: CLIENT, currency: 'BRL' });
  whmcs.addProduct({ id: 10, name: 'Line', fields: ['astbilling_subscriber_id'] });
  const fields = { astbilling_subscriber_id: LINE };
  whmcs.addService({ id: SERVICE, client: CLIENT, product: 10, nextDueDate: '2026-12-01', fields });
  expect((await at.run('service sync')).exitCode).toBe(0);
});
afterEach(async () => {
  await whmcs.close();
  await at.close();
});

interface Bill {
  state: string;
  total: string | null;
  invoice: string | null;
  period: { from: string };
  error: { code: string } | null;
}

async function bill(words = ''): Promise<Bill[]> {
  return (await at.run(`call bill${words}`)).json<{ bills: Bill[] }>().bills;
}

const addInvoice = (status = 'Unpaid'): number =>
  whmcs.addInvoice({ client: CLIENT, status, items: [{ service: SERVICE, description: 'Line', amount: '50.00' }] });

const listLines = (): string[] =>
  whmcs
    .invoices()
    .flatMap(({ id, lines }) => lines.map((line) => ({ id, ...line })))
    .filter(({ description }) => description.includes('AB:'))
    .map(({ id, amount }) => `${id}: ${amount}`);

/** Sets the first day that may be billed. */
function billFrom(day: string): void {
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace('billFrom: 2026-10-01', `billFrom: ${day}`));
}

describe('the calls of a new invoice', () => {
  beforeEach(() => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    at.addCall('2026-10-25T09:00:00-03:00', '2.0000');
  });

  it('are none before the first day to bill', async () => {
    billFrom('2026-11-01');
    expect(await bill(` --invoice ${addInvoice()}`)).toEqual([]);
    expect(await bill()).toEqual([]);
    expect(listLines()).toEqual([]);
  });

  it('begin on the first day to bill', async () => {
    billFrom('2026-10-20');
    const invoice = addInvoice();
    const period = { from: '2026-10-20T03:00:00.000Z' };
    expect(await bill(` --invoice ${invoice}`)).toMatchObject([{ state: 'added', total: '2.00', period }]);
    expect(await bill()).toMatchObject([{ state: 'already-added' }]);
    expect(await bill(` --invoice ${invoice}`)).toMatchObject([{ state: 'already-added', period }]);
    expect(listLines()).toEqual([`${invoice}: 2.00`]);
  });

  it('need the first day to bill', async () => {
    at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace(', billFrom: 2026-10-01', ''));
    const invoice = addInvoice();
    const refused = await at.run(`call bill --invoice ${invoice}`);
    expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'bill_from_missing' } }]);
    expect(await bill(` --invoice ${invoice} --period 2026-10`)).toMatchObject([{ state: 'added', total: '3.00' }]);
  });
});

describe('an invoice that is no longer open', () => {
  it.each(['Payment Pending', 'Collections'])('gets no calls: %s', async (status) => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    const closed = addInvoice(status);
    expect(await bill(` --invoice ${closed}`)).toMatchObject([{ state: 'failed', error: { code: 'invoice_closed' } }]);
    const open = addInvoice();
    addInvoice(status);
    expect(await bill()).toMatchObject([{ state: 'added', invoice: String(open) }]);
    expect(listLines()).toEqual([`${open}: 1.00`]);
  });

  it('is replaced by another', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    const closed = addInvoice('Payment Pending');
    const [made] = await bill();
    expect(made?.state).toBe('added');
    expect(made?.invoice).not.toBe(String(closed));
  });
});

describe('a service that changes its client', () => {
  it('has a bill in doubt on the invoice of the client that it was written for', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    addInvoice();
    whmcs.server.inject({ endpoint: 'UpdateInvoice', times: 1, when: 'before', fault: { kind: 'cut' } });
    expect(await bill()).toMatchObject([{ error: { code: 'outcome_unknown' } }]);
    const [stored] = await at.bench.store((store) => store.callBills.list());
    // The change is made late, and the invoice is split.
    const items = [{ description: stored?.description ?? '', amount: '1.00' }];
    const split = whmcs.addInvoice({ client: CLIENT, status: 'Unpaid', items });
    whmcs.addClient({ id: 78, currency: 'BRL' });
    expect((await at.run('service set whmcs-7 client=78')).exitCode).toBe(0);
    expect(await bill()).toMatchObject([{ state: 'already-added', invoice: String(split) }]);
  });
});

describe('a service that ends in WHMCS', () => {
  const FIELDS = {
    first_name: 'Ana',
    last_name: 'Lima',
    document: '98765432100',
    astbilling_username: 'ana',
    ddd: '11',
  };

  /** Makes a line for an order, and ends the order with calls that are not billed. */
  async function endOrder(): Promise<string> {
    const fields = { ...FIELDS, channels: '2' };
    whmcs.addProduct({ id: 11, name: 'Line', fields: Object.keys(fields) });
    whmcs.addService({ id: 8, client: CLIENT, product: 11, nextDueDate: '2026-12-01', fields });
    const config = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', config.replace('productIds: [10] }', 'productIds: [10, 11] }, terminate: auto'));
    await at.run('service sync');
    expect((await at.run('provision create whmcs-8')).exitCode).toBe(0);
    const { id } = at.panel.subscriber('ana');
    at.addCall('2026-11-10T09:00:00-03:00', '1.5000', { subscriber: id });
    at.bench.clock.set(Date.parse('2026-11-20T12:00:00Z'));
    whmcs.service(8).status = 'Terminated';
    expect((await at.run('service sync')).exitCode).toBe(0);
    return id;
  }

  it('is billed as long as its line is there', async () => {
    await endOrder();
    at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
    expect(await bill(' --service whmcs-8')).toMatchObject([{ state: 'added', total: '1.50' }]);
  });

  it('is billed before its line is removed', async () => {
    const line = await endOrder();
    const { exitCode } = await at.run('reconcile');
    expect([exitCode, at.panel.subscriber(line).status]).toEqual([0, 'terminated']);
    expect(listLines()).toEqual([expect.stringMatching(/: 1\.50$/)]);
    expect((await at.run('reconcile')).exitCode).toBe(0);
    at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
    await bill();
    expect(listLines()).toHaveLength(1);
  });

  it('keeps its line while its calls can not be billed', async () => {
    const line = await endOrder();
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
    const { exitCode, stdout } = await at.run('reconcile');
    expect([exitCode, at.panel.subscriber(line).status]).toEqual([1, 'active']);
    expect(stdout).toContain('calls_unread');
  });
});
