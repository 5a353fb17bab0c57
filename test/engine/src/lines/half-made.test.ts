import path from 'node:path';
import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { openWorld } from './world.js';

const [world, open] = useOpened(openWorld);

it.each(['page', 'success'] as const)(
  'a line that the panel made without a SIP account is not taken for a whole one, where it answers with a %s',
  async (takenSipName) => {
    await open('magnusbilling');
    const { fake, sluice, clock, folder } = world;
    const customer = fake.addCustomer({ id: '501', name: 'Other', document: '12345678909' });
    fake.addSubscriber({ id: '9001', username: 'other1', customer, plan: '11' });
    fake.quirks.takenSipName = takenSipName;
    // Staff makes a SIP account of the name between the lookup and the creation.
    let isMade = false;
    const ignore = fake.server.onCall(({ path: called }) => {
      if (isMade || !called.endsWith('/user/save')) return;
      isMade = true;
      fake.addSipAccount('9001', 'joao1042');
    });
    const passwordFile = path.join(folder, 'secret');
    const create = async (): Promise<unknown> => {
      const { run, service } = await sluice.provision.create('svc-1', { passwordFile });
      return [run.outcome === 'done', service.error?.code];
    };
    expect(await create()).toEqual([false, 'outcome_unknown']);
    ignore();
    clock.advance(600_000);
    expect(await create()).toEqual([false, 'line_conflict']);

    fake.addSipAccount(fake.subscriber('joao1042').id, 'joao1042b');
    expect(await create()).toEqual([true, undefined]);
  },
);
