import { statSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '@sluice/panel-kind/errors';

/** Finds the config file: `--config` › `$SLUICE_CONFIG` › `./sluice.yaml` › XDG › `/etc/sluice`. */
export function findConfigFile(
  option: string | undefined,
  env: Record<string, string | undefined>,
  cwd: string,
): string {
  if (option !== undefined) return path.resolve(cwd, option);
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
