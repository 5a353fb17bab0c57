import { expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { createUsed } from './steps.js';

const at = useBench(startHiddifyBench);

it.each(['vanished', 'terminated'] as const)(
  'the restriction of a %s service ends where another has its user',
  async (status) => {
    const uuid = await createUsed(at, 50);
    expect(at.panel.user(uuid).enable).toBe(false);
    const { store } = at.bench;
    const service = await store.services.get('svc-1');
    await store.services.put([{ ...service!, status }]);
    await at.poll();
    expect(at.panel.user(uuid).enable).toBe(false);
    await at.addService(2, {
      values: { hiddify_user_uuid: uuid, base_quota_override_gb: '200' },
      allowDuplicateRefs: true,
    });
    await at.poll();
    expect(at.panel.user(uuid).enable).toBe(true);
    await at.poll();
    expect([at.panel.user(uuid).enable, (await at.bench.store.holds.open()).length]).toEqual([true, 0]);
  },
);

it.each([
  ['another client', '43', 0],
  ['the same client', '42', 70],
] as const)('counts what a former service used for %s only where it is the same', async (_whose, client, counts) => {
  const uuid = await at.create(1, { values: { client: '42' } });
  at.panel.use(uuid, 70 * GB);
  await at.poll();
  expect(at.panel.user(uuid).enable).toBe(false);
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  const values = { hiddify_user_uuid: uuid, client };
  await at.addService(2, { product: 'vpn-100', values, allowDuplicateRefs: true });
  const read = async (): Promise<unknown> => {
    const { services } = (await pollLater(at)).report;
    return services.find(({ id }) => id === 'svc-2')?.usage?.totalBytes;
  };
  expect([await read(), at.panel.user(uuid).enable]).toEqual([counts * GB, true]);
  at.panel.use(uuid, 5 * GB);
  expect(await read()).toBe((counts + 5) * GB);
});

it.each([
  ['reconcile under terminate: auto', 'terminated'],
  ['provision terminate', 'terminated'],
  ['provision terminate', 'active'],
] as const)('%s of a service that is %s does not delete a user that another service has', async (how, status) => {
  const isAuto = how !== 'provision terminate';
  if (isAuto) await at.bench.edit('vpn-50: { panel: vpn,', 'vpn-50: { panel: vpn, terminate: auto,');
  const uuid = await at.create(1, { values: { client: '42' } });
  await at.poll();
  await at.sluice.services.set('svc-1', { status });
  const values = { hiddify_user_uuid: uuid, client: '43' };
  await at.addService(2, { values, allowDuplicateRefs: status === 'active' });
  await at.poll();
  if (!isAuto) {
    const { run, service } = await at.sluice.provision.terminate('svc-1');
    expect([run.outcome, service.error?.code, service.actions]).toEqual(['failed', 'shared_user', []]);
  } else {
    const { services } = await at.sluice.reconcile();
    expect(services.map(({ id, error }) => [id, error?.code])).toEqual([
      ['svc-1', 'shared_user'],
      ['svc-2', undefined],
    ]);
  }
  expect([...at.panel.state.users.values()].map((user) => user.uuid)).toEqual([uuid]);
});

it('forgets a user that is gone, although another service still names it', async () => {
  const uuid = await at.create(1);
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  await at.addService(2, { values: { hiddify_user_uuid: uuid } });
  at.panel.deleteUser(uuid);
  const { run, service } = await at.sluice.provision.terminate('svc-1');
  expect([run.outcome, service.error, service.refs]).toEqual(['done', null, {}]);
});
