import { median } from '../lib.mjs';
import { startPanel } from './panel.mjs';
import { compareRows, readRows } from './rows.mjs';
import { prepareSluice } from './sluice.mjs';

const MEGABYTE = 1e6;

/** What one call of the command does: processor time and bytes of the process, rows of the store, and calls to the panels. */
async function measureRun(sluice, panels, words) {
  const countCalls = async () =>
    (await Promise.all(panels.map((panel) => panel.order({ order: 'calls' })))).reduce((sum, calls) => sum + calls, 0);
  const callsBefore = await countCalls();
  const before = await sluice.store.read();
  const { cpuSeconds, peakMegabytes, writtenBytes, ms } = await sluice.run(...words);
  const store = sluice.store.compare(before, await sluice.store.read());
  const calls = (await countCalls()) - callsBefore;
  return {
    calls,
    seconds: ms / 1000,
    cpuSeconds,
    peakMegabytes,
    databaseSeconds: store.seconds ?? 0,
    writtenBytes: writtenBytes + (store.writtenBytes ?? 0),
    rowsAdded: store.added,
    rowsChanged: store.changed,
  };
}

/** The store of a prepared folder: SQLite's rows are compared, PostgreSQL counts its own. */
function openStore(sluice, database) {
  if (database === null) return { read: async () => readRows(sluice.database), compare: compareRows };
  const compare = (before, after) =>
    Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
  return { read: database.readLoad, compare };
}

const medians = (runs) =>
  Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));

/** The config with which `poll --due` finds all services due, and the one with which it finds none for a day. */
const ALL_DUE = 'poll: { maxOvershoot: 1GB, floor: 1s, ceiling: 1s }';
const NONE_DUE = 'poll: { maxOvershoot: 1GB, ceiling: 24h }';

/**
 * What the jobs of a set of panels cost, measured on the built command: a poll that reads all services (`fixed`) and one of those
 * that are due (`due`: all of them), where no figure changes (`quiet`) and where each does (`busy`); a poll that finds none due
 * (`idle`); and a nightly `reconcile`. With `database` the store is in PostgreSQL.
 */
export async function measureCosts({ kind, panels: count, services, rounds, database = null }) {
  const panels = [];
  for (let seed = 1; seed <= count; seed++) panels.push(await startPanel(kind, { services, seed }));
  let prepared;
  try {
    prepared = await prepareSluice(panels, database === null ? {} : { state: database.url });
    const sluice = { ...prepared, store: openStore(prepared, database) };
    const times = async (share, words) => {
      const runs = [];
      for (let round = 0; round < rounds; round++) {
        await Promise.all(panels.map((panel) => panel.order({ order: 'move', share, bytes: MEGABYTE })));
        runs.push(await measureRun(sluice, panels, [...words, '--quiet']));
      }
      return medians(runs);
    };
    const both = async (words) => {
      // The first two store what later ones find.
      for (let round = 0; round < 2; round++) await sluice.run(...words, '--quiet');
      return { quiet: await times(0, words), busy: await times(1, words) };
    };
    const fixed = await both(['poll']);
    const reconcile = await times(0, ['reconcile']);
    sluice.setPoll(ALL_DUE);
    const due = await both(['poll', '--due']);
    sluice.setPoll(NONE_DUE);
    await sluice.run('poll', '--due', '--quiet');
    const idle = await times(0, ['poll', '--due']);
    return { kind, panels: count, services: count * services, fixed, due, idle, reconcile };
  } finally {
    prepared?.remove();
    for (const panel of panels) panel.stop();
  }
}

/** Figures that add up over a day; the memory is that of one process. */
const SUMS = ['calls', 'cpuSeconds', 'databaseSeconds', 'writtenBytes', 'rowsAdded', 'rowsChanged'];

/** Runs in a day of `poll --due`: one a minute. */
const RUNS = 1440;

/**
 * What one service costs in a day: of so many polls of all services, or, with `readings`, of those that `poll --due` reads in a day;
 * of both `busyShare` find other figures. And of one `reconcile`.
 */
export function perServiceAndDay({ services, fixed, due, idle, reconcile }, { polls, readings, busyShare }) {
  const mixed = ({ quiet, busy }, key) => busyShare * busy[key] + (1 - busyShare) * quiet[key];
  const ofPolls = (key) =>
    readings === undefined
      ? polls * mixed(fixed, key)
      : RUNS * idle[key] + Math.max(0, mixed(due, key) - idle[key]) * (readings / services);
  const figures = Object.fromEntries(SUMS.map((key) => [key, (ofPolls(key) + reconcile[key]) / services]));
  const runs = readings === undefined ? [fixed.quiet, fixed.busy] : [due.quiet, due.busy];
  return { ...figures, peakMegabytes: Math.max(...[...runs, reconcile].map(({ peakMegabytes }) => peakMegabytes)) };
}

/**
 * What a poll costs by itself and for each reading, from measurements of two sizes of the same panel: a line through both.
 * A cost that the noise of a small measurement made negative is zero.
 */
export function fitCosts(small, large) {
  const line = (poll, state, key) => {
    const [few, many] = [small[poll][state][key], large[poll][state][key]];
    const perReading = Math.max(0, (many - few) / (large.services - small.services));
    return { perRun: Math.max(0, few - perReading * small.services), perReading };
  };
  const of = (poll, state) => Object.fromEntries(SUMS.map((key) => [key, line(poll, state, key)]));
  const both = (poll) => ({ quiet: of(poll, 'quiet'), busy: of(poll, 'busy') });
  return { fixed: both('fixed'), due: both('due') };
}
