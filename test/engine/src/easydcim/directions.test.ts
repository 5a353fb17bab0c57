import { describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

/** Polls an hour later; returns in and out in GB, and the status or the code of the error. */
async function poll(options?: RunOptions): Promise<[number | null, number | null, string | undefined]> {
  const [service] = (await at.pollAfter(HOUR, options)).services;
  const toGb = (bytes: number | null | undefined): number | null => (bytes == null ? null : bytes / GB);
  return [toGb(service?.usage?.inBytes), toGb(service?.usage?.outBytes), service?.error?.code ?? service?.status];
}

/** Has svc-1 use 60 GB in and 2 GB out. */
async function use(): Promise<void> {
  await at.addService(1, { product: 'ports' });
  at.panel.addTraffic(501, { in: 60 * GB, out: 2 * GB });
  expect(await poll()).toEqual([60, 2, 'ok']);
}

const correct = (): Promise<unknown> => at.bench.edit('retries: 0', 'retries: 0, trafficDirection: swapped');

describe('a trafficDirection that is corrected within a cycle', () => {
  it('has the service read and held as usual', async () => {
    await use();
    await correct();
    expect(await poll()).toEqual([2, 60, 'ok']);
    at.panel.addTraffic(501, { in: 50 * GB, out: GB });
    expect(await poll()).toEqual([3, 110, 'held']);
    expect(at.panel.port(7011).adminState).toBe('down');
  });

  it('is read after a run that could not read it', async () => {
    await use();
    await correct();
    at.panel.server.inject({ match: ({ path }) => path.includes('bandwidth'), fault: { kind: 'status', status: 500 } });
    expect((await poll())[2]).toBe('PANEL_SERVER_ERROR');
    at.panel.server.clearFaults();
    expect(await poll()).toEqual([2, 60, 'ok']);
  });

  it('is compared with from then on', async () => {
    await use();
    await correct();
    await poll();
    at.panel.answers.bandwidth.swapped = true;
    expect((await poll())[2]).toBe('directions_changed');
  });
});

it('directions that the panel has swapped are used once they are confirmed', async () => {
  await use();
  at.panel.answers.bandwidth.swapped = true;
  expect((await poll())[2]).toBe('directions_changed');
  expect(await poll({ allowMass: true })).toEqual([2, 60, 'ok']);
  at.panel.addTraffic(501, { in: 50 * GB, out: GB });
  expect(await poll()).toEqual([3, 110, 'held']);
});

it('a service that names another server is read and held as usual', async () => {
  await use();
  at.panel.addService({ id: 777, orderId: 977, serverId: 377, user: 11, ports: [{ id: 7771, name: 'eth0' }] });
  at.panel.addTraffic(777, { in: GB, out: 8 * GB });
  const refs = { easydcim_service_id: '777', easydcim_order_id: '977', easydcim_server_id: '377' };
  await at.bench.sluice.services.set('svc-1', refs);
  expect(await poll()).toEqual([1, 8, 'ok']);
  at.panel.addTraffic(777, { in: 0, out: 95 * GB });
  expect(await poll()).toEqual([1, 103, 'held']);
  expect(at.panel.port(7771).adminState).toBe('down');
});
