import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { errorOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);
beforeEach(async () => {
  await at.addService();
  Object.assign(at.panel.subscriber(LINE), { createdAt: Date.parse('2026-09-08T12:00:00-03:00') });
  at.addCall('2026-10-10T09:00:00-03:00', '7.0000');
  at.setTime('2026-11-01T08:00:00Z');
});

const PLAN = 'astbilling: { planId: "11" }';

/** Gives the product terms other than the default ones. */
async function setTerms(terms: string): Promise<void> {
  await at.bench.edit(PLAN, `astbilling: { planId: "11", ${terms} }`);
}

/** Renames the product in the config; the service keeps the former name. */
const rename = (): Promise<unknown> => at.bench.edit('  line: {', '  line-2026: {');
const restore = (): Promise<unknown> => at.bench.edit('  line-2026: {', '  line: {');

describe('the calls of a service whose product is missing in the config', () => {
  it('are not billed where the product was under observe', async () => {
    await at.bench.edit(PLAN, `enforce: observe, ${PLAN}`);
    expect(await at.bill()).toEqual(['svc-1 planned 7.00']);
    await rename();
    const { run, bills } = await at.sluice.calls.bill({});
    expect(run.outcome).toBe('failed');
    expect(bills).toMatchObject([{ service: 'svc-1', state: 'failed', error: { code: 'unknown_product' } }]);
    expect(await at.invoices()).toEqual([]);
    await restore();
    expect(await at.bill()).toEqual(['svc-1 planned 7.00']);
  });

  it('stay due until the grace of the product is over', async () => {
    await setTerms('grace: 2d');
    await rename();
    expect(await at.bill()).toEqual(['svc-1 unknown_product']);
    await restore();
    at.addCall('2026-10-31T20:00:00-03:00', '50.0000', { visibleAt: Date.parse('2026-11-01T20:00:00Z') });
    at.setTime('2026-11-02T10:00:00Z');
    expect(await at.bill()).toEqual([]);
    at.setTime('2026-11-04T10:00:00Z');
    expect(await at.bill()).toEqual(['svc-1 added 57.00']);
  });

  it('are billed by the periods of the product once it is back', async () => {
    await setTerms('period: anniversary');
    await rename();
    at.setTime('2026-11-09T08:00:00Z');
    expect(await at.bill()).toEqual(['svc-1 unknown_product']);
    expect(await at.invoices()).toEqual([]);
    await restore();
    const { bills } = await at.sluice.calls.bill({});
    expect(bills).toMatchObject([{ state: 'added', total: '7.00', period: { to: '2026-11-08T03:00:00.000Z' } }]);
  });

  it('are not billed by name, for a stated period, or as the last ones either', async () => {
    await rename();
    for (const how of [{}, { period: '2026-10' }, { final: true }, { dryRun: true }])
      expect(await at.bill({ service: 'svc-1', ...how })).toEqual(['svc-1 unknown_product']);
    const ended = at.sluice.provision.terminate('svc-1', { finalInvoice: true });
    expect(await errorOf(ended)).toMatchObject({ code: 'unknown_product' });
    expect(await at.invoices()).toEqual([]);
  });

  it('stop no bill of another service, and are in the notices', async () => {
    at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
    at.panel.addCall({ subscriber: '9002', startedAt: '2026-10-11T09:00:00-03:00', talkSeconds: 45, charge: '3.00' });
    await rename();
    const own = { panel: 'voice', product: 'line-2026', client: '43', status: 'active' };
    await at.sluice.services.add('svc-2', { ...own, astbilling_subscriber_id: '9002' });
    const { run, bills } = await at.sluice.calls.bill({});
    expect(run.outcome).toBe('partial');
    expect(bills.map(({ service, state }) => `${service} ${state}`)).toEqual(['svc-1 failed', 'svc-2 added']);
    const notices = await at.bench.store.notices.list({});
    expect(notices.filter(({ code }) => code === 'bill_failed')).toMatchObject([{ service: 'svc-1' }]);
  });
});

describe('a service whose product is missing in the config', () => {
  it('shows its calls and bills', async () => {
    expect(await at.bill()).toEqual(['svc-1 added 7.00']);
    await rename();
    expect(await at.bill()).toEqual(['svc-1 already-added 7.00']);
    expect(await at.sluice.calls.bills({ service: 'svc-1' })).toMatchObject({ bills: [{ total: '7.00' }] });
    expect(await at.differences()).toEqual([]);
    const charges: (string | null)[] = [];
    await at.sluice.calls.records({
      service: 'svc-1',
      from: '2026-10-01',
      onCall: ({ charge }) => void charges.push(charge),
    });
    expect(charges).toEqual(['7.0000']);
  });

  it('is no error of bills once it has ended and all is billed', async () => {
    await at.sluice.provision.terminate('svc-1', { finalInvoice: true });
    at.setTime('2026-11-01T10:00:00Z');
    await at.bill();
    await rename();
    at.setTime('2026-12-02T08:00:00Z');
    expect(await at.bill()).not.toContain('svc-1 unknown_product');
  });
});

describe('the first months of a line that could not be tried', () => {
  const charges = async (): Promise<string[]> =>
    (await at.invoices()).flatMap(({ lines }) => lines.map(({ amount }) => amount)).sort();

  const failures: Record<string, { fail: () => unknown; mend: () => unknown }> = {
    'its product is missing': { fail: rename, mend: restore },
    'the panel does not list calls': {
      fail: () => at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 403 } }),
      mend: () => {
        at.panel.server.clearFaults();
      },
    },
  };

  beforeEach(() => {
    at.addCall('2026-11-10T09:00:00-03:00', '5.0000');
  });

  it.each(Object.entries(failures))('are billed later: %s', async (_name, { fail, mend }) => {
    await fail();
    for (const time of ['2026-11-01T08:00:00Z', '2026-12-01T08:00:00Z', '2027-01-02T08:00:00Z']) {
      at.setTime(time);
      expect((await at.sluice.calls.bill({})).run.outcome).toBe('failed');
    }
    await mend();
    await at.bill();
    expect(await charges()).toEqual(['5.00', '7.00']);
    at.setTime('2027-02-02T08:00:00Z');
    await at.bill();
    expect(await charges()).toEqual(['5.00', '7.00']);
    expect(await at.bench.store.conditions.list('calls_due:')).toEqual([]);
  });

  it('are billed later, although a person has billed a later one', async () => {
    await rename();
    await at.bill();
    await restore();
    at.setTime('2026-12-01T08:00:00Z');
    expect(await at.bill({ service: 'svc-1', period: '2026-11' })).toEqual(['svc-1 added 5.00']);
    await at.bill();
    expect(await charges()).toEqual(['5.00', '7.00']);
  });

  it('are not billed where no run had them to bill', async () => {
    at.setTime('2026-12-01T08:00:00Z');
    expect(await at.bill({ dryRun: true })).toEqual(['svc-1 planned 5.00']);
    await at.bill();
    at.setTime('2027-01-02T08:00:00Z');
    await at.bill();
    expect(await charges()).toEqual(['5.00']);
  });
});
