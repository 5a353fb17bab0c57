import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { useOpened } from './bench/each-test.js';
import { startEasyDcimBench, toIds } from './bench/easydcim-bench.js';
import { GB, HOUR } from './bench/engine-bench.js';
import { useFlvxBench } from './bench/flvx-bench.js';
import { startHiddifyBench } from './bench/hiddify-bench.js';
import { pollLater } from './loop/polls.js';

interface At {
  sluice: Sluice;
}

/** The warning of doctor, from the store, or with the contract from the panel; without its times. */
async function warned({ sluice }: At, contract = false): Promise<string[]> {
  const { checks } = await sluice.panels.doctor({ contract });
  const own = checks.filter(({ name }) => name === 'changed by others');
  return own.map(({ status, message }) => withoutTimes(`${status}: ${message}`));
}

const now = (at: At): Promise<string[]> => warned(at, true);

const withoutTimes = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T');

async function explained({ sluice }: At, service = 'svc-1'): Promise<string[]> {
  const { because } = await sluice.explain(service);
  return because.flatMap(({ code, text }) => (code === 'changed_by_others' ? [withoutTimes(text)] : []));
}

const STORED = 'warning: the last run found that others had changed what Sluice left: ';
const NOW = 'warning: others have changed what Sluice left: ';

describe('of EasyDCIM', () => {
  const [at, start] = useOpened(startEasyDcimBench);
  const PORT = 'port 7011 (eth0): disabled by Sluice at T, enabled since';

  async function startHeld(product = 'ports'): Promise<void> {
    await start();
    await at.addService(1, { product });
    await at.addService(2);
    at.use(1, 120);
    await at.poll();
    expect(await now(at)).toEqual([]);
  }

  it('a port that staff enabled is named before the run that disables it, by that run, and not after the next', async () => {
    await startHeld();
    at.panel.staffEnablePort(toIds(1).port(1));
    expect([await warned(at), await now(at)]).toEqual([[], [`${NOW}svc-1: ${PORT}`]]);
    await at.pollAfter(HOUR);
    expect([await warned(at), await now(at)]).toEqual([[`${STORED}svc-1: ${PORT}`], []]);
    expect(await explained(at)).toEqual([`The last run found that others had changed what Sluice left: ${PORT}.`]);
    await at.pollAfter(HOUR);
    expect([await warned(at), await explained(at)]).toEqual([[], []]);
  });

  it('names the run after which it was changed again', async () => {
    await startHeld();
    const found: (string | undefined)[] = [];
    for (let runs = 0; runs < 2; runs++) {
      at.panel.staffEnablePort(toIds(1).port(1));
      await at.pollAfter(HOUR);
      const { checks } = await at.sluice.panels.doctor({});
      found.push(/Sluice at ([^,]+)/.exec(checks.find(({ name }) => name === 'changed by others')?.message ?? '')?.[1]);
    }
    expect(found).toEqual(['2026-11-20T13:00:00.000Z', '2026-11-20T14:00:00.000Z']);
  });

  it('an order that staff resumed is named', async () => {
    await startHeld('order');
    at.panel.staffUnsuspendOrder(toIds(1).order);
    expect(await now(at)).toEqual([`${NOW}svc-1: order 901: suspended by Sluice at T, active since`]);
  });

  it('ports and orders that others shut since the last reconcile are named until they are open again', async () => {
    await start();
    for (const number of [1, 2, 3, 4, 5]) await at.addService(number);
    at.panel.staffSuspendOrder(toIds(5).order, 'abuse');
    for (const number of [1, 2, 3, 4]) at.use(number, 1);
    await at.sluice.reconcile();
    at.panel.staffSuspendOrder(toIds(1).order, 'abuse');
    for (const number of [2, 3, 4]) for (const index of [1, 2]) at.panel.staffDisablePort(toIds(number).port(index));
    const text = [
      'svc-1: order 901: active at T, suspended since',
      'svc-2: ports 7021, 7022: enabled at T, disabled since',
      'svc-3: ports 7031, 7032: enabled at T, disabled since; and of 1 other service',
    ].join('. ');
    expect(await now(at)).toEqual([`${NOW}${text}`]);
    at.bench.clock.advance(HOUR);
    await at.sluice.reconcile();
    expect([await warned(at), await now(at)]).toEqual([[`${STORED}${text}`], [`${NOW}${text}`]]);
    await at.pollAfter(HOUR);
    expect(await warned(at)).toEqual([`${STORED}${text}`]);
    at.panel.staffUnsuspendOrder(toIds(1).order);
    await at.pollAfter(HOUR);
    expect(await explained(at)).toEqual([]);
    expect((await explained(at, 'svc-2'))[0]).toContain('ports 7021, 7022: enabled at T');
  });

  it('nothing is named at the first run, under observe, or of what was shut before', async () => {
    await start();
    await at.addService(1);
    at.panel.staffSuspendOrder(toIds(1).order, 'abuse');
    expect(await now(at)).toEqual([]);
    await at.sluice.reconcile();
    at.bench.clock.advance(HOUR);
    await at.sluice.reconcile();
    expect([await warned(at), await now(at)]).toEqual([[], []]);
    await at.addService(2);
    at.use(2, 120);
    await at.poll();
    at.panel.staffEnablePort(toIds(2).port(1));
    await at.sluice.panels.observe('dcim');
    expect(await now(at)).toEqual([]);
  });

  it('says nothing while a run works on the panel', async () => {
    await startHeld();
    at.panel.staffEnablePort(toIds(1).port(1));
    const { store } = at.bench;
    await store.leases.acquire({
      name: 'panel:dcim',
      owner: { host: 'other', pid: 1, processStart: '1' },
      run: 'run-x',
      now: '2026-11-20T13:00:00.000Z',
      ttlMs: 60_000,
    } as never);
    expect((await now(at))[0]).toMatch(/^skipped: not known, since a run works on the panel now/);
  });
});

describe('of FLVX', () => {
  const at = useFlvxBench();

  async function startServed(): Promise<number> {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await at.poll();
    await at.sluice.reconcile();
    await pollLater(at);
    expect(await now(at)).toEqual([]);
    return user;
  }

  it('what a hold closed is named once others open it', async () => {
    const user = await startServed();
    at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
    await pollLater(at);
    expect(await now(at)).toEqual([]);
    Object.assign(at.panel.world.findPermission(user, at.tunnels.hk)!, { status: 1 });
    const text = 'svc-1: the permission for tunnel 1: disabled by Sluice at T, enabled since';
    expect(await now(at)).toEqual([`${NOW}${text}`]);
    await pollLater(at);
    expect(await warned(at)).toEqual([`${STORED}${text}`]);
  });

  it('quota and expiry that others have set, and what they have closed, are named', async () => {
    const user = await startServed();
    Object.assign(at.panel.world.users.get(user)!, { flow: 40, expTime: Date.parse('2027-01-15') });
    const name = at.panel.user(user)!.user;
    const text = [
      `svc-1: the quota of user 3 (${name}): 100 GB at T, 40 GB since`,
      `the expiry of user 3 (${name}): T at T, T since`,
    ].join('; ');
    expect(await now(at)).toEqual([`${NOW}${text}`]);
    await at.sluice.reconcile();
    expect(await warned(at)).toEqual([`${STORED}${text}`]);
    await pollLater(at);
    expect([await warned(at), await now(at)]).toEqual([[], []]);
    Object.assign(at.panel.world.findPermission(user, at.tunnels.hk)!, { status: 0 });
    const closed = 'svc-1: the permission for tunnel 1: enabled at T, disabled since';
    expect(await now(at)).toEqual([`${NOW}${closed}`]);
    for (let polls = 0; polls < 2; polls++) await pollLater(at);
    expect([await warned(at), await now(at)]).toEqual([[`${STORED}${closed}`], [`${NOW}${closed}`]]);
  });

  it('a changed product, a purchase and what customers pause are no change of others', async () => {
    await startServed();
    await at.sluice.services.set('svc-1', { product: 'big', next_due_date: '2026-12-20' });
    expect(await now(at)).toEqual([]);
    await at.sluice.reconcile();
    await at.panel.customer(3).pause(2);
    expect([await warned(at), await now(at)]).toEqual([[], []]);
  });

  it('what the panel closes at its expiry is its own', async () => {
    await startServed();
    at.bench.clock.set('2026-12-15T00:00:05Z');
    at.panel.midnight();
    await at.poll();
    expect([await warned(at), await now(at)]).toEqual([[], []]);
  });
});

describe('of Hiddify', () => {
  const [at, start] = useOpened(startHiddifyBench);

  async function startServed(): Promise<string> {
    await start();
    const uuid = await at.create(1);
    await at.pollAfter(HOUR);
    await at.sluice.reconcile();
    expect(await now(at)).toEqual([]);
    return uuid;
  }

  it('a user that others enabled, or disabled, is named', async () => {
    const uuid = await startServed();
    await at.sluice.holds.add('svc-1');
    expect(await now(at)).toEqual([]);
    at.panel.enable(uuid);
    const text = 'svc-1: user "svc-1": disabled by Sluice at T, enabled since';
    expect(await now(at)).toEqual([`${NOW}${text}`]);
    await at.pollAfter(HOUR);
    expect(await warned(at)).toEqual([`${STORED}${text}`]);
    await at.sluice.holds.release('svc-1');
    expect(await now(at)).toEqual([]);
    await at.pollAfter(HOUR);
    at.panel.disable(uuid);
    const off = 'svc-1: user "svc-1": enabled at T, disabled since';
    expect(await now(at)).toEqual([`${NOW}${off}`]);
    for (let polls = 0; polls < 2; polls++) await at.pollAfter(HOUR);
    expect([await warned(at), await now(at)]).toEqual([[`${STORED}${off}`], [`${NOW}${off}`]]);
  });

  it('a limit and a last day that others have set are named; use and the first day are not', async () => {
    const uuid = await startServed();
    at.panel.use(uuid, 3 * GB);
    expect(await now(at)).toEqual([]);
    at.panel.changeUser(uuid, { usageLimit: 80 * GB, packageDays: 90 });
    const [message = ''] = await now(at);
    expect(message).toMatch(
      /svc-1: the limit of user "svc-1": 50 GB at T, 80 GB since; the last day of user "svc-1": 2026-12-15 at T, 2027-\d\d-\d\d since/,
    );
    await at.sluice.reconcile();
    expect([await warned(at), await now(at)]).toEqual([[message.replace(NOW, STORED)], []]);
    await at.pollAfter(HOUR);
    expect([await warned(at), await now(at)]).toEqual([[], []]);
  });
});
