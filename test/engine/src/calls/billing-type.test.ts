import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
const CHANGED = 'svc-1 billing_type_changed';

const invoices = async (): Promise<string[]> => (await at.invoices()).map(({ client, total }) => `${client}: ${total}`);

function setType(billingType: 'postpaid' | 'prepaid'): void {
  Object.assign(at.panel.subscriber(LINE), { billingType });
}

/** Bills as the timer does, without amounts of zero. */
const bill = async (): Promise<string[]> => (await at.bill()).map((line) => line.replace(/ 0$/, ''));

/** The service has a product for lines that are paid in this way. */
async function sell(service: string, billingType: 'postpaid' | 'prepaid'): Promise<void> {
  await at.sluice.services.set(service, { product: billingType === 'prepaid' ? 'prepaid' : 'line' });
}

async function pass(): Promise<void> {
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  const own = { panel: 'voice', product: 'line', client: '43', status: 'active' };
  await at.sluice.services.add('svc-2', { ...own, astbilling_subscriber_id: LINE });
}

beforeEach(async () => {
  const product = '  prepaid: { panel: voice, astbilling: { planId: "11", billingType: prepaid } }';
  await at.bench.edit(/^products:\n/m, `$&${product}\n`);
  await at.addService();
});

describe('a line whose next client pays in another way', () => {
  it('leaves the calls of a postpaid client due, until a person has them billed', async () => {
    at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-20T12:00:00Z');
    await pass();
    await sell('svc-2', 'prepaid');
    setType('prepaid');
    at.setTime('2026-12-02T12:00:00Z');
    expect(await bill()).toEqual([CHANGED, 'svc-2 nothing-to-bill']);
    expect(await bill()).toEqual([CHANGED, 'svc-2 nothing-to-bill']);
    expect(await at.bill({ service: 'svc-1', period: '2026-11' })).toEqual(['svc-1 added 70.00']);
    expect(await bill()).toEqual(['svc-1 already-added 70.00', 'svc-2 nothing-to-bill']);
    expect(await invoices()).toEqual(['42: 70.00']);
  });

  it('does not charge a prepaid client for what is paid', async () => {
    await sell('svc-1', 'prepaid');
    setType('prepaid');
    await at.bill();
    at.addCall('2026-11-06T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-20T12:00:00Z');
    await pass();
    setType('postpaid');
    at.addCall('2026-11-25T09:00:00-03:00', '2.0000');
    at.setTime('2026-12-02T12:00:00Z');
    expect(await bill()).toEqual([CHANGED, 'svc-1 nothing-to-bill', 'svc-2 added 2.00']);
    expect(await at.bill({ service: 'svc-1', period: '2026-11' })).toEqual(['svc-1 nothing-to-bill']);
    expect(await invoices()).toEqual(['43: 2.00']);
  });

  it('reports the calls of a postpaid client whose service was removed', async () => {
    at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-20T12:00:00Z');
    await pass();
    await at.sluice.services.remove('svc-1');
    await sell('svc-2', 'prepaid');
    setType('prepaid');
    at.setTime('2026-12-02T12:00:00Z');
    expect(await bill()).toEqual(['svc-2 nothing-to-bill']);
    expect(await at.differences()).toMatchObject([{ service: 'svc-1', bill: null, difference: '70.0000' }]);
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ code, service }) => [code, service])).toEqual([['calls_unbilled', 'svc-1']]);
  });
});

describe('a line whose client changes the way to pay', () => {
  beforeEach(async () => {
    await at.bill();
    at.addCall('2026-11-06T09:00:00-03:00', '70.0000');
    at.addCall('2026-11-25T09:00:00-03:00', '2.0000');
    setType('prepaid');
  });

  it('is billed part by part, as its product says then, and goes on by itself', async () => {
    at.setTime('2026-12-02T12:00:00Z');
    expect(await bill()).toContain(CHANGED);
    expect(await at.bill({ period: '2026-11' })).toEqual([CHANGED]);
    const service = 'svc-1';
    expect(await at.bill({ service, period: '2026-11-01..2026-11-20' })).toEqual(['svc-1 added 70.00']);
    expect(await bill()).toContain(CHANGED);
    await sell(service, 'prepaid');
    expect(await at.bill({ service, period: '2026-11-20..2026-12-01' })).toEqual(['svc-1 nothing-to-bill']);
    at.addCall('2026-12-05T09:00:00-03:00', '3.0000');
    at.setTime('2027-01-02T12:00:00Z');
    expect(await bill()).not.toContain(CHANGED);
    expect(await invoices()).toEqual(['42: 70.00']);
  });

  it('waits for a person also where the change is taken back', async () => {
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    setType('postpaid');
    expect(await bill()).toContain(CHANGED);
    expect(await at.bill({ service: 'svc-1', period: '2026-11' })).toEqual(['svc-1 added 72.00']);
    at.setTime('2027-01-02T12:00:00Z');
    expect(await bill()).not.toContain(CHANGED);
  });

  it('waits for a person for the rest, where the change is taken back before a part was named', async () => {
    at.setTime('2026-12-02T12:00:00Z');
    await at.bill();
    setType('postpaid');
    expect(await at.bill({ service: 'svc-1', period: '2026-11-01..2026-11-20' })).toEqual(['svc-1 added 70.00']);
    expect(await bill()).toContain(CHANGED);
    expect(await invoices()).toEqual(['42: 70.00']);
    expect(await at.bill({ service: 'svc-1', period: '2026-11-20..2026-12-01' })).toEqual(['svc-1 added 2.00']);
    at.setTime('2027-01-02T12:00:00Z');
    expect(await bill()).not.toContain(CHANGED);
  });

  it('is not ended over calls that may be due', async () => {
    at.setTime('2026-11-20T12:00:00Z');
    const terminate = at.sluice.provision.terminate;
    expect(await errorOf(terminate('svc-1'))).toMatchObject({ code: 'unbilled_calls' });
    expect(await errorOf(terminate('svc-1', { finalInvoice: true }))).toMatchObject({ code: 'final_bill_failed' });
    expect((await terminate('svc-1', { forfeitUnbilled: true })).run.outcome).toBe('done');
  });
});

it('waits for a person where one has taken back that the calls were charged by hand', async () => {
  at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
  await bill();
  at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
  at.setTime('2026-11-06T12:00:00Z');
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  setType('prepaid');
  at.setTime('2026-11-06T14:00:00Z');
  expect(await bill()).toContain(CHANGED);
  await at.sluice.services.set('svc-1', { status: 'active', astbilling_subscriber_id: '9002' });
  await bill();
  const [alarm] = (await at.sluice.notices.alarms()).alarms.filter(({ code }) => code === 'calls_unbilled');
  await at.sluice.notices.acknowledge(alarm!.id);
  await at.sluice.notices.acknowledge(alarm!.id, { undo: true });
  setType('postpaid');
  at.setTime('2026-11-20T12:00:00Z');
  await at.sluice.services.set('svc-1', { astbilling_subscriber_id: LINE });
  at.setTime('2026-12-02T12:00:00Z');
  expect(await bill()).toContain(CHANGED);
  expect(await invoices()).toEqual([]);
});
