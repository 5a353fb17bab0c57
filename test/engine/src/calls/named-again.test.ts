import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(startTelephonyBench);

const OCTOBER = { service: 'svc-1', period: '2026-10' };

const charged = async (): Promise<string[]> => (await at.invoices()).map(({ total }) => total);

/** Counts the lists of calls that were read by the work. */
async function countLists(work: () => Promise<unknown>): Promise<number> {
  const count = (): number => at.panel.server.calls.filter(({ path }) => path.includes('/cdrs')).length;
  const before = count();
  await work();
  return count() - before;
}

/** Bills while the panel lists no calls and counts none. */
async function billEmpty(how: Parameters<typeof at.bill>[0]): Promise<string[]> {
  const change = (json: unknown): unknown => ({ ...(json as object), data: [], meta: { total: 0 } });
  at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'mutate', change } });
  const billed = await at.bill(how);
  at.panel.server.clearFaults();
  return billed;
}

beforeEach(async () => {
  await at.addService();
});

describe.each(['with', 'without'])('a stated month that was billed as nothing, on a panel %s billFrom', (how) => {
  beforeEach(async () => {
    if (how === 'without') await at.bench.edit(', billFrom: 2026-10-01', '');
    at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
    at.addCall('2026-10-20T09:00:00-03:00', '30.0000');
    expect(await billEmpty(OCTOBER)).toEqual(['svc-1 nothing-to-bill 0.00']);
  });

  it.each([
    OCTOBER,
    { period: '2026-10' },
    { period: 'previous-month' },
    { ...OCTOBER, period: '2026-10-01..2026-11-01' },
  ])('is billed, once, where it is stated again: %j', async (stated) => {
    expect(await at.bill(stated)).toEqual(['svc-1 added 100.00']);
    for (const next of [stated, OCTOBER]) expect(await at.bill(next)).toEqual(['svc-1 already-added 100.00']);
    expect(await countLists(() => at.bill(stated))).toBe(0);
    expect(await charged()).toEqual(['100.00']);
    expect(await at.differences()).toEqual([]);
  });

  it('is shown with its calls by a dry run, which leaves it as it is', async () => {
    expect(await at.bill({ ...OCTOBER, dryRun: true })).toEqual(['svc-1 planned 100.00']);
    expect(await at.bench.store.callBills.list()).toMatchObject([{ state: 'zero', amount: '0.00' }]);
  });

  it('stays nothing while the panel lists none, without a line of nothing', async () => {
    const [before] = await at.bench.store.callBills.list();
    expect(await billEmpty({ ...OCTOBER, zeroLine: true })).toEqual(['svc-1 nothing-to-bill 0.00']);
    expect(await at.bench.store.callBills.list()).toEqual([before]);
    expect(await charged()).toEqual([]);
  });

  it('waits for the calls that the panel does not list', async () => {
    at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
    expect((await at.bill(OCTOBER)).join()).toMatch(/^svc-1 PANEL/);
    at.panel.server.clearFaults();
    expect(await at.bill(OCTOBER)).toEqual(['svc-1 added 100.00']);
  });

  it('is billed after the service has ended', async () => {
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    expect(await at.bill(OCTOBER)).toEqual(['svc-1 added 100.00']);
  });

  it('is billed to the client whose calls they were', async () => {
    await at.sluice.services.set('svc-1', { client: '43' });
    expect(await at.bill(OCTOBER)).toEqual(['svc-1 added 100.00']);
    expect((await at.invoices()).map(({ client }) => client)).toEqual(['42']);
  });

  it('is not billed by another service that has the line now', async () => {
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '' });
    const own = { panel: 'voice', product: 'line', client: '43', status: 'active' };
    await at.sluice.services.add('svc-2', { ...own, astbilling_subscriber_id: LINE });
    await at.bill({ ...OCTOBER, service: 'svc-2' }).catch(() => undefined);
    expect(await charged()).toEqual([]);
    expect(await at.bill(OCTOBER)).toEqual(['svc-1 added 100.00']);
    expect((await at.invoices()).map(({ client }) => client)).toEqual(['42']);
  });
});

it('a month of calls that were paid before is not read again', async () => {
  at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
  at.panel.subscriber(LINE).billingType = 'prepaid';
  await at.bench.edit('astbilling: { planId: "11" }', 'astbilling: { planId: "11", billingType: prepaid }');
  expect(await at.bill(OCTOBER)).toEqual(['svc-1 nothing-to-bill']);
  expect(await countLists(() => at.bill(OCTOBER))).toBe(0);
  expect(await charged()).toEqual([]);
});

it('calls that a person has charged are not billed where their month is stated again', async () => {
  expect(await at.bill(OCTOBER)).toEqual(['svc-1 nothing-to-bill 0.00']);
  at.addCall('2026-10-10T09:00:00-03:00', '70.0000');
  await at.bench.edit('  line: {', '  line-2026: {');
  at.setTime('2026-11-06T12:00:00Z');
  await at.bill();
  const [alarm] = (await at.sluice.notices.alarms()).alarms.filter(({ code }) => code === 'calls_unbilled');
  expect(alarm?.message).toMatch(/on no invoice: 70/);
  await at.sluice.notices.acknowledge(alarm?.id ?? '');
  expect(await at.bill(OCTOBER)).toEqual(['svc-1 nothing-to-bill 0']);
  await at.bench.edit('  line-2026: {', '  line: {');
  expect(await at.bill(OCTOBER)).toEqual(['svc-1 nothing-to-bill 0']);
  expect(await charged()).toEqual([]);
});
