import { setFlagsFromString } from 'node:v8';
import { exitCodeOfRun } from '../exit-codes.js';
import { printSwept } from '../output/agent-report.js';
import { printPass } from '../output/pass-report.js';
import { printPlan } from '../output/plan-report.js';
import { startProgress } from '../output/progress.js';
import { Terminal } from '../output/terminal.js';
import type { Deps } from '../context.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';

/** Options of `poll` and `reconcile`. */
export interface PassOptions extends GlobalOptions {
  panel?: string;
  service?: string;
  dryRun?: boolean;
  detailedExitcode?: boolean;
  allowMass?: boolean;
}

/**
 * A run over many services makes much short-lived garbage. By default the heap grows to several times of what is in use
 * before it is swept; set from the start, this keeps the memory of 100,000 services near that of 1,000. It costs a small
 * run nothing.
 */
const HEAP_GROWTH = '--heap-growing-percent=100';

async function pass(command: 'poll' | 'reconcile' | 'plan', options: PassOptions, deps: Deps): Promise<number> {
  setFlagsFromString(HEAP_GROWTH);
  const terminal = new Terminal(deps, options);
  return withSluice(deps, options, async (sluice, config) => {
    for (const warning of config.warnings) {
      if (warning.path.endsWith('rejectUnauthorized'))
        terminal.warn(`sluice: warning: ${warning.path}: ${warning.message}`);
    }
    const progress = await startProgress(deps, command, !terminal.json && !terminal.quiet);
    const report = await sluice[command]({
      panel: options.panel,
      service: options.service,
      dryRun: options.dryRun === true,
      allowMass: options.allowMass === true,
      allServices: terminal.json || options.verbose === true || command === 'plan',
      onProgress: (done, total) => {
        progress.update(done, total);
      },
    }).finally(() => {
      progress.stop();
    });
    if (terminal.json) terminal.document(report);
    else if (command === 'plan') printPlan(terminal, report);
    else printPass(terminal, report, options.verbose === true);
    if (!terminal.json) printSwept(terminal, report.agents);
    return exitCodeOfRun(report.run, command === 'plan' ? { detailedExitcode: true } : options);
  });
}

/** `sluice poll` */
export const poll: CommandHandler<PassOptions> = (_args, options, deps) => pass('poll', options, deps);

/** `sluice reconcile` */
export const reconcile: CommandHandler<PassOptions> = (_args, options, deps) => pass('reconcile', options, deps);

/** `sluice plan` */
export const plan: CommandHandler<PassOptions> = (_args, options, deps) => pass('plan', options, deps);
