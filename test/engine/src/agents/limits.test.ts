import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { readContents, GB, minute, startWorld, type TestManager } from './world.js';
import { parseConfig } from '@sluice/engine';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';

describe('limits', () => {
  const world = useBench(startWorld);
  let north: string;
  let anna: string;
  let manager: TestManager;

  beforeEach(() => {
    north = world.fake.addAgent(undefined, { name: 'north' });
    anna = world.fake.addUser({ agent: north, currentUsage: 30 * GB, usageLimit: 50 * GB });
    manager = world.manager();
  });

  it('are not needed to see what an agent has: its ledger would begin with that', async () => {
    expect(await manager.getAgent('north')).toMatchObject({ limitBytes: null, usedBytes: 30 * GB, period: null });
    expect(await manager.isLimitExceeded('north')).toBe(false);
  });

  it('begin the ledger with what the users show', async () => {
    expect(await manager.setTrafficLimit('north', 100 * GB)).toMatchObject({
      uuid: north,
      limitBytes: 100 * GB,
      usedBytes: 30 * GB,
      remainingBytes: 70 * GB,
      allocatedBytes: 50 * GB,
      exceeded: false,
    });
    world.fake.use(anna, 5 * GB);
    world.time.advance(minute);
    await manager.refresh();
    expect(await manager.getTotalTraffic('north')).toBe(35 * GB);
    expect(await manager.getRemainingTraffic('north')).toBe(65 * GB);
    expect(await manager.isLimitExceeded('north')).toBe(false);
  });

  it('begin it with nothing or with a figure when asked to', async () => {
    expect((await manager.setTrafficLimit('north', 100 * GB, { opening: 'zero' })).usedBytes).toBe(0);
    world.fake.use(anna, GB);
    world.time.advance(minute);
    await manager.refresh();
    expect(await manager.getTotalTraffic('north')).toBe(GB);
    const shown = await manager.setTrafficLimit('north', 100 * GB, { opening: { bytes: 99 * GB } });
    expect([shown.usedBytes, shown.exceeded]).toEqual([99 * GB, false]);
  });

  it('keep the ledger when they change or go', async () => {
    await manager.setTrafficLimit('north', 100 * GB);
    await manager.setTrafficLimit('north', null);
    world.fake.use(anna, 5 * GB);
    world.time.advance(minute);
    await manager.sweep();
    expect((await manager.setTrafficLimit('north', 50 * GB)).usedBytes).toBe(35 * GB);
  });

  it('count users from before for nobody twice: the panel is read before the ledger opens', async () => {
    await manager.refresh();
    world.fake.use(anna, 10 * GB);
    world.time.advance(minute);
    expect((await manager.setTrafficLimit('north', 100 * GB)).usedBytes).toBe(40 * GB);
    world.time.advance(minute);
    await manager.refresh();
    expect(await manager.getTotalTraffic('north')).toBe(40 * GB);
  });

  it('say beforehand who would be over, and store nothing for it', async () => {
    const before = await readContents(world.store);
    expect(await manager.setTrafficLimit('north', 20 * GB, { dryRun: true })).toMatchObject({
      exceeded: true,
      limitBytes: 20 * GB,
      usedBytes: 30 * GB,
    });
    expect(await readContents(world.store)).toEqual(before);
  });

  it.each([-1, 0.5, Number.NaN, Infinity, 2 ** 60])('are refused when they are %d bytes', async (limitBytes) => {
    await expect(manager.setTrafficLimit('north', limitBytes)).rejects.toMatchObject({ code: 'invalid_limit' });
    await expect(manager.setTrafficLimit('north', GB, { opening: { bytes: limitBytes } })).rejects.toMatchObject({
      code: 'invalid_limit',
    });
  });

  it('are for agents only, named without doubt', async () => {
    world.fake.addAgent(undefined, { name: 'boss', mode: 'admin' });
    await expect(manager.setTrafficLimit('boss', GB)).rejects.toMatchObject({ code: 'not_an_agent' });
    await expect(manager.setTrafficLimit('Owner', GB)).rejects.toMatchObject({ code: 'unknown_agent' });
    await expect(manager.setTrafficLimit('self', GB)).rejects.toMatchObject({ code: 'unknown_agent' });
    world.fake.addAgent(undefined, { name: 'north' });
    world.time.advance(minute);
    await expect(manager.setTrafficLimit('north', GB)).rejects.toMatchObject({
      code: 'ambiguous_agent',
      details: { uuids: expect.arrayContaining([north]) },
    });
    expect((await manager.setTrafficLimit(north.toUpperCase(), GB)).limitBytes).toBe(GB);
  });

  it('never show the key: not in what is remembered, not in what is shown', async () => {
    await manager.setTrafficLimit('north', GB);
    world.fake.addUser();
    world.time.advance(minute);
    await manager.sweep();
    const everything = JSON.stringify([
      await readContents(world.store),
      await manager.listAgents(),
      await manager.explain('north'),
    ]);
    expect(everything).toContain(north);
    expect(everything).not.toContain(world.fake.key);
  });
});

describe('settings', () => {
  it.each([
    { accounting: 'sold' },
    { period: { days: 0 } },
    { period: { days: 3661 } },
    { period: { days: 1.5 } },
    { period: 'weekly' },
    { releaseBelow: '0%' },
    { thresholds: [0] },
    { thresholds: [80.5] },
  ])('are refused: %p', (agents) => {
    const vpn = { kind: 'hiddify', url: 'https://vpn.example.com/path', apiKey: 'x', agents };
    expect(() => parseConfig({ panels: { vpn }, products: {} }, [hiddify])).toThrow(
      expect.objectContaining({ code: 'bad_config' }),
    );
  });
});
