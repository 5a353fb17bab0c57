import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
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
