import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensurePermission, ensureUser, resume, suspend, terminate } from './run-operations.js';
import { name, password, product, startWorld, type World } from '../test/world.js';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.flvx.server.failures).toEqual([]);
});

describe('smoke', () => {
  it('lives', async () => {
    const { flvx, client } = world;
    const tunnel = flvx.addTunnel({ name: 'HK-01' });
    const before = flvx.state();
    const made = await ensureUser(client, { name, nameIsOurs: true }, { name, ...product }, { password });
    expect(made.error).toBeNull();
    expect(made.done).toBe(true);
    const scope = { userId: made.observed.user?.id ?? 0, name };
    const given = await ensurePermission(client, scope, { ...product, tunnels: [tunnel], speed: { kind: 'none' } });
    expect(given).toMatchObject({ done: true, steps: [{ state: 'applied' }] });
    const a = flvx.addForward(scope.userId, tunnel);
    const b = flvx.addForward(scope.userId, tunnel, { paused: true });
    const held = await suspend(client, scope, { hold: { mode: 'redirect', closeUser: true }, evidence: null });
    expect(held.done).toBe(true);
    expect(flvx.runningForwards()).toEqual([]);
    const back = await resume(client, scope, { evidence: held.evidence! });
    expect(back.steps.map((one) => one.step.id)).toEqual([
      'update-user:2',
      'assign-tunnel:1',
      'restore-forward:1',
      'restore-forward:2',
      'resume-forward:1',
      'pause-forward:2',
    ]);
    expect(back.done).toBe(true);
    expect(flvx.runningForwards()).toEqual([a]);
    expect(b).toBe(2);
    const gone = await terminate(client, scope, {});
    expect(gone.done).toBe(true);
    expect(flvx.state()).toEqual(before);
  });
});
