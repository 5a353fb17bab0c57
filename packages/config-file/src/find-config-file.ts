import { statSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';

/** A config file that was searched. */
export interface FoundConfig {
  /** Absolute path. */
  file: string;
  /** Whether only the working directory led to it, where anybody could have put it. */
  byFolder: boolean;
}

/**
 * Returns the absolute path of the config file. As `findConfig`.
 *
 * @throws SluiceError `config_missing` that names the places
 */
export function findConfigFile(...search: Parameters<typeof findConfig>): string {
  return findConfig(...search).file;
}

/**
 * Searches the config file: the named one › `$SLUICE_CONFIG` › `./sluice.yaml` › the XDG folder ›
 * `/etc/sluice/sluice.yaml`. A file that is named need not exist.
 *
 * @throws SluiceError `config_missing` that names the places
 */
export function findConfig(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): FoundConfig {
  if (named !== undefined) return { file: path.resolve(cwd, named), byFolder: false };
  const fromEnv = env['SLUICE_CONFIG'];
  if (fromEnv !== undefined && fromEnv !== '') return { file: path.resolve(cwd, fromEnv), byFolder: false };
  const home = env['HOME'] ?? '/';
  const xdg = env['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  const places = [path.join(cwd, 'sluice.yaml'), path.join(xdg, 'sluice', 'sluice.yaml'), '/etc/sluice/sluice.yaml'];
  const found = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile() === true);
  if (found === undefined) {
    throw usageError('config_missing', `There is no config file at ${places.join(', ')}`);
  }
  return { file: found, byFolder: found === places[0] };
}
