import { availableParallelism, totalmem } from 'node:os';
import { fitCosts, measureCosts } from './costs.mjs';
import { startPostgres } from './postgres.mjs';
import { measureProcesses } from './processes.mjs';
import { deadlinePoll, fixedPoll } from './simulation/policies.mjs';
import { simulate } from './simulation/simulate.mjs';

/** Everything that the report and the page of costs show. `say` receives what is being measured. */
export async function measureScale(settings, say) {
  const postgres = await startPostgres();
  const hasPostgres = typeof postgres !== 'string';
  const stores = { SQLite: null, ...(hasPostgres && { PostgreSQL: postgres.newDatabase }) };
  const measured = {
    machine: { cores: availableParallelism(), memoryGigabytes: Math.round(totalmem() / 2 ** 30) },
    skipped: hasPostgres ? null : postgres,
    rules: settings.simulation,
    costs: {},
    processes: {},
  };
  try {
    for (const [store, newDatabase] of Object.entries(stores)) {
      measured.costs[store] = await measureKinds(settings, { newDatabase, say: (text) => say(`${text}, ${store}`) });
      say(`polls by workers, ${store}`);
      measured.processes[store] = await measureProcesses({ ...settings.processes, newDatabase });
    }
  } finally {
    if (hasPostgres) await postgres.stop();
  }
  return { ...measured, simulation: simulateAll(settings.simulation, measured.costs, say) };
}

/** What polls of each kind of panel cost: of two sizes, and of two large panels. */
async function measureKinds({ kinds, costs: { small, large, rounds }, largest }, { newDatabase, say }) {
  const figures = {};
  for (const kind of kinds) {
    const measure = async (panels, services, times = rounds) => {
      say(`${kind}, ${panels} × ${services} services`);
      const database = newDatabase === null ? null : await newDatabase();
      return measureCosts({ kind, panels, services, rounds: times, database });
    };
    const sizes = { small: await measure(1, small), large: await measure(1, large) };
    // One process has its store in a file; a run this long is measured once.
    if (largest[kind] !== undefined && newDatabase === null) sizes.largest = await measure(2, largest[kind], 1);
    const fit = fitCosts(sizes.small, sizes.large);
    for (const size of Object.values(sizes)) size.dueReadings = countDueReadings(size, fit);
    figures[kind] = { ...sizes, fit };
  }
  return figures;
}

/** Readings that deadline polling makes in a day of such panels, as it is simulated. */
function countDueReadings({ kind, panels, services }, fit) {
  const size = { services, panels, each: 1, seed: 1, kinds: [kind] };
  const one = { workers: 1, places: 1, days: 1, databaseCores: 1 };
  return simulate({ size, policy: deadlinePoll, costs: { [kind]: fit.due }, ...one }).totals.readings;
}

/** The simulation, with the costs of PostgreSQL where they are known: several workers need it. */
function simulateAll({ size, days, workers, places, databaseCores }, measured, say) {
  const store = 'PostgreSQL' in measured ? 'PostgreSQL' : 'SQLite';
  const costsOf = (policy) =>
    Object.fromEntries(Object.entries(measured[store]).map(([kind, { fit }]) => [kind, fit[policy.name]]));
  const results = [];
  for (const policy of [fixedPoll, deadlinePoll]) {
    for (const count of workers) {
      say(`simulation, ${policy.name} poll, ${count} workers`);
      results.push({
        policy: policy.name,
        ...simulate({ size, policy, workers: count, places, days, costs: costsOf(policy), databaseCores }),
      });
    }
  }
  return { store, results };
}
