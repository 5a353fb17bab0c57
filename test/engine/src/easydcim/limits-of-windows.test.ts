import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { handleOn } from '../bench/sqlite.js';
import { onFiles } from '../bench/on-files.js';

const END = Date.parse('2026-12-15T00:00:00Z');
const PRODUCTS = `  fair: { panel: dcim, quota: unlimited, limits: [{ id: fair-use, window: month, allowance: 50GB, action: disable-ports }] }
  daily: { panel: dcim, quota: unlimited, limits: [{ id: daily, window: day, allowance: 25GB, action: disable-ports }] }
  plain: { panel: dcim, quota: unlimited }`;

const at = useBench(() => startEasyDcimBench(PRODUCTS));

function advanceTo(instant: number): void {
  at.bench.clock.advance(instant - at.bench.clock.now());
}

function use(gigabytes: number, instant: number): void {
  at.panel.addTraffic(501, { in: gigabytes * GB, out: 0, at: instant });
}

/** Polls; gives what of the limit is used, in GB, and the reasons of the holds. */
async function poll(): Promise<[used: number | null, holds: string[]]> {
  const { services } = await at.poll();
  const limit = services[0]?.limits.find(({ id }) => id === 'fair-use' || id === 'daily');
  const used = typeof limit?.used === 'number' ? limit.used / GB : null;
  return [used, services[0]?.holds.map(({ reason }) => reason) ?? []];
}

function pollAt(instant: number): ReturnType<typeof poll> {
  advanceTo(instant);
  return poll();
}

const exec = (sql: string): void => {
  handleOn(path.join(at.bench.folder, 'sluice.db')).exec(sql);
};
const isOfEnded = ({ body }: { body: string }): boolean => body.includes('2026-12-14 23:59:59');

/** 3 GB are used in December before the first reading, 45 GB up to one hour before the cycle's end, and 2 GB after that. */
async function liveUntilEnd(product = 'fair'): Promise<void> {
  await at.addService(1, { product });
  use(3, Date.parse('2026-12-01T12:00:00Z'));
  await pollAt(Date.parse('2026-12-02T00:00:00Z'));
  use(45, END - DAY);
  await pollAt(END - HOUR);
  use(2, END - HOUR / 2);
}

describe('a limit of a month in which a cycle ends', () => {
  it('counts what was used up to the end of the cycle', async () => {
    await liveUntilEnd();
    const restored = at.panel.server.inject({ fault: { kind: 'cut' } });
    await pollAt(END + HOUR);
    restored();
    expect(await pollAt(END + 2 * DAY)).toEqual([47, []]);
    use(3, END + 2 * DAY);
    expect(await pollAt(END + 2 * DAY + HOUR)).toEqual([50, ['fair-use']]);
  });

  it('forgets nothing when the first reading of the next cycle fails, and reads the end again', async () => {
    await liveUntilEnd();
    const restored = at.panel.server.inject({ fault: { kind: 'status', status: 500 } });
    advanceTo(END + HOUR);
    use(1, END + HOUR / 2);
    expect(await poll()).toEqual([null, []]);
    expect(await pollAt(END + 2 * HOUR)).toEqual([null, []]);
    restored();
    expect(await pollAt(END + 3 * HOUR)).toEqual([48, []]);
    use(2, END + 3 * HOUR);
    expect(await pollAt(END + 4 * HOUR)).toEqual([50, ['fair-use']]);
  });

  it('counts the end of the cycle when only its final reading failed', async () => {
    await liveUntilEnd();
    const restored = at.panel.server.inject({ match: isOfEnded, fault: { kind: 'status', status: 500 } });
    advanceTo(END + HOUR);
    use(1, END + HOUR / 2);
    expect(await poll()).toEqual([46, []]);
    restored();
    advanceTo(END + 2 * HOUR);
    at.panel.server.clearCalls();
    expect(await poll()).toEqual([48, []]);
    expect(await pollAt(END + 3 * HOUR)).toEqual([48, []]);
    expect(at.panel.server.calls.filter(isOfEnded)).toHaveLength(1);
    const { cycles } = await at.bench.sluice.usage.history('svc-1');
    expect(cycles.map(({ usage }) => usage?.totalBytes)).toEqual([GB, 50 * GB]);
  });

  onFiles('goes on from the readings of a run that was killed before it stored its decisions', async () => {
    await liveUntilEnd();
    exec('create table kept as select * from decisions');
    advanceTo(END + HOUR);
    use(1, END + HOUR / 2);
    await poll();
    exec('delete from decisions; insert into decisions select * from kept; drop table kept');
    expect(await pollAt(END + 2 * HOUR)).toEqual([48, []]);
  });

  onFiles('goes on with the count of a version before, which had no last reading', async () => {
    await liveUntilEnd();
    const restored = at.panel.server.inject({ fault: { kind: 'status', status: 500 } });
    await pollAt(END + HOUR);
    restored();
    const members = ['last', 'ended', 'base.cycleEnd'].map((name) => `'$.limits[0].count.${name}'`);
    exec(`update decisions set inputs = json_remove(inputs, ${members.join(', ')})`);
    expect(await pollAt(END + 2 * HOUR)).toEqual([47, []]);
  });

  it('is counted over both cycles when a product in the later one is the first to have it', async () => {
    await liveUntilEnd('plain');
    advanceTo(END + HOUR);
    use(1, END + HOUR / 2);
    await poll();
    await at.bench.sluice.services.set('svc-1', { product: 'fair' });
    use(1, END + HOUR);
    expect(await pollAt(END + 2 * HOUR)).toEqual([49, []]);
  });

  it('keeps its count while the product is missing in the config', async () => {
    await liveUntilEnd();
    const config = at.bench.text;
    await at.bench.edit('  fair:', '  renamed:');
    await pollAt(END + HOUR);
    await at.bench.configure(config);
    expect(await pollAt(END + 2 * HOUR)).toEqual([47, []]);
  });
});

describe('a limit of a day after days without a poll', () => {
  it.each([
    ['ends its hold with the first reading', 'all of it is below the allowance', 5, []],
    ['keeps its hold until the day is known', 'it may all be of today', 25, ['daily']],
  ] as const)('%s where %s', async (_title, _why, gigabytes, holds) => {
    const noon = Date.parse('2026-12-02T12:00:00Z');
    await at.addService(1, { product: 'daily' });
    await pollAt(noon - 6 * HOUR);
    use(30, noon - HOUR);
    expect(await pollAt(noon)).toEqual([30, ['daily']]);
    use(gigabytes, noon + 2 * HOUR);
    expect(await pollAt(noon + 2 * DAY)).toEqual([null, holds]);
    expect(await pollAt(noon + 2 * DAY + HOUR)).toEqual([0, []]);
  });

  it('keeps its hold until the day is known where a cycle began in between', async () => {
    await at.addService(1, { product: 'daily' });
    await pollAt(END - 2 * DAY);
    use(30, END - 2 * DAY + HOUR);
    expect(await pollAt(END - 2 * DAY + 2 * HOUR)).toEqual([30, ['daily']]);
    expect((await pollAt(END + HOUR))[1]).toEqual(['daily']);
  });
});
