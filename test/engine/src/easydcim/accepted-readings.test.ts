import { expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB } from '../bench/engine-bench.js';

const LIMITS = 'limits: [{ id: daily, window: day, allowance: 25GB, action: disable-ports }]';
const MORE = `  daily: { panel: dcim, quota: unlimited, ${LIMITS} }
poll: { interval: 5m, brake: { atLeast: 100 } }
`;
const at = useBench(() => startEasyDcimBench(MORE));

const EARLIER = Date.parse('2026-11-18T12:00:00Z');
const ALL = [1, 2, 3, 4, 5, 6];

/** Returns of each service the reasons of the holds, what it used in the window, in GB, and the code of the error. */
async function pollAt(time: string, options?: RunOptions): Promise<string[]> {
  at.bench.clock.set(`2026-11-${time}:00Z`);
  const { services } = await at.bench.sluice.poll(options);
  return services.map(({ holds, limits, error }) => {
    const used = limits.find(({ id }) => id === 'daily')?.used;
    const shown = typeof used === 'number' ? Math.round(used / GB) : '?';
    return [...holds.map(({ reason }) => reason), shown, ...(error === null ? [] : [error.code])].join(' ');
  });
}

/** The panel shows this much of a service, whatever it used. */
function show(number: number, gigabytes: number): void {
  at.panel.spoilBandwidth(500 + number, { in: gigabytes * GB, out: 0, total: gigabytes * GB });
}

/** Adds services that used 150 GB each before, and this much on the day. */
async function live(used: Record<number, number>): Promise<void> {
  for (const number of ALL) {
    await at.addService(number, { product: 'daily' });
    at.panel.addTraffic(500 + number, { in: 150 * GB, out: 0, at: EARLIER });
  }
  await pollAt('20T23:58');
  await pollAt('21T00:03');
  for (const [number, gigabytes] of Object.entries(used))
    at.panel.addTraffic(500 + Number(number), { in: gigabytes * GB, out: 0, at: at.bench.clock.now() });
  await pollAt('21T11:55');
  await pollAt('21T12:00');
}

/** Gives a service another server, which used a gigabyte before. */
async function replace(number: number): Promise<void> {
  const [id, orderId, serverId] = [770 + number, 970 + number, 370 + number];
  at.panel.addService({ id, orderId, serverId, user: 10 + number, ports: [{ id: 7770 + number, name: 'eth0' }] });
  at.panel.addTraffic(id, { in: GB, out: 0, at: EARLIER });
  await at.bench.sluice.services.set(`svc-${number}`, {
    easydcim_service_id: `${id}`,
    easydcim_order_id: `${orderId}`,
    easydcim_server_id: `${serverId}`,
  });
}

it.each([[{}], [{ allowMass: true }]])('another server is counted anew by a run with %j', async (options) => {
  await live({ 1: 20, 2: 30 });
  await replace(1);
  await replace(2);
  await pollAt('21T12:05', options);
  at.panel.addTraffic(771, { in: 6 * GB, out: 0 });
  await pollAt('21T13:05');
  expect((await pollAt('21T13:10')).slice(0, 2)).toEqual(['6', '0']);
});

it('another server is counted anew where the run accepts what most services show', async () => {
  await live({ 1: 20, 2: 30 });
  for (const number of ALL) show(number, 1);
  await pollAt('21T12:05');
  await replace(1);
  await pollAt('21T12:10', { allowMass: true });
  at.panel.addTraffic(771, { in: 6 * GB, out: 0 });
  show(2, 2);
  show(3, 4);
  await pollAt('21T13:05');
  expect((await pollAt('21T13:10')).slice(0, 3)).toEqual(['6', 'daily 31', '3']);
});

it.each([[{}], [{ allowMass: true }]])('one low reading makes nothing used, in a run with %j', async (options) => {
  await live({ 3: 2 });
  show(3, 1);
  await pollAt('21T12:05', options);
  // The panel brings back a part first.
  show(3, 100);
  await pollAt('21T12:35');
  show(3, 152);
  await pollAt('21T13:05');
  expect((await pollAt('21T13:10'))[2]).toBe('2');
});

it.each([
  [{ allowMass: true }, ALL],
  [{ allowMass: true, service: 'svc-3' }, [3]],
])('nor do figures that come back after a run with %j', async (options, numbers) => {
  await live({ 3: 2 });
  for (const number of numbers) show(number, 1);
  await pollAt('21T12:05');
  await pollAt('21T12:10', options);
  for (const number of numbers) show(number, number === 3 ? 152 : 150);
  await pollAt('21T13:05');
  expect((await pollAt('21T13:10'))[2]).toBe('2');
});

it('a run over one service accepts that it fell', async () => {
  await live({ 3: 2 });
  show(3, 1);
  await pollAt('21T12:05');
  await pollAt('21T12:10', { allowMass: true, service: 'svc-3' });
  show(3, 11);
  await pollAt('21T13:05');
  expect((await pollAt('21T13:10'))[2]).toBe('12');
});
