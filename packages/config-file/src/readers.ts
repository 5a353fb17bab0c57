import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';
import type { Config } from '@sluice/engine';
import { describeLocation, isOnServer, NOT_AN_ADDRESS, parseAddress } from '@sluice/engine/places';
import { readText } from './read-text.js';
import { isSecretReference, resolveSecret, type SecretSources } from './secrets.js';

/** Where the state of a config is. */
export interface StorePlace {
  /** Path of the state file, or the address of a database with its password: only for what opens the store. */
  location: string;
  /** The same without secrets. */
  shown: string;
}

/**
 * Returns where the state of a config is; a relative path is relative to the folder of the config. Reads the secret that `state` refers to.
 *
 * @throws SluiceError `secret_missing`, or `config_invalid` for a secret that is not the address of a database
 */
export function storePlace(
  { dir, state, childEnv }: Pick<Config, 'state' | 'childEnv'> & { dir: string },
  env: SecretSources['env'] = process.env,
): StorePlace {
  if (!isStoreOnServer({ state })) {
    const location = path.resolve(dir, state);
    return { location, shown: location };
  }
  const location = resolveSecret(state, 'state', { env, dir, childEnv });
  const address = isSecretReference(state) ? parseAddress(location) : null;
  if (isSecretReference(state) && address === null)
    throw usageError('config_invalid', `state: the secret ${state} ${NOT_AN_ADDRESS}; no panel was called`);
  return { location, shown: describeLocation(location) };
}

/** Returns whether the state of a config is on PostgreSQL; what is a secret is the address of a database. */
export function isStoreOnServer({ state }: Pick<Config, 'state'>): boolean {
  return isSecretReference(state) || isOnServer(state);
}

/** Returns the folder of the private files of this machine: that of the state file, or `stateFolder`. */
export function privateFolder(config: Pick<Config, 'state' | 'stateFolder'> & { dir: string }): string {
  const { dir, state, stateFolder = '.' } = config;
  return isStoreOnServer(config) ? path.resolve(dir, stateFolder) : path.dirname(path.resolve(dir, state));
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
  { dir, childEnv }: Pick<Config, 'childEnv'> & { dir: string },
  env: SecretSources['env'] = process.env,
): ConfigReaders {
  return {
    secret: (value, key) => resolveSecret(value, key, { env, dir, childEnv }),
    readFile: (file, key) => readText(path.resolve(dir, file), { code: 'config_invalid', label: `${key}: ` }),
  };
}
