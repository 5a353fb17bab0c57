import { expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();

it('finishes an interrupted creation of a terminated service that is created again, with a name of its own', async () => {
  await at.create(1);
  const before = (await at.sluice.services.show('svc-1')).refs['flvx_username'];
  expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
  await at.sluice.services.set('svc-1', { status: 'pending' });
  at.panel.server.onCall(({ path }) => {
    if (path.endsWith('/user/create')) at.panel.server.inject({ fault: { kind: 'cut' }, when: 'after' });
  });
  const first = await at.sluice.provision.create('svc-1');
  at.panel.server.clearFaults();
  at.panel.server.onCall(() => undefined);
  at.bench.clock.advance(3_600_000);
  const second = await at.sluice.provision.create('svc-1');
  const users = [...at.panel.world.users.values()].map(({ user }) => user).filter((name) => name.startsWith('sl-'));
  expect([first.run.outcome, second.run.outcome, users.length]).toEqual(['partial', 'done', 1]);
  expect(users[0]).not.toBe(before);
  expect(second.service.refs['flvx_username']).toBe(users[0]);
});
