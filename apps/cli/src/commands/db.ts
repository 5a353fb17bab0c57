import path from 'node:path';
import { isStoreOnServer, storePlace } from '@sluice/config-file';
import { backupStore, requireBackup } from '@sluice/state-store';
import { type Check, migrateLocalStore, openLocalStore, type RestoredStore, restoreLocalStore } from '@sluice/engine';
import { SluiceError, toItemError } from '@sluice/panel-kind/errors';
import { findSubjectAgent } from '@sluice/quota-core';
import { Terminal } from '../terminal/terminal.js';
import { requireFolder } from '../terminal/files/new-file.js';
import { shellWords } from '../terminal/words.js';
import { printChecks } from '../terminal/reports/checks.js';
import { loadConfig } from '../load-config.js';
import { ExitCode } from '../exit-codes.js';
import { knownKinds } from '../kinds.js';
import { confirm, type CommandHandler, type GlobalOptions } from './command.js';

/** `sluice db check` */
export const dbCheck: CommandHandler = async (_args, options, deps) => {
  const config = loadConfig(options.config, deps);
  const { location, shown } = storePlace(config, deps.env);
  const checks: Check[] = [];
  try {
    const store = await openLocalStore(location, { ...deps, create: false, stateFolder: config.stateFolder });
    try {
      checks.push(...(await store.maintenance.check()));
    } finally {
      await store.close();
    }
  } catch (error) {
    const { code, message } = toItemError(error);
    checks.push({ name: code, object: shown, status: 'failed', message, code });
  }
  const ok = !checks.some((check) => check.status === 'failed');
  printChecks(new Terminal(deps, options, config), ok, checks);
  return ok ? ExitCode.done : ExitCode.failed;
};

/** `sluice db migrate` */
export const dbMigrate: CommandHandler = async (_args, options, deps) => {
  const { location, shown } = storePlace(loadConfig(options.config, deps), deps.env);
  const { from: before, to } = await migrateLocalStore(location, deps);
  const terminal = new Terminal(deps, options);
  terminal.document({ location: shown, from: before, to });
  terminal.info(
    before === to ? `${shown} already has schema ${before}` : `${shown} was migrated from schema ${before} to ${to}`,
  );
  return ExitCode.done;
};

/** `sluice db backup FILE` */
export const dbBackup: CommandHandler = async ([file = ''], options, deps) => {
  const config = loadConfig(options.config, deps);
  const { location, shown } = storePlace(config, deps.env);
  const to = path.resolve(deps.cwd, file);
  if (isStoreOnServer(config))
    throw ownTools(shown, ['pg_dump', '--format=custom', `--file=${to}`, `--dbname=${shown}`]);
  requireFolder(to);
  await backupStore({ from: location, to });
  const terminal = new Terminal(deps, options);
  terminal.document({ from: location, to });
  terminal.info(`${location} was copied to ${to}`);
  return ExitCode.done;
};

/** `sluice db restore FILE` */
export const dbRestore: CommandHandler<GlobalOptions & { yes?: boolean }> = async ([file = ''], options, deps) => {
  const config = loadConfig(options.config, deps);
  const { location, shown } = storePlace(config, deps.env);
  const from = path.resolve(deps.cwd, file);
  if (isStoreOnServer(config))
    throw ownTools(shown, [
      'pg_restore',
      '--clean',
      '--if-exists',
      '--no-owner',
      '--single-transaction',
      `--dbname=${shown}`,
      from,
    ]);
  requireBackup(from);
  await confirm(deps, options, `Replace ${location} with ${from}?`);
  const { clock, isAlive } = deps;
  const restored = await restoreLocalStore(from, location, { clock, isAlive, kinds: knownKinds(deps) });
  const terminal = new Terminal(deps, options);
  for (const text of describeRestore(restored)) terminal.warn(`sluice: warning: ${text}`);
  const { replaced } = restored;
  terminal.document({ from, to: location, ...restored });
  terminal.info(
    `${location} was restored from ${from}${replaced === null ? '' : `; the replaced store is kept as ${replaced}`}`,
  );
  return ExitCode.done;
};

/** Returns the error for what the tools of PostgreSQL do, with their command, which has no password. */
function ownTools(shown: string, command: readonly string[]): SluiceError {
  const words = shellWords(command);
  return new SluiceError(
    'store_unsupported',
    `The store ${shown} is on PostgreSQL, whose own tools back it up. Use: ${words}`,
    { kind: 'store', details: { store: shown, command: words } },
  );
}

/** Returns what an operator has to know of a restored store. */
function describeRestore(restored: RestoredStore): string[] {
  const { behind, observing, enforced, valid } = restored;
  const texts = describeHolds(restored);
  if (behind.length > 0) {
    texts.push(
      `if the store of this backup has changed panel ${behind.join(', ')} since, nothing is changed there until "sluice doctor --take-over"; stop the other installation first`,
    );
  }
  if (observing.length > 0) {
    texts.push(
      `panel ${observing.join(', ')} is enforced no further than in the replaced store; when "sluice plan" shows what you expect, run "sluice enforce PANEL"`,
    );
  }
  if (enforced.length > 0) {
    texts.push(
      `there is no readable store to compare with, and the backup enforces panel ${enforced.join(', ')}: the next run changes it. If it was observed since, run "sluice observe PANEL" before`,
    );
  }
  if (valid.length > 0) {
    texts.push(
      `no readable store shows whether ${describeTokens(valid)} of the backup ended since: what was revoked is valid again. See "sluice api-token list", and end it with "sluice api-token revoke ID"`,
    );
  }
  return texts;
}

/** Says what the restored store has, and what is not known, of the restrictions of the replaced one. */
function describeHolds({ holdsFrom, replacedHolds, tookHoldsOver, unsure }: RestoredStore): string[] {
  const result =
    'counts as done by others, and no run lifts it. Compare "sluice hold list" with the panel, and lift there what is not due';
  if (holdsFrom === null) {
    const kept = replacedHolds === null ? '' : `. The damaged file is kept as ${replacedHolds}`;
    return [
      `there is no readable store, and no readable file of open holds beside it, so that what was restricted after the backup was made is not known: it ${result}${kept}`,
    ];
  }
  const texts: string[] = [];
  if (replacedHolds !== null)
    texts.push(
      tookHoldsOver
        ? `restrictions that were applied after the backup was made are in the restored store, too: the next run keeps or lifts them. ${replacedHolds} lists all that were in force`
        : `${replacedHolds} lists restrictions that were applied after the backup was made, and can't be taken over: lift those that are not due by hand. "sluice hold release --all --from ${replacedHolds}" would lift everything, also what is due, and switch its panels to observe`,
    );
  if (unsure.length > 0) {
    const names = unsure.map((subject) => {
      const agent = findSubjectAgent(subject);
      return agent === null ? subject : `agent ${agent}`;
    });
    texts.push(
      `no readable store shows whether a panel was already changed by the newest hold for ${names.join(', ')}: what a run was killed in ${result}`,
    );
  }
  return texts;
}

function describeTokens(valid: RestoredStore['valid']): string {
  const names = valid.filter(({ kind }) => kind === 'api').map(({ name }) => name);
  const links = valid.length - names.length;
  const parts = [
    ...(names.length === 0 ? [] : [`API token ${names.join(', ')}`]),
    ...(links === 0 ? [] : [`${links} ${links === 1 ? 'share link' : 'share links'}`]),
  ];
  return parts.join(' and ');
}
