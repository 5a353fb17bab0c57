import { describe, expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { addCustomer, noticeCodes, pollLater, toSteps, type Polled } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);

describe('a product that sells a number of forwards', () => {
  it('has the newest beyond it paused with a notice, and run again when there is room', async () => {
    await addCustomer(at, 'counted');
    at.panel.addForward(3, 1, { name: 'third' });
    const { report, service } = await poll();
    expect(toSteps(service.actions)).toEqual(['pause-forward 4']);
    expect(noticeCodes(report)).toEqual(['max_forwards']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    const again = await poll();
    expect([again.service.actions, noticeCodes(again.report)]).toEqual([[], []]);
    await at.panel.customer(3).deleteForward(2);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 3, 4]);
    await expectSettled(at);
  });

  it('keeps it paused through a hold', async () => {
    await addCustomer(at, 'counted');
    at.panel.addForward(3, 1, { name: 'third' });
    await poll();
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await at.sluice.provision.changePackage('svc-1', 'relay');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3, 4]);
    await expectSettled(at);
  });

  it('remembers what ran and became too many while the service was held', async () => {
    await addCustomer(at);
    at.panel.addForward(3, 1, { name: 'third' });
    await poll();
    await done(at.sluice.provision.suspend('svc-1'));
    await done(at.sluice.provision.changePackage('svc-1', 'counted'));
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
    await at.sluice.provision.changePackage('svc-1', 'relay');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3, 4]);
    await expectSettled(at);
  });
});
