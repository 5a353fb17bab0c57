import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { nodeFiles, type Files, type Sluice } from '@sluice/engine';
import { easydcim } from '@sluice/easydcim-client/panel';
import { manualClock, startFakeEasyDcim, type FakeEasyDcim } from '@sluice/fake-panels';
import type { StateStore } from '@sluice/state-store';
import { EngineBench, MINUTE, NO_DOUBT } from '../bench/engine-bench.js';

const TOKEN = 'tok-of-the-growth-world';
const MB = 1024 ** 2;

/** Many services on one EasyDCIM, with a store in a file. */
export interface GrowthWorld {
  clock: ReturnType<typeof manualClock>;
  store: StateStore;
  sluice: Sluice;
  folder: string;
  /** Polls after a quarter of an hour; `growing`: the usage of all services has grown by then. */
  poll(growing: boolean): Promise<void>;
  /** The size of the store's file in bytes, with all that is still in its log. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** Opens a world in which nobody comes near a limit; with `files`, the disk is another one. */
export async function openGrowthWorld(services: number, files: Partial<Files> = {}): Promise<GrowthWorld> {
  const clock = manualClock('2026-11-16T12:00:00Z');
  const panel = await startFakeEasyDcim({ token: TOKEN, now: clock.now, timeZone: 'UTC' });
  const config = `timeZone: UTC
${NO_DOUBT}
panels: { dcim: { kind: easydcim, url: "${panel.url}", token: ${TOKEN}, allowHttp: true, concurrency: 64 } }
products: { ded: { panel: dcim, quota: 1TB, action: disable-ports } }`;
  const parts = { kinds: [easydcim], files: { ...nodeFiles, ...files } };
  const bench = await EngineBench.open(clock, parts, config);
  const { folder, sluice, store } = bench;
  const numbers = Array.from({ length: services }, (_, index) => index + 1);
  await addServices(panel, sluice, numbers);
  let grown = 0;
  return {
    clock,
    store,
    sluice,
    folder,
    async poll(growing) {
      clock.advance(15 * MINUTE);
      grown += 1;
      if (growing)
        for (const number of numbers) {
          // Figures of as many digits as real ones, with neither growth nor sum alike.
          panel.addTraffic(10_000 + number, { in: MB + ((number * 7919 + grown * 104_729) % MB), out: 3 * MB + grown });
        }
      const report = await sluice.poll({ allServices: false });
      if (report.run.outcome !== 'done') throw new Error(JSON.stringify(report.run));
    },
    async size() {
      const copy = path.join(folder, 'copy.db.gz');
      await store.maintenance.backup(copy);
      const size = gunzipSync(readFileSync(copy)).length;
      rmSync(copy);
      return size;
    },
    async close() {
      await bench.close();
      await panel.close();
    },
  };
}

/** Adds services to the panel and to the store. */
async function addServices(panel: FakeEasyDcim, sluice: Sluice, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    const [id, orderId, serverId] = [10_000 + number, 30_000 + number, 50_000 + number];
    panel.addService({ id, orderId, serverId, user: number, ports: [{ id: 70_000 + number, name: 'eth0' }] });
  }
  await sluice.services.import(
    numbers.map((number) => ({
      id: `whmcs-${123_000 + number}`,
      panel: 'dcim',
      product: 'ded',
      billing_cycle: 'monthly',
      next_due_date: '2026-12-15',
      easydcim_service_id: `${10_000 + number}`,
      easydcim_order_id: `${30_000 + number}`,
      easydcim_server_id: `${50_000 + number}`,
    })),
  );
}
