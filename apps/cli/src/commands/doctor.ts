import { type BrokenStore, type Check, openStandIn } from '@sluice/engine';
import { toItemError } from '@sluice/panel-kind/errors';
import type { StateStore } from '@sluice/state-store';
import { type Config, storePlace } from '@sluice/config-file';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { requireConfig } from '../load-config.js';
import { openConfiguredStore, refuseMarked, startSluice } from '../open-sluice.js';
import { Terminal } from '../terminal/terminal.js';
import { printSections } from '../terminal/reports/checks.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { serveTokenChecks } from './serve-token.js';

type DoctorOptions = GlobalOptions & { contract?: boolean; panel?: string; acceptClock?: boolean; takeOver?: boolean };

/** `sluice doctor [--contract] [--accept-clock] [--take-over]` */
export const doctor: CommandHandler<DoctorOptions> = async (_args, options, deps) => {
  const config = requireConfig(options.config, deps);
  const checks = [...configChecks(config, deps), ...(await examine(config, options, deps))];
  const ok = !checks.some((check) => check.status === 'failed');
  printSections(new Terminal(deps, options, config), ok, checks, options.verbose === true);
  return ok ? ExitCode.done : ExitCode.failed;
};

/** Checks store and panels; a store that can't be used becomes a check, and one in memory stands in for it. */
async function examine(config: Config, options: DoctorOptions, deps: Deps): Promise<Check[]> {
  const { contract, panel, acceptClock, takeOver } = options;
  const examineOn = async (store: StateStore, standInFor?: BrokenStore): Promise<Check[]> => {
    const sluice = await startSluice(config, store, deps);
    try {
      return (await sluice.panels.doctor({ contract, panel, acceptClock, takeOver, standInFor })).checks;
    } finally {
      await sluice.close();
    }
  };
  try {
    return await examineOn(await refuseMarked(await openConfiguredStore(config, deps)));
  } catch (error) {
    if (acceptClock === true || takeOver === true || !toItemError(error).code.startsWith('store_')) throw error;
    const { location, shown } = storePlace(config, deps.env);
    const { store, isRead } = await openStandIn(location, deps);
    return examineOn(store, { location: shown, error, isRead });
  }
}

function configChecks(config: Config, deps: Deps): Check[] {
  const panels = Object.keys(config.panels).join(', ') || 'none';
  const section = 'config';
  return [
    { name: 'config', object: config.file, status: 'ok', message: `panels: ${panels}`, section },
    ...config.warnings.map(({ path, message }): Check => ({
      name: 'config',
      object: path === '' ? config.file : path,
      status: 'warning',
      message,
      section,
    })),
    ...serveTokenChecks(config, deps).map((check) => ({ ...check, section })),
  ];
}
