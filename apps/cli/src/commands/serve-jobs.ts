import type { RunReport, RunView, Sluice } from '@sluice/engine';
import type { ScheduledJob } from '@sluice/worker/schedule';
import type { Terminal } from '../terminal/terminal.js';
import { printChangedAgents, printCheck } from '../terminal/reports/agent-report.js';
import { printRun } from '../terminal/reports/run-report.js';
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

/**
 * Returns the jobs of the config of now for a server, which print what the commands print with `--quiet`. Each run asks for
 * its parts.
 */
export function serveJobs(parts: () => JobParts, deps: Deps): ScheduledJob[] {
  return scheduledJobs(parts().config, deps.host, configKinds(deps)).map((job) => ({
    name: job.command,
    timing: toTiming(job),
    lastStart: async () => {
      const { entries } = await parts().sluice.log.list({ kinds: ['run'], command: job.command, limit: RECENT });
      const last = entries.find(
        ({ service, scope, outcome }) => service === null && scope === null && outcome !== 'busy',
      );
      return last === undefined ? null : Date.parse(last.at);
    },
    run: async () => WORK[job.command](parts()),
  }));
}

function toTiming({ timing, intervalMs }: Job): ScheduledJob['timing'] {
  if (timing.kind === 'every') return { everyMs: intervalMs };
  const two = (figure: number): string => String(figure).padStart(2, '0');
  return { at: `${two(timing.hour)}:${two(timing.minute)}` };
}

const WORK: Record<Job['command'], (parts: JobParts) => Promise<RunView['outcome']>> = {
  poll: (parts) => {
    const due = parts.config.poll.maxOvershoot !== undefined;
    return runOver((options) => parts.sluice.poll({ ...options, due }), parts);
  },
  reconcile: (parts) => runOver((options) => parts.sluice.reconcile(options), parts),
  'agent check': async ({ sluice, terminal }) => {
    const report = await sluice.agents.check();
    printCheck(terminal, report, false);
    return report.run.outcome;
  },
  'call bill': async ({ sluice, config, terminal }) => {
    const report = await sluice.calls.bill({ reports: billReports(config, toFormat({})) });
    printBills(terminal, report, false);
    return report.run.outcome;
  },
  'service sync': async ({ sluice, terminal }) => {
    const report = await sluice.services.sync();
    printSync(terminal, report);
    return report.run.outcome;
  },
};

async function runOver(
  start: (options: { allServices: boolean }) => Promise<RunReport>,
  { terminal }: Pick<JobParts, 'terminal'>,
): Promise<RunView['outcome']> {
  const report = await start({ allServices: false });
  printRun(terminal, report, false);
  printChangedAgents(terminal, report.agents, false);
  return report.run.outcome;
}
