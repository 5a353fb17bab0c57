import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { during } from '../bench/during.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { pollLater } from './polls.js';
import { useBench } from '../bench/each-test.js';

const YEAR = 365 * DAY;
const LONG = process.env['SLUICE_LONG'] === '1';

/** By a day only in the long form. */
const JUMPS = (
  [
    ['an hour forward', HOUR],
    ['an hour back', -HOUR],
    ['a day forward', DAY],
    ['a day back', -DAY],
    ['a year forward', YEAR],
    ['a year back', -YEAR],
  ] as [name: string, ms: number][]
).filter(([name]) => LONG || !name.startsWith('a day'));

const at = useBench(() => startEasyDcimBench('poll: { overdue: hold, doubt: { jump: off } }'));
beforeEach(async () => {
  // Far over, by port and by order; just over by traffic of the last hour; below.
  for (const [number, gigabytes] of [200, 200, 95, 50].entries()) {
    await at.addService(number + 1, number === 1 ? { product: 'order' } : {});
    at.panel.addTraffic(501 + number, { in: gigabytes * GB, out: 0 });
  }
  await pollLater(at, DAY);
  at.panel.addTraffic(503, { in: 6 * GB, out: 0 });
});

/** What no wrong clock may change. */
async function remembered(): Promise<unknown> {
  const { store } = at.bench;
  const cycles = [];
  const samples = [];
  for (const id of await store.services.ids()) {
    cycles.push(...(await store.cycles.ofService(id)));
    samples.push(...(await store.samples.list({ service: id })));
  }
  const actions = await store.actions.list({});
  const calls = (await store.apiCalls.list({ limit: 1 })).length;
  return { cycles, samples, holds: await store.holds.all(), evidence: await store.evidence.open(), actions, calls };
}

const toKind = (error: unknown): string => (error as { kind: string }).kind;
const held = (report: RunReport): string[] =>
  report.services.filter((service) => service.holds.length > 0).map((service) => service.id);

/** The next run by the right clock finds everything as it should be, and does what is due. */
async function expectRightNextRun(): Promise<void> {
  const next = await at.poll();
  expect(next.run.outcome).toBe('done');
  expect(held(next)).toEqual(['svc-1', 'svc-2', 'svc-3']);
  const cycle = { start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' };
  expect(next.services.map((service) => service.cycle)).toEqual([cycle, cycle, cycle, cycle]);
  const down = [1, 3, 4].map((number) => at.panel.port(toIds(number).port(1)).adminState);
  expect(down).toEqual(['down', 'down', 'up']);
  expect(at.panel.order(toIds(2).order).status).toBe('suspended');
  expect(at.panel.events.filter((event) => !event.changed)).toEqual([]);
  expect(at.panel.events.map((event) => event.what).filter((what) => what.startsWith('enable'))).toEqual([]);
  const { store } = at.bench;
  for (const id of await store.services.ids()) {
    expect(await store.cycles.ofService(id)).toHaveLength(1);
    const instants = (await store.samples.list({ service: id })).map((sample) => sample.at);
    expect(instants.every((instant) => instant <= new Date(at.bench.clock.now()).toISOString())).toBe(true);
  }
  expect(await store.leases.list()).toEqual([]);
  const doctor = await at.sluice.panels.doctor();
  expect(doctor.checks.filter((check) => check.status === 'failed')).toEqual([]);
}

describe('a clock that jumps between two runs', () => {
  it.each(JUMPS)('by %s changes nothing, is named, and spoils no later run', async (_name, ms) => {
    at.bench.clock.advance(15 * MINUTE);
    at.panel.server.clearCalls();
    const before = await remembered();
    at.skew.ms = ms;
    const { sluice } = at.bench;
    for (const run of [
      () => sluice.poll(),
      () => sluice.reconcile(),
      () => sluice.poll({ service: 'svc-1' }),
      () => sluice.poll({ allowMass: true }),
    ]) {
      const report = await run();
      expect(report.run.outcome).toBe('failed');
      expect(report.error).toMatchObject({ code: 'clock_wrong' });
      expect(report.error?.message).toMatch(/"dcim" is (\d+ \w+) (ahead of|behind) the local clock/);
      expect(report.services).toEqual([]);
    }
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(await remembered()).toEqual(before);
    const { ok, checks } = await sluice.panels.doctor();
    expect(ok).toBe(false);
    const clocks = checks.filter((check) => check.name.endsWith('clock') && check.status === 'failed');
    expect(clocks.map((check) => check.name)).toContain('panel clock');
    expect(clocks.map((check) => check.name).includes('clock')).toBe(ms < 0);
    await expect(sluice.panels.planEnforcing('dcim')).rejects.toMatchObject({ code: 'doctor_failed' });
    at.skew.ms = 0;
    at.bench.clock.advance(15 * MINUTE);
    await expectRightNextRun();
  });

  it('near the end of the cycle holds and frees nobody early or late', async () => {
    await pollLater(at, 15 * MINUTE);
    for (const number of [1, 2, 3, 4]) await at.sluice.services.set(`svc-${number}`, { next_due_date: '2027-01-15' });
    at.bench.clock.set('2026-12-14T23:30:00Z');
    at.skew.ms = HOUR;
    expect((await at.poll()).run.outcome).toBe('failed');
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
    at.skew.ms = 0;
    at.bench.clock.set('2026-12-15T00:10:00Z');
    at.skew.ms = -HOUR;
    expect((await at.poll()).run.outcome).toBe('failed');
    at.skew.ms = 0;
    const next = await at.poll();
    expect([next.run.outcome, held(next)]).toEqual(['done', []]);
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('up');
  });
});

describe('a clock that jumps during a run', () => {
  const calls = Array.from({ length: 16 }, (_, index) => index + 1);
  const cases = LONG
    ? JUMPS.flatMap(([name, ms]) => calls.map((call) => ({ name, ms, call })))
    : [
        { name: 'an hour back', ms: -HOUR, call: 1 },
        { name: 'a year forward', ms: YEAR, call: 4 },
        { name: 'an hour back', ms: -HOUR, call: 6 },
        { name: 'a year forward', ms: YEAR, call: 9 },
      ];

  it.each(cases)('by $name at its call $call leaves the next run right', async ({ ms, call }) => {
    at.bench.clock.advance(15 * MINUTE);
    let seen = 0;
    const ignore = at.panel.server.onCall(() => {
      seen += 1;
      if (seen === call) at.skew.ms = ms;
    });
    const { run, panels } = await at.poll();
    ignore();
    const refused = panels.map((panel) => panel.error.code);
    expect(refused).toEqual(run.outcome === 'done' ? [] : ['clock_wrong']);
    at.skew.ms = 0;
    at.bench.clock.advance(15 * MINUTE);
    await expectRightNextRun();
  });

  it('far enough for its lease to run out lets another run take over, and no change is lost or made twice', async () => {
    at.bench.clock.advance(15 * MINUTE);
    const first = await during(
      at.panel.server,
      ({ changing }) => changing,
      () => at.poll().then(({ run }) => run.outcome, toKind),
      async () => {
        at.skew.ms = YEAR;
        const second = await at.poll();
        expect([second.run.outcome, second.error?.code]).toEqual(['failed', 'clock_wrong']);
        at.skew.ms = 0;
      },
    );
    expect(['done', 'busy']).toContain(first);
    at.bench.clock.advance(15 * MINUTE);
    await expectRightNextRun();
  });
});
