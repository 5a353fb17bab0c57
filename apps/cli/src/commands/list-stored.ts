import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { StateStore } from '@sluice/state-store';
import { parse } from 'yaml';
import { findConfigFile } from '@sluice/config-file/find';
import type { Deps } from '../context.js';

/** What `sluice completion --complete` lists. */
const STORED_NAMES = [
  'services',
  'panels',
  'products',
  'packages',
  'agents',
  'clients',
  'invoices',
  'purchases',
  'speed-limits',
  'tunnel-groups',
] as const;

type StoredNames = (typeof STORED_NAMES)[number];

/** Returns names that can be listed; null for other words. */
export function toStoredNames(text: string): StoredNames | null {
  return STORED_NAMES.find((name) => name === text) ?? null;
}

/** Completion waits for no other process for longer than this. */
const WAIT_MS = 50;

/** What completion needs of a config, which need not be valid. */
interface PartialConfig {
  state?: unknown;
  panels?: unknown;
  products?: unknown;
  packages?: unknown;
}

/**
 * Lists the names of one kind for completion, from the config and the store as they are. Changes nothing, calls no panel,
 * and returns nothing where they can't be read: a message would end up in the middle of the command line.
 */
export async function listStored(
  kind: string,
  configOption: string | undefined,
  deps: Pick<Deps, 'env' | 'cwd'>,
): Promise<string[]> {
  const names = toStoredNames(kind);
  if (names === null) return [];
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
  if (names === 'panels' || names === 'products' || names === 'packages') return Object.keys(config[names] ?? {});
  const { isOnServer, openStore } = await import('@sluice/state-store');
  const state = typeof config.state === 'string' ? config.state : 'sluice.db';
  // A server may answer too late for a key on the keyboard.
  if (state.startsWith('${') || isOnServer(state)) return [];
  const location = path.resolve(dir, state);
  const store = await openStore({ location, readOnly: true, wait: WAIT_MS });
  try {
    return await STORED[names](store, Object.keys(config.panels ?? {}));
  } finally {
    await store.close();
  }
}

type Listing = (store: StateStore, panels: string[]) => Promise<string[]>;

const STORED: Record<Exclude<StoredNames, 'panels' | 'products' | 'packages'>, Listing> = {
  services: (store) => store.services.ids(),
  agents: listAgents,
  clients: async (store) => {
    const named = (await store.services.list()).flatMap(({ client }) => client ?? []);
    return [...new Set([...named, ...(await store.invoices.clients())])].sort();
  },
  invoices: async (store) => (await store.invoices.list()).map(({ id }) => id),
  purchases: async (store) => (await store.purchases.list()).map(({ id }) => id),
  'speed-limits': (store, panels) => store.panelLists.ids('speedLimits', panels),
  'tunnel-groups': (store, panels) => store.panelLists.ids('tunnelGroups', panels),
};

/** Lists agents by name, and by uuid where several have the same name. */
async function listAgents(store: StateStore): Promise<string[]> {
  const agents = (await store.agents.list()).filter(({ gone }) => !gone);
  const counts = new Map<string, number>();
  for (const { name } of agents) counts.set(name, (counts.get(name) ?? 0) + 1);
  return agents.map(({ name, uuid }) => (counts.get(name) === 1 ? name : uuid));
}
