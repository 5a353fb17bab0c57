import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeAstbilling } from '@sluice/fake-panels';
import { useOpened } from '../bench/each-test.js';
import { openWorld, SYSTEMS } from './world.js';

const [world, open] = useOpened(openWorld);

const shown = (fake: FakeAstbilling): unknown[] => fake.subscribers().map(({ planId, channels }) => [planId, channels]);

describe.each(SYSTEMS)('a line that Sluice made, on the wire %s', (system) => {
  beforeEach(async () => {
    await open(system);
    world.fake.add('plans', { id: '12', name: 'Grande' });
    await world.sluice.provision.create('svc-1');
    await world.sluice.services.set('svc-1', { product: 'large', channels: '5' });
  });

  it('gets the plan and the channels of its service from a reconcile, and again after a change by staff', async () => {
    const { sluice, fake } = world;
    const planned = await sluice.reconcile({ dryRun: true });
    expect(planned).toMatchObject({
      totals: { actions: 0, planned: 1 },
      services: [
        {
          drift: [
            'the plan of the line is 11, but 12 in the service',
            'the number of channels of the line is 2, but 5 in the service',
          ],
        },
      ],
    });
    await sluice.poll();
    expect(shown(fake)).toEqual([['11', 2]]);
    // A plan that is not shown is not known to differ.
    for (const line of fake.subscribers()) line.planId = null;
    await sluice.reconcile();
    expect(shown(fake)).toEqual([[null, 5]]);
    for (const line of fake.subscribers()) Object.assign(line, { planId: '11', channels: 2 });
    expect(await sluice.reconcile()).toMatchObject({ services: [{ actions: [{ state: 'applied' }] }] });
    expect(shown(fake)).toEqual([['12', 5]]);
    const [line] = fake.subscribers();
    const change = (channels: string) =>
      sluice.telephony.set('subscribers', String(line?.['id']), { values: { channels } });
    const what = `subscriber ${String(line?.['id'])} is the line of svc-1`;
    const warnings = [`${what}, whose next reconcile puts it back: change the service instead`];
    expect(await change('9')).toMatchObject({ changed: ['channels'], putBackBy: 'svc-1', warnings });
    expect(await change('9')).toMatchObject({ changed: [], putBackBy: null, warnings: [] });
    await sluice.reconcile();
    expect(shown(fake)).toEqual([['12', 5]]);
    expect(await sluice.reconcile()).toMatchObject({ totals: { actions: 0 }, services: [{ drift: [] }], notices: [] });
  });
});

it('a line that Sluice did not make keeps its plan, and a notice names the difference once', async () => {
  await open('default');
  const { sluice, fake } = world;
  await sluice.services.remove('svc-1');
  fake.add('plans', { id: '12', name: 'Grande' });
  const line = fake.addSubscriber({ username: 'old1', plan: '12' });
  const fields = { panel: 'voice', product: 'line', client: '42', status: 'active', astbilling_subscriber_id: line };
  await sluice.services.add('taken', fields);
  const drift =
    'the plan of the line is 12, but 11 in the service, and stays so until "provision change-package taken line" writes it';
  expect(await sluice.reconcile()).toMatchObject({
    totals: { actions: 0 },
    services: [{ drift: [drift] }],
    notices: [{ code: 'line_warning', message: `taken: ${drift}` }],
  });
  expect(fake.subscriber(line).planId).toBe('12');
  expect(await sluice.reconcile()).toMatchObject({ totals: { actions: 0 }, notices: [] });
});

it('the plans are read once by a run over several lines', async () => {
  await open('default');
  const { sluice, fake } = world;
  await sluice.services.remove('svc-1');
  for (const number of [1, 2, 3]) {
    const line = fake.addSubscriber({ username: `old${number}`, plan: '11' });
    const fields = { panel: 'voice', product: 'line', client: '42', status: 'active', astbilling_subscriber_id: line };
    await sluice.services.add(`taken-${number}`, fields);
  }
  fake.server.clearCalls();
  expect((await sluice.reconcile()).run.outcome).toBe('done');
  expect(fake.server.calls.filter(({ path }) => path.endsWith('/plans'))).toHaveLength(1);
});

it('another credit limit is named with both figures, and with the command that changes it', async () => {
  await open('magnusbilling');
  const { sluice } = world;
  await sluice.provision.create('svc-1');
  await sluice.services.set('svc-1', { product: 'fraction' });
  const drift =
    'the credit limit of the line is 0, but 50.00 in the service, and stays so until "provision change-package svc-1 fraction" writes it';
  expect(await sluice.reconcile()).toMatchObject({
    totals: { actions: 0 },
    services: [{ drift: [drift] }],
    notices: [{ code: 'line_warning', message: `svc-1: ${drift}` }],
  });
});
