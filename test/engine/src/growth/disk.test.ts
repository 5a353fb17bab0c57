import { afterEach, describe, expect, it } from '@jest/globals';
import { openGrowthWorld, type GrowthWorld } from './world.js';

const DAY = 86_400_000;
const MB = 1e6;

describe('the check of the disk', () => {
  const disk = { bytes: 100 * MB, free: 5000 * MB };
  let world: GrowthWorld | undefined;
  afterEach(async () => {
    await world?.close();
  });

  /** A store of any size, on a disk of any size. */
  async function start(): Promise<GrowthWorld> {
    Object.assign(disk, { bytes: 100 * MB, free: 5000 * MB });
    const size = (file: string): number | null => (file.endsWith('.db') ? disk.bytes : null);
    world = await openGrowthWorld(1, {}, { size, freeBytes: () => disk.free });
    return world;
  }

  async function readCheck({ sluice }: GrowthWorld): Promise<string[]> {
    const { checks } = await sluice.panels.doctor();
    return checks.filter(({ name }) => name === 'store size').map(({ status, message }) => `${status}: ${message}`);
  }

  it('reports the growth of the store, and warns a month before the disk is full', async () => {
    const at = await start();
    expect(await readCheck(at)).toEqual([]);
    await at.sluice.reconcile();
    disk.bytes = 110 * MB;
    at.clock.advance(DAY / 2);
    expect(await readCheck(at)).toEqual([]);
    at.clock.advance(DAY / 2);
    await at.sluice.reconcile();
    expect(await readCheck(at)).toEqual(['ok: it has 110 MB, grows by 10 MB a day, and its disk has 5000 MB left']);
    disk.free = 410 * MB;
    expect(await readCheck(at)).toEqual([expect.stringMatching(/^ok: /)]);
    disk.free = 409 * MB;
    expect(await readCheck(at)).toEqual([
      'warning: it has 110 MB, grows by 10 MB a day, and its disk has 409 MB left; in 29 days there is too little for a backup. ' +
        'Free disk space, or shorten `retention.samples` and `retention.apiLog`',
    ]);
  });

  it('measures a week, by the first size of each day', async () => {
    const at = await start();
    for (let day = 0; day < 12; day += 1) {
      await at.sluice.reconcile();
      disk.bytes += (day < 4 ? 50 : 2) * MB;
      await at.sluice.reconcile();
      at.clock.advance(DAY);
    }
    expect(await readCheck(at)).toEqual(['ok: it has 316 MB, grows by 2 MB a day, and its disk has 5000 MB left']);
    disk.bytes = 90 * MB;
    expect(await readCheck(at)).toEqual(['ok: it has 90 MB, grows by 0 MB a day, and its disk has 5000 MB left']);
  });

  it('warns where a backup has too little room already', async () => {
    const at = await start();
    disk.free = 199 * MB;
    expect(await readCheck(at)).toEqual([
      'warning: it has 100 MB, and its disk 199 MB left, too little for a backup and a migration; there is no daily backup. Free disk space',
    ]);
  });
});
