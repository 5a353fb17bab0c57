import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const MORE = `  monthly: { panel: dcim, quota: unlimited, limits: [{ id: monthly, window: month, allowance: 50GB, action: disable-ports }] }
poll: { interval: 1h, doubt: { jump: off } }
`;
const at = useBench(() => startEasyDcimBench(MORE));
const ALL = [1, 2, 3, 4, 5, 6, 7, 8];
const ALLOWED = { allowMass: true };

/** The panel shows this much of these services. */
function show(numbers: readonly number[], gigabytes: number): void {
  for (const number of numbers)
    at.panel.spoilBandwidth(500 + number, { in: gigabytes * GB, out: 0, total: gigabytes * GB });
}

/** Has the services of 5 to 8 answered with an error. */
function failSome(): void {
  at.panel.server.inject({
    match: ({ path }) => path.includes('bandwidth') && /50[5678]/.test(path),
    fault: { kind: 'status', status: 500 },
  });
}

const poll = (options?: RunOptions) => at.pollAfter(HOUR, options);

/** Returns the numbers of the services whose fall is accepted. */
async function accepted(): Promise<number[]> {
  const cycles = await at.bench.store.cycles.newest(ALL.map((number) => `svc-${number}`));
  const isAccepted = (cycle: { counter: unknown } | undefined): boolean =>
    (cycle?.counter as { accepted?: unknown } | null)?.accepted !== undefined;
  return ALL.filter((number) => isAccepted(cycles.find(({ service }) => service === `svc-${number}`)));
}

/** Returns what doctor says of readings that fell. */
async function named(): Promise<string | undefined> {
  const { checks } = await at.sluice.panels.doctor();
  return checks.find(({ code }) => code === 'readings_fell')?.message;
}

/** Returns the holds of a service, and the code of its error, by a poll. */
async function pollOf(number: number, options?: RunOptions): Promise<unknown> {
  const { services } = await poll(options);
  const { holds, error } = services[number - 1] ?? { holds: [], error: null };
  return [holds.map(({ reason }) => reason).join(), error?.code];
}

describe('of a fall that an allowed run accepted in parts', () => {
  beforeEach(async () => {
    for (const number of ALL)
      await at.addService(number, { values: { next_due_date: number < 5 ? '2026-11-22' : '2026-12-15' } });
    for (const number of ALL) await at.sluice.overrides.set(`svc-${number}`, { quota: '900GB' });
    show(ALL, 300);
    await poll();
  });

  /** All fell, and 1 to 4 are accepted. */
  async function acceptHalf(): Promise<void> {
    show(ALL, 1);
    await poll();
    failSome();
    await poll(ALLOWED);
    at.panel.server.clearFaults();
    expect(await accepted()).toEqual([1, 2, 3, 4]);
  }

  it('what it could not read is named until the next one accepts it', async () => {
    await acceptHalf();
    expect(await named()).toMatch(/svc-5, svc-6, svc-7 and 1 other/);
    await at.sluice.overrides.set('svc-5', { quota: '100GB' });
    show([5], 120);
    expect(await pollOf(5)).toEqual(['', 'readings_fell']);
    expect(await pollOf(5, ALLOWED)).toEqual(['quota', undefined]);
    expect([await accepted(), await named()]).toEqual([ALL, undefined]);
  });

  it('what is read well again is left no more, and a later fall of it is its own', async () => {
    await acceptHalf();
    show([5, 6, 7, 8], 301);
    await poll();
    expect(await named()).toBeUndefined();
    show([5], 1);
    await poll();
    expect(await named()).toBeUndefined();
    await poll(ALLOWED);
    expect(await accepted()).toEqual([1, 2, 3, 4]);
  });

  it('the rest is accepted also once the cycles of the others are over', async () => {
    await acceptHalf();
    at.bench.clock.advance(48 * HOUR);
    show([1, 2, 3, 4], 150);
    await poll();
    await poll();
    expect(await named()).toMatch(/svc-5/);
    await poll(ALLOWED);
    expect([(await accepted()).filter((number) => number > 4), await named()]).toEqual([[5, 6, 7, 8], undefined]);
  });

  it('what falls first in the run that accepts, or was not read while the others fell, is accepted by the next one', async () => {
    failSome();
    show(ALL, 1);
    show([4], 300);
    await poll();
    show([4], 1);
    await poll(ALLOWED);
    expect(await accepted()).toEqual([1, 2, 3]);
    expect(await named()).toMatch(/svc-4/);
    at.panel.server.clearFaults();
    await poll(ALLOWED);
    expect(await accepted()).toEqual([1, 2, 3, 4]);
    await poll(ALLOWED);
    expect([await accepted(), await named()]).toEqual([ALL, undefined]);
  });

  it('a preview of the run leaves nothing', async () => {
    show(ALL, 1);
    await poll();
    await poll({ ...ALLOWED, dryRun: true });
    show([1, 2, 3, 4, 5, 6], 300);
    await poll();
    expect([await named(), await accepted()]).toEqual([undefined, []]);
  });
});

it('the limit of a month goes on for all services, whichever run accepts their fall', async () => {
  for (const number of ALL) await at.addService(number, { product: 'monthly' });
  for (const gigabytes of [300, 301, 1, 1]) {
    show(ALL, gigabytes);
    await poll();
  }
  failSome();
  await poll(ALLOWED);
  at.panel.server.clearFaults();
  await poll(ALLOWED);
  for (const growth of [40, 80, 120]) {
    show(ALL, 1 + growth);
    await poll(ALLOWED);
  }
  const { services } = await poll(ALLOWED);
  const used = services.map(({ holds, limits }) => [
    holds.map(({ reason }) => reason).join(),
    Math.round(Number(limits[1]?.used) / GB),
  ]);
  expect(used).toEqual(ALL.map(() => ['monthly', 121]));
});
