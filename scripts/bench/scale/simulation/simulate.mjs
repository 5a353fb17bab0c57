import { seededRandom, slowness } from '../random.mjs';
import { newDueList } from './due-list.mjs';
import { newFigures } from './figures.mjs';
import { RULES } from './policies.mjs';
import { CYCLE_MS, DAY_MS, HOUR_MS, makeWorld, rateOf, traffic } from './world.mjs';

/** The schedule asks once a minute what is due. */
const TICK_MS = RULES.floorMs;
/** A panel that does not answer: calls until the breaker opens, and how long they last. */
const UNREACHABLE = { calls: 5, ms: 30_000 };

/**
 * Simulates days of an installation, event by event. Each minute the schedule makes a job for each panel that has something to
 * read, unless one is open already; a worker begins the oldest job when one of its places is free, and reads all that is due by then.
 * A job lasts as long as the slowest of what it needs: the panel (its latency, calls at once, its limit of calls), the processor
 * of its worker, and the database; both of them serve one job after the other.
 *
 * `costs` are measured, by kind: `fitCosts` has the form. `size` is that of `makeWorld`.
 */
export function simulate({ size, policy, workers, places, days, costs, databaseCores }) {
  const world = makeWorld(size);
  const random = seededRandom(size.seed + 1);
  const services = startServices(world, policy, random);
  const figures = newFigures(world, { days, workers, places, databaseCores });
  const dueOf = (id, now) => {
    if (services.dueAt[id] <= now) catchUp({ world, services }, id);
    if (Number.isNaN(services.dueAt[id]))
      services.dueAt[id] = policy.next(factsOf(world, services, id), services.lastAt[id]);
    return services.dueAt[id];
  };
  const dueLists = world.panels.map((panel, at) =>
    newDueList({ panel, world, dueOf, policy, firstPoll: (at / world.panels.length) * RULES.intervalMs }),
  );
  const pools = Array.from({ length: workers }, () => ({ free: places, cpuFreeAt: 0 }));
  const [waiting, running, open] = [[], [], new Set()];
  let databaseFreeAt = 0;

  const begin = (now) => {
    for (let pool = freePool(pools); waiting.length > 0 && pool !== undefined; pool = freePool(pools)) {
      const { at, readyAt } = waiting.shift();
      const panel = world.panels[at];
      const ids = dueLists[at].take(now);
      const need = isDown(panel, now)
        ? { panelMs: UNREACHABLE.ms, calls: UNREACHABLE.calls, cpu: 0, database: 0, rows: 0, bytes: 0 }
        : needOf(panel, ids, { world, services, costs: costs[panel.kind], now, random });
      pool.cpuFreeAt = Math.max(pool.cpuFreeAt, now) + need.cpu * 1000;
      databaseFreeAt = Math.max(databaseFreeAt, now) + (need.database * 1000) / databaseCores;
      const endsAt = Math.max(now + need.panelMs, pool.cpuFreeAt, databaseFreeAt);
      pool.free -= 1;
      insert(running, { at, ids, pool, readyAt, beganAt: now, endsAt });
      figures.job({ at, beganAt: now, endsAt, need });
    }
  };

  const end = ({ at, ids, pool, readyAt, beganAt, endsAt }) => {
    const panel = world.panels[at];
    pool.free += 1;
    open.delete(at);
    if (isDown(panel, beganAt)) dueLists[at].putBack(ids);
    else {
      ids.forEach((id, index) => {
        const readAt = beganAt + ((endsAt - beganAt) * (index + 1)) / ids.length;
        readService({ world, services, figures, panel, all: policy.all }, id, { readAt, lagMs: readAt - readyAt });
        dueLists[at].add(id);
      });
    }
    begin(endsAt);
  };

  for (let now = 0; now < days * DAY_MS; now += TICK_MS) {
    while (running.length > 0 && running[0].endsAt <= now) end(running.shift());
    dueLists.forEach((list, at) => {
      if (open.has(at) || !list.isDue(now)) return;
      open.add(at);
      waiting.push({ at, readyAt: now });
    });
    begin(now);
    figures.waiting(now, waiting.length);
  }
  return figures.summarize();
}

/** What is known of each service beside its traffic: when it was read and is due, and whether it is held. */
function startServices(world, policy, random) {
  const services = {
    lastAt: Float64Array.from(world.startsAt),
    dueAt: new Float64Array(world.count),
    /** Readings with a list that found nothing are only noted: the traffic until then is added when it is asked for. */
    seenAt: Float64Array.from(world.startsAt),
    lagMs: new Float64Array(world.count),
    held: Uint8Array.from(world.used, (used, id) => (used >= world.quota[id] ? 1 : 0)),
    spread: Float64Array.from({ length: world.count }, () => random()),
  };
  // The simulation begins in the midst of readings, not with one of all services at once.
  for (let id = 0; id < world.count; id++) {
    const startsAt = world.startsAt[id];
    services.dueAt[id] = startsAt > 0 ? startsAt : random() * policy.next(factsOf(world, services, id), 0);
  }
  return services;
}

const isDown = ({ down }, at) => down !== null && at >= down.from && at < down.to;

/** The worker with a free place whose processor is free first. */
const freePool = (pools) =>
  pools
    .filter(({ free }) => free > 0)
    .reduce((best, pool) => (best === undefined || pool.cpuFreeAt < best.cpuFreeAt ? pool : best), undefined);

function insert(running, job) {
  const at = running.findIndex(({ endsAt }) => endsAt > job.endsAt);
  running.splice(at === -1 ? running.length : at, 0, job);
}

/** What a job needs of its panel, of its worker's processor and of the database. */
function needOf(panel, ids, { world, services, costs, now, random }) {
  const count = ids.length * world.each;
  const changed = count * busyShare(panel, ids, { world, services, hour: Math.floor(now / HOUR_MS) });
  const sum = (key) =>
    costs.quiet[key].perRun + changed * costs.busy[key].perReading + (count - changed) * costs.quiet[key].perReading;
  const calls = panel.list ? Math.round(costs.quiet.calls.perRun) : count;
  return {
    calls,
    panelMs: panelTime(panel, calls, random),
    cpu: sum('cpuSeconds'),
    database: sum('databaseSeconds'),
    rows: sum('rowsAdded') + sum('rowsChanged'),
    bytes: sum('writtenBytes'),
  };
}

/** The share of services that use something in an hour; of all services of a panel it is counted once. */
function busyShare(panel, ids, { world, services, hour }) {
  const isWhole = ids.length > panel.services / 2;
  if (isWhole && panel.busy?.hour === hour) return panel.busy.share;
  let busy = 0;
  for (const id of ids) if (services.held[id] === 0 && rateOf(world, id, hour) > 0) busy += 1;
  const share = busy / Math.max(1, ids.length);
  if (isWhole) panel.busy = { hour, share };
  return share;
}

/** How long the calls last: their waits, so many at once, and no more of them a second than the panel permits. */
function panelTime({ latency, concurrency, perSecond }, calls, random) {
  let [sum, longest] = [0, 0];
  for (let call = 0; call < calls; call++) {
    const ms = slowness(latency, random);
    sum += ms;
    longest = Math.max(longest, ms);
  }
  return Math.max(sum / concurrency, longest, perSecond === null ? 0 : (calls / perSecond) * 1000);
}

const factsOf = (world, { held, spread }, id) => ({
  used: world.used[id],
  quota: world.quota[id],
  line: world.line[id],
  cycleEnd: world.cycleEnd[id],
  held: held[id] === 1,
  spread: spread[id],
});

/** A reading: the usage since the last one, a new cycle, a hold where the allowance is used up. */
function readService({ world, services, figures, panel, all }, id, { readAt, lagMs }) {
  const isTogether = all || panel.list;
  const isFirst = services.seenAt[id] === world.startsAt[id];
  const lateMs =
    isFirst || isTogether || !wasReachable(panel, services.seenAt[id], readAt) ? null : readAt - services.dueAt[id];
  figures.reading({ readAt, lateMs });
  if (!isTogether || mayChange({ world, services }, id, readAt)) {
    catchUp({ world, services }, id);
    decide({ world, services, figures, panel, all }, id, { readAt, lagMs });
    services.lastAt[id] = readAt;
    services.dueAt[id] = NaN;
  }
  services.seenAt[id] = readAt;
  services.lagMs[id] = lagMs;
}

/** Whether the cycle has ended, or the line can have carried what was left. */
function mayChange({ world, services }, id, readAt) {
  if (readAt >= world.cycleEnd[id]) return true;
  const most = world.used[id] + (world.line[id] * (readAt - services.lastAt[id])) / 1000;
  return services.held[id] === 0 && most >= world.quota[id];
}

/** Adds the traffic until the last reading, which changed nothing. */
function catchUp({ world, services }, id) {
  const { lastAt, seenAt } = services;
  if (lastAt[id] === seenAt[id]) return;
  if (services.held[id] === 0) world.used[id] += traffic(world, id, lastAt[id], seenAt[id]);
  lastAt[id] = seenAt[id];
  services.dueAt[id] = NaN;
}

function decide({ world, services, figures, panel, all }, id, { readAt, lagMs }) {
  const from = services.lastAt[id];
  if (services.held[id] === 0) {
    world.used[id] += traffic(world, id, from, Math.min(readAt, world.cycleEnd[id]));
    const over = world.used[id] - world.quota[id];
    if (over >= 0) {
      services.held[id] = 1;
      figures.hold({
        over,
        line: world.line[id],
        isReachable: wasReachable(panel, from, readAt),
        lagMs: lagMs + services.lagMs[id],
        all,
      });
    }
  }
  if (readAt >= world.cycleEnd[id]) {
    services.held[id] = 0;
    world.used[id] = traffic(world, id, Math.max(from, world.cycleEnd[id]), readAt);
    world.cycleEnd[id] += CYCLE_MS;
  }
}

/** Whether the panel answered all the time. */
const wasReachable = ({ down }, from, to) => down === null || to < down.from || from > down.to;
