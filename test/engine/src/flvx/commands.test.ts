import { describe, expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, failure, expectSettled } from '../bench/outcomes.js';

const at = useFlvxBench();

const changing = (): string[] => at.panel.server.changingCalls().map((call) => call.path.replace('/api/v1', ''));

describe('renew and change-package', () => {
  it('move the due date once when a repeat finishes what was broken off', async () => {
    await at.create(1);
    at.panel.server.inject({ endpoint: /user\/update$/, fault: { kind: 'cut' }, times: 2 });
    await failure(at.sluice.provision.renew('svc-1'));
    await done(at.sluice.provision.renew('svc-1'));
    expect(at.panel.user(3)?.expTime).toBe(Date.parse('2027-01-15'));
    await done(at.sluice.provision.renew('svc-1'));
    expect(at.panel.user(3)?.expTime).toBe(Date.parse('2027-02-15'));
  });

  it('keep forwards on a tunnel that the new product lacks, paused, until it has the tunnel again', async () => {
    await at.create(1, { product: 'big' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'tokyo' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'off', paused: true });
    await at.poll();
    await done(at.sluice.provision.changePackage('svc-1', 'relay'));
    expect(at.panel.permissionStatus(3, 2)).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1]);
    await expectSettled(at);
    await done(at.sluice.provision.changePackage('svc-1', 'big'));
    expect(at.panel.permissionStatus(3, 2)).toBe(1);
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    await expectSettled(at);
  });

  it('remember what ran on such a tunnel also when the service was held meanwhile', async () => {
    await at.create(1, { product: 'big' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'tokyo' });
    at.panel.addForward(3, at.tunnels.jp, { name: 'off', paused: true });
    await at.poll();
    await done(at.sluice.provision.suspend('svc-1'));
    await done(at.sluice.provision.changePackage('svc-1', 'relay'));
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1]);
    await expectSettled(at);
    await done(at.sluice.provision.changePackage('svc-1', 'big'));
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    await expectSettled(at);
  });
});

describe('terminate', () => {
  it('keeps user and permission while a forward can’t be deleted, and says so', async () => {
    await at.create(1);
    at.panel.addForward(3, 1);
    at.panel.nodeOffline(1);
    const broken = await at.sluice.provision.terminate('svc-1');
    expect(broken.run.outcome).toBe('partial');
    expect(broken.actions.map(({ type, state }) => `${type} ${state}`)).toEqual([
      'update-user applied',
      'assign-tunnel applied',
      'pause-forward failed',
      'delete-forward failed',
      'remove-tunnel failed',
      'delete-user failed',
    ]);
    expect(changing().slice(-1)).toEqual(['/forward/pause']);
    expect(at.panel.permission(3, 1)).toBeDefined();
    at.panel.nodeOnline(1);
    await done(at.sluice.provision.terminate('svc-1'));
    expect(at.panel.user(3)).toBeUndefined();
    expect(at.panel.services().map((service) => service.forwardId)).toEqual([1, 1]);
  });
});
