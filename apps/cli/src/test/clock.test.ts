import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StateStore } from '@sluice/state-store';
import type { RunReport } from '@sluice/engine';
import { DAY, GB, HOUR, toIds, startEasyDcimBench, type EasyDcimBench } from './easydcim-bench.js';
import { folderBytes } from './folder-bytes.js';

const MINUTE = 60_000;
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

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench('poll: { overdue: hold, doubt: { jump: off } }');
  // Far over, by port and by order; just over by traffic of the last hour; below.
  await at.addService(1);
  await at.addService(2, { product: 'order' });
  await at.addService(3);
  await at.addService(4);
  for (const number of [1, 2]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
  at.panel.addTraffic(503, { in: 95 * GB, out: 0 });
  at.panel.addTraffic(504, { in: 50 * GB, out: 0 });
  at.bench.clock.advance(DAY);
  await at.poll();
  at.panel.addTraffic(503, { in: 6 * GB, out: 0 });
});
afterEach(() => at.close());

/** What no wrong clock may change. */
async function remembered(store: StateStore): Promise<unknown> {
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

const held = (report: RunReport): string[] =>
  report.services.filter((service) => service.holds.length > 0).map((service) => service.id);

/** The next run by the right clock finds everything as it should be, and does what is due. */
async function expectRightNextRun(): Promise<void> {
  const next = await at.poll();
  expect([next.exitCode, next.stderr]).toEqual([0, '']);
  expect(held(next.json<RunReport>())).toEqual(['svc-1', 'svc-2', 'svc-3']);
  const cycle = { start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' };
  expect(next.json<RunReport>().services.map((service) => service.cycle)).toEqual([cycle, cycle, cycle, cycle]);
  const down = [1, 3, 4].map((number) => at.panel.port(toIds(number).port(1)).adminState);
  expect(down).toEqual(['down', 'down', 'up']);
  expect(at.panel.order(toIds(2).order).status).toBe('suspended');
  expect(at.panel.events.filter((event) => !event.changed)).toEqual([]);
  expect(at.panel.events.map((event) => event.what).filter((what) => what.startsWith('enable'))).toEqual([]);
  expect((await at.bench.sluice('db check')).exitCode).toBe(0);
  await at.bench.store(async (store) => {
    for (const id of await store.services.ids()) {
      expect(await store.cycles.ofService(id)).toHaveLength(1);
      const instants = (await store.samples.list({ service: id })).map((sample) => sample.at);
      expect(instants.every((instant) => instant <= new Date(at.bench.clock.now()).toISOString())).toBe(true);
    }
    expect(await store.leases.list()).toEqual([]);
  });
  const doctor = await at.bench.sluice('doctor --json');
  expect(doctor.json<{ checks: { status: string }[] }>().checks.filter((check) => check.status === 'failed')).toEqual(
    [],
  );
}

describe('a clock that jumps between two runs', () => {
  it.each(JUMPS)('by %s changes nothing, is named, and spoils no later run', async (_name, ms) => {
    at.bench.clock.advance(15 * MINUTE);
    at.panel.server.clearCalls();
    const before = await at.bench.store(remembered);
    const backups = folderBytes(at.bench.path('sluice.db-backups'));
    at.skew.ms = ms;
    for (const words of [
      'poll --json',
      'reconcile --json',
      'poll --service svc-1 --json',
      'poll --allow-mass --json',
    ]) {
      const run = await at.bench.sluice(words);
      expect([words, run.exitCode, run.stderr]).toEqual([words, 1, '']);
      const report = run.json<RunReport>();
      expect(report.error).toMatchObject({ code: 'clock_wrong' });
      expect(report.error?.message).toMatch(/"dcim" is (\d+ \w+) (ahead of|behind) the local clock/);
      expect(report.services).toEqual([]);
    }
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(await at.bench.store(remembered)).toEqual(before);
    expect(folderBytes(at.bench.path('sluice.db-backups'))).toEqual(backups);
    const doctor = await at.bench.sluice('doctor --json');
    expect(doctor.exitCode).toBe(1);
    const { checks } = doctor.json<{ checks: { name: string; status: string; message: string }[] }>();
    const clocks = checks.filter((check) => check.name.endsWith('clock') && check.status === 'failed');
    expect(clocks.map((check) => check.name)).toContain('panel clock');
    expect(clocks.map((check) => check.name).includes('clock')).toBe(ms < 0);
    expect((await at.bench.sluice('enforce dcim --yes')).exitCode).toBe(1);
    at.skew.ms = 0;
    at.bench.clock.advance(15 * MINUTE);
    await expectRightNextRun();
  });

  it('near the end of the cycle holds and frees nobody early or late', async () => {
    at.bench.clock.advance(15 * MINUTE);
    await at.poll();
    for (const number of [1, 2, 3, 4]) await at.bench.sluice(`service set svc-${number} next_due_date=2027-01-15`);
    at.bench.clock.set('2026-12-14T23:30:00Z');
    at.skew.ms = HOUR;
    expect((await at.poll()).exitCode).toBe(1);
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
    at.skew.ms = 0;
    at.bench.clock.set('2026-12-15T00:10:00Z');
    at.skew.ms = -HOUR;
    expect((await at.poll()).exitCode).toBe(1);
    at.skew.ms = 0;
    const next = await at.poll();
    expect([next.exitCode, held(next.json<RunReport>())]).toEqual([0, []]);
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
    const run = await at.poll();
    ignore();
    expect(run.stderr).toBe('');
    const refused = run.json<RunReport>().panels.map((panel) => panel.error.code);
    expect([run.exitCode, refused]).toEqual(run.exitCode === 0 ? [0, []] : [expect.any(Number), ['clock_wrong']]);
    at.skew.ms = 0;
    at.bench.clock.advance(15 * MINUTE);
    await expectRightNextRun();
  });

  it('far enough for its lease to run out lets another run take over, and no change is lost or made twice', async () => {
    at.bench.clock.advance(15 * MINUTE);
    at.panel.server.latencyMs = 20;
    const first = at.poll();
    await at.panel.server.waitForCall((call) => call.changing);
    at.skew.ms = YEAR;
    const second = await at.poll();
    expect([second.exitCode, second.json<RunReport>().error?.code]).toEqual([1, 'clock_wrong']);
    at.skew.ms = 0;
    const { exitCode } = await first;
    expect([0, 5]).toContain(exitCode);
    at.bench.clock.advance(15 * MINUTE);
    await expectRightNextRun();
  });
});
