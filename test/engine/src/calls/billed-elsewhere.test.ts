import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { LINE, startTelephonyBench, WIRES } from '../bench/telephony-bench.js';

const row = (from: string, to: string, total: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...{ service: 'svc-1', from, to, total },
  ...more,
});

describe.each(WIRES)('what another system has billed, on a panel with the %s profile', (wire) => {
  const at = useBench(() => startTelephonyBench({ wire }));

  it('is compared row by row with the records of now; nothing is billed or stored', async () => {
    await at.addService();
    at.addCall('2026-08-31T23:59:59-03:00', '9.0000');
    at.addCall('2026-09-01T00:00:00-03:00', '0.1000');
    at.addCall('2026-09-30T23:59:59-03:00', '0.2000');
    at.addCall('2026-10-01T00:00:00-03:00', '5.0000');
    const { bills, warnings } = await at.sluice.calls.reconcile({
      with: [row('2026-09-01', '2026-10-01', '0.3'), row('2026-08-01', '2026-09-01', '10.00', { currency: 'BRL' })],
    });
    const nothing = { bill: null, late: [], missing: [], changed: [], unread: [] };
    expect(warnings).toEqual([]);
    expect(bills).toMatchObject([
      {
        ...{ service: 'svc-1', line: LINE, currency: 'BRL', ...nothing },
        period: { from: '2026-09-01T03:00:00.000Z', to: '2026-10-01T03:00:00.000Z', timeZone: 'America/Sao_Paulo' },
        ...{ billed: { calls: null, total: '0.30' }, now: { calls: 2, withoutCharge: 0 } },
      },
      { ...nothing, billed: { calls: null, total: '10.00' }, now: { calls: 1 } },
    ]);
    expect(bills.map(({ now, difference }) => [Number(now.total), Number(difference)])).toEqual([
      [0.3, 0],
      [9, -1],
    ]);
    expect((await at.sluice.calls.bills()).bills).toEqual([]);
    expect(await at.invoices()).toEqual([]);
    expect((await at.sluice.calls.reconcile()).bills).toEqual([]);
  });
});

describe('rows of what another system has billed', () => {
  const at = useBench(startTelephonyBench);

  async function findProblems(...rows: Record<string, string>[]): Promise<unknown> {
    const request = { with: rows.map((values, index) => ({ line: index + 2, values })), file: 'old.csv' };
    const error: unknown = await at.sluice.calls.reconcile(request).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({
      code: 'bad_import',
      message: expect.stringContaining('old.csv: nothing was compared'),
    });
    return (error as { details: { problems: { line: number; key: string; message: string }[] } }).details.problems.map(
      ({ line, key, message }) => `${line} ${key}: ${message}`,
    );
  }

  it('are refused together, each with its line', async () => {
    await at.addService();
    at.panel.addSubscriber({
      id: '9002',
      username: 'ana1043',
      customer: '501',
      plan: '11',
      externalRef: 'sluice:service:x',
    });
    const other = { panel: 'voice', product: 'line', status: 'active' };
    await at.sluice.services.add('svc-2', other);
    await at.sluice.services.add('svc-3', { ...other, astbilling_subscriber_id: '9002' });
    expect(
      await findProblems(
        row('2026-08-01', '2026-09-01', '1.00'),
        row('2026-08-31', '2026-09-30', '1.00'),
        row('2026-10-01', '2026-12-01', '1.00'),
        row('2026-07-01', '2026-07-01', '1.00'),
        row('01/06/2026', '2026-02-30', '1.00'),
        row('2026-06-01', '2026-07-01', '1.234,56'),
        row('2026-05-01', '2026-06-01', '-1.00'),
        row('2026-04-01', '2026-05-01', '', { currency: 'USD' }),
        row('2026-03-01', '2026-04-01', '1.00', { service: '' }),
        row('2026-03-01', '2026-04-01', '1.00', { service: 'nobody' }),
        row('2026-03-01', '2026-04-01', '1.00', { service: 'svc-2' }),
        row('2026-03-01', '2026-04-01', '1.00', { service: 'svc-3' }),
        row('2026-02-01', '2026-03-01', '1.00', { amount: '1' }),
      ),
    ).toEqual([
      '3 from: the period has days of line 2: calls would be compared twice. The day in "to" does not belong to a period',
      '4 to: the period until 2026-12-01 is not over: records of its calls may still arrive',
      '5 to: 2026-07-01 is not after 2026-07-01: the day itself does not belong to the period',
      '6 from: "01/06/2026" is not a day: write a date such as 2026-10-01',
      '6 to: "2026-02-30" is not a day: write a date such as 2026-10-01; the day itself does not belong to the period',
      '7 total: "1.234,56" is not an amount: write it as 1234.56, without a currency',
      '8 total: "-1.00" is not an amount: write it as 1234.56, without a currency',
      '9 currency: is USD, but the calls of panel "voice" are in BRL',
      '9 total: is required',
      '10 service: is required',
      '11 service: there is no service "nobody"',
      '12 service: "svc-2" has no line on panel "voice" yet',
      expect.stringMatching(/^13 service: "svc-3": /),
      '14 amount: unknown column "amount"; known: service, from, to, total, currency',
    ]);
  });

  it('name a period of the last hour as one that is not over', async () => {
    await at.addService();
    at.setTime('2026-11-01T03:59:00Z');
    expect(await findProblems(row('2026-10-01', '2026-11-01', '1.00'))).toHaveLength(1);
    at.setTime('2026-11-01T04:00:00Z');
    expect((await at.sluice.calls.reconcile({ with: [row('2026-10-01', '2026-11-01', '1.00')] })).bills).toHaveLength(
      1,
    );
  });

  it('are compared exactly, and say what is not in the sum', async () => {
    await at.addService();
    for (const charge of ['0.1001', '0.2002', null]) at.addCall('2026-10-05T09:00:00-03:00', charge);
    const foreign = at.addCall('2026-10-06T09:00:00-03:00', '7.0000', { currency: 'USD' });
    const { bills } = await at.sluice.calls.reconcile({ with: [row('2026-10-01', '2026-11-01', '123456789012.34')] });
    expect(bills).toMatchObject([
      {
        billed: { calls: null, total: '123456789012.34' },
        now: { calls: 3, total: '0.3003', withoutCharge: 1 },
        ...{ difference: '-123456789012.0397', unread: [foreign] },
      },
    ]);
  });
});
