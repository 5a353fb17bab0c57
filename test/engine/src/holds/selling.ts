import { type EasyDcimBench, startEasyDcimBench } from '../bench/easydcim-bench.js';

/** Starts with svc-1 of client c-1, who has credit for a package of 100 GB; it is held for 150 of its 100 GB. */
export async function startSelling(): Promise<EasyDcimBench> {
  const at = await startEasyDcimBench('currency: EUR\npackages: { extra: { traffic: 100GB, price: "5.00" } }');
  await at.bench.edit('action: disable-ports }', 'action: disable-ports, packages: [extra] }');
  await at.addService(1, { values: { client: 'c-1' } });
  at.use(1, 150);
  await at.poll();
  await at.sluice.credit.add('c-1', { amount: '20.00', currency: 'EUR' });
  return at;
}
