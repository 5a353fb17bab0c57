import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { StateStore } from '@sluice/state-store';
import { parse } from 'yaml';
import { findConfigFile } from '../config/find-config-file.js';
import type { Deps } from '../context.js';
import type { StoredNames } from '../output/completion/shape.js';

/** Completion waits for no other process for longer than this. */
const WAIT_MS = 50;

/** What completion needs of a config, which need not be valid. */
interface PartialConfig {
  state?: unknown;
  panels?: unknown;
  products?: unknown;
}

/**
 * Lists the names of one kind for completion, from the config and the store as they are. Changes nothing, calls no panel,
 * and returns nothing where they can't be read: a message would end up in the middle of the command line.
 */
export async function listStored(
  names: StoredNames,
  configOption: string | undefined,
  deps: Pick<Deps, 'env' | 'cwd'>,
): Promise<string[]> {
  try {
    const file = findConfigFile(configOption, deps.env, deps.cwd);
    const config = (parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }) ?? {}) as PartialConfig;
    const found = await listNames(names, config, path.dirname(file));
    // A script reads one name per line.
    return found.filter((name) => !/\p{Cc}/u.test(name));
  } catch {
    return [];
  }
}

async function listNames(names: StoredNames, config: PartialConfig, dir: string): Promise<string[]> {
  if (names === 'panels' || names === 'products') return Object.keys(config[names] ?? {});
  const location = path.resolve(dir, typeof config.state === 'string' ? config.state : 'sluice.db');
  const { openStore } = await import('@sluice/state-store');
  const store = await openStore({ location, readOnly: true, wait: WAIT_MS });
  try {
    if (names === 'services') return await store.services.ids();
    const panels = Object.keys(config.panels ?? {});
    if (names === 'speed-limits') return await store.panelLists.ids('speedLimits', panels);
    return names === 'tunnel-groups' ? await store.panelLists.ids('tunnelGroups', panels) : await listAgents(store);
  } finally {
    await store.close();
  }
}

/** Lists agents by name, and by uuid where several have the same name. */
async function listAgents(store: StateStore): Promise<string[]> {
  const agents = (await store.agents.list()).filter(({ gone }) => !gone);
  const counts = new Map<string, number>();
  for (const { name } of agents) counts.set(name, (counts.get(name) ?? 0) + 1);
  return agents.map(({ name, uuid }) => (counts.get(name) === 1 ? name : uuid));
}
