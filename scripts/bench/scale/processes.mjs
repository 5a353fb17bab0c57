import { startPanel } from './panel.mjs';
import { prepareSluice } from './sluice.mjs';

/**
 * Polls a set of panels by so many processes of the built command at a time, each of which reads the panels that no other one
 * has begun. `services` is the number for each panel. Half of the services have used something since the last poll.
 */
export async function measureProcesses({ panels: kinds, services, latency, processes, newDatabase }) {
  const panels = await Promise.all(kinds.map((kind, seed) => startPanel(kind, { services, latency, seed })));
  let sluice;
  try {
    const results = [];
    for (const count of processes) {
      const database = newDatabase === null ? null : await newDatabase();
      sluice?.remove();
      sluice = await prepareSluice(panels, database === null ? {} : { state: database.url });
      await sluice.run('poll', '--quiet');
      await Promise.all(panels.map((panel) => panel.order({ order: 'move', share: 0.5, bytes: 1_000_000 })));
      const before = await database?.readLoad();
      const measured = await pollByTurns(sluice, panels, count);
      const after = await database?.readLoad();
      const load =
        before === undefined
          ? null
          : Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
      results.push({ processes: count, services: panels.length * services, load, ...measured });
    }
    return results;
  } finally {
    sluice?.remove();
    for (const panel of panels) panel.stop();
  }
}

/** One poll of each panel: how long all of it lasted, and what the processes used. */
async function pollByTurns(sluice, panels, count) {
  const queue = panels.map((_, at) => `panel-${at + 1}`);
  const runs = [];
  const startedAt = performance.now();
  const worker = async () => {
    for (let panel = queue.shift(); panel !== undefined; panel = queue.shift()) {
      const run = await sluice.run('poll', '--quiet', '--panel', panel);
      runs.push({ ...run, endedAt: performance.now() - startedAt });
    }
  };
  await Promise.all(Array.from({ length: count }, worker));
  const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
  return {
    seconds: Math.max(...runs.map(({ endedAt }) => endedAt)) / 1000,
    lagSeconds: sum('endedAt') / runs.length / 1000,
    cpuSeconds: sum('cpuSeconds'),
    writtenBytes: sum('writtenBytes'),
    peakMegabytes: Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes)),
  };
}
