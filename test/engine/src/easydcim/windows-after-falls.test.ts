import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB } from '../bench/engine-bench.js';

// Doubts jumps as the default config does.
const MORE = `  daily: { panel: dcim, quota: unlimited, limits: [{ id: daily, window: day, allowance: 25GB, action: disable-ports }] }
  plain: { panel: dcim, quota: unlimited }
poll: { interval: 5m }
`;

const at = useBench(() => startEasyDcimBench(MORE));

const NUMBERS = [1, 2, 3, 4];

async function addServices(): Promise<void> {
  for (const number of NUMBERS) await at.addService(number, { product: number === 1 ? 'daily' : 'plain' });
}

function useAll(gigabytes: number, instant = at.bench.clock.now()): void {
  for (const number of NUMBERS) use(number, gigabytes, instant);
}

function use(number: number, gigabytes: number, instant = at.bench.clock.now()): void {
  at.panel.addTraffic(toIds(number).service, { in: gigabytes * GB, out: 0, at: instant });
}

/** Returns the reasons of the holds of svc-1, what of its limit is used, in GB, and the code of the error. */
async function pollAt(instant: string): Promise<unknown[]> {
  at.bench.clock.set(instant);
  const [first] = (await at.poll()).services;
  const used = first?.limits.find(({ id }) => id === 'daily')?.used;
  const shown = typeof used === 'number' ? Math.round(used / GB) : null;
  return [first?.holds.map(({ reason }) => reason), shown, first?.error?.code ?? null];
}

/** Has the panel show all figures in another unit. */
function mistakeUnit(): () => void {
  const { bandwidth } = at.panel.answers;
  bandwidth.unit = 'MB';
  return () => {
    bandwidth.unit = 'bytes';
  };
}

describe('readings that fell at most services in the first poll of a window', () => {
  it('leave the hold of the window before to end with the next poll', async () => {
    await addServices();
    await pollAt('2026-11-20T12:00:00Z');
    useAll(30);
    await pollAt('2026-11-20T12:55:00Z');
    expect(await pollAt('2026-11-20T13:00:00Z')).toEqual([['daily'], 30, null]);
    expect(await pollAt('2026-11-20T23:58:00Z')).toEqual([['daily'], 30, null]);
    const correct = mistakeUnit();
    expect(await pollAt('2026-11-21T00:03:00Z')).toEqual([['daily'], 0, 'readings_fell']);
    correct();
    expect(await pollAt('2026-11-21T00:08:00Z')).toEqual([[], 0, null]);
  });

  it('leave the hold to end with the next poll after a raised allowance', async () => {
    await addServices();
    await pollAt('2026-11-20T12:00:00Z');
    useAll(30);
    await pollAt('2026-11-20T12:55:00Z');
    expect(await pollAt('2026-11-20T13:00:00Z')).toEqual([['daily'], 30, null]);
    await at.bench.edit('allowance: 25GB', 'allowance: 50GB');
    const correct = mistakeUnit();
    expect(await pollAt('2026-11-20T13:05:00Z')).toEqual([['daily'], 0, 'readings_fell']);
    correct();
    expect(await pollAt('2026-11-20T13:10:00Z')).toEqual([[], 30, null]);
  });
});
