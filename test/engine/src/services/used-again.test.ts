import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startShop } from '../purchases/shop.js';

const at = useBench(() => startShop());

/** Client 42 buys a package for its service, which is held for a time and then removed. */
beforeEach(async () => {
  await at.open(10, '20');
  await at.buy('svc-1', 'extra-50');
  await at.sluice.holds.add('svc-1');
  await at.sluice.holds.release('svc-1');
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  await at.sluice.services.remove('svc-1');
  at.bench.clock.advance(HOUR);
});

async function addAgain(client: string): Promise<void> {
  const due = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  const refs = { easydcim_service_id: '501', easydcim_order_id: '901', easydcim_server_id: '301' };
  await at.sluice.services.add('svc-1', { panel: 'dcim', product: 'ports', client, ...due, ...refs });
  at.use(1, 1);
}

async function read(reader: string): Promise<number[]> {
  const { services } = await at.pollReport();
  const { holds, actions } = await at.sluice.explain('svc-1', { reader });
  const extra = services[0]?.allowance?.extraBytes ?? -1;
  const { purchases } = await at.sluice.services.show('svc-1', { reader });
  return [extra / GB, purchases.length, Math.sign(holds.length), Math.sign(actions.length)];
}

it('an id that is used again for another client has nothing of the former one', async () => {
  await addAgain('43');
  expect(await read('43')).toEqual([0, 0, 0, 0]);
});

it('an id that is used again for its client has what that client bought and did', async () => {
  await addAgain('42');
  expect(await read('42')).toEqual([50, 1, 1, 1]);
});
