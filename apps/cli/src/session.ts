import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { backupBeforeMigration, nodeFiles, refuseLostStore, Session, type Dependencies } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind';
import { openStore } from '@sluice/state-store';
import { loadConfig, type Config } from './config/load.js';
import { resolveSecret } from './config/secrets.js';
import type { Deps } from './context.js';
import { KINDS } from './kinds.js';

/** Options that every command has. */
export interface CommonOptions {
  config?: string;
  /** Begin a new store although the file of open holds names one that was lost. */
  storeMayBeLost?: boolean;
}

/** A session of the engine over the config file, with that file's own facts. */
export interface CommandSession extends Session {
  readonly config: Config;
}

/** Returns the path of the state file: relative paths are relative to the config file. */
export function storeLocation(config: Config): string {
  return path.resolve(config.dir, config.state);
}

/** Returns what the engine gets from the process. */
function dependenciesOf(deps: Deps, config: Config): Dependencies {
  const sources = { env: deps.env, dir: config.dir };
  return {
    kinds: KINDS,
    clock: deps.clock,
    randomBytes: deps.randomBytes,
    random: deps.random,
    owner: deps.owner,
    isAlive: deps.isAlive,
    actor: deps.login,
    signal: deps.signal,
    files: nodeFiles,
    secret: (value, key) => resolveSecret(value, key, sources),
    readFile: (file, key) => readNamed(path.resolve(config.dir, file), key),
  };
}

function readNamed(file: string, key: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(
      'config_invalid',
      `${key}: ${file} cannot be read (${(error as { code?: string }).code ?? 'unknown'})`,
    );
  }
}

/** Loads the config, opens the store (created on first use), runs `work`, and closes both whatever happens. */
export async function withSession<T>(
  deps: Deps,
  options: CommonOptions,
  work: (session: CommandSession) => Promise<T>,
): Promise<T> {
  const config = loadConfig(options.config, deps.env, deps.cwd);
  const location = storeLocation(config);
  const isEmpty = (statSync(location, { throwIfNoEntry: false })?.size ?? 0) === 0;
  if (isEmpty && options.storeMayBeLost !== true) refuseLostStore(nodeFiles, location);
  await backupBeforeMigration(location, { clock: deps.clock, files: nodeFiles });
  const store = await openStore({ location, clock: deps.clock });
  const session = new Session({ deps: dependenciesOf(deps, config), config, store }) as CommandSession;
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
