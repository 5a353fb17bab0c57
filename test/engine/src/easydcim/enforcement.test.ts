import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

const changing = (): string[] => at.panel.server.changingCalls().map((call) => `${call.method} ${call.path}`);
const { port, order } = toIds(1);

describe('a service over its quota', () => {
  it('has its ports disabled, without the management port', async () => {
    await at.addService(1);
    at.panel.addTraffic(501, { in: 80 * GB, out: 20 * GB });
    const polled = await at.pollAfter(HOUR);
    expect(polled.run.outcome).toBe('done');
    const [service] = polled.services;
    expect(service).toMatchObject({ id: 'svc-1', status: 'held', error: null, holds: [{ reason: 'quota' }] });
    expect(service?.actions).toEqual([
      { type: 'disable-port', target: String(port(1)), name: expect.any(String) as unknown, state: 'applied' },
      { type: 'disable-port', target: String(port(2)), name: expect.any(String) as unknown, state: 'applied' },
    ]);
    expect([1, 2, 3].map((index) => at.panel.port(port(index)).adminState)).toEqual(['down', 'down', 'up']);
    expect(polled.totals).toEqual({
      services: 1,
      read: 1,
      unreadable: 0,
      doubted: 0,
      failed: 0,
      held: 1,
      released: 0,
      wouldHold: 0,
      wouldRelease: 0,
      purchased: 0,
      actions: 2,
      planned: 0,
    });
  });

  it('is left alone one byte below', async () => {
    await at.addService(1);
    at.panel.addTraffic(501, { in: 80 * GB, out: 20 * GB - 1 });
    const polled = await at.pollAfter(HOUR);
    expect(polled.services[0]?.status).toBe('ok');
    expect(changing()).toEqual([]);
  });

  it('keeps a port enabled that staff enabled again meanwhile, and drops it from what we undo', async () => {
    await at.addService(1);
    at.use(1, 200);
    await at.poll();
    at.panel.staffEnablePort(port(1));
    await at.bench.sluice.overrides.set('svc-1', { quota: '1TB' });
    at.panel.server.clearCalls();
    await at.poll();
    expect(changing()).toEqual([`POST /api/v3/admin/ports/${port(2)}/enable`]);
    const { evidence } = (await at.bench.sluice.holds.list()).holds[0]!;
    expect(evidence.map((item) => [item.target, item.outcome])).toEqual([
      [String(port(1)), 'dropped'],
      [String(port(2)), 'undone'],
    ]);
  });

  it('leaves an order suspended that was suspended for another reason', async () => {
    await at.addService(1, { product: 'both' });
    at.panel.staffSuspendOrder(order, 'non-payment');
    at.panel.addTraffic(501, { in: 200 * GB, out: 0, at: at.bench.clock.now() - DAY });
    await at.poll();
    expect(at.panel.port(port(1)).adminState).toBe('down');
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    await at.poll();
    expect(at.panel.port(port(1)).adminState).toBe('up');
    expect(at.panel.order(order).status).toBe('suspended');
  });

  it('gives back what was done, whatever action is configured by then', async () => {
    await at.addService(1, { product: 'order' });
    at.use(1, 200);
    await at.poll();
    await at.bench.sluice.services.set('svc-1', { product: 'ports' });
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    await at.poll();
    expect(at.panel.order(order).status).toBe('active');
    expect([1, 2].map((index) => at.panel.port(port(index)).adminState)).toEqual(['up', 'up']);
  });

  it('stays held while a second hold still needs it', async () => {
    await at.addService(1, { product: 'order' });
    at.use(1, 200);
    await at.poll();
    await at.bench.sluice.provision.suspend('svc-1');
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    const polled = await at.poll();
    expect(polled.services[0]?.holds.map((hold) => hold.reason)).toEqual(['billing']);
    expect(at.panel.order(order).status).toBe('suspended');
    const released = await at.bench.sluice.provision.unsuspend('svc-1');
    expect(released.run.outcome).toBe('done');
    expect(at.panel.order(order).status).toBe('active');
    expect(changing()).toHaveLength(2);
  });
});

describe('ports that two services share', () => {
  it('are not disabled unless the product allows it', async () => {
    await at.addService(1, { serverId: 399 });
    await at.addService(2, { serverId: 399 });
    at.use(1, 200);
    const polled = await at.poll();
    expect(polled.run.outcome).toBe('partial');
    expect(polled.services[0]?.error).toMatchObject({
      code: 'shared_ports',
      message: expect.stringContaining('correct easydcim_service_id or easydcim_server_id if they do not share them'),
    });
    expect(polled.notices.filter(({ code }) => code === 'hold')).toMatchObject([
      { message: expect.stringContaining('svc-1 is held, but not restricted on its panel yet (quota: ') },
    ]);
    expect(changing()).toEqual([]);
  });
});
