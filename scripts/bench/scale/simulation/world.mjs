import { seededRandom } from '../random.mjs';

const GB = 1e9;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CYCLE_MS = 30 * DAY_MS;
/** Bytes per second of a line of so many Mbit/s. */
const mbit = (number) => (number * 1e6) / 8;

/**
 * The kinds of panels, and what is assumed of them: the latency of a call (for one service, or for the whole list), and what is
 * sold there: allowance in GB, line in Mbit/s.
 */
const KINDS = {
  easydcim: {
    list: false,
    latency: { medianMs: 80, spread: 0.5 },
    products: [
      [5000, 100],
      [20_000, 1000],
      [50_000, 1000],
      [100_000, 10_000],
    ],
  },
  flvx: {
    list: true,
    latency: { medianMs: 2000, spread: 0.3 },
    products: [
      [100, 100],
      [500, 200],
      [1000, 300],
    ],
  },
  hiddify: {
    list: true,
    latency: { medianMs: 4000, spread: 0.3 },
    products: [
      [20, 50],
      [50, 50],
      [100, 100],
    ],
  },
};

/** Share of the hours in which a service uses most of its line. */
const BURST_SHARE = 0.002;
const BURST_OF_LINE = 0.9;
/** Traffic of an hour against that of the mean one, from midnight on. */
const DAY_CURVE = [5, 3, 2, 2, 2, 3, 5, 8, 10, 11, 12, 12, 12, 12, 12, 12, 12, 13, 14, 16, 18, 18, 15, 10];
const CURVE_MEAN = DAY_CURVE.reduce((sum, one) => sum + one, 0) / 24;

/**
 * Panels and their services at the start of the simulation, in the middle of their cycles. The kinds
 * of the panels repeat; one in ten permits 20 calls a second, and one in 25 is unreachable for two hours. One service in a hundred comes in
 * the course of the first day. Each service that is simulated stands for `each` services that are just like it.
 */
export function makeWorld({ services: count, panels: panelCount, each, seed, kinds }) {
  const random = seededRandom(seed);
  const perPanel = Math.floor(count / panelCount / each);
  const total = perPanel * panelCount;
  const panels = Array.from({ length: panelCount }, (_, at) => {
    const kind = kinds[at % kinds.length];
    return {
      kind,
      ...KINDS[kind],
      first: at * perPanel,
      services: perPanel,
      concurrency: 8,
      perSecond: at % 10 === 6 ? 20 : null,
      down: at % 25 === 3 ? { from: 10 * HOUR_MS, to: 12 * HOUR_MS } : null,
    };
  });
  const world = {
    panels,
    each,
    count: total,
    quota: new Float64Array(total),
    line: new Float64Array(total),
    mean: new Float64Array(total),
    used: new Float64Array(total),
    startsAt: new Float64Array(total),
    cycleEnd: new Float64Array(total),
    seed,
  };
  for (const panel of panels) {
    for (let id = panel.first; id < panel.first + perPanel; id++) addService(world, panel, id, random);
  }
  return world;
}

const pick = (list, random) => list[Math.floor(random() * list.length)];

function addService(world, { products }, id, random) {
  const [gigabytes, megabits] = pick(products, random);
  const line = mbit(megabits);
  const bursts = BURST_SHARE * BURST_OF_LINE * line;
  const perSecond = ((0.3 + random()) * gigabytes * GB) / (CYCLE_MS / 1000);
  world.quota[id] = gigabytes * GB;
  world.line[id] = line;
  world.mean[id] = Math.max(0, perSecond - bursts);
  const isNew = random() < 0.01;
  const passed = isNew ? 0 : random() * CYCLE_MS;
  world.startsAt[id] = isNew ? random() * DAY_MS : 0;
  world.cycleEnd[id] = world.startsAt[id] + CYCLE_MS - passed;
  world.used[id] = Math.min(gigabytes * GB, (perSecond * passed) / 1000);
}

/** A number in [0, 1) for a service and an hour, always the same. */
function chance(id, hour, seed) {
  let mixed = Math.imul(id + 1, 0x9e3779b1) ^ Math.imul(hour + seed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}

/** Bytes per second of a service in an hour: bursts, the curve of the day, and for one service in three no traffic by night. */
export function rateOf(world, id, hour) {
  const line = world.line[id];
  if (chance(id, hour, world.seed) < BURST_SHARE) return BURST_OF_LINE * line;
  const ofDay = hour % 24;
  if (id % 3 === 0 && ofDay < 6) return 0;
  return Math.min(line, (world.mean[id] * DAY_CURVE[ofDay]) / CURVE_MEAN);
}

/** Bytes through a service between two instants (ms since the start). */
export function traffic(world, id, from, to) {
  let bytes = 0;
  for (let at = from; at < to;) {
    const hour = Math.floor(at / HOUR_MS);
    const until = Math.min(to, (hour + 1) * HOUR_MS);
    bytes += (rateOf(world, id, hour) * (until - at)) / 1000;
    at = until;
  }
  return bytes;
}

export { CYCLE_MS, DAY_MS, HOUR_MS };
