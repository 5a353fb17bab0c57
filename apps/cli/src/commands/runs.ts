import { setFlagsFromString } from 'node:v8';
import type { RunReport, Sluice } from '@sluice/engine';
import type { Terminal } from '../terminal/terminal.js';
import { startProgress } from '../terminal/progress.js';
import { printChangedAgents } from '../terminal/reports/agent-report.js';
import { printPlan } from '../terminal/reports/plan-report.js';
import { isLeftInUse, printRun, withoutInUse } from '../terminal/reports/run-report.js';
import type { Deps } from '../context.js';
import { ExitCode, toRunExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** Options of `poll` and `reconcile`. */
export interface RunOptions extends GlobalOptions {
  panel?: string;
  service?: string;
  dryRun?: boolean;
  detailedExitcode?: boolean;
  allowMass?: boolean;
  /** Of `poll`. */
  due?: boolean;
}

/**
 * Makes V8 collect garbage before the heap is several times what is in use. A run over many services makes much
 * short-lived garbage: with this flag 100,000 services need little more memory than 1,000, and small runs are not slower.
 */
const HEAP_GROWTH = '--heap-growing-percent=100';

type Over = NonNullable<Parameters<Sluice['poll']>[0]>;

function start(sluice: Sluice, command: 'poll' | 'reconcile' | 'plan', { due, ...over }: Over): Promise<RunReport> {
  const { dryRun: _, ...planned } = over;
  if (command === 'plan') return sluice.plan(planned);
  return command === 'poll' ? sluice.poll({ ...over, due }) : sluice.reconcile(over);
}

async function run(command: 'poll' | 'reconcile' | 'plan', options: RunOptions, deps: Deps): Promise<number> {
  setFlagsFromString(HEAP_GROWTH);
  const { panel, service, dryRun } = options;
  const scheduled = command !== 'plan' && panel === undefined && service === undefined && dryRun !== true;
  return withSluice(deps, { ...options, scheduled }, async ({ sluice, config, terminal }) => {
    for (const warning of config.warnings) {
      if (warning.path.endsWith('rejectUnauthorized'))
        terminal.warn(`sluice: warning: ${warning.path}: ${warning.message}`);
    }
    const progress = await startProgress(deps, command, !terminal.json && !terminal.quiet);
    const over = {
      panel: options.panel,
      service: options.service,
      allowMass: options.allowMass === true,
      allServices: terminal.json || options.verbose === true,
      onProgress: (done: number, total: number) => {
        progress.update(done, total);
      },
    };
    const running = start(sluice, command, { ...over, dryRun: dryRun === true, due: options.due === true });
    const report = await running
      .finally(() => {
        progress.stop();
      })
      .catch((error: unknown) => leaveInUse(terminal, options, error));
    // Each minute one of these runs starts: what another one works on is read by the next.
    if (report === null) return ExitCode.done;
    terminal.document(report);
    const shown = options.due === true ? withoutInUse(terminal, report) : report;
    if (command === 'plan') printPlan(terminal, report, options.verbose === true);
    else printRun(terminal, shown, options.verbose === true);
    printChangedAgents(terminal, report.agents, options.verbose === true);
    if (report.totals.services === 0 && report.panels.length === 0) sayNothingRead(terminal, options);
    return toRunExitCode(report.run, command === 'plan' ? { detailedExitcode: true } : options);
  });
}

/** Ends a run of what is due that found all of its panels in use, with the document of that error; throws all others. */
async function leaveInUse(terminal: Terminal, { due }: RunOptions, error: unknown): Promise<null> {
  if (due !== true || !isLeftInUse(terminal, error)) throw error;
  const { toRemediable } = await import('../remedies.js');
  terminal.document({ error: toRemediable(error) });
  return null;
}

function sayNothingRead(terminal: Terminal, { due, panel }: RunOptions): void {
  if (due === true) terminal.info('Nothing was due to be read; "sluice explain SERVICE" says when it is.');
  else if (panel === undefined)
    terminal.info('There are no services yet: add them with "sluice service import FILE" or "sluice service add".');
}

/** `sluice poll` */
export const poll: CommandHandler<RunOptions> = (_args, options, deps) => run('poll', options, deps);

/** `sluice reconcile` */
export const reconcile: CommandHandler<RunOptions> = (_args, options, deps) => run('reconcile', options, deps);

/** `sluice plan` */
export const plan: CommandHandler<RunOptions> = (_args, options, deps) => run('plan', options, deps);
