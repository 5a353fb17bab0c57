import { maskUuids } from '@sluice/panel-http/printable';
import type { AgentRename } from '@sluice/panel-kind';
import type { ConditionRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { AGENT_RENAMED } from '../../kernel/run/renamed-panels.js';
import type { Notice } from '../../kernel/run/notice.js';

type Tables = Pick<StoreTables, 'conditions'>;

/** Returns the present uuids of agents that have others than before, by their former ones. */
export async function loadRenamed(tables: Tables, panel: string): Promise<Map<string, string>> {
  return new Map((await listRenamed(tables, panel)).map(({ from, to }) => [from, to]));
}

interface Renamed extends AgentRename {
  since: string;
}

async function listRenamed({ conditions }: Tables, panel: string): Promise<Renamed[]> {
  const prefix = `${AGENT_RENAMED}${panel}:`;
  return (await conditions.list(prefix)).map(({ key, since, details }) => {
    return { from: key.slice(prefix.length), to: (details as { to: string }).to, since };
  });
}

/** Stores agents under their new uuids, with all that belongs to them, and keeps the former ones, which the config may name. */
export async function renameAgents(
  context: Pick<Context, 'now'>,
  tables: StoreTables,
  { panel, renames }: { panel: string; renames: readonly AgentRename[] },
): Promise<void> {
  if (renames.length === 0) return;
  const since = context.now();
  for (const { from, to } of renames) {
    await tables.agents.rename(panel, { from, to });
    const earlier = (await listRenamed(tables, panel)).filter((one) => one.to === from);
    const put = (former: string): Promise<void> =>
      tables.conditions.put({ key: toKey(panel, former), since, runs: 1, details: { to } } satisfies ConditionRecord);
    for (const former of [from, ...earlier.map((one) => one.from)]) if (former !== to) await put(former);
    await tables.conditions.end(toKey(panel, to));
  }
}

function toKey(panel: string, uuid: string): string {
  return `${AGENT_RENAMED}${panel}:${uuid}`;
}

/** An agent is named this long after it was found, so that a check names it whichever command read it first. */
const NAMED_FOR_MS = 86_400_000;

/** Returns the notices of agents whose uuid was changed on the panel, with where the config and services name the former one. */
export async function listRenamedAgents(
  context: Context,
  panel: string,
  agents: readonly { uuid: string; name: string }[],
): Promise<Notice[]> {
  const { store } = context;
  const oldest = new Date(context.deps.clock.now() - NAMED_FOR_MS).toISOString();
  const recent = (await listRenamed(store, panel)).filter(({ since }) => since >= oldest);
  if (recent.length === 0) return [];
  const names = new Map(agents.map(({ uuid, name }) => [uuid, name]));
  const services = await store.services.list({ panel });
  return recent.map(({ from, to, since }) => {
    const named = findInConfig(context, panel, from);
    const ids = services.filter(({ refs }) => Object.values(refs).includes(from)).map(({ id }) => id);
    const message =
      `agent "${names.get(to) ?? ''}" has the uuid (key) ${maskUuids(to)} on the panel instead of ${maskUuids(from)}: ` +
      `its limit, ledger, holds and users stay as they are${describeFormer(named, ids)}`;
    return {
      code: 'agent_renamed',
      key: `${panel}:agent-renamed:${from}:${to}:${since}`,
      panel,
      service: null,
      message,
    };
  });
}

function describeFormer(named: readonly string[], services: readonly string[]): string {
  const first = services.slice(0, 5).join(', ');
  const more = services.length > 5 ? ` and ${services.length - 5} more` : '';
  const places = [
    ...(named.length === 0 ? [] : [`the config at ${named.join(', ')}`]),
    ...(services.length === 0 ? [] : [`the references of ${first}${more}`]),
  ];
  return places.length === 0 ? '' : `; write the new uuid into ${places.join(' and ')}`;
}

/** Returns where the entries of a panel, and of its products, name an agent by a uuid. */
function findInConfig({ config }: Context, panel: string, uuid: string): string[] {
  const products = Object.entries(config.products).filter(([, product]) => product.panel === panel);
  return [
    ...findPaths(findEntry(config.panels, panel), `panels.${panel}`, uuid),
    ...products.flatMap(([name, product]) => findPaths(product, `products.${name}`, uuid)),
  ];
}

function findPaths(value: unknown, path: string, text: string): string[] {
  if (typeof value === 'string') return value.trim().toLowerCase() === text ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => findPaths(item, `${path}.${key}`, text));
}
