import { beforeAll, expect, it } from '@jest/globals';
import type { StateStore } from '@sluice/state-store';
import { readReport } from '../report/index.js';
import { useBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';
import { POINTS } from '../layout/chart.js';

const READINGS = 40_000;
const MINUTE = 60_000;

const at = useBench({ seenAs: counted });
/** Rows that the store returned for samples. */
let rows: number[] = [];

beforeAll(async () => {
  await at.addService(1, '42', 1);
  await at.sluice.poll();
  const [cycle] = await at.store.cycles.newest(['svc-1']);
  // A year, read every quarter of an hour.
  const from = at.clock.now() - READINGS * 15 * MINUTE;
  await at.store.cycles.put([{ ...cycle!, start: new Date(from).toISOString() }]);
  await at.store.samples.add(
    Array.from({ length: READINGS }, (_, n) => ({
      ...{ service: 'svc-1', cycle: cycle!.id, at: new Date(from + n * 15 * MINUTE).toISOString() },
      ...{ inBytes: n, outBytes: n, totalBytes: 2 * n, raw: '{}', resolution: 'raw' as const },
    })),
  );
});

function counted(store: StateStore): StateStore {
  const count = async <T>(read: Promise<T[]>): Promise<T[]> => {
    const found = await read;
    rows.push(found.length);
    return found;
  };
  const { samples } = store;
  return {
    ...store,
    samples: {
      ...samples,
      list: (filter) => count(samples.list(filter)),
      spread: (filter) => count(samples.spread(filter)),
    },
  };
}

it('reads all samples for the rates of cycles only where they are asked for', async () => {
  const cookie = await at.login();
  const read = async (query: string) => (await at.fetch(`/services/svc-1${query}`, { cookie })).text();
  const plain = await read('');
  expect([plain.includes('?rates=95#cycles'), plain.includes('95% of the time at most')]).toEqual([true, false]);
  rows = [];
  const asked = await read('?rates=95');
  expect([asked.includes('?rates=95#cycles'), asked.includes('95% of the time at most')]).toEqual([false, true]);
  expect(Math.max(...rows)).toBeGreaterThan(POINTS + 2);
});

it('reads no more of a long cycle for a page or a report than is drawn', async () => {
  const cookie = await at.login();
  const link = await Link.open(at, { client: '42' });
  const pages = {
    operator: async () => (await at.fetch('/services/svc-1?range=cycle', { cookie })).text(),
    client: async () => (await link.get('/services/svc-1')).text(),
    report: async () => JSON.stringify(await readReport(at.sluice, { now: at.clock.now() })),
  };
  for (const [name, page] of Object.entries(pages)) {
    rows = [];
    expect([name, (await page()).length > 500]).toEqual([name, true]);
    expect([name, rows.length > 0, Math.max(...rows) <= POINTS + 2]).toEqual([name, true, true]);
  }
});

it('returns all readings by the API, or as many as asked for', async () => {
  const token = await at.token('read');
  const read = async (query: string) => {
    const answer = await at.fetch(`/api/v1/services/svc-1/graph?range=cycle${query}`, { token });
    return (await answer.json()) as { series: { at: string; totalBytes: number }[] };
  };
  const all = (await read('')).series;
  expect(all).toHaveLength(READINGS + 1);
  const some = (await read('&points=100')).series;
  expect(some.length).toBeLessThanOrEqual(102);
  expect(some.at(-1)).toEqual(all.at(-1));
});
