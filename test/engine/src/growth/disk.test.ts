import { describe, expect } from '@jest/globals';
import { DAY } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { onFiles } from '../bench/on-files.js';
import { openGrowthWorld } from './world.js';

const MB = 1e6;

describe('the check of the disk', () => {
  const disk = { bytes: 100 * MB, free: 5000 * MB };
  // A store of any size, on a disk of any size.
  const at = useBench(() => {
    Object.assign(disk, { bytes: 100 * MB, free: 5000 * MB });
    const size = (file: string): number | null => (file.endsWith('.db') ? disk.bytes : null);
    return openGrowthWorld(1, { size, freeBytes: () => disk.free });
  });

  async function readCheck(): Promise<string[]> {
    const { checks } = await at.sluice.panels.doctor();
    return checks.filter(({ name }) => name === 'store size').map(({ status, message }) => `${status}: ${message}`);
  }

  onFiles('reports the growth of the store, and warns a month before the disk is full', async () => {
    expect(await readCheck()).toEqual([]);
    await at.sluice.reconcile();
    disk.bytes = 110 * MB;
    at.clock.advance(DAY / 2);
    expect(await readCheck()).toEqual([]);
    at.clock.advance(DAY / 2);
    await at.sluice.reconcile();
    expect(await readCheck()).toEqual(['ok: it has 110 MB, grows by 10 MB a day, and its disk has 5000 MB left']);
    disk.free = 410 * MB;
    expect(await readCheck()).toEqual([expect.stringMatching(/^ok: /)]);
    disk.free = 409 * MB;
    expect(await readCheck()).toEqual([
      'warning: it has 110 MB, grows by 10 MB a day, and its disk has 409 MB left; in 29 days there is too little for a backup. ' +
        'Free disk space, or shorten `retention.samples` and `retention.apiLog`',
    ]);
  });

  onFiles('measures a week, by the first size of each day', async () => {
    for (let day = 0; day < 12; day += 1) {
      await at.sluice.reconcile();
      disk.bytes += (day < 4 ? 50 : 2) * MB;
      await at.sluice.reconcile();
      at.clock.advance(DAY);
    }
    expect(await readCheck()).toEqual(['ok: it has 316 MB, grows by 2 MB a day, and its disk has 5000 MB left']);
    disk.bytes = 90 * MB;
    expect(await readCheck()).toEqual(['ok: it has 90 MB, grows by 0 MB a day, and its disk has 5000 MB left']);
  });

  onFiles('warns where a backup has too little room already', async () => {
    disk.free = 199 * MB;
    expect(await readCheck()).toEqual([
      'warning: it has 100 MB, and its disk 199 MB left, too little for a backup and a migration; there is no daily backup. Free disk space',
    ]);
  });
});
