import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FlvxConnection } from '@sluice/fake-panels';
import type { CommandReport, RunReport } from '@sluice/engine';
import { GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

/** A customer of user id 3 with the running forwards 2 and 3, and 4 that he paused himself; 1 is somebody else's. */
async function customer(product = 'relay'): Promise<void> {
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'game' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'own', paused: true });
  await poll();
}

async function poll(): Promise<{ exitCode: number; report: RunReport; service: RunReport['services'][number] }> {
  at.bench.clock.advance(HOUR);
  const polled = await at.run('poll');
  const report = polled.json<RunReport>();
  return { exitCode: polled.exitCode, report, service: report.services[0]! };
}

const steps = (actions: { type: string; target: string; state: string }[]): string[] =>
  actions.map(({ type, target, state }) => `${type} ${target} ${state}`);

/** Connections through the forwards 2 and 3. */
function connected(): [FlvxConnection, FlvxConnection] {
  return [at.panel.connect(2)!, at.panel.connect(3)!];
}

describe('terminate', () => {
  it('pauses each forward before it deletes it: the node cuts open connections only on a pause', async () => {
    await customer();
    const open = connected();
    const ended = await at.run('provision terminate svc-1 --yes');
    expect(ended.exitCode).toBe(0);
    expect(open.map((one) => one.isOpen())).toEqual([false, false]);
    expect(steps(ended.json<CommandReport>().actions)).toEqual([
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
    await customer();
    await at.run('provision suspend svc-1');
    at.panel.restartNode(1);
    const open = connected();
    expect((await at.run('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(open.map((one) => one.isOpen())).toEqual([false, false]);
  });

  it('deletes no forward whose pause did not reach the node', async () => {
    await customer();
    const open = connected();
    at.panel.node(1).failures.push({ message: 'no such thing', type: 'PauseService' });
    expect((await at.run('provision terminate svc-1 --yes')).exitCode).not.toBe(0);
    expect([2, 3].map((id) => at.panel.forward(id)?.id)).toEqual([2, 3]);
    at.panel.node(1).failures = [];
    expect((await at.run('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect(open.map((one) => one.isOpen())).toEqual([false, false]);
    expect(at.panel.user(3)).toBeUndefined();
  });

  it('deletes a forward that the node does not know at all', async () => {
    await customer();
    at.panel.node(1).agent.obey('DeleteService', { services: ['2_3_2_tcp', '2_3_2_udp'] });
    at.panel.world.permissions.delete(2);
    expect((await at.run('provision terminate svc-1 --yes')).exitCode).toBe(0);
    expect([at.panel.user(3), at.panel.forward(2)]).toEqual([undefined, undefined]);
  });
});

const notices = (report: RunReport): string[] => report.notices.map(({ code }) => code);

describe('a node without tcpkill', () => {
  it('is named when traffic goes on although a held forward was paused again', async () => {
    await customer();
    at.panel.node(1).agent.tcpkill = false;
    const open = at.panel.connect(2);
    await at.run('provision suspend svc-1');
    expect(open?.carry(GB)).toBe(true);
    expect(notices((await poll()).report)).toEqual(['forward_ran_again']);
    open?.carry(GB);
    const { report } = await poll();
    expect(notices(report)).toEqual(['connections_open']);
    expect(report.notices[0]?.message).toMatch(/forward 2 \(web\) of svc-1.*no tcpkill/);
    // What was started again since is another matter.
    await at.run('provision unsuspend svc-1');
    await at.run('provision suspend svc-1');
    at.panel.restartNode(1);
    at.panel.traffic(2, GB);
    expect(notices((await poll()).report)).toEqual(['forward_ran_again']);
  });

  it('is named once when a throttle lets through far more than its speed', async () => {
    await customer('slow');
    at.panel.node(1).agent.tcpkill = false;
    const open = at.panel.connect(2);
    at.panel.world.users.get(3)!.inFlow = 120 * GB;
    expect(notices((await poll()).report)).not.toContain('connections_open');
    // 2 Mbit/s both ways are 1.8 GB in an hour.
    open?.carry({ out: GB });
    expect(notices((await poll()).report)).toEqual([]);
    open?.carry({ out: GB });
    expect(notices((await poll()).report)).toEqual([]);
    open?.carry({ out: 20 * GB });
    const { report } = await poll();
    expect(notices(report)).toEqual(['connections_open']);
    expect(report.notices[0]?.message).toMatch(/svc-1 is throttled to 2 Mbit\/s.*no tcpkill/);
    open?.carry({ out: 20 * GB });
    expect(notices((await poll()).report)).toEqual([]);
  });
});
