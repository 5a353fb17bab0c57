import { beforeEach, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const at = useBenchForEach();
beforeEach(async () => {
  await at.addService(1, 'c-1', 120);
  await at.sluice.poll();
  await at.sluice.credit.add('c-1', { amount: '10.00', currency: 'EUR' });
});

it('a service that a panel under observe keeps held is not called used up where there is room again', async () => {
  const link = await Link.open(at, { client: 'c-1', buy: true });
  const read = async (): Promise<string> => (await link.text('/services/svc-1')).replaceAll(/\s+/g, ' ');
  expect(await read()).toContain('The traffic of this period is used up');
  await at.sluice.panels.observe('dcim');
  await at.sluice.purchases.create('svc-1', 'extra-50');
  at.clock.advance(3_600_000);
  await at.sluice.poll();
  const page = await read();
  expect(page).toContain('The traffic of this period was used up, and there is room again');
  expect(page).not.toContain('is used up');
  const own = await (await at.fetch('/services/svc-1', { cookie: await at.login() })).text();
  expect(own).toContain('is under observe on panel dcim, so no run releases it');
  expect(own).not.toContain('by the poll after');
});

it('a hold that waits on a panel under observe is not called to be restricted', async () => {
  await at.addService(2, 'c-1');
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.sluice.holds.add('svc-2');
  await at.sluice.panels.observe('dcim');
  at.panel.server.clearFaults();
  await at.sluice.poll();
  const link = await Link.open(at, { client: 'c-1' });
  const page = (await link.text('/services/svc-2')).replaceAll(/\s+/g, ' ');
  expect(page).toContain('Your provider has put the service on hold; the service is not restricted.');
  expect(page).not.toContain('to be restricted');
  const own = textOf(await at.page('/services/svc-2'));
  expect(own).toContain('no run restricts it. Add the hold here again, or let runs change it again.');
});
