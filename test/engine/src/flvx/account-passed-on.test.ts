import { expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { addCustomer } from './customer.js';

const at = useFlvxBench();

it('an account that a run read before its service passed on is not shown to the next client', async () => {
  await addCustomer(at);
  await at.sluice.services.set('svc-1', { client: 'c-1' });
  at.bench.clock.advance(3_600_000);
  await at.poll();
  at.panel.traffic(2, 300 * GB);
  at.bench.clock.advance(3_600_000);
  const passed: Promise<unknown>[] = [];
  at.panel.server.onCall((call) => {
    if (!call.path.endsWith('/forward/list')) return;
    at.bench.clock.advance(1000);
    if (passed.length === 0) passed.push(at.sluice.services.set('svc-1', { client: 'c-2' }));
  });
  await at.sluice.reconcile();
  expect(await Promise.all(passed)).toHaveLength(1);
  const accountFor = async (client: string) => (await at.sluice.services.show('svc-1', { reader: client })).account;
  expect(await accountFor('c-2')).toBeNull();
  at.bench.clock.advance(3_600_000);
  await at.sluice.reconcile();
  expect(await accountFor('c-2')).toMatchObject({ forwards: [{ name: 'web' }, { name: 'game' }] });
});
