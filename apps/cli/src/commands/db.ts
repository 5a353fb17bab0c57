import { existsSync } from 'node:fs';
import path from 'node:path';
import { storeLocation } from '@sluice/config-file';
import { backupStore, LATEST_SCHEMA_VERSION, migrateStore, openStore, restoreStore } from '@sluice/state-store';
import { backupBeforeMigration, type Check, leaseHeld, replaceHoldsFile, nodeFiles } from '@sluice/engine';
import { toItemError } from '@sluice/panel-kind/errors';
import { Terminal } from '@sluice/terminal';
import { requireFolder } from '@sluice/terminal/files';
import { printChecks } from '@sluice/terminal/reports';
import { loadConfig } from '../load-config.js';
import { ExitCode } from '../exit-codes.js';
import type { Deps } from '../context.js';
import { withStore } from '../open-sluice.js';
import { confirm, type CommandHandler, type GlobalOptions } from './command.js';

/** `sluice db check` */
export const dbCheck: CommandHandler = async (_args, options, deps) => {
  const config = loadConfig(options.config, deps);
  const location = storeLocation(config);
  const checks: Check[] = [];
  try {
    checks.push(...(await withStore({ location, clock: deps.clock }, (store) => store.maintenance.check())));
  } catch (error) {
    const { code, message } = toItemError(error);
    checks.push({ name: code, object: location, status: 'failed', message, code });
  }
  const ok = !checks.some((check) => check.status === 'failed');
  printChecks(new Terminal(deps, options, config), ok, checks);
  return ok ? ExitCode.done : ExitCode.failed;
};

/** `sluice db migrate` */
export const dbMigrate: CommandHandler = async (_args, options, deps) => {
  const location = storeLocation(loadConfig(options.config, deps));
  await backupBeforeMigration(location, { clock: deps.clock, files: nodeFiles });
  const { from: before } = await migrateStore(location, { clock: deps.clock });
  const terminal = new Terminal(deps, options);
  terminal.document({ location, from: before, to: LATEST_SCHEMA_VERSION });
  terminal.info(
    before === LATEST_SCHEMA_VERSION
      ? `${location} already has schema ${before}`
      : `${location} was migrated from schema ${before} to ${LATEST_SCHEMA_VERSION}`,
  );
  return ExitCode.done;
};

/** `sluice db backup FILE` */
export const dbBackup: CommandHandler = async ([file = ''], options, deps) => {
  const location = storeLocation(loadConfig(options.config, deps));
  const to = path.resolve(deps.cwd, file);
  requireFolder(to);
  await backupStore({ from: location, to });
  const terminal = new Terminal(deps, options);
  terminal.document({ from: location, to });
  terminal.info(`${location} was copied to ${to}`);
  return ExitCode.done;
};

/** `sluice db restore FILE` */
export const dbRestore: CommandHandler<GlobalOptions & { yes?: boolean }> = async ([file = ''], options, deps) => {
  const location = storeLocation(loadConfig(options.config, deps));
  const from = path.resolve(deps.cwd, file);
  await confirm(deps, options, `Replace ${location} with ${from}?`);
  await refuseActiveRuns(location, deps);
  const { version, replaced } = await restoreStore({ from, to: location, clock: deps.clock });
  // The file of open holds has to match the restored store.
  const replacedHolds = await withStore({ location, clock: deps.clock }, (store) =>
    replaceHoldsFile(store, nodeFiles, new Date(deps.clock.now()).toISOString()),
  );
  const terminal = new Terminal(deps, options);
  if (replacedHolds !== null) {
    terminal.warn(
      `sluice: warning: ${replacedHolds} lists restrictions that were applied after the backup was made. Lift them with "sluice hold release --all --from ${replacedHolds} --yes"`,
    );
  }
  terminal.document({ from, to: location, version, replaced, replacedHolds });
  terminal.info(
    `${location} was restored from ${from}${replaced === null ? '' : `; the replaced store is kept as ${replaced}`}`,
  );
  return ExitCode.done;
};

/** Refuses while a run is active: it would continue with the leases and the journal of the replaced store. */
async function refuseActiveRuns(location: string, deps: Deps): Promise<void> {
  if (!existsSync(location)) return;
  let store;
  try {
    store = await openStore({ location, clock: deps.clock, create: false });
  } catch {
    return; // a store that can't be opened has no active run
  }
  try {
    const now = new Date(deps.clock.now()).toISOString();
    const alive = (await store.leases.list()).filter((lease) => lease.expiresAt > now && deps.isAlive(lease.owner));
    if (alive.length > 0) throw leaseHeld(alive.map((lease) => lease.name.replace(':', ' ')).join(', '), alive);
  } finally {
    await store.close();
  }
}
