import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);
const ALL = [1, 2, 3, 4, 5, 6, 7, 8];
function show(number: number, gigabytes: number): void {
  at.panel.spoilBandwidth(500 + number, { in: gigabytes * GB, out: 0, total: gigabytes * GB });
}

/** Has the services of 5 to 8 answered with an error. */
function failSome(): void {
  at.panel.server.inject({
    match: ({ path }) => path.includes('bandwidth') && /50[5678]/.test(path),
    fault: { kind: 'status', status: 500 },
  });
}

beforeEach(async () => {
  for (const number of ALL) await at.addService(number);
  for (const number of ALL) at.panel.addTraffic(500 + number, { in: 300 * GB, out: 0 });
  for (const number of ALL) await at.sluice.overrides.set(`svc-${number}`, { quota: '900GB' });
  await at.pollAfter(HOUR);
});

it('an allowed run accepts readings that fell while others are not read, and doctor names them', async () => {
  for (const number of ALL) await at.sluice.overrides.set(`svc-${number}`, { quota: '400GB' });
  await at.pollAfter(HOUR);
  // The panel lost data: four show little, four are answered with an error.
  for (const number of [1, 2, 3, 4]) show(number, 1);
  failSome();
  for (const number of ALL) await at.sluice.overrides.set(`svc-${number}`, { quota: '100GB' });
  const poll = async (options?: { allowMass: boolean }): Promise<unknown[]> =>
    (await at.pollAfter(HOUR, options)).services.map(({ holds, error }) => [
      holds.map(({ reason }) => reason).join(),
      error?.code,
    ]);
  const named = async (): Promise<number> => {
    const { checks } = await at.sluice.panels.doctor();
    return checks.filter(({ code }) => code === 'readings_fell').length;
  };
  await poll();
  await poll();
  expect(await named()).toBe(1);
  await poll({ allowMass: true });
  expect(await named()).toBe(0);
  show(1, 120);
  const [first] = await poll();
  expect(first).toEqual(['quota', undefined]);
});

it('an allowed run accepts all readings that had fallen, also of services that the run before could not read', async () => {
  for (const number of ALL) show(number, 1);
  await at.pollAfter(HOUR);
  failSome();
  await at.pollAfter(HOUR);
  at.panel.server.clearFaults();
  await at.pollAfter(HOUR, { allowMass: true });
  const cycles = await at.bench.store.cycles.newest(ALL.map((number) => `svc-${number}`));
  expect(cycles.map(({ counter }) => (counter as { accepted?: unknown }).accepted !== undefined)).toEqual(
    ALL.map(() => true),
  );
});
