import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { RunReport, LogEntry } from '@sluice/engine';
import { HOUR, MINUTE } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { noticeCodes, firstService } from '../loop/polls.js';
import { addCustomer, useUp } from './customer.js';

const at = useFlvxBench();

/** Holds the first customer, and starts counting calls. */
async function held(product = 'relay'): Promise<void> {
  await addCustomer(at, product);
  useUp(at);
  expect((await poll()).status).toBe('held');
  // What was pushed at the hold is settled.
  await poll();
  at.panel.server.clearCalls();
}

async function poll(ms = 15 * MINUTE): Promise<RunReport['services'][number] & { codes: string[] }> {
  at.bench.clock.advance(ms);
  const report = await done(at.poll());
  return { ...firstService(report), codes: noticeCodes(report) };
}

const changing = (): string[] =>
  at.panel.server.changingCalls().map((call) => `${call.path.replace('/api/v1/forward/', '')} ${call.body}`);
const refreshes = async (): Promise<LogEntry[]> => (await at.sluice.log.list({ kinds: ['refresh'] })).entries;

describe('held forwards', () => {
  it('are paused again at the poll after a restart of the agent, before they have carried anything', async () => {
    await held();
    at.bench.clock.advance(MINUTE);
    at.panel.restartNode(1);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    const polled = await poll();
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(polled).toMatchObject({ status: 'held', actions: [], codes: [] });
    expect(changing()).toEqual(['batch-pause {"ids":[2,3]}']);
    const [entry] = await refreshes();
    const round = { panel: 'relay', service: null, targets: 2, calls: 1, failed: 0, away: [], error: null };
    expect(entry).toMatchObject({ kind: 'refresh', ...round });
    expect(entry).not.toHaveProperty('state');
    at.panel.server.clearCalls();
    await poll();
    expect(changing()).toEqual([]);
  });

  it.each(few([0, 400, 1000], 2))('are paused again at the poll after a restart %s ms after the pause', async (ms) => {
    await addCustomer(at);
    useUp(at);
    expect((await poll()).status).toBe('held');
    expect(at.panel.runningForwards()).toEqual([1]);
    at.bench.clock.advance(ms);
    at.panel.restartNode(1);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1]);
    // The same after a pause of the round's own, and then it is done.
    at.bench.clock.advance(ms);
    at.panel.restartNode(1);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1]);
    at.panel.server.clearCalls();
    await poll();
    expect(changing()).toEqual([]);
  });

  it('are paused again after an edit of their tunnel', async () => {
    await held();
    at.bench.clock.advance(MINUTE);
    const tunnel = { id: 1, name: 'HK-01', type: 1, flow: 1, trafficRatio: 1, status: 1, inNodeId: [{ nodeId: 1 }] };
    expect(await at.panel.customer(1).post('/tunnel/update', tunnel)).toMatchObject({ code: 0 });
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it('are paused again within the hour after a redeploy by the customer, of which nothing is seen', async () => {
    await held();
    await at.panel.customerRedeploy(3);
    expect(at.panel.runningForwards()).toEqual([1, 3]);
    for (const _ of [1, 2, 3, 4]) await poll();
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(changing()).toEqual(['batch-pause {"ids":[2,3]}']);
    expect((await refreshes())[0]).toMatchObject({ targets: 2 });
    for (const _ of [1, 2]) await poll();
    expect(changing()).toHaveLength(1);
  });

  it('are only paused where they are redirected too', async () => {
    await held('nowhere');
    at.bench.clock.advance(MINUTE);
    at.panel.restartNode(1);
    await poll();
    expect(changing()).toEqual(['batch-pause {"ids":[2,3]}']);
    expect(at.panel.forward(2)?.remoteAddr).toBe('127.0.0.1:9');
  });

  it('are left to the node where it is away, and paused when it is back', async () => {
    await held();
    at.panel.nodeOffline(1);
    await poll(HOUR);
    expect(changing()).toEqual([]);
    at.bench.clock.advance(MINUTE);
    at.panel.restartNode(1);
    at.panel.nodeOnline(1);
    await poll();
    expect(changing()).toEqual(['batch-pause {"ids":[2,3]}']);
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it('are not touched by dry runs, nor under observe', async () => {
    await held();
    at.bench.clock.advance(MINUTE);
    at.panel.restartNode(1);
    at.bench.clock.advance(MINUTE);
    await expectSettled(at);
    await done(at.poll({ dryRun: true }));
    await at.sluice.panels.observe('relay');
    await at.poll();
    expect(changing()).toEqual([]);
    expect(await refreshes()).toEqual([]);
  });

  it('cost nothing where nobody is held', async () => {
    await held();
    at.bench.clock.advance(HOUR);
    await done(at.poll());
    expect(changing()).toHaveLength(1);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await poll();
    at.panel.server.clearCalls();
    await poll(2 * HOUR);
    expect(changing()).toEqual([]);
    const exports = at.panel.server.calls.filter((call) => call.body.includes('"nodes"'));
    expect(exports).toEqual([]);
  });

  it('stay as they are where the hold is released meanwhile', async () => {
    await held();
    at.bench.clock.advance(HOUR);
    let released: Promise<unknown> | undefined;
    at.panel.server.onCall(({ endpoint, body }) => {
      if (endpoint.endsWith('backup/export') && body.includes('"nodes"'))
        released ??= at.sluice.overrides.set('svc-1', { unlimited: true });
    });
    const until = async (): Promise<void> => void (await released);
    at.panel.server.inject({ endpoint: /tunnel\/list$/, fault: { kind: 'wait', until } });
    await at.poll();
    expect(await released).toBeDefined();
    expect(changing()).toEqual([]);
  });

  it('are in the exported log', async () => {
    await held();
    await poll(HOUR);
    const entries: LogEntry[] = [];
    await at.sluice.log.export({}, (entry) => void entries.push(entry));
    expect(entries.filter(({ kind }) => kind === 'refresh')).toHaveLength(1);
  });

  it('have their row before the call, and are done by the next poll when the run is broken off', async () => {
    await held();
    at.bench.clock.advance(HOUR);
    let rows: Promise<unknown[]> | undefined;
    const match = (): boolean => {
      rows = at.bench.store.refreshes.list();
      return true;
    };
    at.panel.server.inject({ endpoint: /batch-pause$/, match, fault: { kind: 'cut' }, times: 1 });
    await poll(0);
    expect(await rows).toMatchObject([{ finishedAt: null, targets: 2 }]);
    expect((await refreshes())[0]).toMatchObject({ calls: 1, failed: 2, error: expect.stringMatching(/^PANEL_/) });
  });
});

describe('many held forwards', () => {
  it('take one call for fifty of them', async () => {
    const many = 12;
    for (let number = 1; number <= many; number++) {
      const user = await at.create(number);
      for (let each = 0; each < 10; each++) at.panel.addForward(user, at.tunnels.hk);
    }
    await at.poll();
    for (let number = 1; number <= many; number++) await at.sluice.holds.add(`svc-${number}`);
    at.panel.server.clearCalls();
    at.bench.clock.advance(HOUR);
    await at.poll({ allowMass: true });
    const sizes = changing().map((call) => call.split(',').length);
    expect(sizes.sort()).toEqual([20, 50, 50]);
  });
});
