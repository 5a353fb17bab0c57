import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallOptions, RunReport, Sluice } from '@sluice/engine';
import type { FakeServer } from '@sluice/fake-panels';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { useBench } from '../bench/each-test.js';

const CORA = { panel: undefined, name: 'cora', limitBytes: GB, days: undefined, mode: undefined, dryRun: false };

/** Returns a signal that interrupts at the first of these calls, none of which the panel answers. */
function interruptAt(
  { server }: { server: FakeServer },
  endpoint: RegExp,
  kind: 'hang' | 'cut' = 'hang',
): { signal: AbortSignal; clear: () => void } {
  const control = new AbortController();
  const match = (): boolean => {
    control.abort('SIGINT');
    return true;
  };
  return { signal: control.signal, clear: server.inject({ endpoint, match, fault: { kind } }) };
}

describe('a call about Hiddify', () => {
  // First, so that no call hangs when the panel is closed.
  afterEach(() => {
    at.panel.server.clearFaults();
  });
  const at = useBench(() => startHiddifyBench({ agents: '{}' }));
  beforeEach(async () => {
    await at.create(1);
    await at.limit(at.north, 100);
    await at.sluice.panels.observe('vpn');
  });

  const readSwitches = async (): Promise<string[]> =>
    (await at.bench.store.switches.list()).map(({ enforce }) => enforce);

  it.each<[string, (sluice: Sluice, options: CallOptions) => Promise<unknown>]>([
    ['planEnforcing', ({ panels }, options) => panels.planEnforcing('vpn', options)],
    ['check', ({ agents }, options) => agents.check(options)],
    ['createUser', ({ agents }, options) => agents.createUser({ agent: 'north', ...CORA, ...options })],
  ])('that is interrupted while it reads the panel (%s) ends as interrupted, not as a bug', async (_name, call) => {
    const { signal } = interruptAt(at.panel, /\/api\/v2\/admin\/user\/$/);
    const ended = await call(at.sluice, { signal }).catch((error: unknown) => error);
    expect(JSON.stringify(ended)).toContain('interrupted');
    expect(await readSwitches()).toEqual(['observe']);
    const errors = (await at.bench.store.runs.list({})).map(({ error }) => error);
    expect(errors.filter((error) => error !== null && !error.startsWith('interrupted'))).toEqual([]);
  });

  it('is refused where it would enforce a panel whose services can not be read', async () => {
    at.panel.server.inject({ endpoint: /admin\/user\//, fault: { kind: 'html', status: 502 } });
    await expect(at.sluice.panels.planEnforcing('vpn')).rejects.toMatchObject({ code: 'doctor_failed' });
    expect(await readSwitches()).toEqual(['observe']);
  });
});

describe('a run over EasyDCIM that is interrupted', () => {
  const at = useBench(() =>
    startEasyDcimBench('poll: { brake: { share: 100% }, doubt: { jump: off } }', {
      panelMore: ', concurrency: 1',
    }),
  );

  /** Sends the signal at the call number `nth` of an endpoint. */
  async function interrupt<T>(
    call: (options: CallOptions) => Promise<T>,
    [endpoint, nth]: [RegExp, number],
    signal: string,
  ): Promise<T> {
    const control = new AbortController();
    let seen = 0;
    const match = (): boolean => {
      if (++seen === nth) control.abort(signal);
      return seen === nth;
    };
    const clear = at.panel.server.inject({ endpoint, fault: { kind: 'latency', ms: 20 }, match });
    try {
      return await call({ signal: control.signal });
    } finally {
      clear();
    }
  }
  const poll = (options: CallOptions): Promise<RunReport> => at.sluice.poll(options);

  it('while the panel is tested is interrupted, and no check of doctor has failed', async () => {
    await at.sluice.panels.observe('dcim');
    // A call of a test is not given up before its timeout.
    const { signal, clear } = interruptAt(at.panel, /./, 'cut');
    const ended = at.sluice.panels.planEnforcing('dcim', { signal });
    await expect(ended).rejects.toMatchObject({ code: 'interrupted' });
    clear();
  });

  it('while it reads leaves everything as it was, and says how far it came', async () => {
    for (let number = 1; number <= 4; number++) await at.addService(number);
    at.panel.addTraffic(toIds(2).service, { in: 120 * GB, out: 0 });
    expect((await at.poll()).run.outcome).toBe('done');
    at.panel.addTraffic(toIds(1).service, { in: 130 * GB, out: 0 });
    at.bench.clock.advance(MINUTE);
    const { services, log, reconcile } = at.sluice;
    const before = await services.list();
    const calls = at.panel.server.totals.changing;
    // The third call never ends.
    const report = await interrupt(poll, [/bandwidth/, 3], 'SIGTERM');
    expect([report.run.outcome, report.error]).toEqual([
      'terminated',
      expect.objectContaining({ code: 'interrupted', message: 'Interrupted: 2 of 4 services read, nothing changed' }),
    ]);
    expect(report.totals).toMatchObject({ services: 4, read: 2, unreadable: 0, failed: 0, actions: 0 });
    expect(report.services.map(({ status, error }) => [status, error?.code])).toEqual(
      Array(4).fill(['skipped', 'interrupted']),
    );
    expect(await services.list()).toEqual(before);
    const again = await interrupt(poll, [/bandwidth/, 3], 'SIGINT');
    expect([again.run.outcome, again.error?.code]).toEqual(['interrupted', 'interrupted']);
    const reconciled = await interrupt((options) => reconcile(options), [/ports/, 1], 'SIGINT');
    expect([reconciled.run.outcome, reconciled.error?.code]).toEqual(['interrupted', 'interrupted']);
    expect(at.panel.server.totals.changing).toBe(calls);
    const { entries } = await log.list({ kinds: ['run'], limit: 3 });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['interrupted', 'interrupted', 'terminated']);
  });

  it('while it changes finishes the call under way, and leaves the others to the next run', async () => {
    for (let number = 1; number <= 20; number++) {
      await at.addService(number);
      at.panel.addTraffic(toIds(number).service, { in: 130 * GB, out: 0 });
    }
    at.bench.clock.advance(MINUTE);
    const made = await interrupt(poll, [/disable/, 1], 'SIGTERM');
    expect([made.run.outcome, made.error?.code]).toEqual(['terminated', 'interrupted']);
    expect(made.error?.message).toMatch(/^Interrupted: 20 of 20 services read, 1?[0-9] changes? made$/);
    expect(at.panel.server.totals.changing).toBeGreaterThan(0);
    // The holds were stored before the first change: all documents have them, with the figures that they follow from.
    expect(made.totals).toMatchObject({ held: 20, failed: 0 });
    const states = new Set(made.services.flatMap(({ actions }) => actions.map(({ state }) => state)));
    expect([...states].sort()).toEqual(['applied', 'planned']);
    // All count the same: the message, the totals, the services, and the log.
    const changes = made.services.flatMap(({ actions }) => actions);
    const done = changes.filter(({ state }) => state === 'applied').length;
    expect(made.totals).toMatchObject({ actions: done, planned: changes.length - done });
    expect(made.error?.message).toContain(` ${done} change`);
    const { entries } = await at.sluice.log.list({ kinds: ['action'] });
    expect(entries.filter(({ state }) => state === 'applied')).toHaveLength(done);
    const held = made.services.filter(({ error }) => error?.code === 'interrupted');
    expect(held.length).toBeGreaterThan(16);
    expect(held.some(({ actions }) => actions.length === 0)).toBe(true);
    const { usage, services, log, provision } = at.sluice;
    const shown = (await usage.read()).services;
    for (const { id, status, holds, usage: used, allowance, error } of held) {
      const expected = { status, holds, usage: used, allowance, error };
      expect(expected).toMatchObject({ status: 'held', usage: { totalBytes: 130 * GB } });
      expect(shown.find((one) => one.id === id)).toMatchObject(expected);
    }
    const [first] = held;
    const one = await services.show(first?.id ?? '');
    expect(one).toMatchObject({ status: 'held', usage: first?.usage, holds: first?.holds });
    const journal = (await log.list({ kinds: ['action'] })).entries.map(({ state }) => state);
    expect(journal).not.toContain('failed');
    const next = await at.poll();
    expect([next.run.outcome, next.totals]).toMatchObject(['done', { held: 20, failed: 0 }]);
    // A call about one service.
    const suspend = (options: CallOptions): Promise<{ error?: { code: string } }> =>
      provision.suspend('svc-1', options);
    expect((await interrupt(suspend, [/ports|orders/, 1], 'SIGINT')).error?.code).toBe('interrupted');
  });
});
