import { boundOf, RULES, readingsWithSameBound } from './policies.mjs';
import { DAY_MS } from './world.mjs';

/** The figures of a day are drawn in parts of this length. */
const PART_MS = 15 * 60_000;
/** Lateness is counted in steps of an eighth of a power of two of seconds. */
const STEPS = 8;

/** Collects what happens in a simulation. */
export function newFigures(world, { days, workers, places, databaseCores }) {
  const parts = Math.ceil((days * DAY_MS) / PART_MS);
  const perPart = () => new Float64Array(parts);
  const series = {
    readings: perPart(),
    calls: perPart(),
    cpu: perPart(),
    database: perPart(),
    worstLateMs: perPart(),
    waiting: perPart(),
  };
  const totals = { jobs: 0, readings: 0, calls: 0, cpu: 0, database: 0, rows: 0, bytes: 0, placeMs: 0 };
  const panels = world.panels.map(({ list }) => ({ isList: list, busyMs: 0, calls: 0 }));
  const late = new Float64Array(512);
  const holds = { count: 0, beyond: 0, late: 0, unreachable: 0, worstBytes: 0, worstOfBound: 0 };
  const partOf = (at) => Math.min(parts - 1, Math.floor(at / PART_MS));

  return {
    job({ at, beganAt, endsAt, need }) {
      const part = partOf(beganAt);
      series.calls[part] += need.calls;
      series.cpu[part] += need.cpu;
      series.database[part] += need.database;
      panels[at].busyMs += need.panelMs;
      panels[at].calls += need.calls;
      totals.jobs += 1;
      totals.placeMs += endsAt - beganAt;
      for (const key of ['calls', 'cpu', 'database', 'rows', 'bytes']) totals[key] += need[key];
    },
    /** `lateMs`: how long after it was due; null where that does not count. */
    reading({ readAt, lateMs }) {
      const part = partOf(readAt);
      totals.readings += world.each;
      series.readings[part] += world.each;
      if (lateMs === null) return;
      late[Math.min(late.length - 1, Math.floor(Math.log2(Math.max(0, lateMs) / 1000 + 1) * STEPS))] += world.each;
      series.worstLateMs[part] = Math.max(series.worstLateMs[part], lateMs);
    },
    /** A hold that begins, `over` bytes beyond the allowance. `lagMs`: how long its two last readings waited for worker and panel. */
    hold({ over, line, isReachable, lagMs, all }) {
      holds.count += world.each;
      if (!isReachable) {
        holds.unreachable += world.each;
        return;
      }
      const floorMs = all ? RULES.intervalMs : RULES.floorMs;
      const bound = boundOf(line, { floorMs, lagMs });
      if (over > bound) holds.beyond += world.each;
      if (over > boundOf(line, { floorMs, lagMs: 0 })) holds.late += world.each;
      holds.worstBytes = Math.max(holds.worstBytes, over);
      holds.worstOfBound = Math.max(holds.worstOfBound, over / bound);
    },
    waiting(now, jobs) {
      const part = partOf(now);
      series.waiting[part] = Math.max(series.waiting[part], jobs);
    },
    summarize() {
      const totalMs = days * DAY_MS;
      const shares = {
        cpu: (totals.cpu * 1000) / (totalMs * workers),
        places: totals.placeMs / (totalMs * workers * places),
        // SQLite works in the processes of the workers.
        database: totals.database === 0 ? null : (totals.database * 1000) / (totalMs * databaseCores),
        panel: Math.max(...panels.map(({ busyMs }) => busyMs / totalMs)),
      };
      return {
        days,
        workers,
        services: world.count * world.each,
        totals,
        panels,
        holds,
        shares,
        series,
        partMs: PART_MS,
        late: percentiles(late),
        sameBound: sameBound(world),
      };
    },
  };
}

/** Lateness in seconds that a share of the readings did not exceed. */
function percentiles(late) {
  const total = late.reduce((sum, one) => sum + one, 0);
  const below = (share) => {
    let seen = 0;
    const at = late.findIndex((count) => (seen += count) >= share * total);
    return 2 ** ((at + 1) / STEPS) - 1;
  };
  return { half: below(0.5), most: below(0.99), all: below(1) };
}

/** Readings per service and day, on panels that are read per service, of a fixed poll with the same bound. */
function sameBound({ panels, line }) {
  let [readings, count] = [0, 0];
  for (const { list, first, services } of panels) {
    for (let id = first; !list && id < first + services; id++) {
      readings += readingsWithSameBound(line[id]);
      count += 1;
    }
  }
  return readings / count;
}
