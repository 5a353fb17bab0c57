import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { main, median } from '../lib.mjs';
import { startPanel } from './panel.mjs';
import { prepareSluice } from './sluice.mjs';

/**
 * Polls a set of panels once: with the store in a file by the command `poll`, and with it in PostgreSQL by so many workers, which find
 * the jobs in the queue. `services` is the number for each panel. Half of the services have used something since the last poll.
 * Medians of so many rounds.
 */
export async function measureProcesses({ panels: kinds, services, latency, processes, rounds, newDatabase }) {
  const panels = await Promise.all(kinds.map((kind, seed) => startPanel(kind, { services, latency, seed })));
  try {
    const results = [];
    for (const count of newDatabase === null ? [1] : processes) {
      const measure = newDatabase === null ? pollByCommand : (one, all) => pollByWorkers(one, all, count);
      const measured = await prepared({ panels, newDatabase }, (one) => measure(one, { panels, rounds }));
      results.push({ processes: count, services: panels.length * services, ...measured });
    }
    return results;
  } finally {
    for (const panel of panels) panel.stop();
  }
}

/** Does something with a new store of these panels, each of which was reconciled and polled. */
async function prepared({ panels, newDatabase }, measure) {
  const database = newDatabase === null ? null : await newDatabase();
  const more = 'poll: { interval: 1m }';
  const sluice = await prepareSluice(panels, database === null ? {} : { state: database.url, more });
  try {
    await sluice.run('reconcile', '--quiet');
    return await measure({ sluice, database });
  } finally {
    sluice.remove();
  }
}

const move = (panels) =>
  Promise.all(panels.map((panel) => panel.order({ order: 'move', share: 0.5, bytes: 1_000_000 })));

const medians = (all) =>
  Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((figures) => figures[key]))]));

async function pollByCommand({ sluice }, { panels, rounds }) {
  const all = [];
  for (let round = 0; round < rounds; round++) {
    await move(panels);
    const { ms, cpuSeconds, writtenBytes, peakMegabytes } = await sluice.run('poll', '--quiet');
    all.push({ seconds: ms / 1000, cpuSeconds, writtenBytes, peakMegabytes });
  }
  return { ...medians(all), load: null };
}

/** Each minute the queue adds one job for each panel; a round is what the workers do with those of one minute. */
async function pollByWorkers({ sluice, database }, { panels, rounds }, count) {
  const workers = Array.from({ length: count }, () =>
    spawn(process.execPath, [main, 'worker', '--concurrency', String(PLACES), '--quiet'], {
      cwd: sluice.folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const read = async () => ({ ...readUsed(workers), load: await database.readLoad() });
  const all = [];
  try {
    // The first round has the workers' own start, and checks of agents, in it.
    for (let round = 0; round <= rounds; round++) {
      await move(panels);
      const before = await read();
      const times = await nextRound(database, panels.length, round + 1);
      all.push({ ...times, ...difference(before, await read()) });
    }
  } finally {
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map((worker) => worker.exitCode ?? once(worker, 'exit')));
  }
  const counted = all.slice(1);
  return {
    ...medians(counted.map(({ load: _, ...figures }) => figures)),
    load: medians(counted.map(({ load }) => load)),
  };
}

/** Panels that one worker reads at a time. */
const PLACES = 4;

/** Polls that the queue added together. */
const ROUNDS = `
  select extract(epoch from max(completed_on) - min(created_on))::float as seconds,
    extract(epoch from avg(started_on - created_on))::float as "lagSeconds"
  from sluice_queue.job where name = 'poll' group by created_on
  having count(*) filter (where state = 'completed') = $1 order by created_on`;

/** Waits for a round; each has to be done within the minute, or the next one has fewer panels. */
async function nextRound(database, panels, number) {
  for (let second = 0; second < LONGEST_S; second++) {
    await wait(1000);
    const [{ begun }] = await database.query("select to_regclass('sluice_queue.job') is not null as begun");
    const rounds = begun ? await database.query(ROUNDS, [panels]) : [];
    if (rounds.length >= number) return rounds[number - 1];
  }
  throw new Error(`the workers did not poll all ${panels} panels in a minute`);
}

const LONGEST_S = 240;

/** What processes have used since their start. The memory is that of the largest. */
function readUsed(processes) {
  const each = processes.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    const [, writtenBytes] = /^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'));
    const [, peak] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    // User and system time in ticks of 10 ms.
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, writtenBytes, peak };
  });
  const sum = (key) => each.reduce((total, one) => total + Number(one[key]), 0);
  return {
    cpuSeconds: sum('cpuSeconds'),
    writtenBytes: sum('writtenBytes'),
    peakMegabytes: Math.max(...each.map(({ peak }) => Number(peak))) / 1024,
  };
}

function difference(before, after) {
  const load = Object.fromEntries(Object.keys(after.load).map((key) => [key, after.load[key] - before.load[key]]));
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    writtenBytes: after.writtenBytes - before.writtenBytes,
    peakMegabytes: after.peakMegabytes,
    load,
  };
}
