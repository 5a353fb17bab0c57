import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { DAY } from '../bench/engine-bench.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(() => startTelephonyBench({ wire: 'magnusbilling' }));

it('bills calls that the panel archived, and finds none of them late or missing when they are archived later', async () => {
  await at.addService();
  const first = at.addCall('2026-10-03T10:00:00-03:00', '0.2320');
  const second = at.addCall('2026-10-04T10:00:00-03:00', '0.4000');
  at.panel.archiveCall(first);
  const billed = await at.sluice.calls.bill({ service: 'svc-1', period: '2026-10' });
  expect(billed.bills).toMatchObject([{ state: 'added', calls: 2, total: '0.63' }]);
  at.panel.archiveCall(second);
  const report = Readable.from([
    { id: 'archive-1', charge: '0.2320' },
    { id: second, charge: '0.4000' },
  ]);
  expect(await at.sluice.calls.reconcile({ service: 'svc-1', billed: () => Promise.resolve(report) })).toMatchObject({
    bills: [{ now: { calls: 2 }, difference: '0.0000', late: [], missing: [], changed: [] }],
  });
  const records: object[] = [];
  const onCall = (record: object): void => {
    records.push(record);
  };
  await at.sluice.calls.records({ service: 'svc-1', from: '2026-10-01', to: '2026-11-01', onCall });
  expect(records).toMatchObject([
    { id: 'archive-1', isArchived: true },
    { id: 'archive-2', isArchived: true },
  ]);
});

it("bills no calls of a line of a reseller, whose charges are the reseller's, and takes none over", async () => {
  await at.addService();
  at.addCall('2026-10-03T10:00:00-03:00', '0.2320');
  const { extra } = at.panel.subscriber('9001');
  extra['id_user'] = 7;
  const { bills } = await at.sluice.calls.bill({ service: 'svc-1', period: '2026-10' });
  const message =
    'The calls of "svc-1" are not billed: line 9001 belongs to reseller 7: the charges of its calls are what the reseller pays; nothing was changed';
  expect(bills).toMatchObject([{ state: 'failed', error: { code: 'line_of_reseller', message } }]);
  const taken = await at.sluice.provision.create('svc-1');
  expect([taken.service.error?.code, taken.actions]).toEqual(['line_of_reseller', []]);
  extra['id_user'] = 1;
  expect(await at.bill({ service: 'svc-1', period: '2026-10' })).toEqual(['svc-1 added 0.23']);
});

it('bills no calls of a line of a reseller after the panel has lost the line either', async () => {
  await at.addService();
  at.addCall('2026-10-03T10:00:00-03:00', '0.2320');
  at.panel.subscriber('9001').extra['id_user'] = 7;
  const october = { service: 'svc-1', period: '2026-10' };
  expect(await at.bill(october)).toEqual(['svc-1 line_of_reseller']);
  at.panel.deleteSubscriber('9001');
  expect(await at.bill(october)).toEqual(['svc-1 line_of_reseller']);
  expect(await at.invoices()).toEqual([]);
});

it('ends a line of a reseller once its calls are given up', async () => {
  await at.addService();
  at.addCall('2026-11-03T10:00:00-03:00', '0.2320');
  const line = at.panel.subscriber('9001');
  line.createdAt = Date.parse('2026-10-20T12:00:00Z');
  line.extra['id_user'] = 7;
  const end = at.sluice.provision.terminate('svc-1', { finalInvoice: true });
  await expect(end).rejects.toMatchObject({ code: 'final_bill_failed' });
  expect((await at.sluice.provision.terminate('svc-1', { forfeitUnbilled: true })).run.outcome).toBe('done');
});

describe('a line of a reseller whose final bill was refused', () => {
  const terminate = (): Promise<unknown> => at.sluice.provision.terminate('svc-1', { finalInvoice: true });
  beforeEach(async () => {
    await at.addService();
    at.addCall('2026-11-03T10:00:00-03:00', '0.2320');
    const line = at.panel.subscriber('9001');
    line.createdAt = Date.parse('2026-10-20T12:00:00Z');
    line.extra['id_user'] = 7;
    await expect(terminate()).rejects.toMatchObject({ code: 'final_bill_failed' });
  });

  it('has one failed bill however often it is tried, none of which its client sees', async () => {
    at.bench.clock.advance(DAY);
    await expect(terminate()).rejects.toMatchObject({ code: 'final_bill_failed' });
    const end = new Date(at.bench.clock.now()).toISOString();
    const { bills } = await at.sluice.calls.bills({ service: 'svc-1' });
    expect(bills).toMatchObject([{ state: 'failed', period: { to: end } }]);
    expect(await at.sluice.calls.bills({ service: 'svc-1', reader: '42' })).toEqual({ bills: [] });
  });

  it('is refused after the panel has lost it, also by another period', async () => {
    at.panel.deleteSubscriber('9001');
    at.setTime('2026-12-02T12:00:00Z');
    expect(await at.bill({ service: 'svc-1', period: '2026-11' })).toEqual(['svc-1 line_of_reseller']);
    expect(await at.invoices()).toEqual([]);
  });

  it.each(['2026-11', undefined])(
    'is billed after the panel has lost it, once calls of it were billed as sold directly (period %s)',
    async (period) => {
      at.panel.subscriber('9001').extra['id_user'] = 1;
      at.setTime('2026-12-02T12:00:00Z');
      expect(await at.bill({ service: 'svc-1', period })).toContain('svc-1 added 0.23');
      at.addCall('2026-12-03T10:00:00-03:00', '0.4000');
      at.panel.deleteSubscriber('9001');
      at.setTime('2027-01-02T12:00:00Z');
      expect(await at.bill({ service: 'svc-1', period: '2026-12' })).toEqual(['svc-1 added 0.40']);
    },
  );
});

it('makes the report of a bill again whose calls were archived since, unless their number or charges differ', async () => {
  await at.addService();
  const ids = ['2026-10-03', '2026-10-04'].map((day) => at.addCall(`${day}T10:00:00-03:00`, '0.2320'));
  await at.bill({ service: 'svc-1', period: '2026-10' });
  const { bills } = await at.sluice.calls.bills({ service: 'svc-1' });
  for (const id of ids) at.panel.archiveCall(id);
  const report = (): Promise<{ text: string }> => at.sluice.calls.billReport(bills[0]?.id ?? '');
  expect((await report()).text.match(/archive-\d+/g)).toEqual(['archive-1', 'archive-2']);
  at.addCall('2026-10-05T10:00:00-03:00', '0.0000');
  await expect(report()).rejects.toMatchObject({ code: 'report_failed' });
});

it('bills no month as nothing whose calls the panel counts and does not list', async () => {
  await at.addService();
  await at.bench.edit(', billFrom: 2026-10-01', '');
  const october = { service: 'svc-1', period: '2026-10' };
  for (const day of [1, 2, 3, 4]) at.addCall(`2026-10-0${day}T10:00:00-03:00`, '1.0000');
  const change = (json: unknown): object => ({ ...(json as object), rows: [] });
  const match = ({ path }: { path: string }): boolean => path.endsWith('/call/read');
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
  expect((await at.bill(october)).join()).toMatch(/^svc-1 PANEL_UNREADABLE/);
  at.panel.server.clearFaults();
  expect(await at.bill(october)).toEqual(['svc-1 added 4.00']);
});
