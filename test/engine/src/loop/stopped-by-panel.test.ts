import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { describeBesides } from '@sluice/engine/words';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { useBench } from '../bench/each-test.js';

/** The service's status and drift, and what was said of services that the panel stops. */
function seen({ run, services, notices }: RunReport) {
  const { status, drift = [] } = services[0] ?? {};
  const said = notices.filter(({ code }) => code === 'stopped_by_panel').map(({ message }) => message);
  return { status, drift, said, outcome: run.outcome };
}

describe('an FLVX service that is ok', () => {
  const at = useFlvxBench();
  let user: number;
  beforeEach(async () => {
    user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk);
    await at.poll();
  });

  it('is not named while nothing stops it', async () => {
    expect(seen(await at.poll())).toEqual({ status: 'ok', drift: [], said: [], outcome: 'done' });
    expect(seen(await at.sluice.reconcile())).toEqual({ status: 'ok', drift: [], said: [], outcome: 'done' });
  });

  it('is named once in a cycle when the panel stops it by its expiry', async () => {
    Object.assign(at.panel.world.users.get(user)!, { expTime: at.bench.clock.now() - 1 });
    const first = seen(await at.poll());
    expect(first).toMatchObject({ status: 'ok', outcome: 'done' });
    expect(first.drift.join()).toMatch(/user 3 expired on/);
    expect(first.said.join()).toMatch(/svc-1 is within its allowance, but the panel stops it: user 3 expired on/);
    const second = seen(await at.poll());
    expect(second.said).toEqual([]);
    expect(second.drift.join()).toMatch(/expired/);
    expect(seen(await at.sluice.reconcile()).said).toEqual([]);
    expect(seen(await at.poll())).toEqual({ status: 'ok', drift: [], said: [], outcome: 'done' });
  });

  it('is named when somebody has closed its user', async () => {
    Object.assign(at.panel.world.users.get(user)!, { status: 0 });
    const { status, drift, said } = seen(await at.poll());
    expect({ status, drift: drift.length, said: said.length }).toEqual({ status: 'ok', drift: 1, said: 1 });
    expect(said[0]).toMatch(/user 3 is disabled, but not by Sluice/);
  });

  it('is named when a permission has used up a quota of its own', async () => {
    const [permission] = at.panel.world.permissions.all().filter((row) => row.userId === user);
    Object.assign(at.panel.world.permissions.get(permission!.id)!, { inFlow: 100 * GB });
    expect(seen(await at.poll()).said.join()).toMatch(/the permission for tunnel 1 has used up its quota/);
  });

  it('is not named while it is held', async () => {
    await at.sluice.holds.add('svc-1');
    Object.assign(at.panel.world.users.get(user)!, { expTime: at.bench.clock.now() - 1 });
    expect(seen(await at.poll())).toMatchObject({ status: 'held', said: [] });
  });
});

describe('a Hiddify service that is ok', () => {
  const at = useBench(startHiddifyBench);
  let uuid: string;
  beforeEach(async () => {
    uuid = await at.create(1);
    await at.poll();
  });

  it('is not named while nothing stops it', async () => {
    expect(seen(await at.poll())).toMatchObject({ status: 'ok', said: [] });
  });

  it('is named when somebody has disabled its user', async () => {
    at.panel.disable(uuid);
    const { status, drift, said } = seen(await at.poll());
    expect({ status, said: said.length }).toEqual({ status: 'ok', said: 1 });
    expect(drift.join()).toMatch(/user "svc-1" is disabled, but not by Sluice/);
    expect(seen(await at.poll()).said).toEqual([]);
  });

  it('is named when its days on the panel are over', async () => {
    at.panel.changeUser(uuid, { startDate: '2026-10-01', packageDays: 5 });
    expect(seen(await at.poll()).said.join()).toMatch(/its days on the panel ended on 2026-10-06/);
  });

  it('is named when the panel counts more than the cycle has used', async () => {
    const other = await at.create(2, { product: 'monthly', values: { next_due_date: '2027-12-15' } });
    await at.sluice.provision.renew('svc-1', { until: '2027-12-15' });
    at.panel.use(other, 45 * GB);
    await at.poll();
    at.bench.clock.set('2026-12-15T01:00:00Z');
    expect(seen(await at.poll()).said).toEqual([]);
    at.panel.use(other, 6 * GB);
    const polled = await at.poll();
    expect(polled.services[1]).toMatchObject({ status: 'ok', usage: { totalBytes: 6 * GB } });
    expect(seen(polled).said.join()).toMatch(/svc-2 .*has used up its limit on the panel/);
  });
});

describe('an EasyDCIM service that is ok', () => {
  const at = useBench(startEasyDcimBench);
  const { port, order } = toIds(1);
  beforeEach(async () => {
    await at.addService(1);
    await at.poll();
  });

  it('is named by reconcile when somebody has suspended its order', async () => {
    at.panel.staffSuspendOrder(order, 'fraud');
    const { status, drift, said } = seen(await at.sluice.reconcile());
    expect({ status, said: said.length }).toEqual({ status: 'ok', said: 1 });
    expect(drift.join()).toMatch(/order 901 is suspended, but not by a hold of this service/);
    expect(seen(await at.sluice.reconcile()).said).toEqual([]);
  });

  it('is named when somebody has disabled all its ports, not for one of them', async () => {
    at.panel.staffDisablePort(port(1));
    expect(seen(await at.sluice.reconcile())).toMatchObject({ drift: [], said: [] });
    at.panel.staffDisablePort(port(2));
    expect(seen(await at.sluice.reconcile()).said.join()).toMatch(/all its ports are disabled/);
  });

  it('says with its hold what has stopped it besides, as the alarm ends', async () => {
    at.panel.staffDisablePort(port(1));
    at.panel.staffDisablePort(port(2));
    await at.sluice.reconcile();
    at.use(1, 200);
    const { notices } = await at.poll();
    expect(notices.map(({ message }) => message).join()).toMatch(
      /svc-1 is held \(quota: .*\)\. svc-1 is stopped besides its holds: all its ports/,
    );
    const { decision } = await at.sluice.explain('svc-1');
    expect(describeBesides('svc-1', decision)).toMatch(
      /^svc-1 is stopped besides its holds: all its ports are disabled/,
    );
  });

  it('costs a poll no call', async () => {
    at.panel.staffSuspendOrder(order, 'fraud');
    at.panel.server.clearCalls();
    expect(seen(await at.poll())).toMatchObject({ status: 'ok', said: [] });
    expect(at.panel.server.calls.some((call) => call.path.includes('orders'))).toBe(false);
  });

  /** What a poll an hour later finds, what the client reads of the stop, and the alarms. */
  async function pollLater() {
    at.bench.clock.advance(HOUR);
    const { drift } = seen(await at.poll());
    const [service] = (await at.sluice.services.list()).services;
    const { alarms } = await at.sluice.notices.alarms();
    return { drift: drift.length, stopped: service?.stoppedByPanel !== undefined, alarms: alarms.length };
  }

  it('is observed by polls from then on, until staff starts it again', async () => {
    for (const index of [1, 2]) at.panel.staffDisablePort(port(index));
    await at.sluice.reconcile();
    expect(await pollLater()).toEqual({ drift: 1, stopped: true, alarms: 1 });
    expect(await pollLater()).toEqual({ drift: 1, stopped: true, alarms: 1 });
    for (const index of [1, 2]) at.panel.staffEnablePort(port(index));
    expect(await pollLater()).toEqual({ drift: 0, stopped: false, alarms: 0 });
    at.panel.server.clearCalls();
    await pollLater();
    expect(at.panel.server.calls.some(({ path }) => path.includes('ports'))).toBe(false);
  });

  it('is observed by polls although a store of before has the alarm of reconciles alone', async () => {
    at.panel.staffSuspendOrder(order, 'fraud');
    await at.sluice.reconcile();
    const { store } = at.bench;
    await store.alarms.put((await store.alarms.list({})).map((alarm) => ({ ...alarm, scope: 'reconcile' as const })));
    at.panel.staffUnsuspendOrder(order);
    expect(await pollLater()).toEqual({ drift: 0, stopped: false, alarms: 0 });
  });
});
