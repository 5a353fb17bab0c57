import { describe, expect } from '@jest/globals';
import { onFiles } from '../bench/on-files.js';
import { openGrowthWorld } from './world.js';

/** With SLUICE_LONG=1 as many services and polls as the limits are stated for. */
const LONG = process.env['SLUICE_LONG'] === '1';
const [SERVICES, POLLS] = LONG ? [5000, 20] : [500, 4];

describe('the growth of the store', () => {
  onFiles(`is bounded for each poll of ${SERVICES} services`, async () => {
    const world = await openGrowthWorld(SERVICES);
    try {
      // The first polls open cycles, and make pages that later ones fill.
      for (let poll = 0; poll < 3; poll += 1) await world.poll(true);
      // What rests is a sample of its own, which the ones after it confirm.
      for (let poll = 0; poll < 2; poll += 1) await world.poll(false);
      const unchanged = await growthOf(world, false);
      const changed = await growthOf(world, true);
      if (LONG) process.stderr.write(`unchanged ${unchanged} B a poll, changed ${changed / SERVICES} B a service\n`);
      expect(unchanged).toBeLessThanOrEqual(LONG ? 100_000 : 20_000);
      expect(changed / SERVICES).toBeLessThanOrEqual(120);
      const history = await world.store.samples.list({ service: 'whmcs-123001' });
      expect(history).toHaveLength(5 + 2 * POLLS);
    } finally {
      await world.close();
    }
  });
});

/** Returns by how many bytes the file grew with each poll. */
async function growthOf(world: Awaited<ReturnType<typeof openGrowthWorld>>, growing: boolean): Promise<number> {
  const before = await world.size();
  for (let poll = 0; poll < POLLS; poll += 1) await world.poll(growing);
  return ((await world.size()) - before) / POLLS;
}
