import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openWorld, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld('default');
});
afterEach(() => world.close());

/** Sets a new password, and returns the outcome and the user that it is shown with. */
async function usernameOf(id: string): Promise<unknown[]> {
  const { run, credentials } = await world.sluice.provision.changePassword(id);
  return [run.outcome, credentials?.username];
}

it('a new password is shown with the user of the line that staff named, not with that of a line to make', async () => {
  const customer = world.fake.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  world.fake.addSubscriber({ id: '9001', username: 'trunk77', customer, plan: '11' });
  await world.sluice.services.set('svc-1', { astbilling_subscriber_id: '9001', status: 'active' });
  expect(await usernameOf('svc-1')).toEqual(['done', 'trunk77']);
});

it('a new password is shown with the user of a line that staff have renamed', async () => {
  const { service } = await world.sluice.provision.create('svc-1');
  world.fake.subscriber(service.refs['astbilling_subscriber_id'] ?? '').username = 'joao2042';
  expect(await usernameOf('svc-1')).toEqual(['done', 'joao2042']);
});
