import type { Check } from '@sluice/engine';
import { openStore, type StateStore } from '@sluice/state-store';
import { type Config, storeLocation } from '@sluice/config-file';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { requireConfig } from '../load-config.js';
import { openConfiguredStore, startSluice, withStore } from '../open-sluice.js';
import { Terminal } from '@sluice/terminal';
import { printSections } from '@sluice/terminal/reports';
import { toRemediable } from '../remedies.js';
import type { CommandHandler, GlobalOptions } from './command.js';

type DoctorOptions = GlobalOptions & { contract?: boolean; panel?: string; acceptClock?: boolean };

/** `sluice doctor [--contract] [--accept-clock]` */
export const doctor: CommandHandler<DoctorOptions> = async (_args, options, deps) => {
  const config = requireConfig(options.config, deps);
  const checks = [...configChecks(config), ...(await examine(config, options, deps))];
  const ok = !checks.some((check) => check.status === 'failed');
  printSections(new Terminal(deps, options, config), ok, checks, options.verbose === true);
  return ok ? ExitCode.done : ExitCode.failed;
};

/** Checks store and panels; a store that can't be used becomes a check, and one in memory stands in for it. */
async function examine(config: Config, options: DoctorOptions, deps: Deps): Promise<Check[]> {
  try {
    return await examineOn(await openConfiguredStore(config, deps), config, options, deps);
  } catch (error) {
    const { code, message, details } = toRemediable(error);
    if (options.acceptClock === true || !/^store_/.test(code)) throw error;
    const [object, section] = [storeLocation(config), 'store'];
    const broken: Check = {
      name: 'store',
      object,
      status: 'failed',
      message,
      code,
      details: toTexts(details),
      section,
    };
    return [broken, ...(await examineOn(null, config, options, deps))];
  }
}

/** Runs the checks on a store; null is one that can't be used. */
async function examineOn(
  store: StateStore | null,
  config: Config,
  options: DoctorOptions,
  deps: Deps,
): Promise<Check[]> {
  const sluice = await startSluice(config, store ?? (await standIn(storeLocation(config), deps)), deps);
  try {
    const { checks } = await sluice.panels.doctor({
      contract: options.contract === true,
      panel: options.panel,
      acceptClock: options.acceptClock === true,
      standIn: store === null,
    });
    return checks;
  } finally {
    await sluice.close();
  }
}

function toTexts(details: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** Returns a store in memory, with the services and switches of the real one if these can be read. */
async function standIn(location: string, deps: Deps): Promise<StateStore> {
  const store = await openStore({ location: ':memory:', clock: deps.clock });
  try {
    const [services, switches] = await withStore(
      { location, clock: deps.clock, readOnly: true },
      async (real) => [await real.services.list(), await real.switches.list()] as const,
    );
    await store.write(async (tables) => {
      await tables.services.put(services);
      for (const each of switches) await tables.switches.set(each);
    });
  } catch {
    // The panels can be checked without services.
  }
  return store;
}

function configChecks(config: Config): Check[] {
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
  ];
}
