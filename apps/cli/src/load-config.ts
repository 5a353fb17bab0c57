import { printable } from '@sluice/panel-http/printable';
import { requireConfig, type Config, type LoadDeps } from './config/load.js';
import type { Deps } from './context.js';
import { writeLine } from './output/wrap.js';

/**
 * Loads the config, and warns on stderr if other users can write it or read secrets in it.
 *
 * @throws SluiceError `config_invalid` that lists every problem with its line
 */
export function loadConfig(option: string | undefined, deps: LoadDeps & Pick<Deps, 'stderr'>): Config {
  const config = requireConfig(option, deps);
  for (const { message } of config.exposed) writeLine(deps.stderr, `sluice: warning: ${printable(message)}`);
  return config;
}
