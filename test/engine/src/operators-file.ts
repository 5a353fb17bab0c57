import { configReaders, findConfigFile, loadConfigFile, storePlace } from '@sluice/config-file';
import { easydcim } from '@sluice/easydcim-client/panel';
import { createSluice, type Sluice } from '@sluice/engine';
import { openStore } from '@sluice/state-store';

export async function openSluice(env: NodeJS.ProcessEnv, folder: string): Promise<Sluice> {
  const kinds = [easydcim];
  const config = loadConfigFile(findConfigFile(undefined, env, folder), { kinds });
  for (const { message } of config.exposed) console.warn(message); // others can write the file, or read secrets in it
  const store = await openStore({ location: storePlace(config).location });
  return createSluice({ config, store, kinds, ...configReaders(config, env) });
}
