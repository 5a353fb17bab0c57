import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CallBillView } from '@sluice/engine';
import type { BillCallsOptions } from '@sluice/engine/options';
import { useBench } from '../bench/each-test.js';
import { LINE } from '../bench/telephony-bench.js';
import { FORMER, NEXT, startWhmcsLines } from './whmcs-lines.js';

const at = useBench(startWhmcsLines);

async function bill(how?: BillCallsOptions): Promise<CallBillView[]> {
  return (await at.sluice.calls.bill(how)).bills;
}

const addInvoice = (status = 'Unpaid'): number =>
  at.whmcs.addInvoice({ client: FORMER, status, items: [{ service: 7, description: 'Line', amount: '50.00' }] });

/** Sets the first day that may be billed. */
async function billFrom(day: string): Promise<void> {
  await at.bench.edit('billFrom: 2026-10-01', `billFrom: ${day}`);
}

describe('the calls of a new invoice', () => {
  beforeEach(() => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    at.addCall('2026-10-25T09:00:00-03:00', '2.0000');
  });

  it('are none before the first day to bill', async () => {
    await billFrom('2026-11-01');
    expect(await bill({ invoice: String(addInvoice()) })).toEqual([]);
    expect(await bill()).toEqual([]);
    expect(at.listCalls(({ id }) => id)).toEqual([]);
  });

  it('begin on the first day to bill', async () => {
    await billFrom('2026-10-20');
    const invoice = addInvoice();
    const period = { from: '2026-10-20T03:00:00.000Z' };
    expect(await bill({ invoice: String(invoice) })).toMatchObject([{ state: 'added', total: '2.00', period }]);
    expect(await bill()).toMatchObject([{ state: 'already-added' }]);
    expect(await bill({ invoice: String(invoice) })).toMatchObject([{ state: 'already-added', period }]);
    expect(at.listCalls(({ id }) => id)).toEqual([`${invoice}: 2.00`]);
  });

  it('are billed where a run before it was told of none', async () => {
    const change = (json: unknown): unknown => ({ ...(json as object), data: [], meta: { total: 0 } });
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'mutate', change } });
    expect(await bill()).toMatchObject([{ state: 'nothing-to-bill' }]);
    at.panel.server.clearFaults();
    const invoice = addInvoice();
    expect(await bill({ invoice: String(invoice) })).toMatchObject([{ state: 'added', total: '3.00' }]);
    expect(at.listCalls(({ id }) => id)).toEqual([`${invoice}: 3.00`]);
  });

  it('need the first day to bill', async () => {
    await at.bench.edit(', billFrom: 2026-10-01', '');
    const invoice = addInvoice();
    const refused = at.sluice.calls.bill({ invoice: String(invoice) });
    await expect(refused).rejects.toMatchObject({ kind: 'usage', code: 'bill_from_missing' });
    expect(await bill({ invoice: String(invoice), period: '2026-10' })).toMatchObject([
      { state: 'added', total: '3.00' },
    ]);
  });
});

it('a new invoice has the calls of its lines beside those of a panel without the first day to bill', async () => {
  at.whmcs.addProduct({ id: 11, name: 'Other line', fields: ['astbilling_subscriber_id'] });
  await at.bench.edit(/^( {2}voice)(: .*)127\.0\.0\.1(.*), billFrom: 2026-10-01(.*)$/m, '$&\n  a-late$2localhost$3$4');
  await at.bench.edit(/^ {2}line: (\{ panel: )voice(.*)\[10\](.*)$/m, '$&\n  a-line: $1a-late$2[11]$3');
  const order = { client: FORMER, nextDueDate: '2026-12-01' };
  at.whmcs.addService({ id: 3, ...order, product: 11, fields: { astbilling_subscriber_id: '9002' } });
  await at.sync();
  at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
  const items = [3, 7].map((service) => ({ service, description: 'Line', amount: '50.00' }));
  const invoice = String(at.whmcs.addInvoice({ client: FORMER, status: 'Unpaid', items }));
  expect(await at.bill({ invoice })).toEqual(['whmcs-7 added 1.00']);
});

describe('a new invoice that has no calls to bill', () => {
  /** Asks as the hook of WHMCS does, and returns the calls of the heartbeat. */
  async function pingsOf(invoice: number): Promise<string[]> {
    const pings: string[] = [];
    await at.bench.configure(`${at.bench.text}heartbeat: https://watch.example.com/ping/6f0c\n`);
    const ping = (url: string): Promise<void> => {
      pings.push(url);
      return Promise.resolve();
    };
    const sluice = await at.bench.start({ ping });
    await sluice.calls.bill({ invoice: String(invoice) }).catch(() => undefined);
    return pings;
  }

  it('calls no failure of the heartbeat for a service without calls', async () => {
    at.whmcs.addService({ id: 8, client: FORMER, product: 10, nextDueDate: '2026-12-20', fields: {} });
    const items = [{ service: 8, description: 'Server', amount: '9.00' }];
    expect(await pingsOf(at.whmcs.addInvoice({ client: FORMER, items }))).toEqual([]);
  });

  it('is no failure and no notice within the grace', async () => {
    at.setTime('2026-11-01T03:10:00Z');
    at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
    expect(await pingsOf(addInvoice())).toEqual([]);
    expect(await at.bench.store.notices.list({})).toEqual([]);
    at.setTime('2026-11-01T04:10:00Z');
    expect(await bill()).toMatchObject([{ state: 'added', total: '40.00' }]);
  });

  it('reports no calls that the next run bills', async () => {
    Object.assign(at.panel.subscriber(LINE), { createdAt: Date.parse('2026-09-08T12:00:00-03:00') });
    at.setTime('2026-11-01T08:00:00Z');
    expect(await bill()).toMatchObject([{ state: 'nothing-to-bill' }]);
    at.addCall('2026-10-15T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-02T03:00:30Z');
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
    expect(await bill({ invoice: String(addInvoice()) })).toMatchObject([{ state: 'failed' }]);
    at.panel.server.clearFaults();
    expect(await at.listAlarms()).toEqual([]);
    at.setTime('2026-11-02T03:05:00Z');
    expect(await bill()).toMatchObject([{ state: 'added', total: '70.00' }]);
  });
});

describe('an invoice that is no longer open', () => {
  it.each(['Payment Pending', 'Collections'])('gets no calls: %s', async (status) => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    const closed = addInvoice(status);
    expect(await bill({ invoice: String(closed) })).toMatchObject([
      { state: 'failed', error: { code: 'invoice_closed' } },
    ]);
    const open = addInvoice();
    addInvoice(status);
    expect(await bill()).toMatchObject([{ state: 'added', invoice: String(open) }]);
    expect(at.listCalls(({ id }) => id)).toEqual([`${open}: 1.00`]);
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
    at.whmcs.server.inject({ endpoint: 'UpdateInvoice', times: 1, when: 'before', fault: { kind: 'cut' } });
    expect(await bill()).toMatchObject([{ error: { code: 'outcome_unknown' } }]);
    const [stored] = await at.bench.store.callBills.list();
    // The change is made late, and the invoice is split.
    const items = [{ description: stored?.description ?? '', amount: '1.00' }];
    const split = at.whmcs.addInvoice({ client: FORMER, status: 'Unpaid', items });
    await at.sluice.services.set('whmcs-7', { client: String(NEXT) });
    expect(await bill()).toMatchObject([{ state: 'already-added', invoice: String(split) }]);
  });

  it('has no begun bill of the former client on an invoice of the next', async () => {
    at.addCall('2026-10-05T09:00:00-03:00', '1.0000');
    const own = addInvoice();
    const remove = at.whmcs.server.inject({ endpoint: 'GetInvoices', fault: { kind: 'status', status: 503 } });
    expect(await bill()).toMatchObject([{ state: 'failed' }]);
    remove();
    const [stored] = await at.bench.store.callBills.list();
    await at.bench.store.callBills.update(stored?.id ?? '', { state: 'planned', note: null });
    await at.sluice.services.set('whmcs-7', { client: String(NEXT) });
    const items = [{ service: 7, description: 'Line', amount: '50.00' }];
    const invoice = String(at.whmcs.addInvoice({ client: NEXT, status: 'Unpaid', items }));
    expect(await bill({ invoice })).toEqual([]);
    expect(await bill()).toMatchObject([{ state: 'added', invoice: String(own) }]);
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
    at.whmcs.addProduct({ id: 11, name: 'Line', fields: Object.keys(fields) });
    at.whmcs.addService({ id: 8, client: FORMER, product: 11, nextDueDate: '2026-12-01', fields });
    await at.bench.edit('productIds: [10] }', 'productIds: [10, 11] }, terminate: auto');
    await at.sync();
    expect((await at.sluice.provision.create('whmcs-8')).run.outcome).toBe('done');
    const { id } = at.panel.subscriber('ana');
    at.addCall('2026-11-10T09:00:00-03:00', '1.5000', { subscriber: id });
    at.setTime('2026-11-20T12:00:00Z');
    at.whmcs.service(8).status = 'Terminated';
    await at.sync();
    return id;
  }

  it('is billed as long as its line is there', async () => {
    await endOrder();
    at.setTime('2026-12-02T12:00:00Z');
    expect(await bill({ service: 'whmcs-8' })).toMatchObject([{ state: 'added', total: '1.50' }]);
  });

  it('is billed before its line is removed', async () => {
    const line = await endOrder();
    const { run } = await at.sluice.reconcile();
    expect([run.outcome, at.panel.subscriber(line).status]).toEqual(['done', 'terminated']);
    expect(at.listCalls(({ id }) => id)).toEqual([expect.stringMatching(/: 1\.50$/)]);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    at.setTime('2026-12-02T12:00:00Z');
    await bill();
    expect(at.listCalls(({ id }) => id)).toHaveLength(1);
  });

  it('is billed and removed by a run whose token ended after it had begun', async () => {
    const line = await endOrder();
    const { access } = await at.sluice.access.create({ name: 'night', scopes: ['operate'] });
    const until = async (): Promise<void> => {
      await at.sluice.access.revoke(access.id);
    };
    at.panel.server.inject({ match: () => true, times: 1, fault: { kind: 'wait', until } });
    const { run } = await at.sluice.reconcile({ asker: { id: access.id } });
    expect([run.outcome, at.panel.subscriber(line).status]).toEqual(['done', 'terminated']);
    expect(at.listCalls(({ id }) => id)).toEqual([expect.stringMatching(/: 1\.50$/)]);
  });

  it('keeps its line while its calls can not be billed', async () => {
    const line = await endOrder();
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
    const report = await at.sluice.reconcile();
    expect([report.run.outcome, at.panel.subscriber(line).status]).toEqual(['failed', 'active']);
    expect(JSON.stringify(report)).toContain('calls_unread');
  });
});
