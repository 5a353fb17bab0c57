import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';
import type { Outcome } from '../../harness.js';
import type { RunReport } from '@sluice/engine';

const MORE = 'poll: { overdue: hold, doubt: { jump: off } }';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench(MORE);
  await at.addService(1, { product: 'order' });
});
afterEach(() => at.close());

/** Runs `words` while a poll waits for the answer to the first call that `match` meets, then lets the poll go on. */
async function during(words: string, match: (path: string) => boolean, run = 'poll --json'): Promise<Outcome> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reached = at.panel.server.waitForCall((call) => match(call.path));
  const remove = at.panel.server.inject({
    match: (call) => match(call.path),
    times: 1,
    fault: { kind: 'wait', until: () => released },
  });
  const polling = at.bench.sluice(run);
  await reached;
  remove();
  const command = await at.bench.sluice(words.split(' '));
  expect(command.exitCode).toBe(0);
  release();
  return polling;
}

const bandwidth = (path: string): boolean => path.includes('/bandwidth');
const order = (path: string): boolean => path.endsWith('/orders/901');

function expectUntouched(polled: Outcome): void {
  expect(polled.exitCode).toBe(0);
  const report = polled.json<RunReport>();
  expect(report.notices).toEqual([expect.objectContaining({ code: 'changed_meanwhile', service: 'svc-1' })]);
  expect(report.services[0]).toMatchObject({ holds: [], actions: [], error: null });
  expect(at.panel.server.changingCalls()).toEqual([]);
}

describe('a service that a command changes while a run reads it', () => {
  it.each([
    ['override set svc-1 --quota 1TB', bandwidth],
    ['provision change-package svc-1 free', bandwidth],
    ['service set svc-1 protected_until=2026-12-01', bandwidth],
    ['override set svc-1 --quota 1TB', order],
    ['provision change-package svc-1 free', order],
  ])('is not held on the old facts (%s)', async (command, match) => {
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    expectUntouched(await during(command, match));
    const next = await at.poll();
    expect(next.exitCode).toBe(0);
    expect(next.json<RunReport>().services[0]?.holds).toEqual([]);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it.each(['poll --json', 'reconcile --json'])('is not suspended after it was renewed (%s)', async (run) => {
    await at.bench.sluice('service set svc-1 next_due_date=2026-11-15');
    const polled = await during('provision renew svc-1 --until 2027-01-15', bandwidth, run);
    expectUntouched(polled);
    expect((await at.poll()).json<RunReport>().services[0]?.holds).toEqual([]);
  });

  it('keeps its hold until the next run when the command comes between decision and release', async () => {
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    await at.bench.sluice('override set svc-1 --quota 1TB');
    const polled = await during('override set svc-1 --quota 50GB', bandwidth);
    expect(polled.exitCode).toBe(0);
    expect(polled.json<RunReport>().services[0]).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
    expect(at.panel.order(toIds(1).order).status).toBe('suspended');
  });

  it('is not held by a run whose panel is put under observe meanwhile', async () => {
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const polled = await during('observe dcim', order);
    expect(polled.exitCode).toBe(0);
    expect(polled.json<RunReport>().run.observing).toEqual(['dcim']);
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect((await at.bench.sluice('hold list --json')).json()).toEqual({
      holds: [],
      released: [],
      wouldHold: [{ service: 'svc-1', panel: 'dcim', reason: 'quota', by: 'observe' }],
    });
    const notices = polled.json<RunReport>().notices.map((notice) => notice.code);
    expect(notices).toContain('would_hold');
    expect(notices).not.toContain('hold');
  });

  it('does not keep the others of the run from being held', async () => {
    await at.addService(2, { product: 'order' });
    for (const id of [501, 502]) at.panel.addTraffic(id, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const polled = await during('override set svc-1 --unlimited', bandwidth, 'poll --allow-mass --json');
    expect(polled.exitCode).toBe(0);
    expect([901, 902].map((id) => at.panel.order(id).status)).toEqual(['active', 'suspended']);
  });
});

describe('a service whose facts change right before a restricting call', () => {
  it('is not cut, and the next run releases the hold', async () => {
    await at.addService(2, { product: 'both' });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    // The first of several changes is under way when another process stores an override without a lease.
    const { port } = toIds(2);
    const released: { go: () => void } = { go: () => undefined };
    const wait = new Promise<void>((resolve) => {
      released.go = resolve;
    });
    const reached = at.panel.server.waitForCall((call) => call.changing);
    at.panel.server.inject({ match: (call) => call.changing, times: 1, fault: { kind: 'wait', until: () => wait } });
    const polling = at.poll();
    await reached;
    await at.bench.store((store) =>
      store.overrides.set({
        id: 'ovr-elsewhere',
        service: 'svc-2',
        quotaBytes: null,
        unlimited: true,
        mode: null,
        action: null,
        since: new Date(at.bench.clock.now()).toISOString(),
        until: null,
        note: null,
      }),
    );
    released.go();
    const polled = await polling;
    expect(polled.json<RunReport>().notices.map((notice) => notice.code)).toContain('changed_meanwhile');
    expect(at.panel.order(902).status).toBe('active');
    await at.poll();
    expect([1, 2].map((index) => at.panel.port(port(index)).adminState)).toEqual(['up', 'up']);
    expect(
      (await at.bench.sluice('hold list --status past --json')).json<{ holds: { until: string | null }[] }>().holds,
    ).toEqual([expect.objectContaining({ until: expect.any(String) as unknown as string })]);
  });
});
