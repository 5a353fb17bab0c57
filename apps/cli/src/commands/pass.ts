import { setFlagsFromString } from 'node:v8';
import { itemErrorOf } from '@sluice/panel-kind';
import { ExitCode, exitCodeOf } from '../exit-codes.js';
import { afterReconcile, type PassReport, type PassRequest, runPass, type Session } from '@sluice/engine';
import { printSwept } from '../output/agent-report.js';
import { printPass } from '../output/pass-report.js';
import { printPlan } from '../output/plan-report.js';
import { startProgress } from '../output/progress.js';
import { Terminal } from '../output/terminal.js';
import type { Deps } from '../context.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSession } from '../session.js';

/** Options of `poll` and `reconcile`. */
export interface PassOptions extends GlobalOptions {
  panel?: string;
  service?: string;
  dryRun?: boolean;
  detailedExitcode?: boolean;
  allowMass?: boolean;
}

function requestOf(command: string, options: PassOptions, observeAll: boolean): PassRequest {
  return {
    command,
    panel: options.panel,
    service: options.service,
    dryRun: options.dryRun === true,
    allowMass: options.allowMass === true,
    observeAll,
  };
}

/**
 * A run over many services makes much short-lived garbage. By default the heap grows to several times of what is in use
 * before it is swept; set from the start, this keeps the memory of 100,000 services near that of 1,000. It costs a small
 * run nothing.
 */
const HEAP_GROWTH = '--heap-growing-percent=100';

async function pass(request: PassRequest, options: PassOptions, deps: Deps): Promise<number> {
  setFlagsFromString(HEAP_GROWTH);
  const terminal = new Terminal(deps, options);
  return withSession(deps, options, async (session) => {
    for (const warning of session.config.warnings) {
      if (warning.path.endsWith('rejectUnauthorized'))
        terminal.warn(`sluice: warning: ${warning.path}: ${warning.message}`);
    }
    const progress = await startProgress(deps, request.command, !terminal.json && !terminal.quiet);
    const { report, outcome, changes } = await runPass(session, {
      ...request,
      keepAll: terminal.json || options.verbose === true || request.command === 'plan',
      onProgress: (done, total) => {
        progress.update(done, total);
      },
    }).finally(() => {
      progress.stop();
    });
    const failed = !(await finish(session, request, report));
    const exitCode = exitCodeOf(failed && ['done', 'partial', 'brake', 'busy'].includes(outcome) ? 'failed' : outcome);
    if (terminal.json) terminal.document(report);
    else if (request.command === 'plan') printPlan(terminal, report);
    else printPass(terminal, report, options.verbose === true);
    if (!terminal.json) printSwept(terminal, report.agents);
    const detailed = request.command === 'plan' || options.detailedExitcode === true;
    return exitCode === ExitCode.done && request.dryRun && detailed && changes ? ExitCode.changes : exitCode;
  });
}

/** What is left to do once the services are done; its failure is one of the run, whose services are told all the same. */
async function finish(session: Session, request: PassRequest, report: PassReport): Promise<boolean> {
  try {
    if (!request.dryRun) session.refreshHoldsFile();
    // By a wrong clock everything that is kept for a time would be old.
    const clockWrong = report.panels.some(({ error }) => error.code === 'clock_wrong');
    if (request.command === 'reconcile' && !request.dryRun && !clockWrong) await afterReconcile(session);
    await session.settle();
    return true;
  } catch (error) {
    report.error ??= itemErrorOf(error);
    return false;
  }
}

/** `sluice poll` */
export const poll: CommandHandler<PassOptions> = (_args, options, deps) =>
  pass(requestOf('poll', options, false), options, deps);

/** `sluice reconcile` */
export const reconcile: CommandHandler<PassOptions> = (_args, options, deps) =>
  pass(requestOf('reconcile', options, true), options, deps);

/** `sluice plan` */
export const plan: CommandHandler<PassOptions> = (_args, options, deps) =>
  pass(requestOf('plan', { ...options, dryRun: true }, true), options, deps);
