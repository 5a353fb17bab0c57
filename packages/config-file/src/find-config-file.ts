import { statSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';

/**
 * Returns the absolute path of the config file: the named one › `$SLUICE_CONFIG` › `./sluice.yaml` › the XDG folder ›
 * `/etc/sluice/sluice.yaml`. A file that is named need not exist.
 *
 * @throws SluiceError `config_missing` that names the places
 */
export function findConfigFile(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  if (named !== undefined) return path.resolve(cwd, named);
  const fromEnv = env['SLUICE_CONFIG'];
  if (fromEnv !== undefined && fromEnv !== '') return path.resolve(cwd, fromEnv);
  const home = env['HOME'] ?? '/';
  const xdg = env['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  const places = [path.join(cwd, 'sluice.yaml'), path.join(xdg, 'sluice', 'sluice.yaml'), '/etc/sluice/sluice.yaml'];
  const found = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile() === true);
  if (found === undefined) {
    throw usageError('config_missing', `There is no config file at ${places.join(', ')}`);
  }
  return found;
}
