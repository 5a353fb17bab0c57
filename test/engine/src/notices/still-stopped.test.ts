import { expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';

const PORTS = [{ id: 7011, name: 'eth0' }];
const STILL_STOPPED =
  'A restriction of service svc-1 has ended, but the service, or a part of it, is still stopped; please ask your provider.';

const channel = keepMessages();
const [at, open] = useOpened((more: string) => startEasyDcimBench(more, { channels: [channel.kind] }));

const toTexts = (): string[] => channel.sent.splice(0).map(({ text }) => text);
const isStopped = async (): Promise<boolean> => (await at.sluice.services.show('svc-1')).stoppedByPanel !== undefined;

/** The hold of svc-1 ends. */
async function release(): Promise<string[]> {
  toTexts();
  await at.sluice.overrides.set('svc-1', { quota: '500GB' });
  await at.pollAfter(HOUR);
  return toTexts();
}

it('tells a client of a service that staff stopped besides that it is still stopped', async () => {
  await open(TO_CLIENTS);
  await at.addService(1, { product: 'ports', values: { client: '42' }, ports: PORTS });
  at.use(1, 120);
  await at.poll();
  at.panel.staffSuspendOrder(901, 'abuse');
  expect([await release(), at.panel.port(7011).adminState]).toEqual([[STILL_STOPPED], 'up']);
  expect(await isStopped()).toBe(true);
});

it('tells a client of ports that the hold of another service keeps disabled that they still are', async () => {
  await open(TO_CLIENTS);
  const product = 'ports: { panel: dcim, quota: { total: 100GB }, action: disable-ports';
  await at.bench.edit(`${product} }`, `${product}, allowSharedPorts: true }`);
  await at.addService(1, { product: 'ports', values: { client: '42' }, ports: PORTS });
  await at.addService(2, { product: 'ports', values: { client: '43' }, ports: PORTS, serverId: 301 });
  at.use(1, 120);
  at.use(2, 120);
  await at.poll({ allowMass: true });
  expect([await release(), at.panel.port(7011).adminState]).toEqual([[STILL_STOPPED], 'down']);
  expect(await isStopped()).toBe(true);
  // The poll that ends the other hold gives the port back to both.
  await at.sluice.overrides.set('svc-2', { quota: '500GB' });
  const { notices } = await at.pollAfter(HOUR);
  expect(notices.map(({ code, service }) => [code, service])).toEqual([['release', 'svc-2']]);
  expect([at.panel.port(7011).adminState, await isStopped()]).toEqual(['up', false]);
  expect(toTexts()).toEqual(['Service svc-2 is no longer restricted.']);
});

it('tells a client of a service that runs again that it does', async () => {
  await open(TO_CLIENTS);
  await at.addService(1, { product: 'ports', values: { client: '42' }, ports: PORTS });
  at.use(1, 120);
  await at.poll();
  expect([await release(), await isStopped()]).toEqual([['Service svc-1 is no longer restricted.'], false]);
});
