import { beforeEach, describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE } from '../bench/engine-bench.js';
import { startAccountsBench } from '../bench/accounts-bench.js';
import { useBench } from '../bench/each-test.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { kill } from '../bench/killed-call.js';
import { done, failure } from '../bench/outcomes.js';

const at = useFlvxBench();

const NAME = 'bob-2026';
const named = () => [...at.panel.world.users.values()].filter(({ user }) => user === NAME);
const terminate = () => at.sluice.provision.terminate('svc-1');
const lifecycle = async () => (await at.sluice.services.show('svc-1')).lifecycle;
const refused = { as: 'failed', code: 'not_ours', message: expect.stringContaining(`"${NAME}" (id 3)`) };

describe('an account with a stated name whose creation was killed', () => {
  beforeEach(async () => {
    await at.addService(1, { values: { flvx_username: NAME } });
    const point = { endpoint: /user\/create$/, when: 'after', land: () => Promise.resolve() } as const;
    await kill(at, ({ provision }) => provision.create('svc-1'), point);
    expect(named()).toHaveLength(1);
    at.bench.clock.advance(MINUTE);
  });

  it('prevents the termination until it is adopted', async () => {
    expect(await failure(at.sluice.provision.terminate('svc-1', { dryRun: true }))).toMatchObject(refused);
    expect(await failure(terminate())).toMatchObject(refused);
    at.bench.clock.advance(HOUR);
    expect(await failure(terminate())).toMatchObject(refused);
    expect([named().length, await lifecycle()]).toEqual([1, 'active']);
    await done(at.sluice.provision.create('svc-1', { adopt: true }));
    await done(terminate());
    expect([named(), await lifecycle()]).toEqual([[], 'terminated']);
  });

  it('prevents the termination after a creation that was repeated in vain, until it is removed on the panel', async () => {
    expect(await failure(at.sluice.provision.create('svc-1'))).toMatchObject({ code: 'account_exists' });
    await at.poll();
    at.bench.clock.advance(HOUR);
    expect(await failure(terminate())).toMatchObject(refused);
    at.panel.world.users.delete(3);
    await done(terminate());
    expect(await lifecycle()).toBe('terminated');
  });
});

it('an account that had the stated name before does not prevent the termination', async () => {
  at.panel.addUser({ user: NAME });
  await at.addService(1, { values: { flvx_username: NAME } });
  expect(await failure(at.sluice.provision.create('svc-1'))).toMatchObject({ code: 'account_exists' });
  await done(terminate());
  expect([named().length, await lifecycle()]).toEqual([1, 'terminated']);
});

describe('an order with a stated name that is cancelled after half of its creation', () => {
  const orders = useBench(startAccountsBench);

  it('is terminated once its account is removed on the panel', async () => {
    orders.addOrder(1);
    orders.whmcs.setField(1, 'flvx_username', NAME);
    await orders.sync();
    await orders.loseCreation();
    expect(orders.relayUsers()).toEqual([NAME]);
    orders.whmcs.service(1).status = 'Cancelled';
    await orders.sync();
    orders.bench.clock.advance(HOUR);
    const errors = async () => {
      const planned = (await orders.bench.sluice.plan({ allowMass: true })).services[0]?.error?.code;
      const { services } = await orders.reconcile({ allowMass: true });
      return [planned, services[0]?.error?.code];
    };
    expect([await errors(), await errors()]).toEqual([
      ['not_ours', 'not_ours'],
      ['not_ours', 'not_ours'],
    ]);
    orders.relay.world.users.delete(orders.relay.user(NAME)!.id);
    expect([await errors(), await errors()]).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});
