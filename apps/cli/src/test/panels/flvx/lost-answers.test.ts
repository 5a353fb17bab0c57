import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry, RunReport } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { GB, HOUR, startFlvxBench } from '../../flvx-bench.js';

const at = startForEachTest(startFlvxBench);

async function poll(): Promise<{ exitCode: number; service: RunReport['services'][number] }> {
  at.bench.clock.advance(HOUR);
  const polled = await at.run('poll');
  return { exitCode: polled.exitCode, service: polled.json<RunReport>().services[0]! };
}

/** A panel that pauses forward 2, and goes away before it says so. */
function goAwayAfterPause(): void {
  const match = (call: { endpoint: string; body: string }): boolean =>
    call.endpoint.endsWith('/forward/pause') && call.body.includes('"id":2');
  at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
  const ignore = at.panel.server.onCall((call) => {
    if (!match(call)) return;
    at.bench.clock.advance(1000);
    at.panel.server.inject({ fault: { kind: 'cut' } });
    ignore();
  });
}

/** A throttle of user 3, who has the running forwards 2 and 3 and has paused 4, that loses the panel in its first pause. */
async function throttleWithoutAnswer(): Promise<void> {
  const user = await at.create(1, { product: 'slow' });
  for (const name of ['web', 'game']) at.panel.addForward(user, at.tunnels.hk, { name });
  at.panel.addForward(user, at.tunnels.hk, { name: 'own', paused: true });
  await poll();
  at.panel.traffic(2, { in: 30 * GB, out: 20 * GB });
  await at.run('override set svc-1 --quota 40GB');
  goAwayAfterPause();
  const { exitCode, service } = await poll();
  at.panel.server.clearFaults();
  expect([exitCode, service.error?.code]).toEqual([3, 'outcome_unknown']);
  expect(at.panel.runningForwards()).toEqual([1, 3, 4]);
}

describe('a pause for the sake of open connections, whose answer was lost with the panel', () => {
  it('is ended by the next run, which finds that it was done', async () => {
    await throttleWithoutAnswer();
    expect((await poll()).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });

  it('is ended by the next run after an operator said that it was done', async () => {
    await throttleWithoutAnswer();
    const { entries } = (await at.run('log list --actions')).json<{ entries: LogEntry[] }>();
    const doubtful = entries.find((entry) => 'state' in entry && entry.state === 'in-doubt' && entry.target === '2');
    expect((await at.run(`action resolve ${String(doubtful?.id)} --done`)).exitCode).toBe(0);
    expect((await poll()).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });
});

describe('a call whose answer was lost', () => {
  it('is not repeated once observe has returned, and its outcome stays unknown', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await poll();
    at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
    const { server } = at.panel;
    const closings = (): number => server.calls.filter(({ endpoint }) => endpoint.endsWith('/user/assign')).length;
    const before = closings();
    server.inject({ endpoint: /user\/assign$/, times: 1, fault: { kind: 'cut' } });
    const observe = async (): Promise<void> => {
      expect((await at.run('observe relay')).exitCode).toBe(0);
    };
    const match = (call: { changing: boolean }): boolean => !call.changing && closings() > before;
    server.inject({ match, times: 1, fault: { kind: 'wait', until: observe } });
    const { service } = await poll();
    expect(closings()).toBe(before + 1);
    expect(service.actions.map(({ type, state }) => [type, state])).toContainEqual(['assign-tunnel', 'in-doubt']);
    expect(service.actions.filter(({ state }) => state === 'applied')).toEqual([]);
    expect((await poll()).service.error).toBeNull();
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });

  it('is not repeated once the command is interrupted', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await poll();
    const { server } = at.panel;
    const control = new AbortController();
    let pauses = 0;
    server.onCall(({ endpoint }) => {
      if (!endpoint.endsWith('/forward/pause')) return;
      pauses += 1;
      control.abort('SIGINT');
    });
    server.inject({ endpoint: /forward\/pause$/, times: 1, fault: { kind: 'cut' } });
    await at.bench.sluice('provision suspend svc-1', { signal: control.signal });
    expect(pauses).toBe(1);
    expect(await at.bench.store((store) => store.actions.unresolved())).toMatchObject([
      { type: 'pause-forward', state: 'in-doubt' },
    ]);
  });
});

describe('a release whose last answer was lost, of a service that its quota holds too', () => {
  it('is finished by its repeat, which ends with 0', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    expect((await at.run('hold add svc-1')).exitCode).toBe(0);
    Object.assign(at.panel.world.users.get(user)!, { inFlow: 120 * GB });
    expect((await poll()).service.holds.map(({ reason }) => reason)).toEqual(['manual', 'quota']);
    const { server } = at.panel;
    const isAfter = (): boolean => server.calls.some(({ endpoint }) => endpoint.endsWith('/user/update'));
    server.clearCalls();
    server.inject({ match: isAfter, when: 'after', fault: { kind: 'cut' } });
    expect((await at.run('hold release svc-1')).exitCode).toBe(3);
    server.clearFaults();
    at.bench.clock.advance(60_000);
    expect((await at.run('hold release svc-1')).exitCode).toBe(0);
    expect([at.panel.user(user)?.status, at.panel.permissionStatus(user, 1)]).toEqual([1, 0]);
    expect((await at.run('hold release svc-1')).exitCode).toBe(1);
  });
});

describe('a creation whose answer was lost with the panel', () => {
  beforeEach(async () => {
    await at.addService(1);
    const { server } = at.panel;
    server.inject({ endpoint: /user\/create$/, times: 1, when: 'after', fault: { kind: 'cut' } });
    const match = (): boolean => server.calls.some(({ endpoint }) => endpoint.endsWith('/user/create'));
    const answer = server.inject({ match, fault: { kind: 'cut' } });
    expect((await at.run('provision create svc-1')).stdout).toContain('outcome_unknown');
    answer();
    at.bench.clock.advance(HOUR);
  });

  it('is no missing account in a preview, and is found by the next poll', async () => {
    const planned = await at.bench.sluice('plan');
    expect(planned.stdout).toMatch(/^svc-1 on relay .*\n {2}\+ assign tunnel 1 /m);
    expect(planned.stdout + planned.stderr).not.toContain('flvx_user_id');
    const { service } = await poll();
    expect([service.error, at.panel.user(3)?.user]).toEqual([null, expect.stringMatching(/^sl-/)]);
    expect(await at.bench.store((store) => store.services.get('svc-1'))).toMatchObject({ refs: { flvx_user_id: '3' } });
    expect(await poll()).toMatchObject({ exitCode: 0, service: { status: 'ok' } });
  });
});
