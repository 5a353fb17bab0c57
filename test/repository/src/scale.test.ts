import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// The load test, `npm run bench -- scale`: its simulation with invented costs, and all of it in its smallest form.

const root = path.resolve(import.meta.dirname, '../../..');
const load = (file: string): Promise<unknown> =>
  import(pathToFileURL(path.join(root, 'scripts/bench/scale', file)).href);

interface Simulated {
  services: number;
  totals: Record<'jobs' | 'readings' | 'calls' | 'cpu' | 'rows' | 'bytes', number>;
  panels: { isList: boolean; calls: number; busyMs: number }[];
  holds: Record<'count' | 'beyond' | 'late' | 'unreachable' | 'worstOfBound', number>;
  series: Record<'readings' | 'calls' | 'cpu', Float64Array>;
  shares: Record<'cpu' | 'places' | 'panel', number> & { database: number | null };
  sameBound: number;
}

interface Simulation {
  simulate: (options: object) => Simulated;
}

interface Policies {
  fixedPoll: object;
  deadlinePoll: object;
}

/** Costs in seconds, rows and bytes that stand for nothing measured. */
function inventedCosts(calls: { perRun: number; perReading: number }, cpu = 0.001) {
  const of = (perReading: number, perRun = 0) => ({ perRun, perReading });
  const costs = { rowsAdded: of(1), rowsChanged: of(1), writtenBytes: of(1000), databaseSeconds: of(0), calls };
  return { quiet: { ...costs, cpuSeconds: of(cpu, 0.1) }, busy: { ...costs, cpuSeconds: of(2 * cpu, 0.1) } };
}

const SIZE = { services: 1000, panels: 20, each: 1, seed: 5, kinds: ['easydcim', 'flvx', 'easydcim', 'hiddify'] };

describe('the simulation', () => {
  let simulate: Simulation['simulate'];
  let policies: Policies;

  beforeAll(async () => {
    ({ simulate } = (await load('simulation/simulate.mjs')) as Simulation);
    policies = (await load('simulation/policies.mjs')) as Policies;
  });

  const run = (
    policy: object,
    change: { workers?: number; days?: number; cpu?: number; size?: object } = {},
  ): Simulated => {
    const { workers = 2, days = 1, cpu, size } = change;
    const costs = {
      easydcim: inventedCosts({ perRun: 0, perReading: 1 }, cpu),
      flvx: inventedCosts({ perRun: 4, perReading: 0 }, cpu),
      hiddify: inventedCosts({ perRun: 1, perReading: 0 }, cpu),
    };
    return simulate({ size: { ...SIZE, ...size }, policy, workers, places: 8, days, costs, databaseCores: 2 });
  };

  it('lets no service exceed the bound but where its panel was unreachable', () => {
    const { holds } = run(policies.deadlinePoll, { days: 2 });
    expect(holds.count).toBeGreaterThan(10);
    expect(holds.beyond).toBe(0);
    expect(holds.worstOfBound).toBeLessThanOrEqual(1);
  });

  it('adds up', () => {
    for (const policy of [policies.fixedPoll, policies.deadlinePoll]) {
      const { totals, panels, series } = run(policy);
      const sum = (figures: Iterable<number>) => [...figures].reduce((total, one) => total + one, 0);
      expect(sum(series.readings)).toBe(totals.readings);
      expect(sum(series.calls)).toBe(totals.calls);
      expect(sum(series.cpu)).toBeCloseTo(totals.cpu, 6);
      expect(sum(panels.map(({ calls }) => calls))).toBe(totals.calls);
      expect(totals.cpu).toBeGreaterThanOrEqual(totals.jobs * 0.1);
    }
  });

  it('reads each service 96 times a day with the fixed poll, and far less often than a fixed poll with the same bound', () => {
    const fixed = run(policies.fixedPoll, { size: { kinds: ['easydcim'] } });
    expect(fixed.totals.readings / fixed.services).toBeGreaterThan(90);
    expect(fixed.totals.readings / fixed.services).toBeLessThanOrEqual(97);
    const due = run(policies.deadlinePoll, { size: { kinds: ['easydcim'] } });
    expect(due.totals.calls / due.services).toBeLessThan(due.sameBound / 5);
  });

  it('says the same again, and of services that stand for many as of all of them', () => {
    const once = run(policies.deadlinePoll);
    expect(run(policies.deadlinePoll)).toEqual(once);
    const some = run(policies.deadlinePoll, { size: { services: 10_000, each: 10 } });
    expect(some.services).toBe(10 * once.services);
    expect(some.totals.readings / some.services / (once.totals.readings / once.services)).toBeCloseTo(1, 1);
  });

  it('falls behind where the processors of the workers are full, and less with more of them', () => {
    const [one, four] = [1, 4].map((workers) => run(policies.fixedPoll, { workers, cpu: 4 }));
    expect(one?.shares.cpu).toBeGreaterThan(0.9);
    expect(one?.totals.readings).toBeLessThan(0.5 * (four?.totals.readings ?? 0));
  });
});

describe('npm run bench -- scale', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-scale-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  // Half a minute of processor time.
  const long = process.env['SLUICE_LONG'] === '1' ? it : it.skip;
  long(
    'measures the built command and writes the report and the page of costs',
    async () => {
      const program = path.join(root, 'scripts/bench/scale.mjs');
      await new Promise<void>((resolve, reject) => {
        execFile(process.execPath, [program, '--small', '--to', folder], (error, _, stderr) => {
          if (error === null) resolve();
          else reject(new Error(stderr));
        });
      });
      const costs = readFileSync(path.join(folder, 'costs.md'), 'utf8');
      // 96 polls of one call and a reconcile of three.
      expect(costs).toMatch(/EasyDCIM, 12 services +\| SQLite +\| all, 15 minutes +\| all differ +\| 99 /);
      const report = readFileSync(path.join(folder, 'scale-report.html'), 'utf8');
      expect(report.match(/<svg/g)).toHaveLength(8);
      expect(report).not.toMatch(/NaN|undefined|Infinity|<script|https?:\/\/(?!www\.w3\.org)/);
      for (const text of [costs, report]) expect(text).not.toContain(root);
    },
    600_000,
  );
});
