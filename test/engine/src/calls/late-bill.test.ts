import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { MINUTE } from '../bench/engine-bench.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(() => startTelephonyBench());

async function lastBill(): Promise<(string | undefined)[] | undefined> {
  const found = (await at.sluice.panels.doctor({})).checks.find(({ name }) => name === 'last call bill');
  return found === undefined ? undefined : [found.status, found.code];
}

it('doctor misses the job that bills calls where a line has calls to bill, and says when it is late', async () => {
  expect(await lastBill()).toBeUndefined();
  await at.addService();
  expect(await lastBill()).toEqual(['warning', 'no_call_bill']);
  await at.bill();
  at.bench.clock.advance(15 * MINUTE);
  expect(await lastBill()).toEqual(['ok', undefined]);
  at.bench.clock.advance(MINUTE);
  await at.bill({ dryRun: true });
  await at.bill({ service: 'svc-1' });
  expect(await lastBill()).toEqual(['warning', 'call_bill_late']);
  await at.bill();
  expect(await lastBill()).toEqual(['ok', undefined]);
});

it('doctor misses no job that bills calls under observe, where bills are only shown', async () => {
  await at.addService();
  await at.sluice.panels.observe('voice');
  expect(await lastBill()).toBeUndefined();
});
