import { describe, expect, it } from '@jest/globals';
import { gigabytes } from '../../client/records.js';
import { customerAndNeighbour } from '../../test/customers.js';
import { close, open, pauseForwards, setQuota, startForwards, terminate, type Done } from '../../test/orders.js';
import { name, useWorld } from '../../test/world.js';

const scope = { userId: 2, name };
const world = useWorld(customerAndNeighbour);

const running = (): number[] => world.flvx.runningForwards().filter((id) => id !== 5);
/** The services of these forwards on a node. */
const servicesOn = (node: number, forwards: number[]): { services: string[] } => ({
  services: [...world.flvx.node(node).agent.services.keys()].filter((key) =>
    forwards.includes(Number(key.split('_')[0])),
  ),
});
const loseServices = (node: number, forwards: number[]): void => {
  world.flvx.node(node).agent.obey('DeleteService', servicesOn(node, forwards));
};
const failures = (result: Done): unknown[] =>
  result.steps.filter(({ error }) => error !== null).map(({ step, state, error }) => [step.id, state, error?.code]);

describe('a node that is slow', () => {
  it('makes the panel cut its answers with all the work done, which is settled by looking', async () => {
    world.flvx.node(1).delayMs = 11_000;
    const result = await close(world.client, scope, {});
    expect(running()).toEqual([]);
    // A pause of what the panel shows as paused already can't be seen: without an answer it stays in doubt.
    expect(failures(result)).toEqual([2, 4].map((id) => [`pause-forward:${id}`, 'in-doubt', 'PANEL_UNREACHABLE']));
    world.flvx.node(1).delayMs = 0;
    const again = await close(world.client, scope, {});
    expect([again.done, running()]).toEqual([true, []]);
  });

  it('starts paused forwards after an answer was lost: they are paused again when the push must be over', async () => {
    const { server } = world.flvx;
    server.inject({ endpoint: 'POST /api/v1/tunnel/user/assign', times: 1, when: 'after', fault: { kind: 'cut' } });
    const { sleep } = world.clock;
    world.clock.sleep = async (ms) => {
      await sleep(ms);
      // The push of the lost call goes on in the panel: two forwards on one node, 24 s each.
      if (world.clock.slept.length === 1) world.flvx.node(1).agent.obey('ResumeService', servicesOn(1, [1, 2]));
    };
    const result = await close(world.client, scope, {});
    expect(result.done).toBe(true);
    expect(running()).toEqual([]);
    expect(world.clock.slept).toEqual([48_000]);
  });

  it('is not waited for longer than a minute', async () => {
    // Three forwards on one node: 72 s.
    world.flvx.addForward(2, 1);
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/tunnel/user/assign',
      times: 1,
      when: 'after',
      fault: { kind: 'cut' },
    });
    const result = await close(world.client, scope, {});
    expect(result.done).toBe(true);
    expect(world.clock.slept).toEqual([]);
  });
});

describe('a node that is silent', () => {
  it('fails each pause by itself and nothing else, and a repeat finishes the work', async () => {
    world.flvx.node(1).silent = true;
    const result = await close(world.client, scope, {});
    expect(world.flvx.user(2)?.status).toBe(0);
    expect(world.flvx.permissionStatus(2, 1)).toBe(0);
    expect(failures(result)).toEqual([1, 2, 3, 4].map((id) => [`pause-forward:${id}`, 'failed', 'PANEL_REJECTED']));
    expect(result.steps.find((one) => one.state === 'failed')?.error?.message).toMatch(
      /Repeat it when the node is online again\.$/,
    );
    expect(running()).not.toEqual([]);
    world.flvx.node(1).silent = false;
    const again = await close(world.client, scope, {});
    expect([again.done, running()]).toEqual([true, []]);
  });
});

describe('a node that is offline', () => {
  it('keeps the account as long as a forward may run on it', async () => {
    world.flvx.nodeOffline(1);
    const result = await terminate(world.client, scope, {});
    expect(result.done).toBe(false);
    expect([world.flvx.user(2) !== undefined, world.flvx.permission(2, 1) !== undefined]).toEqual([true, true]);
    expect([world.flvx.user(2)?.status, world.flvx.permissionStatus(2, 1)]).toEqual([0, 0]);
    expect(result.steps.find((one) => one.state === 'failed')?.error?.message).toContain('the node is offline');
    world.flvx.nodeOnline(1);
    expect((await terminate(world.client, scope, {})).done).toBe(true);
    expect([world.flvx.user(2), running()]).toEqual([undefined, []]);
  });

  it('leaves a redirect undone and says so', async () => {
    world.flvx.nodeOffline(1);
    const result = await close(world.client, scope, { redirect: true });
    // The running ones are also to be paused before.
    expect(failures(result)).toHaveLength(10);
    expect(world.flvx.forward(1)?.remoteAddr).toBe('198.51.100.20:443');
    world.flvx.nodeOnline(1);
    const again = await close(world.client, scope, { redirect: true });
    expect([again.done, running()]).toEqual([true, []]);
    await open(world.client, scope, { starts: [1, 3], remoteAddr: '198.51.100.20:443' });
    expect(running()).toEqual([1, 3]);
  });
});

describe('a node that lost a service', () => {
  const pause = (ids: number[]): Promise<Done> => pauseForwards(world.client, scope, { ids });
  const start = (ids: number[]): Promise<Done> => startForwards(world.client, scope, { ids });

  it('is given it anew before it is started or paused', async () => {
    loseServices(1, [1, 2]);
    expect((await start([2])).done).toBe(true);
    expect(running()).toEqual([2, 3]);
    loseServices(1, [1, 2]);
    expect((await pause([1])).done).toBe(true);
    expect([running(), world.flvx.forward(1)?.status]).toEqual([[3], 0]);
  });

  it('has nothing to be paused of a forward that is shown as paused', async () => {
    loseServices(1, [1, 2]);
    world.flvx.server.clearCalls();
    expect((await pause([2])).done).toBe(true);
    expect(world.flvx.server.changingCalls().map((call) => call.path)).toEqual(['/api/v1/forward/pause']);
  });

  it('is pushed to when it is one of several, because the others may run it', async () => {
    const second = world.flvx.addNode('second');
    const tunnel = world.flvx.addTunnel({ name: 'double', entryNodes: [1, second] });
    world.flvx.addPermission(2, tunnel);
    const forward = world.flvx.addForward(2, tunnel, { paused: true });
    loseServices(1, [forward]);
    await world.flvx.customerRedeploy(forward);
    loseServices(1, [forward]);
    expect(running()).toContain(forward);
    expect((await pause([forward])).done).toBe(true);
    expect(running()).not.toContain(forward);
  });

  it('cannot be helped where the service runs under a permission that was removed', async () => {
    await world.client.permissions.remove(world.flvx.permission(2, 1)!.id);
    world.flvx.addPermission(2, 1);
    const result = await pause([1]);
    expect(result.done).toBe(false);
    expect(failures(result)).toEqual([['pause-forward:1', 'failed', 'out_of_reach']]);
    expect(result.steps[0]?.error?.message).toContain('Delete the forward');
  });

  it('is not believed to rest where it has no permission any more', async () => {
    await world.flvx.customerRedeploy(2);
    expect([world.flvx.forward(2)?.status, running()]).toEqual([0, expect.arrayContaining([2])]);
    await world.client.permissions.remove(world.flvx.permission(2, 1)!.id);
    const result = await pause([2]);
    expect(failures(result)).toEqual([['pause-forward:2', 'failed', 'out_of_reach']]);
  });
});

describe('a tunnel with several entry nodes, one of them offline', () => {
  it('is paused by half, and wholly by a repeat', async () => {
    const second = world.flvx.addNode('second');
    const tunnel = world.flvx.addTunnel({ name: 'double', entryNodes: [1, second] });
    world.flvx.addPermission(2, tunnel);
    const forward = world.flvx.addForward(2, tunnel);
    world.flvx.nodeOffline(second);
    const result = await close(world.client, scope, {});
    expect(failures(result)).toEqual([[`pause-forward:${forward}`, 'failed', 'PANEL_REJECTED']]);
    expect(running()).toEqual([forward]);
    world.flvx.nodeOnline(second);
    const again = await close(world.client, scope, {});
    expect([again.done, running()]).toEqual([true, []]);
    await open(world.client, scope, { starts: [1, 3, forward] });
    expect(running()).toEqual([1, 3, forward]);
  });
});

describe('a push that starts paused forwards', () => {
  it('is followed by their pause, without being told to', async () => {
    // The permission on the second tunnel has a quota of its own, so it is assigned again after the update of the user.
    const result = await setQuota(world.client, scope, { quota: gigabytes(300), tunnels: [1] });
    expect(result.steps.map(({ step }) => step.id)).toEqual(['update-user:2', 'assign-tunnel:2', 'pause-forward:4']);
    expect(running()).toEqual([1, 3]);
    expect(world.flvx.permission(2, 2)).toMatchObject({ flow: 7, num: 3 });
  });
});
