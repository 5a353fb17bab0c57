import { describe, expect, it } from '@jest/globals';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { addCustomer, pollLater, useUp, type Polled } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);
/** The login name of the customer, which only Sluice can have given. */
const account = (): string => at.panel.user(3)?.user ?? '';
const limits = (): string[] =>
  Object.values(at.panel.state().limits as Record<string, { name: string }>).map(({ name }) => name);

describe('a throttled service', () => {
  it('goes on slowly with a limit of its own, and gets its speed back', async () => {
    await addCustomer(at, 'slow');
    const own = at.panel.permission(3, 1)?.speedId;
    expect(at.panel.state().limits).toMatchObject({ 1: { name: `sluice:${account()}:50M`, speed: 50 } });
    useUp(at);
    expect(at.panel.runningForwards()).toEqual([1]);
    const { service, outcome } = await poll();
    expect(outcome).toBe('done');
    expect(service.holds.map((hold) => hold.reason)).toEqual(['quota']);
    // The panel must not stop what is only slowed down.
    expect(at.panel.user(3)).toMatchObject({ flow: 99_999, status: 1 });
    expect(at.panel.permission(3, 1)).toMatchObject({ flow: 99_999, status: 1, speedId: 2 });
    expect(at.panel.state().limits).toMatchObject({
      1: { speed: 50 },
      2: { name: `sluice:${account()}:2M`, speed: 2 },
    });
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(
      at.panel
        .services()
        .filter((one) => one.forwardId === 2)
        .map((one) => one.limiter),
    ).toEqual(['2', '2']);
    expect((await poll()).service.actions).toEqual([]);
    await expectSettled(at);

    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    await poll();
    expect(at.panel.permission(3, 1)).toMatchObject({ flow: 500, speedId: own });
    expect(Object.keys(at.panel.state().limits)).toEqual(['1']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
  });

  it('starts again what the panel had stopped, also when the run that throttles it breaks off', async () => {
    await addCustomer(at, 'slow');
    useUp(at);
    at.panel.server.inject({ endpoint: /forward\/resume$/, fault: { kind: 'status', status: 500 } });
    expect((await poll()).outcome).toBe('partial');
    at.panel.server.clearFaults();
    expect(at.panel.user(3)?.flow).toBe(99_999);
    await done(at.sluice.reconcile());
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
  });

  it('changes its speed at once, and leaves no limit of the product that it had before', async () => {
    await addCustomer(at, 'slow');
    useUp(at);
    await poll();
    const { url } = at.panel;
    await at.bench.configure(flvxConfig(url).replace('speedMbit: 50, throttleMbit: 2', 'throttleMbit: 1'));
    await done(at.sluice.reconcile());
    expect(limits()).toEqual([`sluice:${account()}:50M`, `sluice:${account()}:1M`]);
    await expectSettled(at);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await poll();
    expect(at.panel.permission(3, 1)?.speedId).toBeNull();
    expect(limits()).toEqual([]);
    await expectSettled(at);
  });

  it('is stopped, not slowed down, when it is not paid for', async () => {
    await addCustomer(at, 'slow');
    useUp(at);
    await poll();
    await done(at.sluice.provision.suspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(at.panel.user(3)?.status).toBe(0);
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(at.panel.permission(3, 1)).toMatchObject({ status: 1, speedId: 2 });
    await expectSettled(at);
  });
});
