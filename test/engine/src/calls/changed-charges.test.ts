import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../bench/engine-bench.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';
import { useOpened } from '../bench/each-test.js';
import { createReports } from './world.js';

const [at, open] = useOpened(startTelephonyBench);

describe('a call that is rated anew after its bill', () => {
  it('is not shown with its new charge in the report of the bill', async () => {
    await open();
    await at.addService();
    const id = at.addCall('2026-10-10T12:00:00Z', '1.0000');
    await at.bill();
    const [bill] = (await at.sluice.calls.bills()).bills;
    const report = (): Promise<{ text: string }> => at.sluice.calls.billReport(bill?.id ?? '');
    expect((await report()).text).toContain(',1.0000,');
    at.panel.changeCall(id, { charge: '7.0000' });
    expect(await codeOf(report())).toBe('report_failed');
    at.panel.changeCall(id, { charge: '1.0000' });
    expect((await report()).text).toContain(',1.0000,');
  });

  it('makes no file that a comparison would read as what was billed', async () => {
    await open();
    await at.addService();
    const id = at.addCall('2026-10-10T12:00:00Z', '1.0000');
    await at.bill();
    at.panel.changeCall(id, { charge: '7.0000' });
    const files = new Map<string, string>();
    const reports = createReports(files);
    const changed = { state: 'already-added', total: '1.00', csv: null, warnings: [{ code: 'calls_changed' }] };
    const again = async (): Promise<unknown> => (await at.sluice.calls.bill({ reports })).bills;
    expect(await again()).toMatchObject([changed]);
    expect(await again()).toMatchObject([changed]);
    expect([...files]).toEqual([]);
    expect(await at.differences()).toMatchObject([{ difference: '6.0000' }]);
    at.panel.changeCall(id, { charge: '1.0000' });
    expect(await again()).toMatchObject([{ state: 'already-added', warnings: [] }]);
    expect(files.size).toBe(1);
  });
});
