import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { openWorld } from './world.js';

const world = useBench(() => openWorld('default'));
beforeEach(() => {
  for (const id of ['501', '502']) world.fake.addCustomer({ id, name: 'João da Silva' });
});

it('previews and creates a line of the customer that was named', async () => {
  const { sluice, fake, store } = world;
  expect((await sluice.provision.create('svc-1', { dryRun: true })).service.error).toMatchObject({
    code: 'ambiguous_line',
  });
  const planned = await sluice.provision.create('svc-1', { dryRun: true, customer: '502' });
  expect(planned.service.error).toBeNull();
  expect(planned.actions).toMatchObject([{ type: 'create-subscriber', state: 'planned' }]);
  expect(fake.server.changingCalls()).toEqual([]);
  expect((await store.services.get('svc-1'))?.refs).not.toHaveProperty('astbilling_customer_id');
  const missing = await sluice.provision.create('svc-1', { dryRun: true, customer: '77' });
  expect(missing.service.error).toMatchObject({ code: 'line_not_found' });
  expect((await sluice.provision.create('svc-1', { customer: '502' })).run.outcome).toBe('done');
  expect(fake.subscribers()).toMatchObject([{ customerId: '502' }]);
});

it.each([
  ['123.456.789-09', '12345678909'],
  ['12345678909', '123.456.789-09'],
])('finds the customer whose document the panel has as %s', async (shown, document) => {
  const { sluice, fake } = world;
  const customer = fake.addCustomer({ name: 'Silva ME', document: shown });
  await sluice.services.set('svc-1', { document });
  expect((await sluice.provision.create('svc-1')).service.error).toBeNull();
  expect(fake.subscribers()).toMatchObject([{ customerId: customer }]);
});
