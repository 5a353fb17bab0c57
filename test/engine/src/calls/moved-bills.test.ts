import { expect, it } from '@jest/globals';
import { startTelephonyBench } from '../bench/telephony-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startTelephonyBench);

/** The bill, and its report. */
async function readBill(): Promise<unknown> {
  const [bill] = (await at.sluice.calls.bills()).bills;
  return { bill, report: await at.sluice.calls.billReport(bill?.id ?? '') };
}

it('a bill keeps the zone of its panel and the report of its line once its service has others', async () => {
  await at.addService();
  at.addCall('2026-10-10T12:00:00Z', '1.0000');
  await at.bill();
  const before = await readBill();
  at.panel.addSubscriber({ id: '9002', username: 'ana1043', customer: '501', plan: '11' });
  await at.sluice.services.set('svc-1', { astbilling_subscriber_id: '9002' });
  expect(await readBill()).toEqual(before);
  const panel = /^ {2}voice: (?<start>.*)127\.0\.0\.1(?<end>.*) \}$/m;
  await at.bench.edit(panel, '$&\n  far: $<start>localhost$<end>, timeZone: Asia/Tokyo }');
  await at.bench.edit('  line: {', '  away: { panel: far, astbilling: { planId: "11" } }\n  line: {');
  await at.sluice.services.set('svc-1', { panel: 'far', product: 'away' });
  expect(await readBill()).toEqual(before);
});
