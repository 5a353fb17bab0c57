import { describe, expect, it } from '@jest/globals';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { expectSettled } from '../bench/outcomes.js';
import { firstService, type Polled, pollLater } from '../loop/polls.js';
import { addCustomer, allow, limitNames, USER, useUp } from './customer.js';

const at = useFlvxBench();

const speedOf = (): number | null | undefined => at.panel.permission(USER, at.tunnels.hk)?.speedId;

/** Throttles a customer, of a product without a speed, who has a speed limit of staff; returns its id. */
async function throttle(): Promise<number> {
  await at.bench.configure(flvxConfig(at.panel.url).replace('speedMbit: 50, throttleMbit', 'throttleMbit'));
  await addCustomer(at, 'slow');
  const staff = at.panel.addSpeedLimit(at.tunnels.hk, 30, 'staff');
  at.panel.world.findPermission(USER, at.tunnels.hk)!.speedId = staff;
  await pollLater(at);
  useUp(at);
  await pollLater(at);
  expect(speedOf()).not.toBe(staff);
  return staff;
}

/** Has the panel list only these speed limits while something reads them. */
async function listingOnly<T>(isListed: (id: number) => boolean, work: () => Promise<T>): Promise<T> {
  const change = (json: unknown): unknown => {
    const body = json as { data: { id: number }[] };
    return { ...body, data: body.data.filter(({ id }) => isListed(id)) };
  };
  const restore = at.panel.server.inject({ endpoint: /speed-limit\/list$/, fault: { kind: 'mutate', change } });
  try {
    return await work();
  } finally {
    restore();
  }
}

describe('a list of speed limits that lacks one', () => {
  const NONE = (): boolean => false;

  it.each([
    ['an empty list', (): ((id: number) => boolean) => NONE],
    ['a list without it', (staff: number) => (id: number) => id !== staff],
    ['a list without that of the throttle', (staff: number) => (id: number) => id === staff],
  ])('does not lift that of staff when a throttle ends: %s', async (_what, toList) => {
    const staff = await throttle();
    const { outcome, service } = await listingOnly(toList(staff), () => allow(at, '500GB'));
    expect([outcome === 'done', service.error?.code]).toEqual([false, 'PANEL_UNREADABLE']);
    expect(service.error?.message).toMatch(/speed-limit\/list .*it lacks speed limit .*backup\/export shows/);
    expect((await pollLater(at)).outcome).toBe('done');
    expect(speedOf()).toBe(staff);
  });

  it('does not lift that of staff by a reconcile or a command', async () => {
    const staff = await throttle();
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    const [run, command] = await listingOnly(NONE, async () => [
      firstService(await at.sluice.reconcile()),
      (await at.sluice.provision.renew('svc-1')).service,
    ]);
    expect([run.error?.code, command.error?.code]).toEqual(['PANEL_UNREADABLE', 'PANEL_UNREADABLE']);
    expect((await pollLater(at)).outcome).toBe('done');
    expect(speedOf()).toBe(staff);
  });

  it('makes no second one of a product with a speed', async () => {
    await addCustomer(at, 'big');
    const made = limitNames(at);
    const [run, command] = await listingOnly(NONE, async () => [
      firstService(await at.sluice.reconcile()),
      (await at.sluice.provision.renew('svc-1')).service,
    ]);
    expect([run.error?.code, command.error?.code]).toEqual(['PANEL_UNREADABLE', 'PANEL_UNREADABLE']);
    expect(limitNames(at)).toEqual(made);
    expect(made).toHaveLength(1);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    await expectSettled(at);
    expect(limitNames(at)).toEqual(made);
  });

  it('leaves no limit where it was deleted', async () => {
    const staff = await throttle();
    at.panel.world.limits.delete(staff);
    const { outcome, service }: Polled = await allow(at, '500GB');
    expect([outcome, service.error, speedOf()]).toEqual(['done', null, null]);
    await expectSettled(at);
  });
});
