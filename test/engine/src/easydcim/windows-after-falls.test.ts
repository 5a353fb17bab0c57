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

describe('a window that begins after a fallen reading', () => {
  const EARLIER = Date.parse('2026-11-18T12:00:00Z');

  /** 40 GB are used on earlier days, and nothing since. */
  async function liveUntilEvening(): Promise<void> {
    await addServices();
    useAll(40, EARLIER);
    await pollAt('2026-11-20T12:00:00Z');
    expect(await pollAt('2026-11-20T21:00:00Z')).toEqual([[], 0, null]);
  }

  it('counts nothing of what was used before, once the panel shows it again', async () => {
    await liveUntilEvening();
    await pollAt('2026-11-20T23:50:00Z');
    const correct = mistakeUnit();
    await pollAt('2026-11-20T23:58:00Z');
    correct();
    expect(await pollAt('2026-11-21T00:03:00Z')).toEqual([[], 0, null]);
    use(1, 26);
    expect((await pollAt('2026-11-21T00:08:00Z'))[1]).toBe(26);
    expect(await pollAt('2026-11-21T00:13:00Z')).toEqual([['daily'], 26, null]);
  });

  it('counts nothing of what was used before where it is shown again hours later', async () => {
    await liveUntilEvening();
    const correct = mistakeUnit();
    for (const instant of ['2026-11-20T22:00:00Z', '2026-11-20T23:58:00Z', '2026-11-21T09:00:00Z'])
      await pollAt(instant);
    correct();
    await pollAt('2026-11-21T12:03:00Z');
    expect(await pollAt('2026-11-21T12:08:00Z')).toEqual([[], 0, null]);
  });

  it('counts nothing of it where no reading is from before the window', async () => {
    await liveUntilEvening();
    const correct = mistakeUnit();
    await pollAt('2026-11-21T06:03:00Z');
    correct();
    await pollAt('2026-11-21T06:08:00Z');
    expect(await pollAt('2026-11-21T06:13:00Z')).toEqual([[], 0, null]);
  });

  it('counts nothing of it where the figures of one service fell, and are back', async () => {
    await liveUntilEvening();
    at.panel.resetTraffic(toIds(1).service);
    await pollAt('2026-11-20T23:58:00Z');
    at.bench.clock.set('2026-11-20T23:59:00Z');
    use(1, 40);
    expect(await pollAt('2026-11-21T00:03:00Z')).toEqual([[], 0, null]);
  });

  it('counts nothing of it for a product that gets the limit later', async () => {
    await liveUntilEvening();
    await at.bench.sluice.services.set('svc-1', { product: 'plain' });
    await pollAt('2026-11-20T23:54:00Z');
    const correct = mistakeUnit();
    await pollAt('2026-11-20T23:58:00Z');
    correct();
    await pollAt('2026-11-21T00:03:00Z');
    await at.bench.sluice.services.set('svc-1', { product: 'daily' });
    expect(await pollAt('2026-11-21T00:08:00Z')).toEqual([[], 0, null]);
  });

  it('counts from the fallen figures where they stay', async () => {
    await liveUntilEvening();
    at.panel.resetTraffic(toIds(1).service);
    await pollAt('2026-11-20T23:58:00Z');
    for (const [hour, used] of [8, 16, 24].map((gigabytes, index) => [index + 1, gigabytes] as const)) {
      use(1, 8);
      expect(await pollAt(`2026-11-21T0${hour}:00:00Z`)).toEqual([[], used, null]);
    }
    use(1, 8);
    expect(await pollAt('2026-11-21T04:00:00Z')).toEqual([['daily'], 32, null]);
    use(1, 10);
    expect(await pollAt('2026-11-21T05:00:00Z')).toEqual([['daily'], 42, null]);
  });
});
