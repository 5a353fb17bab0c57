import type { Check } from '@sluice/engine';
import type { Config } from '../config/load.js';
import { ExitCode } from '../exit-codes.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { printChecks } from './db.js';
import { withSluice } from '../open-sluice.js';

type DoctorOptions = GlobalOptions & { contract?: boolean; panel?: string; acceptClock?: boolean };

/** `sluice doctor [--contract] [--accept-clock]` */
export const doctor: CommandHandler<DoctorOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, config, terminal }) => {
    const { ok, checks: found } = await sluice.panels.doctor({
      contract: options.contract === true,
      panel: options.panel,
      acceptClock: options.acceptClock === true,
    });
    const checks = [...configChecks(config), ...found];
    printChecks(terminal, ok, checks);
    return ok ? ExitCode.done : ExitCode.failed;
  });

function configChecks(config: Config): Check[] {
  const panels = Object.keys(config.panels).join(', ') || 'none';
  return [
    { name: 'config', object: config.file, status: 'ok', message: `panels: ${panels}` },
    ...config.warnings.map(({ path, message }): Check => ({
      name: 'config',
      object: path === '' ? config.file : path,
      status: 'warning',
      message,
    })),
  ];
}
