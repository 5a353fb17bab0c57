import type { RunReport, RunView, Sluice } from '@sluice/engine';
import type { JobRequest, ScheduledJob } from '@sluice/worker/schedule';
import type { Terminal } from '../terminal/terminal.js';
import { printChangedAgents, printCheck } from '../terminal/reports/agent-report.js';
import { printRun, withoutInUse } from '../terminal/reports/run-report.js';
import { printBills } from '../terminal/telephony/calls.js';
import { billReports, toFormat } from './calls.js';
import type { Config } from '@sluice/config-file';
import { type Job, scheduledJobs } from '../setup/schedule/jobs.js';
import type { Deps } from '../context.js';
import { configKinds } from '../kinds.js';
import { printSync } from './sync-services.js';

/** What the jobs work with; `terminal` is a quiet one. */
export interface JobParts {
  sluice: Sluice;
  config: Config;
  terminal: Terminal;
}

/** Runs among which the last one over all services is searched. */
const RECENT = 100;
/** The same where each panel has runs of its own. */
const RECENT_BY_PANEL = 1000;

/** What several workers divide among them. */
const BY_PANEL: readonly Job['command'][] = ['poll', 'reconcile'];

/**
 * Returns the jobs of the config of now for a server, which print what the commands print with `--quiet`. Each run asks for
 * its parts.
 */
export function serveJobs(parts: () => JobParts, deps: Deps): ScheduledJob[] {
  return scheduledJobs(parts().config, deps.host, configKinds(deps)).map((job) => ({
    name: job.command,
    timing: toTiming(job),
    lastStart: async () => {
      const last = (await listStarts(parts(), job.command, RECENT)).find(({ scope }) => scope === null);
      return last === undefined ? null : Date.parse(last.at);
    },
    ...(BY_PANEL.includes(job.command) && { lastStarts: () => lastStarts(parts(), job.command) }),
    run: async (request = {}) => WORK[job.command](parts(), request),
  }));
}

/** Newest first; one that was refused for the lease of another one has done nothing. */
async function listStarts(
  { sluice }: JobParts,
  command: Job['command'],
  limit: number,
): Promise<{ at: string; scope: string | null }[]> {
  const { entries } = await sluice.log.list({ kinds: ['run'], command, limit });
  return entries.flatMap(({ at, service, scope = null, outcome }) =>
    service === null && outcome !== 'busy' ? [{ at, scope: scope as string | null }] : [],
  );
}

/** Returns the last start over each panel, as a run of its own or of one over all of them. */
async function lastStarts(parts: JobParts, command: Job['command']): Promise<Map<string, number | null>> {
  const starts = await listStarts(parts, command, RECENT_BY_PANEL);
  return new Map(
    Object.keys(parts.config.panels).map((panel) => {
      const last = starts.find(({ scope }) => scope === null || scope === `panel ${panel}`);
      return [panel, last === undefined ? null : Date.parse(last.at)];
    }),
  );
}

function toTiming({ timing, intervalMs }: Job): ScheduledJob['timing'] {
  if (timing.kind === 'every') return { everyMs: intervalMs };
  const two = (figure: number): string => String(figure).padStart(2, '0');
  return { at: `${two(timing.hour)}:${two(timing.minute)}` };
}

const WORK: Record<Job['command'], (parts: JobParts, request: JobRequest) => Promise<RunView['outcome']>> = {
  poll: (parts, request) => {
    const due = parts.config.poll.maxOvershoot !== undefined;
    return runOver((options) => parts.sluice.poll({ ...options, due }), parts, { ...request, due });
  },
  reconcile: (parts, request) => runOver((options) => parts.sluice.reconcile(options), parts, request),
  'agent check': async ({ sluice, terminal }, { signal }) => {
    const report = await sluice.agents.check({ signal });
    printCheck(terminal, report, false);
    return report.run.outcome;
  },
  'call bill': async ({ sluice, config, terminal }, { signal }) => {
    const report = await sluice.calls.bill({ signal, reports: billReports(config, toFormat({})) });
    printBills(terminal, report, false);
    return report.run.outcome;
  },
  'service sync': async ({ sluice, terminal }, { signal }) => {
    const report = await sluice.services.sync({ signal });
    printSync(terminal, report);
    return report.run.outcome;
  },
};

async function runOver(
  start: (options: JobRequest & { allServices: boolean }) => Promise<RunReport>,
  { terminal }: Pick<JobParts, 'terminal'>,
  { due = false, ...request }: JobRequest & { due?: boolean },
): Promise<RunView['outcome']> {
  const report = await start({ ...request, allServices: false });
  printRun(terminal, due ? withoutInUse(terminal, report) : report, false);
  printChangedAgents(terminal, report.agents, false);
  return report.run.outcome;
}
