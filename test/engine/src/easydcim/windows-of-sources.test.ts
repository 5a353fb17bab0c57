import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB } from '../bench/engine-bench.js';
import { handleOn } from '../bench/sqlite.js';
import { onFiles } from '../bench/on-files.js';

const LIMITS = 'limits: [{ id: daily, window: day, allowance: 25GB, action: disable-ports }]';
// Doubts jumps as the default config does.
const MORE = `  daily-in: { panel: dcim, quota: unlimited, mode: IN, ${LIMITS} }
  daily: { panel: dcim, quota: unlimited, ${LIMITS} }
  cycle-in: { panel: dcim, quota: unlimited, mode: IN, limits: [{ id: daily, window: cycle, allowance: 25GB, action: disable-ports }] }
poll: { interval: 5m }
`;

const at = useBench(() => startEasyDcimBench(MORE));

const EARLIER = Date.parse('2026-11-18T12:00:00Z');

/** Returns the reasons of the holds, what of the limit is used, in GB, and the code of the error. */
async function pollAt(time: string, options?: RunOptions): Promise<unknown[]> {
  at.bench.clock.set(`2026-11-${time}:00Z`);
  const { services } = await at.bench.sluice.poll(options);
  const [first] = services;
  const used = first?.limits.find(({ id }) => id === 'daily')?.used;
  const shown = typeof used === 'number' ? Math.round(used / GB) : null;
  return [first?.holds.map(({ reason }) => reason), shown, first?.error?.code ?? null];
}

function use(inbound: number, outbound: number, instant = at.bench.clock.now()): void {
  at.panel.addTraffic(501, { in: inbound * GB, out: outbound * GB, at: instant });
}

const swap = (): Promise<unknown> => at.bench.edit('retries: 0', 'retries: 0, trafficDirection: swapped');

/** A service that used 5 GB in and 150 GB out on earlier days, and some on the 21st. */
async function live(product: string, [inbound, outbound]: [number, number]): Promise<void> {
  await at.addService(1, { product });
  use(5, 150, EARLIER);
  await pollAt('20T23:58');
  await pollAt('21T00:03');
  use(inbound, outbound);
  await pollAt('21T11:55');
}

describe('a trafficDirection that is corrected in a window', () => {
  it('makes nothing used in the window that was not', async () => {
    await live('daily-in', [0, 0]);
    expect(await pollAt('21T12:00')).toEqual([[], 0, null]);
    await swap();
    expect(await pollAt('21T12:05')).toEqual([[], 0, null]);
    expect(await pollAt('21T12:10')).toEqual([[], 0, null]);
  });

  it('counts what the window had of the right direction, and goes on', async () => {
    await live('daily-in', [2, 20]);
    expect(await pollAt('21T12:00')).toEqual([[], 2, null]);
    await swap();
    expect(await pollAt('21T12:05')).toEqual([[], 20, null]);
    use(0, 6);
    await pollAt('21T12:10');
    expect(await pollAt('21T12:15')).toEqual([['daily'], 26, null]);
    expect(at.panel.port(7011).adminState).toBe('down');
  });

  it('releases a service that was held by the other direction', async () => {
    await live('daily-in', [30, 3]);
    expect(await pollAt('21T12:00')).toEqual([['daily'], 30, null]);
    await swap();
    expect(await pollAt('21T12:05')).toEqual([[], 3, null]);
    expect(at.panel.port(7011).adminState).toBe('up');
  });

  it('releases such a service of a limit of the cycle, too', async () => {
    await at.addService(1, { product: 'cycle-in' });
    use(30, 3, EARLIER);
    await pollAt('20T23:58');
    expect(await pollAt('21T00:03')).toEqual([['daily'], 30, null]);
    await swap();
    expect(await pollAt('21T12:05')).toEqual([[], 3, null]);
  });

  it('changes nothing where both directions count', async () => {
    await live('daily', [20, 10]);
    expect(await pollAt('21T12:00')).toEqual([['daily'], 30, null]);
    await swap();
    expect(await pollAt('21T12:05')).toEqual([['daily'], 30, null]);
    await at.bench.edit(
      `daily: { panel: dcim, quota: unlimited, ${LIMITS}`,
      `daily: { panel: dcim, quota: unlimited, ${LIMITS.replace('25', '35')}`,
    );
    expect(await pollAt('21T12:10')).toEqual([[], 30, null]);
  });

  it('changes nothing where the panel had swapped them before', async () => {
    await live('daily-in', [2, 20]);
    at.panel.answers.bandwidth.swapped = true;
    expect((await pollAt('21T12:00'))[2]).toBe('directions_changed');
    await swap();
    expect(await pollAt('21T12:05')).toEqual([[], 2, null]);
    use(24, 0);
    await pollAt('21T12:10');
    expect(await pollAt('21T12:15')).toEqual([['daily'], 26, null]);
  });

  onFiles('counts on where the run that read it first was killed before it stored its decisions', async () => {
    await live('daily-in', [2, 20]);
    await swap();
    const store = handleOn(path.join(at.bench.folder, 'sluice.db'));
    store.exec('create table kept as select * from decisions');
    await pollAt('21T12:00');
    store.exec('delete from decisions; insert into decisions select * from kept; drop table kept');
    expect(await pollAt('21T12:05')).toEqual([[], 20, null]);
  });
});

it('directions that the panel has swapped count as such once they are confirmed', async () => {
  await live('daily-in', [2, 20]);
  at.panel.answers.bandwidth.swapped = true;
  expect((await pollAt('21T12:00'))[2]).toBe('directions_changed');
  expect(await pollAt('21T12:05', { allowMass: true })).toEqual([[], 20, null]);
  use(3, 0);
  expect(await pollAt('21T12:10')).toEqual([[], 20, null]);
});

describe('another server within a window', () => {
  /** Gives svc-1 another server with some traffic of its own, in GB, of earlier days. */
  async function replace(gigabytes: number): Promise<void> {
    at.panel.addService({ id: 777, orderId: 977, serverId: 377, user: 11, ports: [{ id: 7771, name: 'eth0' }] });
    at.panel.addTraffic(777, { in: gigabytes * GB, out: 0, at: EARLIER });
    const refs = { easydcim_service_id: '777', easydcim_order_id: '977', easydcim_server_id: '377' };
    await at.bench.sluice.services.set('svc-1', refs);
  }

  it('counts nothing of what that one used before', async () => {
    await live('daily', [0, 0]);
    await replace(1000);
    expect(await pollAt('21T12:05')).toEqual([[], null, null]);
    expect(await pollAt('21T12:10')).toEqual([[], 0, null]);
    await pollAt('21T23:58');
    expect(await pollAt('22T00:03')).toEqual([[], 0, null]);
  });

  it('is limited by what it uses, although it has used less than the other one', async () => {
    await live('daily', [10, 0]);
    await replace(1);
    expect(await pollAt('21T12:05')).toEqual([[], null, null]);
    at.panel.addTraffic(777, { in: 26 * GB, out: 0 });
    expect((await pollAt('21T12:55'))[1]).toBe(26);
    expect(await pollAt('21T13:00')).toEqual([['daily'], 26, null]);
    expect(at.panel.port(7771).adminState).toBe('down');
  });

  it('ends a hold by what the other one used, once it is known what this one uses', async () => {
    await live('daily', [30, 0]);
    expect(await pollAt('21T12:00')).toEqual([['daily'], 30, null]);
    await replace(1);
    expect(await pollAt('21T12:05')).toEqual([['daily'], null, null]);
    expect(await pollAt('21T12:10')).toEqual([[], 0, null]);
  });

  it('counts from its first reading for a product that gets the limit later', async () => {
    await live('free', [10, 0]);
    await replace(100);
    await pollAt('21T12:05');
    await at.bench.sluice.services.set('svc-1', { product: 'daily' });
    at.panel.addTraffic(777, { in: 3 * GB, out: 0 });
    expect(await pollAt('21T12:10')).toEqual([[], 3, null]);
  });

  it('is the same one where only its order has another id', async () => {
    await live('daily', [20, 0]);
    await at.bench.sluice.services.set('svc-1', { easydcim_order_id: '' });
    expect(await pollAt('21T12:05')).toEqual([[], 20, null]);
  });
});
