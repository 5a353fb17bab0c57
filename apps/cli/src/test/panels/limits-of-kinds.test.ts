import { expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { startForEachTest } from '../each-test.js';
import { DAY, GB, startEasyDcimBench, toIds } from '../easydcim-bench.js';
import { startHiddifyBench } from '../hiddify-bench.js';
import type { Bench } from '../harness.js';

const dcim = startForEachTest(startEasyDcimBench);
const vpn = startForEachTest(startHiddifyBench);

/** Polls a quarter of an hour later, with this limit in all products that have this quota. */
async function pollUnder({ bench }: { bench: Bench }, quota: string, limit: string): Promise<RunReport> {
  const config = bench.read('sluice.yaml').replaceAll(/, limits: \[\{[^}]*\}\]/g, '');
  const limits = `, limits: [{ id: fair-use, window: cycle, ${limit} }]`;
  bench.write('sluice.yaml', config.replaceAll(`quota: { total: ${quota} }`, `$&${limits}`));
  bench.clock.advance(DAY / 96);
  const { exitCode, stderr, json } = await bench.sluice('poll --json');
  expect([exitCode, stderr]).toEqual([0, '']);
  return json<RunReport>();
}

const listHolds = ({ services: [service] }: RunReport): string[] => service?.holds.map(({ reason }) => reason) ?? [];
const listTypes = ({ services: [service] }: RunReport): string[] => [
  ...new Set(service?.actions.map(({ type }) => type)),
];

it('a limit disables ports on EasyDCIM, suspends no order though the product would, and is released by itself', async () => {
  await dcim.addService(1, { product: 'order' });
  const { service, order, port } = toIds(1);
  const portStates = (): string[] => [1, 2].map((index) => dcim.panel.port(port(index)).adminState);
  dcim.panel.addTraffic(service, { in: 10 * GB, out: 0 });
  const held = await pollUnder(dcim, '100GB', 'allowance: 10GB, action: disable-ports');
  expect([listHolds(held), listTypes(held), held.totals.held]).toEqual([['fair-use'], ['disable-port'], 1]);
  expect([portStates(), dcim.panel.order(order).suspension]).toEqual([['down', 'down'], null]);
  const [row] = await dcim.bench.store((store) => store.holds.open());
  expect(row).toMatchObject({ restriction: 'disable-ports', usedBytes: 10 * GB, allowedBytes: 10 * GB });

  dcim.panel.addTraffic(service, { in: 90 * GB, out: 0 });
  const both = await pollUnder(dcim, '100GB', 'allowance: 10GB, action: disable-ports');
  expect([listHolds(both), listTypes(both)]).toEqual([['fair-use', 'quota'], ['suspend-order']]);
  const released = await pollUnder(dcim, '100GB', 'allowance: 200GB, action: disable-ports');
  expect([listHolds(released), listTypes(released), released.totals.released]).toEqual([['quota'], ['enable-port'], 1]);
  expect(portStates()).toEqual(['up', 'up']);
  expect(dcim.panel.order(order).suspension).not.toBeNull();
});

it('a limit disables the user on Hiddify', async () => {
  const user = await vpn.create(1);
  vpn.panel.use(user, 10 * GB);
  const held = await pollUnder(vpn, '50GB', 'allowance: 10GB, action: disable');
  expect([listHolds(held), listTypes(held)]).toEqual([['fair-use'], ['disable-user']]);
  expect(listTypes(await pollUnder(vpn, '50GB', 'allowance: 20GB, action: disable'))).toEqual(['enable-user']);
});
