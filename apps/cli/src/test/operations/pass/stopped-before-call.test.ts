import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import { GB, HOUR, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { RunReport } from '@sluice/engine';

let at: HiddifyBench;
let uuid: string;
beforeEach(async () => {
  at = await startHiddifyBench();
  uuid = await at.create(1);
  at.panel.use(uuid, 60 * GB);
  at.bench.clock.advance(HOUR);
});
afterEach(() => at.close());

const USER = 'GET /api/v2/admin/user/{uuid}/';

/** How often a poll that disables the user reads him before. */
async function readsBeforeTheChange(): Promise<number> {
  const before = at.panel.server.calls.length;
  await at.poll();
  const calls = at.panel.server.calls.slice(before);
  const change = calls.findIndex(({ changing }) => changing);
  const count = calls.slice(0, change).filter(({ endpoint }) => endpoint === USER).length;
  expect(count).toBeGreaterThan(0);
  return count;
}

/** Runs `words` while the adapter's last reading before its change is under way. */
async function duringTheLastReading(words: string, reads: number): Promise<RunReport> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let seen = 0;
  const isLast = ({ endpoint }: FakeCall): boolean => endpoint === USER && ++seen === reads;
  const remove = at.panel.server.inject({ match: isLast, times: 1, fault: { kind: 'wait', until: () => released } });
  const polling = at.poll();
  while (seen < reads) await at.panel.server.waitForCall(({ endpoint }) => endpoint === USER);
  remove();
  expect((await at.bench.sluice(words)).exitCode).toBe(0);
  release();
  return (await polling).json<RunReport>();
}

describe('a change that is stopped between the decision and its call', () => {
  it('is not made once observe has returned', async () => {
    const reads = await readsBeforeTheChange();
    await at.bench.sluice('override set svc-1 --quota 100GB');
    await at.poll();
    expect(at.panel.user(uuid).enable).toBe(true);
    await at.bench.sluice('override clear svc-1');
    at.bench.clock.advance(HOUR);
    const changes = at.panel.server.changingCalls().length;
    const report = await duringTheLastReading('observe vpn', reads);
    expect(at.panel.server.changingCalls()).toHaveLength(changes);
    expect(at.panel.user(uuid).enable).toBe(true);
    expect(report.services[0]?.error).toBeNull();
    expect(report.services[0]?.actions.every(({ state }) => state === 'unneeded')).toBe(true);
    expect(report.run.observing).toEqual(['vpn']);
  });
});
