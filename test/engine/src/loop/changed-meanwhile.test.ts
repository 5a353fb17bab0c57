import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport, Sluice } from '@sluice/engine';
import type { FakeCall } from '@sluice/fake-panels';
import { during } from '../bench/during.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useEach } from './polls.js';
import { useBench } from '../bench/each-test.js';

const MORE = 'poll: { overdue: hold, doubt: { jump: off } }';

const at = useBench(() => startEasyDcimBench(MORE));
beforeEach(async () => {
  await at.addService(1, { product: 'order' });
});

type Match = (call: FakeCall) => boolean;
type Command = (sluice: Sluice) => Promise<unknown>;

/** Has a command come while a poll waits for the answer to the first call that `match` meets. */
const pollDuring = (command: Command, match: Match, run = (): Promise<RunReport> => at.poll()): Promise<RunReport> =>
  during(at.panel.server, match, run, () => command(at.sluice));

const bandwidth: Match = ({ path }) => path.includes('/bandwidth');
const order: Match = ({ path }) => path.endsWith('/orders/901');

const override: Command = (sluice) => sluice.overrides.set('svc-1', { quota: '1TB' });
const changePackage: Command = (sluice) => sluice.provision.changePackage('svc-1', 'free');
const protect: Command = (sluice) => sluice.services.set('svc-1', { protected_until: '2026-12-01' });

function expectUntouched(report: RunReport): void {
  expect(report.run.outcome).toBe('done');
  // It is decided again on what the command stored.
  const codes = report.notices.map(({ code }) => code);
  expect(codes).not.toContain('hold');
  expect(codes).not.toContain('changed_meanwhile');
  expect(report.services[0]).toMatchObject({ holds: [], actions: [], error: null });
  expect(at.panel.server.changingCalls()).toEqual([]);
}

describe('a service that a command changes while a run reads it', () => {
  it.each([
    ['an override while it is read', override, bandwidth],
    ['another package while it is read', changePackage, bandwidth],
    ['protection while it is read', protect, bandwidth],
    ['an override before its order is suspended', override, order],
    ['another package before its order is suspended', changePackage, order],
  ])('is not held on the old facts (%s)', async (_case, command, match) => {
    at.use(1, 200);
    expectUntouched(await pollDuring(command, match));
    const next = await at.poll();
    expect(next.run.outcome).toBe('done');
    expect(next.services[0]?.holds).toEqual([]);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it.each(['poll', 'reconcile'] as const)('is not suspended after it was renewed (%s)', async (run) => {
    await at.sluice.services.set('svc-1', { next_due_date: '2026-11-15' });
    const renew: Command = (sluice) => sluice.provision.renew('svc-1', { until: '2027-01-15' });
    expectUntouched(await pollDuring(renew, bandwidth, () => at.sluice[run]()));
    expect((await at.poll()).services[0]?.holds).toEqual([]);
  });

  it('keeps its hold until the next run when the command comes between decision and release', async () => {
    at.use(1, 200);
    await at.poll();
    await at.sluice.overrides.set('svc-1', { quota: '1TB' });
    const polled = await pollDuring((sluice) => sluice.overrides.set('svc-1', { quota: '50GB' }), bandwidth);
    expect(polled.run.outcome).toBe('done');
    expect(polled.services[0]).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
    expect(at.panel.order(toIds(1).order).status).toBe('suspended');
  });

  it('is not held by a run whose panel is put under observe meanwhile', async () => {
    at.use(1, 200);
    const polled = await pollDuring((sluice) => sluice.panels.observe('dcim'), order);
    expect(polled.run.outcome).toBe('done');
    expect(polled.run.observing).toEqual(['dcim']);
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(await at.sluice.holds.list()).toEqual({ holds: [], released: [] });
    expect(await at.sluice.services.show('svc-1')).toMatchObject({ observing: true, wouldHold: ['quota'] });
    const notices = polled.notices.map((notice) => notice.code);
    expect(notices).toContain('would_hold');
    expect(notices).not.toContain('hold');
  });

  it('does not keep the others of the run from being held', async () => {
    await at.addService(2, { product: 'order' });
    useEach(at, [1, 2], 200);
    const polled = await pollDuring(
      (sluice) => sluice.overrides.set('svc-1', { unlimited: true }),
      bandwidth,
      () => at.poll({ allowMass: true }),
    );
    expect(polled.run.outcome).toBe('done');
    expect([901, 902].map((id) => at.panel.order(id).status)).toEqual(['active', 'suspended']);
  });
});

describe('a service whose facts change right before a restricting call', () => {
  it('is not cut, and the next run releases the hold', async () => {
    await at.addService(2, { product: 'both' });
    at.use(2, 200);
    // The first of several changes is under way when another process stores an override without a lease.
    const { port } = toIds(2);
    const polled = await during(
      at.panel.server,
      (call) => call.changing,
      () => at.poll(),
      () =>
        at.bench.store.overrides.set({
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
    expect(polled.notices.map((notice) => notice.code)).toContain('changed_meanwhile');
    expect(at.panel.order(902).status).toBe('active');
    await at.poll();
    expect([1, 2].map((index) => at.panel.port(port(index)).adminState)).toEqual(['up', 'up']);
    expect((await at.sluice.holds.list()).holds).toEqual([
      expect.objectContaining({ until: expect.any(String) as unknown as string }),
    ]);
  });
});
