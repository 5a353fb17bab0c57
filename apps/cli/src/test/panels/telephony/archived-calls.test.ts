import { afterEach, expect, it } from '@jest/globals';
import { startTelephonyBench, type TelephonyBench } from './telephony-bench.js';

let at: TelephonyBench;
afterEach(() => at.close());

interface Bills {
  bills: { state: string; calls: number; total: string }[];
}

it('bills calls that the panel archived, and finds none of them late or missing when they are archived later', async () => {
  at = await startTelephonyBench('magnusbilling');
  await at.addService();
  const first = at.addCall('2026-10-03T10:00:00-03:00', '0.2320');
  const second = at.addCall('2026-10-04T10:00:00-03:00', '0.4000');
  at.panel.archiveCall(first);
  const billed = await at.run('call bill --service svc-1 --period 2026-10');
  expect(billed.json<Bills>().bills).toMatchObject([{ state: 'added', calls: 2, total: '0.63' }]);
  at.panel.archiveCall(second);
  const compared = await at.run('call reconcile --service svc-1');
  expect(compared.json<object>()).toMatchObject({
    bills: [{ now: { calls: 2 }, difference: '0.0000', late: [], missing: [], changed: [] }],
  });
  const { json } = await at.run('call records --service svc-1 --from 2026-10-01 --to 2026-11-01');
  expect(json<{ records: object[] }>().records).toMatchObject([
    { id: 'archive-1', is_archived: true },
    { id: 'archive-2', is_archived: true },
  ]);
});
