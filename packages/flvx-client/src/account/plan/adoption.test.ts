import { describe, expect, it } from '@jest/globals';
import type { FlvxScope } from '../../client/observation.js';
import { ensureUser, terminate, type Done } from '../../test/orders.js';
import { name, password, product, useWorld } from '../../test/world.js';

const world = useWorld();

const create = (scope: FlvxScope): Promise<Done> =>
  ensureUser(world.client, scope, { name: scope.name ?? name, ...product }, { password });
const accounts = (wanted = name): number[] =>
  [...world.flvx.world.users.values()].filter((user) => user.user === wanted).map((user) => user.id);
const lose = (when: 'before' | 'after'): void => {
  world.flvx.server.inject({ endpoint: 'POST /api/v1/user/create', times: 1, when, fault: { kind: 'cut' } });
};
const chosen: FlvxScope = { name: 'chosen-by-hand' };
const ours: FlvxScope = { name, nameIsOurs: true };

describe('whose account it is', () => {
  it('is never told by a name alone', async () => {
    const stranger = world.flvx.addUser({ user: name, password, flow: 5 });
    const before = world.flvx.state();
    await expect(create({ name })).rejects.toMatchObject({ code: 'account_exists' });
    expect((await terminate(world.client, { name }, {})).steps).toEqual([]);
    expect(world.flvx.state()).toEqual(before);
    expect((await create({ name, userId: stranger })).done).toBe(true);
    expect(world.flvx.user(stranger)?.flow).toBe(100);
  });

  it('is told by the id, by an unguessable name of ours, or by the operator', async () => {
    world.flvx.addUser({ user: name, flow: 5 });
    for (const proof of [{ userId: 2 }, { nameIsOurs: true }, { adopt: true }]) {
      const result = await create({ name, ...proof });
      expect([result.done, result.account.user?.id]).toEqual([true, 2]);
    }
    expect(accounts()).toEqual([2]);
  });

  it('is not an administrator of that name, whom no list shows', async () => {
    const result = await create({ name: 'admin_user' });
    expect(result.steps).toMatchObject([{ state: 'failed', error: { code: 'PANEL_REJECTED' } }]);
    expect(result.done).toBe(false);
  });
});

describe('a create whose answer was lost', () => {
  it('is settled by looking when the name is ours', async () => {
    lose('after');
    const result = await create(ours);
    expect(result.steps).toMatchObject([{ state: 'applied', attempts: 1 }]);
    expect([result.done, accounts()]).toEqual([true, [2]]);
  });

  it('stays in doubt when nothing is there, and is never made twice in one run', async () => {
    lose('before');
    const result = await create(ours);
    expect(result.steps).toMatchObject([{ state: 'in-doubt', attempts: 1, error: { code: 'PANEL_UNREACHABLE' } }]);
    expect(result.done).toBe(false);
    expect((await create(ours)).done).toBe(true);
    expect(accounts()).toEqual([2]);
  });

  it('is proved by the password when the name was chosen by hand', async () => {
    lose('after');
    const result = await create(chosen);
    expect(result).toMatchObject({ done: true, account: { user: { id: 2 } } });
  });

  it('is in doubt when somebody else took the chosen name in that moment', async () => {
    lose('before');
    const { sleep } = world.clock;
    let taken = false;
    world.clock.sleep = async (ms) => {
      await sleep(ms);
      if (!taken) world.flvx.addUser({ user: 'chosen-by-hand', password: 'Somebody-Else-1', flow: 3 });
      taken = true;
    };
    const result = await create(chosen);
    expect(result.steps).toMatchObject([{ state: 'in-doubt' }]);
    expect(result.done).toBe(false);
    expect(result.remaining).toThrow(expect.objectContaining({ code: 'account_exists' }));
    expect(world.flvx.user('chosen-by-hand')?.flow).toBe(3);
  });

  it('is in doubt while a captcha keeps the password from being tried', async () => {
    await world.client.session();
    world.flvx.setCaptcha(true);
    lose('after');
    const result = await create(chosen);
    expect(result.steps).toMatchObject([{ state: 'in-doubt' }]);
    world.flvx.setCaptcha(false);
    await expect(create(chosen)).rejects.toMatchObject({ code: 'account_exists' });
    expect((await create({ ...chosen, adopt: true })).done).toBe(true);
  });

  it('leaves a second account of our name, which is taken away', async () => {
    const tunnel = world.flvx.addTunnel();
    const [first, second] = [world.flvx.addUser({ user: name }), world.flvx.addUser({ user: name })];
    world.flvx.addPermission(first, tunnel);
    world.flvx.addPermission(second, tunnel);
    world.flvx.addForward(second, tunnel);
    const result = await create(ours);
    expect(result.steps.map(({ step }) => step.id)).toEqual([
      `remove-tunnel:1@${first}`,
      `delete-user:${first}`,
      `update-user:${second}`,
    ]);
    expect([result.done, accounts()]).toEqual([true, [second]]);
  });

  it('is refused when both accounts of our name carry forwards', async () => {
    const tunnel = world.flvx.addTunnel();
    for (const user of [world.flvx.addUser({ user: name }), world.flvx.addUser({ user: name })]) {
      world.flvx.addPermission(user, tunnel);
      world.flvx.addForward(user, tunnel);
    }
    await expect(create(ours)).rejects.toMatchObject({ code: 'ambiguous_account' });
    expect(accounts()).toHaveLength(2);
  });
});
