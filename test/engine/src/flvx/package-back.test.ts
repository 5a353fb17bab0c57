import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, Sluice } from '@sluice/engine';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { done, expectSettled, failure } from '../bench/outcomes.js';
import { useOpened } from '../bench/each-test.js';
import { USER } from './customer.js';

const [at, start] = useOpened(startFlvxBench);
beforeEach(() => start());

/** The forwards of the customer: on both tunnels one that runs, on the second one that the customer paused. */
interface Customer {
  user: number;
  web: number;
  far: number;
  off: number;
}

const isLong = process.env['SLUICE_LONG'] === '1';

/** A customer of the large package. */
async function addLarge(): Promise<Customer> {
  const { jp, hk } = at.tunnels;
  const user = await at.create(1, { product: 'big' });
  const web = at.panel.addForward(user, hk, { name: 'web' });
  const far = at.panel.addForward(user, jp, { name: 'far' });
  const off = at.panel.addForward(user, jp, { name: 'off', paused: true });
  await done(at.poll());
  return { user, web, far, off };
}

/** A customer who changed to the small one, which closed the second tunnel. */
async function moved(): Promise<Customer> {
  const customer = await addLarge();
  await changeTo('relay');
  expect(shown(customer)).toEqual({ tunnels: [1, 0], forwards: [1, 0, 0] });
  at.panel.server.clearCalls();
  return customer;
}

function shown({ user, web, far, off }: Customer): { tunnels: unknown[]; forwards: unknown[] } {
  const { hk, jp } = at.tunnels;
  return {
    tunnels: [hk, jp].map((tunnel) => at.panel.permissionStatus(user, tunnel)),
    forwards: [web, far, off].map((id) => at.panel.world.forwards.get(id)?.status),
  };
}

const BOTH_OPEN = { tunnels: [1, 1], forwards: [1, 1, 0] };

const changeTo = (product: string): Promise<unknown> => done(at.sluice.provision.changePackage('svc-1', product));

async function run(...runs: ('poll' | 'reconcile')[]): Promise<void> {
  for (const each of runs) await done(at.sluice[each]());
}

/** Opens or closes the second tunnel, as staff do. */
function setTunnel(status: 0 | 1): void {
  Object.assign(at.panel.world.findPermission(USER, at.tunnels.jp)!, { status });
}

const happen = {
  close: () => {
    setTunnel(0);
  },
  open: () => {
    setTunnel(1);
  },
  small: () => changeTo('relay'),
  poll: () => run('poll'),
  reconcile: () => run('reconcile'),
};
type Event = keyof typeof happen;

/** Returns the numbers of the calls to fail, of a reconcile that opens the tunnel again: in short runs those around its opening. */
async function callsToFail(): Promise<number[]> {
  await moved();
  await at.sluice.services.set('svc-1', { product: 'big' });
  at.panel.server.clearCalls();
  await done(at.sluice.reconcile());
  const { calls } = at.panel.server;
  const opening = calls.findIndex(({ endpoint }) => endpoint.includes('tunnel/user/assign'));
  expect(opening).toBeGreaterThan(1);
  return calls.map((_, index) => index).filter((index) => isLong || [opening - 1, opening].includes(index));
}

describe('a tunnel that a package change closed', () => {
  it.each(isLong ? [1, 3] : [3])('is open after the change back, whichever %i calls in a row fail', async (times) => {
    const calls = await callsToFail();
    const wrong: unknown[] = [];
    for (const skip of calls) {
      for (const when of ['before', 'after'] as const) {
        await at.close();
        await start();
        const customer = await moved();
        await at.sluice.services.set('svc-1', { product: 'big' });
        const repair = at.panel.server.inject({ skip, times, when, fault: { kind: 'cut' } });
        await at.sluice.reconcile();
        repair();
        await run('poll', 'reconcile');
        const { tunnels, forwards } = shown(customer);
        if (JSON.stringify({ tunnels, forwards }) !== JSON.stringify(BOTH_OPEN))
          wrong.push({ skip, when, tunnels, forwards });
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(['poll', 'reconcile'] as const)('is opened by the next %s after a change back that failed', async (run) => {
    const customer = await moved();
    await at.sluice.services.set('svc-1', { product: 'big' });
    const repair = at.panel.server.inject({ endpoint: /tunnel\/user\/assign/, fault: { kind: 'status', status: 500 } });
    await at.sluice.reconcile();
    expect(shown(customer).tunnels).toEqual([1, 0]);
    repair();
    await done(at.sluice[run]());
    expect(shown(customer)).toEqual(BOTH_OPEN);
  });

  it.each<[string, (sluice: Sluice) => Promise<CommandReport>, (sluice: Sluice) => Promise<CommandReport>]>([
    ['suspension', ({ provision }) => provision.suspend('svc-1'), ({ provision }) => provision.unsuspend('svc-1')],
    ['hold', ({ holds }) => holds.add('svc-1'), ({ holds }) => holds.release('svc-1')],
  ])('is open when the package came back during a %s', async (_what, hold, release) => {
    const customer = await moved();
    await done(hold(at.sluice));
    await changeTo('big');
    await done(at.sluice.reconcile());
    expect(shown(customer)).toEqual({ tunnels: [0, 0], forwards: [0, 0, 0] });
    await done(release(at.sluice));
    await done(at.poll());
    expect(shown(customer)).toEqual(BOTH_OPEN);
  });

  it('is open after the change back, with what ran on it', async () => {
    const customer = await moved();
    expect(at.panel.runningForwards()).toEqual([1, customer.web]);
    await expectSettled(at);
    await changeTo('big');
    expect(shown(customer)).toEqual(BOTH_OPEN);
    expect(at.panel.runningForwards()).toEqual([1, customer.web, customer.far]);
    await expectSettled(at);
  });

  it('is open after the change back, with what ran on it, also where the change came while the service was held', async () => {
    const customer = await addLarge();
    await done(at.sluice.provision.suspend('svc-1'));
    await changeTo('relay');
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1, customer.web]);
    await expectSettled(at);
    await changeTo('big');
    expect(at.panel.runningForwards()).toEqual([1, customer.web, customer.far]);
    await expectSettled(at);
  });

  it('stays closed when staff close it after it was opened again', async () => {
    const { user } = await moved();
    await changeTo('big');
    setTunnel(0);
    await run('poll', 'reconcile');
    expect(at.panel.permissionStatus(user, at.tunnels.jp)).toBe(0);
  });

  it.each<[string, forwards: number, Event[], before: number | undefined, after: number]>([
    ['stays closed when staff had closed it before', 1, ['close', 'poll', 'small', 'reconcile'], 0, 0],
    ['stays closed when they had, and no forward uses it', 0, ['close', 'poll', 'small', 'reconcile', 'poll'], 0, 0],
    ['is open when nobody had, and no forward uses it', 0, ['small', 'reconcile'], undefined, 1],
    ['is open when staff opened it and Sluice closed it', 1, ['close', 'poll', 'small', 'open', 'reconcile'], 0, 1],
  ])('%s, after the change back', async (_what, forwards, events, before, after) => {
    const { jp } = at.tunnels;
    const user = await at.create(1, { product: 'big' });
    if (forwards > 0) at.panel.addForward(user, jp, { name: 'far' });
    await run('poll');
    for (const event of events) await happen[event]();
    expect(at.panel.permissionStatus(user, jp)).toBe(before);
    await changeTo('big');
    if (after === 0) await run('poll', 'reconcile');
    expect(at.panel.permissionStatus(user, jp)).toBe(after);
  });

  it('stays closed under the package without it, whatever runs', async () => {
    const customer = await moved();
    await run('poll', 'reconcile', 'poll');
    expect(shown(customer)).toEqual({ tunnels: [1, 0], forwards: [1, 0, 0] });
  });
});

describe('a tunnel that staff gave to a customer', () => {
  it.each([/user\/update/, /tunnel\/user\/assign/])(
    'is left alone by a change to a package with it that failed at %s, and by the change back',
    async (endpoint) => {
      const { jp } = at.tunnels;
      const user = await at.create(1, { product: 'relay' });
      at.panel.addPermission(user, jp);
      const far = at.panel.addForward(user, jp, { name: 'far' });
      await run('poll', 'reconcile');
      const repair = at.panel.server.inject({ endpoint, fault: { kind: 'status', status: 500 } });
      await failure(at.sluice.provision.changePackage('svc-1', 'big'));
      repair();
      await changeTo('relay');
      await done(at.sluice.reconcile());
      expect([at.panel.permissionStatus(user, jp), at.panel.world.forwards.get(far)?.status]).toEqual([1, 1]);
    },
  );
});

describe('a tunnel that a hold had closed when its package ended', () => {
  const FAR = `  far: { panel: relay, quota: { total: 300GB }, flvx: { tunnelId: 2 } }
  fair: { panel: relay, quota: { total: 200GB }, flvx: { tunnelId: 1 }, limits: [{ id: daily, window: day, allowance: 20GB, action: pause }] }`;

  it.each(['the service', 'the next service of its account'])('is open when %s has it again', async (who) => {
    await at.close();
    await start(FAR);
    const { hk } = at.tunnels;
    const user = await at.create(1, { product: 'fair' });
    const web = at.panel.addForward(user, hk, { name: 'web' });
    await run('poll');
    at.panel.traffic(web, 30 * GB);
    at.bench.clock.advance(HOUR);
    await run('poll');
    const found = () => [at.panel.permissionStatus(user, hk), at.panel.world.forwards.get(web)?.status];
    expect(found()).toEqual([0, 0]);
    await changeTo('far');
    await run('poll', 'reconcile', 'poll');
    expect(found()).toEqual([0, 0]);
    if (who === 'the service') await changeTo('relay');
    else {
      await at.sluice.services.set('svc-1', { status: 'terminated' });
      await at.addService(2, { values: { flvx_user_id: String(user) }, allowDuplicateRefs: true });
      await done(at.sluice.provision.create('svc-2', { adopt: true }));
    }
    await run('poll', 'reconcile', 'poll');
    expect(found()).toEqual([1, 1]);
  });
});
