import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry, RunReport } from '@sluice/engine';
import { GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

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

describe('a pause that a killed run had begun on a slow node', () => {
  it('is waited for by the command that takes the suspension back, and undone', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await poll();
    const refuse = at.panel.server.inject({ endpoint: /forward\/pause$/, fault: { kind: 'status', status: 500 } });
    await at.run('provision suspend svc-1');
    refuse();
    await at.bench.store(async (store) => {
      const [row] = (await store.actions.list({ service: 'svc-1' })).filter((one) => one.type === 'pause-forward');
      const begun = { ...row!, id: 'act-begun', key: 'begun', state: 'planned' as const, settledAt: null, attempts: 0 };
      await store.write((tables) => tables.actions.plan([{ ...begun, observed: null, calledAt: null }]));
      const eightSecondsAgo = new Date(at.bench.clock.now() - 8000).toISOString();
      await store.write((tables) => tables.actions.called('act-begun', eightSecondsAgo));
    });
    // The panel writes it after the third look; at the latest when the command has ended.
    let looks = 0;
    const landed: Promise<unknown>[] = [];
    const ignore = at.panel.server.onCall(({ endpoint }) => {
      if (endpoint.endsWith('/forward/list') && ++looks === 3) landed.push(at.panel.customer(user).pause(2));
    });
    const { exitCode } = await at.run('provision unsuspend svc-1');
    ignore();
    if (landed.length === 0) landed.push(at.panel.customer(user).pause(2));
    await landed[0];
    await poll();
    expect([exitCode, at.panel.runningForwards()]).toEqual([0, [1, 2]]);
  });
});
