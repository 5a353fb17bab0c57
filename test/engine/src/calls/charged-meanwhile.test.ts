import { beforeEach, describe, expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(() => startTelephonyBench({ whmcs: '' }));

beforeEach(async () => {
  at.whmcs.addClient({ id: 42, currency: 'BRL' });
  at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
  await at.addService();
});

const charged = (): string[] =>
  at.whmcs.invoices(42).flatMap(({ lines }) => lines.map(({ amount }) => Number(amount).toFixed(2)));

/** Bills as the timer does; a person says that the reported calls were charged by hand right before the first line is sent. */
async function billAndCharge(): Promise<string> {
  const [alarm] = (await at.sluice.notices.alarms()).alarms.filter(({ code }) => code === 'calls_unbilled');
  const bills = await during(
    at.whmcs.server,
    ({ endpoint }) => endpoint === 'GetInvoices',
    () => at.bill(),
    () => at.sluice.notices.acknowledge(alarm?.id ?? '', { note: 'charged by hand' }),
  );
  return bills.join('\n');
}

/** The run that sends a line is another one than that which made its bill. */
async function leavePlanned(): Promise<void> {
  const { store } = at.bench;
  at.whmcs.server.inject({ endpoint: 'GetInvoices', fault: { kind: 'status', status: 503 } });
  await at.bill({ service: 'svc-1' });
  at.whmcs.server.clearFaults();
  for (const bill of await store.callBills.list({}))
    if (bill.state === 'failed') await store.callBills.update(bill.id, { state: 'planned', note: null });
}

async function expectChargedOnce(billed: string[]): Promise<void> {
  expect(charged()).toEqual(billed);
  await at.bill();
  expect(charged()).toEqual(billed);
  expect(await at.differences()).toEqual([]);
}

describe.each([
  ['this run', () => Promise.resolve()],
  ['an earlier run', leavePlanned],
])('calls on a bill of %s that are charged by hand before its line is sent', (_name, prepare) => {
  it('are charged once where another bill has their period', async () => {
    at.setTime('2026-11-06T12:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.addCall('2026-11-10T09:00:00-03:00', '70.0000');
    at.setTime('2026-11-12T12:00:00Z');
    await at.bill();
    at.setTime('2026-11-20T12:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'active' });
    at.setTime('2026-12-02T12:00:00Z');
    await prepare();
    expect(await billAndCharge()).toContain('period_overlaps');
    await expectChargedOnce([]);
  });

  it('are charged once where the bill itself has it', async () => {
    at.addCall('2026-11-02T09:00:00-03:00', '70.0000');
    const unrated = at.addCall('2026-11-03T09:00:00-03:00', null);
    at.setTime('2026-11-06T12:00:00Z');
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    at.setTime('2026-11-06T14:00:00Z');
    expect(await at.bill()).toContain('svc-1 unrated');
    await at.sluice.services.set('svc-1', { status: 'active', astbilling_subscriber_id: '9002' });
    await at.bill();
    at.panel.changeCall(unrated, { charge: '0.0000' });
    at.setTime('2026-11-20T12:00:00Z');
    await at.sluice.services.set('svc-1', { astbilling_subscriber_id: LINE });
    at.setTime('2026-12-02T12:00:00Z');
    await prepare();
    expect(await billAndCharge()).toContain('period_overlaps');
    await expectChargedOnce([]);
  });
});
