import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../../each-test.js';
import { startEasyDcimBench } from '../../easydcim-bench.js';

it('poll says once what a service has used of its allowance', async () => {
  const at = closeAfterTest(await startEasyDcimBench('enforce: observe'));
  await at.addService(1);
  at.use(1, 85);
  const said = (await at.bench.sluice('poll')).stdout;
  expect(said.match(/svc-1 has used \d+% of its allowance/g)).toEqual(['svc-1 has used 80% of its allowance']);
});

it('a release says what stays restricted, and who needs it, in its dry run and in each repeat', async () => {
  const at = closeAfterTest(await startEasyDcimBench());
  // A panel that does not say whose order it is.
  Object.assign(at.panel.answers.orders, { style: 'flat', suspendedIn: 'order' });
  at.panel.answers.orders.rename = { service_id: 'x1', related_id: 'x2', server_id: 'x3' };
  const order = 'order: { panel: dcim, quota: { total: 100GB }, action: suspend-order';
  at.bench.edit(order, `${order}, allowSharedPorts: true`);
  for (const number of [1, 2]) {
    const values = ['easydcim_order_id=901', '--allow-duplicate-refs'];
    await at.addService(number, { product: 'order', values });
    await at.bench.sluice(`provision suspend svc-${number}`);
  }
  for (const words of ['--dry-run', '', '']) {
    const { stdout } = await at.bench.sluice(`provision unsuspend svc-1 ${words}`.trim());
    expect(stdout).toMatch(/notice still restricted: svc-1: order 901 .*svc-2/);
    expect(stdout).not.toContain('stopped_by_panel');
  }
});
