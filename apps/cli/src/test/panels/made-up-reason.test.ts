import { describe, expect, it } from '@jest/globals';
import { type Config, createSluice, type RunReport } from '@sluice/engine';
import type { LimitSettings } from '@sluice/panel-kind';
import { configReaders } from '@sluice/config-file';
import { requireConfig } from '../../load-config.js';
import { KINDS } from '../../kinds.js';
import { closeAfterTest } from '../each-test.js';
import type { Bench, Outcome } from '../harness.js';
import { startEasyDcimBench, toIds } from '../easydcim-bench.js';
import { startFlvxBench } from '../flvx-bench.js';
import { startHiddifyBench } from '../hiddify-bench.js';

/** Opens a hold of a limit that nobody knows, with a restriction of its own, and runs. */
async function limit(bench: Bench, restriction: string): Promise<RunReport> {
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

async function poll(bench: Bench): Promise<RunReport> {
  const polled: Outcome = await bench.sluice('poll --json');
  expect([polled.exitCode, polled.stderr]).toEqual([0, '']);
  return polled.json<RunReport>();
}

/** The limit is no longer exceeded. */
async function end(bench: Bench): Promise<RunReport> {
  await bench.store((store) =>
    store.write((tables) => tables.holds.end('hold-made-up', new Date(bench.clock.now()).toISOString())),
  );
  return poll(bench);
}

const listTypes = ({ services: [service] }: RunReport): string[] => [
  ...new Set(service?.actions.map(({ type }) => type)),
];

describe('a hold with a reason that no panel knows', () => {
  it('disables ports on EasyDCIM, and suspends no order, though the product would', async () => {
    const at = closeAfterTest(await startEasyDcimBench());
    await at.addService(1, { product: 'order' });
    const { order, port } = toIds(1);
    expect(listTypes(await limit(at.bench, 'disable-ports'))).toEqual(['disable-port']);
    const { ports, orders } = at.panel.snapshot();
    expect([ports[port(1)]?.adminState, ports[port(2)]?.adminState]).toEqual(['down', 'down']);
    expect(orders[order]?.suspension).toBeNull();
    expect(listTypes(await end(at.bench))).toEqual(['enable-port']);
    expect(at.panel.snapshot().ports[port(1)]?.adminState).toBe('up');
  });

  it('throttles on FLVX, and pauses nothing, though the product would', async () => {
    const at = closeAfterTest(await startFlvxBench());
    const user = await at.create(1);
    const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await poll(at.bench);
    const held = await limit(at.bench, 'throttle');
    expect(held.services[0]?.holds.map(({ reason }) => reason)).toEqual(['fair-use']);
    expect(at.panel.permission(user, at.tunnels.hk)).toMatchObject({ status: 1, speedId: expect.any(Number) });
    expect(at.panel.runningForwards()).toContain(forward);
    await end(at.bench);
    expect(at.panel.permission(user, at.tunnels.hk)?.speedId).toBeNull();
  });

  it('disables the user on Hiddify', async () => {
    const at = closeAfterTest(await startHiddifyBench());
    await at.addService(1);
    expect((await at.bench.sluice('provision create svc-1')).exitCode).toBe(0);
    expect(listTypes(await limit(at.bench, 'disable'))).toEqual(['disable-user']);
    expect(listTypes(await end(at.bench))).toEqual(['enable-user']);
  });
});

const GB = 1024 ** 3;

/** A limit beside the quota; with `allowance` of which the bench's services use more or less. */
const fairUse = (action: string, allowance: number): LimitSettings => ({
  id: 'fair-use',
  window: 'cycle',
  allowance,
  action,
});

/** Runs a poll of an engine in which every service has this limit, after what was done by the command. */
async function pollUnder({ bench }: { bench: Bench }, limit: LimitSettings): Promise<RunReport> {
  const { folder, env, clock } = bench;
  bench.clock.advance(900_000);
  const stored = requireConfig(undefined, { env, cwd: folder });
  const products: Config['products'] = Object.fromEntries(
    Object.entries(stored.products).map(([name, product]) => [name, { ...product, limits: [limit] }]),
  );
  const config = { ...stored, products };
  return bench.store(async (store) => {
    const sleep = (ms: number): Promise<void> => {
      clock.advance(ms);
      return Promise.resolve();
    };
    const sluice = await createSluice({
      config,
      store,
      kinds: KINDS,
      clock: { now: () => clock.now(), sleep },
      secret: configReaders({ childEnv: [], dir: folder }, env).secret,
    });
    return sluice.poll();
  });
}

const listHolds = ({ services: [service] }: RunReport): string[] => service?.holds.map(({ reason }) => reason) ?? [];

describe('a limit that no panel knows', () => {
  it('disables ports on EasyDCIM, suspends no order, and is released by itself', async () => {
    const at = closeAfterTest(await startEasyDcimBench());
    await at.addService(1, { product: 'order' });
    const { service, order, port } = toIds(1);
    at.panel.addTraffic(service, { in: 10 * GB, out: 0 });
    const held = await pollUnder(at, fairUse('disable-ports', 10 * GB));
    expect([listHolds(held), listTypes(held), held.totals.held]).toEqual([['fair-use'], ['disable-port'], 1]);
    const { ports, orders } = at.panel.snapshot();
    expect([ports[port(1)]?.adminState, orders[order]?.suspension]).toEqual(['down', null]);
    const [row] = await at.bench.store((store) => store.holds.open());
    expect(row).toMatchObject({ restriction: 'disable-ports', usedBytes: 10 * GB, allowedBytes: 10 * GB });

    at.panel.addTraffic(service, { in: 90 * GB, out: 0 });
    const both = await pollUnder(at, fairUse('disable-ports', 10 * GB));
    expect([listHolds(both), listTypes(both)]).toEqual([['fair-use', 'quota'], ['suspend-order']]);
    const released = await pollUnder(at, fairUse('disable-ports', 200 * GB));
    expect([listHolds(released), released.totals.released]).toEqual([['quota'], 1]);
    expect(at.panel.snapshot().orders[order]?.suspension).not.toBeNull();
  });

  it('throttles on FLVX, and pauses nothing', async () => {
    const at = closeAfterTest(await startFlvxBench());
    const user = await at.create(1);
    const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    at.panel.traffic(forward, 10 * GB);
    const held = await pollUnder(at, fairUse('throttle', 10 * GB));
    expect([listHolds(held), held.services[0]?.error]).toEqual([['fair-use'], null]);
    expect(at.panel.permission(user, at.tunnels.hk)).toMatchObject({ status: 1, speedId: expect.any(Number) });
    expect(at.panel.runningForwards()).toContain(forward);
    expect(listHolds(await pollUnder(at, fairUse('throttle', 20 * GB)))).toEqual([]);
    expect(at.panel.permission(user, at.tunnels.hk)?.speedId).toBeNull();
  });

  it('disables the user on Hiddify', async () => {
    const at = closeAfterTest(await startHiddifyBench());
    const user = await at.create(1);
    at.panel.use(user, 10 * GB);
    const held = await pollUnder(at, fairUse('disable', 10 * GB));
    expect([listHolds(held), listTypes(held)]).toEqual([['fair-use'], ['disable-user']]);
    expect(listTypes(await pollUnder(at, fairUse('disable', 20 * GB)))).toEqual(['enable-user']);
  });
});
