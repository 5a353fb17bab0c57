import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done } from '../bench/outcomes.js';
import { noticeCodes, type Polled, pollLater } from '../loop/polls.js';
import { acknowledgeAll, addCustomer, openAlarms } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);
const suspend = () => done(at.sluice.provision.suspend('svc-1'));

/** The user id of the administrator, who may move forwards of a held service too. */
const STAFF = 1;

/** The customer moves the forward to a tunnel: its old service stays on the node of the former one. */
async function move(forward: number, tunnelId: number, user = 3): Promise<void> {
  expect((await at.panel.customer(user).updateForward(forward, { tunnelId })).code).toBe(0);
}

const alarmCodes = async (): Promise<string[]> => (await at.sluice.notices.alarms()).alarms.map(({ code }) => code);

/** Traffic through the service on the node of the first tunnel. */
function reportOld(forward: number): void {
  const old = at.panel.services(forward).find(({ nodeId, name }) => nodeId === 1 && name.endsWith('_tcp'));
  at.panel.report(old!.name, GB);
}

describe('a forward that its customer has moved to another tunnel', () => {
  beforeEach(async () => {
    await addCustomer(at, 'big');
  });

  it('is named when the service is held: its former node goes on', async () => {
    await move(2, at.tunnels.jp);
    expect(noticeCodes((await poll()).report)).toEqual([]);
    const { notices } = await suspend();
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    expect(noticeCodes({ notices })).toEqual(['forward_moved']);
    expect(notices[0]?.message).toMatch(
      /^forward 2 \(web\) of svc-1 was moved from tunnel 1 \(HK-01\) to tunnel 2 \(JP-02\).*[Dd]elete it/,
    );
    expect(noticeCodes((await poll()).report)).toEqual([]);
  });

  it('is named also where no run has seen it before the hold', async () => {
    await move(2, at.tunnels.jp);
    at.panel.report('2_3_2_tcp', { in: 290 * GB, out: 20 * GB });
    expect(noticeCodes((await poll()).report)).toEqual(expect.arrayContaining(['hold', 'forward_moved']));
  });

  it('is what goes on carrying traffic, not an open connection', async () => {
    await move(2, at.tunnels.jp);
    await suspend();
    await poll();
    const notices: Polled['report']['notices'] = [];
    for (let polls = 0; polls < 5; polls += 1) {
      reportOld(2);
      notices.push(...(await poll()).report.notices);
    }
    // What follows a pause at once may be from before it.
    expect(noticeCodes({ notices })).toEqual(['forward_moved', 'forward_moved', 'forward_moved']);
    expect(notices[0]?.message).toMatch(/carried traffic.*from tunnel 1 \(HK-01\)/);
  });

  it('stays acknowledged while it is held, and its traffic as long as that goes on', async () => {
    await move(2, at.tunnels.jp);
    await suspend();
    await poll();
    await acknowledgeAll(at);
    const seen: string[][] = [];
    for (let polls = 0; polls < 6; polls += 1) {
      if (polls < 5) reportOld(2);
      await poll();
      seen.push(await openAlarms(at));
      await acknowledgeAll(at);
    }
    // What follows a pause at once may be from before it, and shows nothing.
    expect(seen).toEqual([['forward_moved'], [], [], [], [], []]);
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ message }) => /svc-1 (\w+ \w+)/.exec(message)?.[1])).toEqual(['was moved']);
    await done(at.sluice.provision.unsuspend('svc-1'));
    await poll();
    expect((await at.sluice.notices.alarms()).alarms).toEqual([]);
  });

  it('is named for the other tunnel once it was moved back, and for none once it is deleted', async () => {
    await move(2, at.tunnels.jp);
    await poll();
    await move(2, at.tunnels.hk);
    await move(3, at.tunnels.jp);
    await poll();
    await at.panel.customer(3).deleteForward(3);
    const { notices } = await suspend();
    expect(notices.map(({ message }) => /forward \d.*? to tunnel \d/.exec(message)?.[0])).toEqual([
      'forward 2 (web) of svc-1 was moved from tunnel 2 (JP-02) to tunnel 1',
    ]);
  });

  it('is named once in each hold', async () => {
    await move(2, at.tunnels.jp);
    await suspend();
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(noticeCodes((await poll()).report)).toEqual([]);
    expect(noticeCodes(await suspend())).toEqual(['forward_moved']);
  });
});

describe('what ends the service of a moved forward that is held', () => {
  const pause = async (): Promise<void> => {
    expect((await at.panel.customer(STAFF).pause(2)).code).toBe(0);
  };

  beforeEach(async () => {
    await addCustomer(at, 'big');
    await move(2, at.tunnels.jp);
    const { notices } = await suspend();
    expect(notices[0]?.message).toMatch(/delete it, or move it back, pause it, move it again, and pause it again$/);
  });

  it('leaves nothing running, and its alarm ends once it has carried nothing for two hours', async () => {
    await poll();
    await move(2, at.tunnels.hk, STAFF);
    await pause();
    await move(2, at.tunnels.jp, STAFF);
    await pause();
    expect(at.panel.isRunning(2)).toBe(false);
    const seen: string[][] = [];
    for (let polls = 0; polls < 3; polls += 1) {
      await poll();
      seen.push(await alarmCodes());
    }
    expect(seen.at(-1)).toEqual([]);
    expect((await at.sluice.reconcile()).notices).toEqual([]);
    expect(await alarmCodes()).toEqual([]);
    reportOld(2);
    expect(noticeCodes((await poll()).report)).toEqual(['forward_moved']);
  });

  it('is known where polls see each step: what was paused is not served on', async () => {
    await poll();
    await move(2, at.tunnels.hk, STAFF);
    await poll();
    expect(await alarmCodes()).toEqual([]);
    await pause();
    await move(2, at.tunnels.jp, STAFF);
    at.panel.report('2_3_2_tcp', GB);
    expect(noticeCodes((await poll()).report)).toEqual(['forward_ran_again']);
    expect(at.panel.isRunning(2)).toBe(false);
  });
});

describe('a forward that was moved between tunnels with one entry node', () => {
  beforeEach(async () => {
    await addCustomer(at, 'big');
    const chain = at.panel.world.tunnels.get(at.tunnels.hk)!.chain;
    Object.assign(at.panel.world.tunnels.get(at.tunnels.jp)!, { chain });
  });

  const useUp = (): boolean => at.panel.traffic(2, { in: 290 * GB, out: 20 * GB });

  it('is stopped by its pause, and not named', async () => {
    await move(2, at.tunnels.jp);
    await poll();
    expect(noticeCodes(await suspend())).toEqual([]);
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it.each(
    few(
      [
        ['saw the move', true],
        ['did not see the move', false],
      ],
      2,
    ),
  )('is not named by a poll that holds the service, where an earlier one %s', async (_what, isSeen) => {
    await move(2, at.tunnels.jp);
    if (isSeen) await poll();
    useUp();
    const codes = noticeCodes((await poll()).report);
    expect(codes).toContain('hold');
    expect(codes).not.toContain('forward_moved');
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(await alarmCodes()).toEqual([]);
  });

  it('ran again where it carries traffic', async () => {
    await suspend();
    await poll();
    await move(2, at.tunnels.jp, STAFF);
    at.panel.traffic(2, GB);
    expect(noticeCodes((await poll()).report)).toEqual(['forward_ran_again']);
    expect(at.panel.runningForwards()).toEqual([1]);
  });
});

describe('a moved forward in a run that cannot read the tunnels', () => {
  const hideTunnels = (): (() => void) =>
    at.panel.server.inject({ endpoint: 'POST /api/v1/tunnel/list', fault: { kind: 'status', status: 500 } });

  beforeEach(async () => {
    await addCustomer(at, 'big');
    await move(2, at.tunnels.jp);
  });

  it('is named by the next run that can', async () => {
    await poll();
    at.panel.report('2_3_2_tcp', { in: 290 * GB, out: 20 * GB });
    const show = hideTunnels();
    expect(noticeCodes((await poll()).report)).not.toContain('forward_moved');
    show();
    expect(noticeCodes((await poll()).report)).toContain('forward_moved');
  });

  it('stays named', async () => {
    await suspend();
    await poll();
    hideTunnels();
    expect((await poll()).outcome).toBe('done');
    expect(await alarmCodes()).toEqual(['forward_moved']);
  });
});

describe('the throttle of a service with a moved forward', () => {
  it('names it: the speed does not reach its former node', async () => {
    await addCustomer(at, 'slow');
    at.panel.addPermission(3, at.tunnels.jp);
    await move(2, at.tunnels.jp);
    await poll();
    reportOld(2);
    at.panel.world.users.get(3)!.inFlow = 120 * GB;
    expect(noticeCodes((await poll()).report)).toContain('forward_moved');
    await poll(HOUR);
    at.panel.world.forwards.get(2)!.outFlow += 40 * GB;
    expect(noticeCodes((await poll()).report)).toEqual([]);
  });
});
