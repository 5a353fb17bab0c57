import { describe, expect, it } from '@jest/globals';
import type { FlvxConnection } from '@sluice/fake-panels';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, failure } from '../bench/outcomes.js';
import { noticeCodes, type Polled, pollLater } from '../loop/polls.js';
import { acknowledgeAll, addPausingCustomer, openAlarms, toOutcomes } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);

/** Connections through the forwards 2 and 3. */
function connected(): [FlvxConnection, FlvxConnection] {
  return [at.panel.connect(2)!, at.panel.connect(3)!];
}

describe('terminate', () => {
  it('pauses each forward before it deletes it: the node cuts open connections only on a pause', async () => {
    await addPausingCustomer(at);
    const open = connected();
    const ended = await done(at.sluice.provision.terminate('svc-1'));
    expect(open.map((one) => one.isOpen())).toEqual([false, false]);
    expect(toOutcomes(ended.actions)).toEqual([
      'update-user 3 applied',
      'assign-tunnel 1 applied',
      'pause-forward 2 applied',
      'pause-forward 3 applied',
      'pause-forward 4 applied',
      'delete-forward 2 applied',
      'delete-forward 3 applied',
      'delete-forward 4 applied',
      'remove-tunnel 1 applied',
      'delete-user 3 applied',
    ]);
    expect([at.panel.user(3), at.panel.services(2)]).toEqual([undefined, []]);
  });

  it('cuts also what a restart of the agent had started again on a held service', async () => {
    await addPausingCustomer(at);
    await at.sluice.provision.suspend('svc-1');
    at.panel.restartNode(1);
    const open = connected();
    await done(at.sluice.provision.terminate('svc-1'));
    expect(open.map((one) => one.isOpen())).toEqual([false, false]);
  });

  it('deletes no forward whose pause did not reach the node', async () => {
    await addPausingCustomer(at);
    const open = connected();
    at.panel.node(1).failures.push({ message: 'no such thing', type: 'PauseService' });
    await failure(at.sluice.provision.terminate('svc-1'));
    expect([2, 3].map((id) => at.panel.forward(id)?.id)).toEqual([2, 3]);
    at.panel.node(1).failures = [];
    await done(at.sluice.provision.terminate('svc-1'));
    expect(open.map((one) => one.isOpen())).toEqual([false, false]);
    expect(at.panel.user(3)).toBeUndefined();
  });

  it('deletes a forward that the node does not know at all', async () => {
    await addPausingCustomer(at);
    at.panel.node(1).agent.obey('DeleteService', { services: ['2_3_2_tcp', '2_3_2_udp'] });
    at.panel.world.permissions.delete(2);
    await done(at.sluice.provision.terminate('svc-1'));
    expect([at.panel.user(3), at.panel.forward(2)]).toEqual([undefined, undefined]);
  });
});

describe('a node without tcpkill', () => {
  it('is named when traffic goes on although a held forward was paused again', async () => {
    await addPausingCustomer(at);
    at.panel.node(1).agent.tcpkill = false;
    const open = at.panel.connect(2);
    await at.sluice.provision.suspend('svc-1');
    // What follows a pause at once may be from before it.
    const carried: string[] = [];
    for (let polls = 0; polls < 3; polls += 1) {
      expect(open?.carry(GB)).toBe(true);
      carried.push(...noticeCodes((await poll()).report));
    }
    expect(carried).toEqual(['forward_ran_again']);
    open?.carry(GB);
    const { report } = await poll();
    expect(noticeCodes(report)).toEqual(['connections_open']);
    expect(report.notices[0]?.message).toMatch(/forward 2 \(web\) of svc-1.*no tcpkill/);
    // What was started again since is another matter.
    await at.sluice.provision.unsuspend('svc-1');
    await at.sluice.provision.suspend('svc-1');
    await poll();
    at.panel.restartNode(1);
    at.panel.traffic(2, GB);
    expect(noticeCodes((await poll()).report)).toEqual(['forward_ran_again']);
  });

  it('stays acknowledged as long as the traffic goes on, and not longer', async () => {
    await addPausingCustomer(at);
    at.panel.node(1).agent.tcpkill = false;
    const open = at.panel.connect(2);
    await at.sluice.provision.suspend('svc-1');
    const seen: string[][] = [];
    for (let polls = 0; polls < 8; polls += 1) {
      open?.carry(GB);
      await poll();
      seen.push(await openAlarms(at));
      await acknowledgeAll(at);
    }
    // What follows a pause at once may be from before it, and shows nothing.
    expect(seen).toEqual([[], ['forward_ran_again'], [], ['connections_open'], [], [], [], []]);
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ code }) => code)).toEqual(['connections_open']);
    await poll();
    expect((await at.sluice.notices.alarms()).alarms).toEqual([]);
  });

  it('is named for a forward beyond the number of the product, too', async () => {
    const user = await at.create(1, { product: 'counted' });
    for (const name of ['web', 'game', 'more']) at.panel.addForward(user, at.tunnels.hk, { name });
    at.panel.node(1).agent.tcpkill = false;
    const open = at.panel.connect(4);
    const codes = [noticeCodes((await poll()).report)];
    for (let polls = 0; polls < 4; polls += 1) {
      expect(open?.carry(GB)).toBe(true);
      codes.push(noticeCodes((await poll()).report));
    }
    expect(codes).toEqual([['max_forwards'], [], ['forward_ran_again'], [], ['connections_open']]);
  });

  it('is named once when a throttle lets through far more than its speed', async () => {
    await addPausingCustomer(at, 'slow');
    at.panel.node(1).agent.tcpkill = false;
    const open = at.panel.connect(2);
    at.panel.world.users.get(3)!.inFlow = 120 * GB;
    expect(noticeCodes((await poll()).report)).not.toContain('connections_open');
    // 2 Mbit/s both ways are 1.8 GB in an hour.
    open?.carry({ out: GB });
    expect(noticeCodes((await poll()).report)).toEqual([]);
    open?.carry({ out: GB });
    expect(noticeCodes((await poll()).report)).toEqual([]);
    open?.carry({ out: 20 * GB });
    const { report } = await poll();
    expect(noticeCodes(report)).toEqual(['connections_open']);
    expect(report.notices[0]?.message).toMatch(/svc-1 is throttled to 2 Mbit\/s.*no tcpkill/);
    open?.carry({ out: 20 * GB });
    expect(noticeCodes((await poll()).report)).toEqual([]);
  });
});
