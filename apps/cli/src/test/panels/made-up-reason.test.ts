import { describe, expect, it } from '@jest/globals';
import type { PassReport } from '@sluice/engine';
import type { Bench, Outcome } from '../harness.js';
import { startEasyDcimBench, idsOf } from '../easydcim-bench.js';
import { startFlvxBench } from '../flvx-bench.js';
import { startHiddifyBench } from '../hiddify-bench.js';

/** Opens a hold of a limit that nobody knows, with a restriction of its own, and runs. */
async function limit(bench: Bench, restriction: string): Promise<PassReport> {
  await bench.store((store) =>
    store.write(async (tables) => {
      await tables.holds.add({
        id: 'hold-made-up',
        service: 'svc-1',
        reason: 'fair-use',
        restriction,
        since: new Date(bench.clock.now()).toISOString(),
        until: null,
        note: null,
        cycle: null,
        usedBytes: null,
        allowedBytes: null,
        origin: 'run',
      });
    }),
  );
  return poll(bench);
}

async function poll(bench: Bench): Promise<PassReport> {
  const polled: Outcome = await bench.sluice('poll --json');
  expect([polled.exitCode, polled.stderr]).toEqual([0, '']);
  return polled.json<PassReport>();
}

/** The limit is no longer exceeded. */
async function end(bench: Bench): Promise<PassReport> {
  await bench.store((store) =>
    store.write((tables) => tables.holds.end('hold-made-up', new Date(bench.clock.now()).toISOString())),
  );
  return poll(bench);
}

const typesOf = ({ services: [service] }: PassReport): string[] => [
  ...new Set(service?.actions.map(({ type }) => type)),
];

describe('a hold with a reason that no panel knows', () => {
  it('disables ports on EasyDCIM, and suspends no order, though the product would', async () => {
    const at = await startEasyDcimBench();
    await at.addService(1, { product: 'order' });
    const { order, port } = idsOf(1);
    expect(typesOf(await limit(at.bench, 'disable-ports'))).toEqual(['disable-port']);
    const { ports, orders } = at.panel.snapshot();
    expect([ports[port(1)]?.adminState, ports[port(2)]?.adminState]).toEqual(['down', 'down']);
    expect(orders[order]?.suspension).toBeNull();
    expect(typesOf(await end(at.bench))).toEqual(['enable-port']);
    expect(at.panel.snapshot().ports[port(1)]?.adminState).toBe('up');
    await at.close();
  });

  it('throttles on FLVX, and pauses nothing, though the product would', async () => {
    const at = await startFlvxBench();
    const user = await at.create(1);
    const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await poll(at.bench);
    const held = await limit(at.bench, 'throttle');
    expect(held.services[0]?.holds.map(({ reason }) => reason)).toEqual(['fair-use']);
    expect(at.panel.permission(user, at.tunnels.hk)).toMatchObject({ status: 1, speedId: expect.any(Number) });
    expect(at.panel.runningForwards()).toContain(forward);
    await end(at.bench);
    expect(at.panel.permission(user, at.tunnels.hk)?.speedId).toBeNull();
    await at.close();
  });

  it('disables the user on Hiddify', async () => {
    const at = await startHiddifyBench();
    await at.addService(1);
    expect((await at.bench.sluice('provision create svc-1')).exitCode).toBe(0);
    expect(typesOf(await limit(at.bench, 'disable'))).toEqual(['disable-user']);
    expect(typesOf(await end(at.bench))).toEqual(['enable-user']);
    await at.close();
  });
});
