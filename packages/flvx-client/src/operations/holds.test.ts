import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NOWHERE, type FlvxEvidence, type FlvxHold } from '../plan/evidence.js';
import { mergeEvidence } from '../plan/merge-evidence.js';
import type { FlvxResumeWanted, FlvxSuspendWanted } from '../plan/wanted.js';
import type { FlvxExecution } from '../run/outcome.js';
import { customerAndNeighbour } from '../test/scenarios.js';
import { GB, name, startWorld, type World } from '../test/world.js';
import { gigabytes, megabits } from '../units/units.js';
import { evidenceAfterPackage } from './change-package.js';
import { lostAddresses } from './resume.js';
import { changePackage, ensurePermission, renew, resume, setQuota, suspend } from './run-operations.js';
import { product } from '../test/world.js';

const scope = { userId: 2, name };
const neighbours = [5, 6];
const quotaHold: FlvxHold = { mode: 'pause', closeUser: false };
const billingHold: FlvxHold = { mode: 'pause', closeUser: true };
let world: World;
beforeEach(async () => {
  world = await startWorld();
  customerAndNeighbour(world.flvx);
});
afterEach(async () => {
  await world.close();
});

async function held(hold: FlvxHold, more: Partial<FlvxSuspendWanted> = {}): Promise<FlvxEvidence> {
  const result = await suspend(world.client, scope, { hold, evidence: null, ...more });
  expect(result).toMatchObject({ done: true, error: null });
  if (result.evidence === null) throw new Error('A suspension gave no evidence.');
  return result.evidence;
}

async function released(evidence: FlvxEvidence, more: Partial<FlvxResumeWanted> = {}): Promise<FlvxExecution> {
  const result = await resume(world.client, scope, { evidence, ...more });
  expect(result).toMatchObject({ done: true, error: null });
  return result;
}

const running = (): number[] => world.flvx.runningForwards().filter((id) => !neighbours.includes(id));
const ids = (result: FlvxExecution): string[] => result.steps.map(({ step }) => step.id);
const statuses = (): unknown => [
  world.flvx.user(2)?.status,
  world.flvx.permissionStatus(2, 1),
  world.flvx.permissionStatus(2, 2),
];

describe.each(['pause', 'redirect'] as const)('a suspension by %s', (mode) => {
  it('stops everything of the customer and nothing of anybody else, and a resume brings back what was', async () => {
    const before = world.flvx.state();
    const evidence = await held({ mode, closeUser: true });
    expect([running(), statuses()]).toEqual([[], [0, 0, 0]]);
    expect(world.flvx.runningForwards()).toEqual([5]);
    expect(world.flvx.permission(2, 2)).toMatchObject({ flow: 7, num: 3 });
    await released(evidence);
    expect(world.flvx.state()).toEqual(before);
  });

  it('writes status first and pauses last, so that no push starts what was paused', async () => {
    const result = await suspend(world.client, scope, { hold: { mode, closeUser: true }, evidence: null });
    const types = result.steps.map(({ step }) => step.type);
    expect(types.lastIndexOf('assign-tunnel')).toBeLessThan(types.indexOf('pause-forward'));
    expect(types.lastIndexOf('redirect-forward')).toBeLessThan(types.indexOf('pause-forward'));
    expect(types[0]).toBe('update-user');
    // The two that the panel shows as paused are among them.
    expect(types.filter((type) => type === 'pause-forward')).toHaveLength(4);
  });

  it('pauses again what the customer starts with an old token, by its id', async () => {
    const evidence = await held({ mode, closeUser: true });
    await world.flvx.customerRedeploy(1);
    await world.flvx.customerResume(3);
    expect(running()).toEqual([1, 3]);
    const again = await suspend(world.client, scope, { hold: { mode, closeUser: true }, evidence, repause: [1] });
    expect(ids(again)).toEqual(['pause-forward:1', 'pause-forward:3']);
    expect(running()).toEqual([]);
    expect(again.evidence).toEqual(evidence);
  });

  it(`${mode === 'pause' ? 'lets' : 'does not let'} traffic through that the customer starts with an old token`, async () => {
    await held({ mode, closeUser: true });
    await world.flvx.customerRedeploy(1);
    expect(await world.flvx.customer(2).updateForward(1, { remoteAddr: '198.51.100.99:443' })).toMatchObject({
      code: -1,
    });
    expect(world.flvx.traffic(1, 1000)).toBe(mode === 'pause');
  });

  it('pauses again what a node that restarted has started', async () => {
    const evidence = await held({ mode, closeUser: true });
    world.flvx.restartNode(1);
    expect(running()).toEqual([1, 2, 3, 4]);
    await suspend(world.client, scope, { hold: { mode, closeUser: true }, evidence });
    expect(running()).toEqual([]);
    await released(evidence);
    expect(running()).toEqual([1, 3]);
  });

  it('is nothing to do when it is so already and nothing is suspected', async () => {
    const evidence = await held({ mode, closeUser: true });
    world.flvx.server.clearCalls();
    const again = await suspend(world.client, scope, { hold: { mode, closeUser: true }, evidence, repause: 'pushed' });
    expect([again.done, again.steps, world.flvx.server.changingCalls()]).toEqual([true, [], []]);
  });
});

describe('the evidence of a suspension', () => {
  it('counts what ran at the last reading, though the panel has paused it by itself since', async () => {
    world.flvx.traffic(1, 100 * GB + 1);
    world.flvx.traffic(3, 1);
    expect(running()).toEqual([]);
    const evidence = await held(quotaHold, { ranBefore: [1, 3] });
    expect(evidence.forwards.map((row) => row.wasRunning)).toEqual([true, false, true, false]);
    await released(evidence);
    expect(running()).toEqual([1, 3]);
  });

  it('leaves closed what was closed before, and paused what the customer had paused', async () => {
    world.flvx.world.users.get(2)!.status = 0;
    world.flvx.world.permissionOf(2, 2)!.status = 0;
    const evidence = await held(billingHold);
    await released(evidence);
    expect(statuses()).toEqual([0, 1, 0]);
    expect(running()).toEqual([1, 3]);
  });

  it('does not change by a later run, but takes in what came since', async () => {
    const first = await held(billingHold);
    const late = world.flvx.addForward(2, 1);
    const second = await suspend(world.client, scope, { hold: billingHold, evidence: first });
    expect(second.evidence).toEqual({
      ...first,
      forwards: [...first.forwards, { id: late, wasRunning: true, remoteAddr: '198.51.100.20:443' }],
    });
  });

  it('leaves running what the customer started himself meanwhile', async () => {
    const evidence = await held(quotaHold);
    await world.flvx.customerResume(2);
    await released(evidence);
    expect(running()).toEqual([1, 2, 3]);
  });

  it('copes with forwards and permissions that are gone', async () => {
    const evidence = await held(billingHold);
    await world.flvx.customer(2).deleteForward(1);
    await world.client.permissions.remove(world.flvx.permission(2, 2)!.id);
    world.flvx.world.forwards.delete(3);
    world.flvx.world.forwards.delete(4);
    const result = await released(evidence);
    expect(ids(result)).toEqual(['update-user:2', 'assign-tunnel:1', 'pause-forward:2']);
  });

  it('names the forwards whose address nobody remembers, and leaves them paused', async () => {
    for (const id of [1, 2]) world.flvx.world.forwards.get(id)!.remoteAddr = NOWHERE;
    const evidence = await held({ mode: 'redirect', closeUser: false });
    expect(evidence.forwards[0]).toEqual({ id: 1, wasRunning: true, remoteAddr: null });
    const result = await released(evidence);
    expect(running()).toEqual([3]);
    expect(lostAddresses(result.observed, evidence)).toEqual([1, 2]);
  });
});

describe('two holds on one service', () => {
  it('are released in either order, and each undoes only its own', async () => {
    const before = world.flvx.state();
    const quota = await held(quotaHold);
    const billing = await held(billingHold);
    await released(billing, { remaining: quotaHold });
    expect([running(), statuses()]).toEqual([[], [1, 0, 0]]);
    await released(quota);
    expect(world.flvx.state()).toEqual(before);

    const first = await held(quotaHold);
    const second = await held(billingHold);
    await released(first, { remaining: billingHold });
    expect([running(), statuses()]).toEqual([[], [0, 0, 0]]);
    // What the later hold found closed was closed by the earlier one.
    await released(mergeEvidence(first, second));
    expect(world.flvx.state()).toEqual(before);
  });

  it('keep a redirect while the other of them needs it', async () => {
    const redirect = await held({ mode: 'redirect', closeUser: false });
    const billing = await held(billingHold);
    await released(billing, { remaining: { mode: 'redirect', closeUser: false } });
    expect(world.flvx.forward(1)?.remoteAddr).toBe(NOWHERE);
    await released(redirect, { remaining: billingHold });
    expect(world.flvx.forward(1)?.remoteAddr).toBe('198.51.100.20:443');
    expect(running()).toEqual([]);
  });
});

describe('a throttle', () => {
  const throttle = (speed: number, more: Partial<FlvxSuspendWanted> = {}): Promise<FlvxEvidence> =>
    held({ mode: 'throttle', closeUser: false }, { throttle: { key: name, speed: megabits(speed) }, ...more });
  const ownLimits = (): number[] =>
    [...world.flvx.world.limits.values()].filter((row) => row.name.startsWith('sluice:')).map((row) => row.speed);
  const limiterOf = (id: number): string | null | undefined =>
    world.flvx.services().find((row) => row.forwardId === id)?.limiter;

  it('slows the services of the customer alone and leaves paused what is paused', async () => {
    const before = world.flvx.state();
    const evidence = await throttle(1);
    expect(running()).toEqual([1, 3]);
    const [limit] = [...world.flvx.world.limits.values()].filter((row) => row.name.startsWith('sluice:'));
    expect([limiterOf(1), limiterOf(3), limiterOf(5)]).toEqual([`${limit?.id}`, `${limit?.id}`, '1']);
    await released(evidence);
    const after = world.flvx.state();
    expect(after.permissions).toEqual(before.permissions);
    expect(after.limits).toEqual(before.limits);
    expect(running()).toEqual([1, 3]);
    expect(limiterOf(1)).toBeNull();
  });

  it('makes another limit for another speed, because a node keeps the first speed of each', async () => {
    const first = await throttle(8);
    const second = await throttle(1, { evidence: first });
    expect(ownLimits()).toEqual([1]);
    expect(second.speed?.prior).toEqual(first.speed?.prior);
    expect(second.speed?.ourSpeedId).not.toBe(first.speed?.ourSpeedId);
    await released(second);
    expect(ownLimits()).toEqual([]);
  });

  it('gives back the speed of the product, own or shared', async () => {
    await ensurePermission(world.client, scope, {
      ...product,
      tunnels: [1],
      speed: { kind: 'own', key: name, speed: megabits(50) },
    });
    const evidence = await throttle(1);
    expect(ownLimits()).toEqual([50, 1]);
    await released(evidence);
    expect(ownLimits()).toEqual([50]);
    const again = await throttle(1);
    await released(again, { speed: { kind: 'own', key: name, speed: megabits(100) } });
    expect(ownLimits()).toEqual([100]);
    const third = await throttle(1);
    await released(third, { speed: { kind: 'shared', limitId: 1 } });
    expect([ownLimits(), world.flvx.permission(2, 1)?.speedId]).toEqual([[], 1]);
  });

  it('lifts the quota of the panel, which would stop the traffic altogether', async () => {
    world.flvx.traffic(1, 100 * GB);
    expect(running()).toEqual([3]);
    const evidence = await throttle(1, { quota: gigabytes(99_999), resumeForwards: [1] });
    expect(running()).toEqual([1, 3]);
    world.flvx.traffic(1, GB);
    expect(running()).toEqual([1, 3]);
    await setQuota(world.client, scope, { quota: gigabytes(200), tunnels: [1] });
    await released(evidence);
    expect(world.flvx.permission(2, 1)).toMatchObject({ flow: 200, speedId: null });
  });

  it('leaves a limit alone that somebody has set meanwhile', async () => {
    const evidence = await throttle(1);
    world.flvx.world.permissionOf(2, 1)!.speedId = 1;
    await released(evidence);
    expect(world.flvx.permission(2, 1)?.speedId).toBe(1);
    expect(world.flvx.permission(2, 2)?.speedId).toBeNull();
  });

  it('gives none back where the limit of before is gone', async () => {
    const limit = world.flvx.addSpeedLimit(1, 300);
    world.flvx.world.permissionOf(2, 1)!.speedId = limit;
    const evidence = await throttle(1);
    world.flvx.world.limits.delete(limit);
    await released(evidence);
    expect(world.flvx.permission(2, 1)?.speedId).toBeNull();
  });
});

describe('other operations on a service that is held', () => {
  it('leave it held: quota, package and renewal', async () => {
    const evidence = await held(billingHold);
    await setQuota(world.client, scope, { quota: gigabytes(500), tunnels: [1] });
    await renew(world.client, scope, {
      expiresAt: product.expiresAt,
      tunnels: [1],
      reopen: true,
      remaining: billingHold,
    });
    const package_ = { quota: gigabytes(20), maxForwards: 2, resetDay: 0, tunnels: [1], previousTunnels: [1] };
    await changePackage(world.client, scope, { ...package_, speed: { kind: 'none' }, hold: billingHold });
    expect([running(), statuses()]).toEqual([[], [0, 0, 0]]);
    await released(evidence);
    expect([running(), statuses()]).toEqual([
      [1, 3],
      [1, 1, 1],
    ]);
    expect(world.flvx.permission(2, 1)).toMatchObject({ flow: 20, num: 2 });
  });

  it('give the new package at the release, with its tunnels', async () => {
    const third = world.flvx.addTunnel({ name: 'US-03' });
    const evidence = await held(billingHold);
    const tunnels = { tunnels: [1, third], previousTunnels: [1, 2] };
    const observed = await world.client.observe(scope);
    const changed = await changePackage(world.client, scope, {
      ...tunnels,
      quota: gigabytes(20),
      maxForwards: 2,
      resetDay: 0,
      speed: { kind: 'none' },
      hold: billingHold,
    });
    expect(changed.done).toBe(true);
    expect(world.flvx.permissionStatus(2, third)).toBe(0);
    await released(evidenceAfterPackage(evidence, observed, tunnels));
    expect(statuses()).toEqual([1, 1, 0]);
    expect(world.flvx.permissionStatus(2, third)).toBe(1);
    expect(running()).toEqual([1]);
  });

  it('renew what the daily job has closed, and start what ran', async () => {
    world.flvx.midnight(Date.UTC(2027, 0, 20));
    expect([running(), statuses()]).toEqual([[], [0, 0, 0]]);
    const result = await renew(world.client, scope, {
      expiresAt: product.expiresAt,
      reopen: true,
      resumeForwards: [1, 3],
    });
    expect(result.done).toBe(true);
    expect([running(), statuses()]).toEqual([
      [1, 3],
      [1, 1, 1],
    ]);
  });
});
