import { statSync } from 'node:fs';
import path from 'node:path';
import { backupBeforeMigration, createSluice, nodeFiles, refuseLostStore, type Sluice } from '@sluice/engine';
import { openStore } from '@sluice/state-store';
import { loadConfig, type Config } from './config/load.js';
import { resolveSecret } from './config/secrets.js';
import type { Deps } from './context.js';
import { readText } from './files/read-text.js';
import { knownKinds } from './kinds.js';
import { Terminal, type TerminalOptions } from './output/terminal.js';

/** Options that decide which config and store are opened, and how output is printed. */
export interface OpenOptions extends TerminalOptions {
  config?: string;
  /** Allows a new store although the file of open holds names one that was lost. */
  storeMayBeLost?: boolean;
}

/** What a command works with. */
export interface Opened {
  sluice: Sluice;
  config: Config;
  terminal: Terminal;
}

/** Returns the path of the state file: relative paths are relative to the config file. */
export function storeLocation(config: Config): string {
  return path.resolve(config.dir, config.state);
}

/** Loads the config, opens the store (created on first use), runs `work` on the engine, and always closes it. */
export async function withSluice<T>(
  deps: Deps,
  options: OpenOptions,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const config = loadConfig(options.config, deps);
  const location = storeLocation(config);
  const isEmpty = (statSync(location, { throwIfNoEntry: false })?.size ?? 0) === 0;
  if (isEmpty && options.storeMayBeLost !== true) refuseLostStore(nodeFiles, location);
  await backupBeforeMigration(location, { clock: deps.clock, files: nodeFiles });
  const store = await openStore({ location, clock: deps.clock });
  const sources = { env: deps.env, dir: config.dir };
  const { clock, random, randomBytes, owner, isAlive, login: actor, signal } = deps;
  const sluice = await createSluice({
    config,
    store,
    kinds: knownKinds(deps),
    clock,
    random,
    randomBytes,
    owner,
    isAlive,
    actor,
    signal,
    secret: (value, key) => resolveSecret(value, key, sources),
    readFile: (file, key) => readText(path.resolve(config.dir, file), { code: 'config_invalid', label: `${key}: ` }),
  });
  try {
    return await work({ sluice, config, terminal: new Terminal(deps, options, config) });
  } finally {
    await sluice.close();
  }
}
