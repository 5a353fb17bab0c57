import {
  type Config,
  findConfig,
  type FoundConfig,
  loadConfigFile,
  loadStateOnly,
  storePlace,
} from '@sluice/config-file';
import { SluiceError } from '@sluice/panel-kind/errors';
import { printable } from '@sluice/panel-http/printable';
import { writeLine } from './terminal/wrap.js';
import type { Deps } from './context.js';
import { configKinds } from './kinds.js';
import { compileParsers } from './plain-zod.js';

type Reading = Pick<Deps, 'env' | 'cwd' | 'kinds' | 'onConfig'>;

/**
 * Loads the config without printing its warnings.
 *
 * @throws SluiceError `config_invalid` that lists every problem with its line
 */
export function requireConfig(option: string | undefined, deps: Reading): Config {
  return requireFound(findConfig(option, deps.env, deps.cwd), deps);
}

/** Loads a config that was found, as `requireConfig`. */
export function requireFound({ file, byFolder }: FoundConfig, deps: Omit<Reading, 'env' | 'cwd'>): Config {
  const config = loadConfigFile(file, configKinds(deps), { byFolder });
  compileParsers();
  deps.onConfig?.(config);
  return config;
}

/**
 * Loads a config that was found, as `loadConfig`. With `needsStateOnly`, one that is refused is only warned of, and the returned config has
 * no more than its state file.
 */
export function loadFound(
  found: FoundConfig,
  deps: Reading & Pick<Deps, 'stderr'>,
  needsStateOnly = false,
): { config: Config; isRefused: boolean } {
  try {
    const config = requireFound(found, deps);
    warnOfExposed(config, deps);
    return { config, isRefused: false };
  } catch (error) {
    if (!needsStateOnly || !(error instanceof SluiceError)) throw error;
    const config = loadStateOnly(found, configKinds(deps));
    if (config === null) throw error;
    // Where `state` can't be read, it is the default one.
    const used = `the store that is used: ${storePlace(config, deps.env).shown}`;
    for (const message of [error.message.replace('; no panel was called', ''), used])
      writeLine(deps.stderr, `sluice: warning: ${printable(message)}`);
    return { config, isRefused: true };
  }
}

/**
 * Loads the config, and warns on stderr if other users can write it or read secrets in it.
 *
 * @throws SluiceError `config_invalid` that lists every problem with its line
 */
export function loadConfig(option: string | undefined, deps: Reading & Pick<Deps, 'stderr'>): Config {
  return loadFound(findConfig(option, deps.env, deps.cwd), deps).config;
}

/** Warns on stderr if other users can write a config or read secrets in it. */
export function warnOfExposed({ exposed }: Config, { stderr }: Pick<Deps, 'stderr'>): void {
  for (const { message } of exposed) writeLine(stderr, `sluice: warning: ${printable(message)}`);
}
