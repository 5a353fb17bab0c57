import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { backupBeforeMigration, createSluice, nodeFiles, refuseLostStore, type Sluice } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { openStore } from '@sluice/state-store';
import { loadConfig, type Config } from './config/load.js';
import { resolveSecret } from './config/secrets.js';
import type { Deps } from './context.js';
import { kindsOf } from './kinds.js';

/** Options that every command has. */
export interface CommonOptions {
  config?: string;
  /** Begin a new store although the file of open holds names one that was lost. */
  storeMayBeLost?: boolean;
}

/** Returns the path of the state file: relative paths are relative to the config file. */
export function storeLocation(config: Config): string {
  return path.resolve(config.dir, config.state);
}

/** Loads the config, opens the store (created on first use), runs `work` on the engine, and closes it whatever happens. */
export async function withSluice<T>(
  deps: Deps,
  options: CommonOptions,
  work: (sluice: Sluice, config: Config) => Promise<T>,
): Promise<T> {
  const config = loadConfig(options.config, deps);
  const location = storeLocation(config);
  const isEmpty = (statSync(location, { throwIfNoEntry: false })?.size ?? 0) === 0;
  if (isEmpty && options.storeMayBeLost !== true) refuseLostStore(nodeFiles, location);
  await backupBeforeMigration(location, { clock: deps.clock, files: nodeFiles });
  const store = await openStore({ location, clock: deps.clock });
  const sources = { env: deps.env, dir: config.dir };
  const sluice = await createSluice({
    config,
    store,
    kinds: kindsOf(deps),
    clock: deps.clock,
    random: deps.random,
    randomBytes: deps.randomBytes,
    owner: deps.owner,
    isAlive: deps.isAlive,
    actor: deps.login,
    signal: deps.signal,
    secret: (value, key) => resolveSecret(value, key, sources),
    readFile: (file, key) => readNamed(path.resolve(config.dir, file), key),
  });
  try {
    return await work(sluice, config);
  } finally {
    await sluice.close();
  }
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
