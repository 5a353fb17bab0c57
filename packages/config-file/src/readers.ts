import path from 'node:path';
import { readText } from './read-text.js';
import type { Config } from './load.js';
import { resolveSecret, type SecretSources } from './secrets.js';

/** Returns the path of the state file of a config: a relative one is relative to the folder of the config. */
export function storeLocation({ dir, state }: Pick<Config, 'dir' | 'state'>): string {
  return path.resolve(dir, state);
}

/** Options of `createSluice` that read what a config names. */
export interface ConfigReaders {
  /** Returns the secret that a value refers to. */
  secret: (value: string, key: string) => string;
  /** Returns the text of a file. */
  readFile: (file: string, key: string) => string;
}

/**
 * Returns the options of `createSluice` that read the secrets and files that a config names; they throw SluiceErrors that
 * name the config key.
 */
export function configReaders(
  { dir, childEnv }: Pick<Config, 'dir' | 'childEnv'>,
  env: SecretSources['env'] = process.env,
): ConfigReaders {
  return {
    secret: (value, key) => resolveSecret(value, key, { env, dir, childEnv }),
    readFile: (file, key) => readText(path.resolve(dir, file), { code: 'config_invalid', label: `${key}: ` }),
  };
}
