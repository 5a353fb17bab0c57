import { beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled, failure } from '../bench/outcomes.js';
import { noticeCodes, type Polled, pollLater } from '../loop/polls.js';
import { allow, addCustomer, toSteps, useUp } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);
const running = (): number[] => at.panel.runningForwards();
const isOpen = (): unknown[] => [at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)];

describe('a paused forward that runs again while the service is held', () => {
  beforeEach(async () => {
    await addCustomer(at);
    useUp(at);
    expect((await poll()).service.holds.map((hold) => hold.reason)).toEqual(['quota']);
    expect(running()).toEqual([1]);
    await poll();
  });

  it('is left in peace as long as it carries nothing', async () => {
    at.panel.server.clearCalls();
    // Within the hour after which it is paused again all the same.
    const { service, report } = await poll(HOUR / 4);
    expect(service.actions).toEqual([]);
    expect(noticeCodes(report)).toEqual([]);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is found by its counters after a restart of the agent, paused again and reported', async () => {
    at.panel.restartNode(1);
    expect(running()).toEqual([1, 2, 3]);
    expect(at.panel.forward(2)?.status).toBe(0);
    expect(at.panel.traffic(2, GB)).toBe(true);
    const { outcome, report, service } = await poll();
    expect(outcome).toBe('done');
    // The other one runs as well, although it has carried nothing yet.
    expect(toSteps(service.actions)).toEqual(['pause-forward 2', 'pause-forward 3']);
    expect(noticeCodes(report)).toEqual(['forward_ran_again']);
    expect(report.notices[0]?.message).toMatch(/forward 2 \(web\) of svc-1/);
    expect(running()).toEqual([1]);
    expect((await poll()).service.actions).toEqual([]);
  });

  it.each(['customerRedeploy', 'customerResume'] as const)(
    'is paused again after what the customer does with an old token: %s',
    async (act) => {
      await at.panel[act](3);
      expect(at.panel.forward(3)?.status).toBe(act === 'customerResume' ? 1 : 0);
      if (act === 'customerRedeploy') at.panel.traffic(3, GB);
      const { service, report } = await poll();
      expect(toSteps(service.actions)).toContain('pause-forward 3');
      expect(noticeCodes(report)).toEqual(['forward_ran_again']);
      expect(running()).toEqual([1]);
    },
  );

  it('comes back with the others when the hold ends', async () => {
    at.panel.restartNode(1);
    at.panel.traffic(2, GB);
    await poll();
    await allow(at, '500GB');
    expect(running()).toEqual([1, 2, 3]);
    await expectSettled(at);
  });

  it('is named in the account as paused by Sluice', async () => {
    const { account } = await at.sluice.services.show('svc-1');
    expect(account).toEqual({
      url: at.panel.url,
      username: at.panel.user(3)?.user,
      expiresAt: '2026-12-15T00:00:00.000Z',
      tunnels: [{ id: 1, name: 'HK-01', nodes: ['hk-entry'], speedMbit: null }],
      maxForwards: 10,
      forwards: [
        expect.objectContaining({ id: 2, name: 'web', status: 0, pausedByUs: true }),
        expect.objectContaining({ id: 3, name: 'game', status: 0, pausedByUs: true }),
      ],
    });
  });
});

describe('traffic that the node reports seconds after the pause of a hold', () => {
  const report = (): void => {
    at.panel.report('2_3_2_tcp', 20_000_000);
  };

  beforeEach(async () => {
    await addCustomer(at);
    await done(at.sluice.provision.suspend('svc-1'));
    at.bench.clock.advance(2000);
    report();
  });

  it('is from before the pause: it counts, and is neither a notice nor drift', async () => {
    const before = await at.sluice.services.show('svc-1');
    const { report: first, service } = await poll();
    expect([noticeCodes(first), service.drift ?? []]).toEqual([[], []]);
    // Where it was not, the forward is paused all the same, and only this one.
    expect(toSteps(service.actions)).toEqual(['pause-forward 2']);
    const { report: second, service: after } = await poll();
    expect([noticeCodes(second), after.drift ?? [], after.actions]).toEqual([[], [], []]);
    expect((after.usage?.totalBytes ?? 0) - (before.usage?.totalBytes ?? 0)).toBe(20_000_000);
  });

  it('is told from what follows: that ran', async () => {
    await poll();
    report();
    const { report: told, service } = await poll();
    expect(noticeCodes(told)).toEqual(['forward_ran_again']);
    expect(toSteps(service.actions)).toEqual(['pause-forward 2', 'pause-forward 3']);
    // The agent reports what came before this pause, too.
    at.bench.clock.advance(2000);
    report();
    expect(noticeCodes((await poll()).report)).toEqual([]);
    expect((await poll()).service.actions).toEqual([]);
  });

  it('does not hide that the agent was restarted: all that it runs is paused', async () => {
    at.panel.restartNode(1);
    expect(running()).toEqual([1, 2, 3]);
    await poll();
    expect(running()).toEqual([1]);
  });

  it('is told from what comes later, where the forward was read later', async () => {
    await poll();
    await poll();
    report();
    expect(noticeCodes((await poll()).report)).toEqual(['forward_ran_again']);
  });
});

describe('a redirected service', () => {
  it('carries nothing whatever the customer or the agent starts, and gets its addresses back', async () => {
    await addCustomer(at, 'nowhere');
    useUp(at);
    await poll();
    expect([2, 3].map((id) => at.panel.forward(id)?.remoteAddr)).toEqual(['127.0.0.1:9', '127.0.0.1:9']);
    at.panel.restartNode(1);
    await at.panel.customerResume(2);
    await at.panel.customerRedeploy(3);
    expect([2, 3].map((id) => at.panel.isRunning(id))).toEqual([true, true]);
    expect([2, 3].map((id) => at.panel.traffic(id, GB))).toEqual([false, false]);
    const refused = await at.panel.customer(3).updateForward(2, { remoteAddr: '198.51.100.7:443' });
    expect(refused.code).toBe(-1);
    await poll();
    await allow(at, 'unlimited');
    expect([2, 3].map((id) => at.panel.forward(id)?.remoteAddr)).toEqual(['198.51.100.7:443', '198.51.100.8:80']);
    expect(running()).toEqual([1, 2, 3]);
    expect(at.panel.traffic(2, GB)).toBe(true);
    await expectSettled(at);
  });
});

describe('a redirected forward that an administrator has pointed elsewhere meanwhile', () => {
  it('is pointed nowhere again, and gets that address back', async () => {
    await addCustomer(at, 'nowhere');
    await at.sluice.provision.suspend('svc-1');
    at.panel.world.forwards.get(2)!.remoteAddr = '198.51.100.99:443';
    expect(toSteps((await poll()).service.actions)).toContain('redirect-forward 2');
    expect(at.panel.forward(2)?.remoteAddr).toBe('127.0.0.1:9');
    await at.sluice.provision.unsuspend('svc-1');
    expect([2, 3].map((id) => at.panel.forward(id)?.remoteAddr)).toEqual(['198.51.100.99:443', '198.51.100.8:80']);
    expect(running()).toEqual([1, 2, 3]);
  });
});

describe('a hold of billing or of an operator', () => {
  it('also closes the user, and opens him again', async () => {
    await addCustomer(at);
    const { provision, holds } = at.sluice;
    for (const [add, release] of [
      [provision.suspend, provision.unsuspend],
      [holds.add, holds.release],
    ] as const) {
      await done(add('svc-1'));
      expect(isOpen()).toEqual([0, 0]);
      expect(running()).toEqual([1]);
      await done(release('svc-1'));
      expect(isOpen()).toEqual([1, 1]);
      expect(running()).toEqual([1, 2, 3]);
    }
  });

  it('says why the user stays open who has taken the name of another with a blank, and stops the rest', async () => {
    await addCustomer(at);
    at.panel.world.users.get(3)!.user = 'somebody-else ';
    const refused = await failure(at.sluice.provision.suspend('svc-1'));
    expect(refused).toMatchObject({ as: 'partial', code: 'PANEL_REJECTED' });
    expect(refused.message).toMatch(/user 3 .*"somebody-else ".*begins or ends with white space.*Rename/);
    expect([running(), isOpen()]).toEqual([[1], [1, 0]]);
    at.panel.world.users.get(3)!.user = 'another';
    expect((await poll()).outcome).toBe('done');
    expect(isOpen()).toEqual([0, 0]);
  });

  it('gives back only what Sluice closed: what staff had closed before stays closed', async () => {
    await addCustomer(at);
    const { world } = at.panel;
    world.users.get(3)!.status = 0;
    world.findPermission(3, 1)!.status = 0;
    await at.panel.customer(3).pause(3);
    await poll();
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.unsuspend('svc-1');
    await at.sluice.reconcile();
    expect(isOpen()).toEqual([0, 0]);
    expect([2, 3].map((id) => at.panel.forward(id)?.status)).toEqual([0, 0]);
    // The first one ran before the suspension, the other one was paused by the customer.
    world.users.get(3)!.status = 1;
    world.findPermission(3, 1)!.status = 1;
    await poll();
    expect([2, 3].map((id) => at.panel.forward(id)?.status)).toEqual([1, 0]);
  });
});

describe('the status of a service', () => {
  const shown = async (): Promise<string> => (await at.sluice.services.show('svc-1')).status;

  it('follows the commands that came after the last run', async () => {
    await addCustomer(at);
    expect(await shown()).toBe('ok');
    await at.sluice.provision.suspend('svc-1');
    expect(await shown()).toBe('held');
    await at.sluice.provision.unsuspend('svc-1');
    expect(await shown()).toBe('ok');
    useUp(at);
    await poll();
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.unsuspend('svc-1');
    expect(await shown()).toBe('held');
  });
});

describe('a forward that the panel stops itself while a node leaves its pause unanswered', () => {
  it('is paused again by the next run, since its node may run it on', async () => {
    await addCustomer(at);
    const before = running();
    const match = ({ endpoint }: { endpoint: string }): boolean => {
      if (!endpoint.endsWith('forward/pause')) return false;
      at.panel.world.forwards.get(2)!.status = 0;
      return true;
    };
    at.panel.server.inject({ match, fault: { kind: 'cut' }, times: 1 });
    await at.sluice.holds.add('svc-1');
    expect(running()).toContain(2);
    expect(toSteps((await poll()).service.actions)).toEqual(['pause-forward 2']);
    expect(running()).toEqual([1]);
    expect((await poll()).service.actions).toEqual([]);
    await at.sluice.holds.release('svc-1');
    expect(running()).toEqual(before);
  });
});
