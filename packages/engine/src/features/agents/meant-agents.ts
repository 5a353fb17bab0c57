import type { Check } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import { maskUuids } from '@sluice/panel-http/printable';
import type { AgentRename } from '@sluice/panel-kind';
import type { AgentRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { findEntry } from '../../base/config/find-entry.js';
import { toChecks } from '../../base/check.js';
import { notFound } from '../../base/errors.js';
import { hasEnded } from '../../base/lifecycle.js';
import { compareIds } from '../../base/natural-order.js';
import { suggestion } from '../../base/suggestion.js';
import type { Context } from '../../context/context.js';
import { AGENT_MEANT } from '../../kernel/run/renamed-panels.js';
import type { Notice } from '../../kernel/run/notice.js';

type Tables = Pick<StoreTables, 'conditions'>;

/** Form of the uuid of an account. */
export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Says that no agent is what the config names. Uuids of accounts are keys, which messages do not show. */
export function describeMissing(named: string, agents: readonly { name: string }[]): string {
  if (UUID.test(named)) return 'no agent has its uuid';
  const names = [...new Set(agents.map(({ name }) => name))].sort(compareIds);
  return `no agent has the uuid or name "${named}"${suggestion(named, names)}`;
}

/** Returns which agents the config means, by uuid: by the former uuids of agents, and by names. */
export async function loadMeant(tables: Tables, panel: string): Promise<Map<string, string>> {
  const meant = (await listMeant(tables, panel)).filter(({ isMeant }) => isMeant);
  return new Map(meant.map(({ from, to }) => [from, to]));
}

/** Returns the uuid that an agent has now. */
export async function findPresentUuid(tables: Tables, panel: string, uuid: string): Promise<string> {
  return (await listMeant(tables, panel)).find(({ from }) => from === uuid)?.to ?? uuid;
}

/** What a name or a former uuid stands for. */
interface Meant {
  from: string;
  to: string;
  since: string;
  /** False for the former uuid of an agent that had another name: what the config grants that uuid is not for it. */
  isMeant: boolean;
}

async function listMeant({ conditions }: Tables, panel: string): Promise<Meant[]> {
  const prefix = `${AGENT_MEANT}${panel}:`;
  return (await conditions.list(prefix)).map(({ key, since, details }) => {
    const { to, isMeant = true } = details as { to: string; isMeant?: boolean };
    return { from: key.slice(prefix.length), to, since, isMeant };
  });
}

function putMeant({ conditions }: Tables, panel: string, { from, to, since, isMeant }: Meant): Promise<void> {
  const details = isMeant ? { to } : { to, isMeant };
  return conditions.put({ key: `${AGENT_MEANT}${panel}:${from}`, since, runs: 1, details });
}

/** Stores agents under their new uuids, with all that belongs to them, and keeps the former ones, which the config may name. */
export async function renameAgents(
  context: Pick<Context, 'now'>,
  tables: StoreTables,
  { panel, renames }: { panel: string; renames: readonly AgentRename[] },
): Promise<void> {
  const since = context.now();
  for (const { from, to, hasName } of renames) {
    await tables.agents.rename(panel, { from, to });
    const before = (await listMeant(tables, panel)).filter((meant) => meant.to === from && meant.from !== to);
    for (const meant of before)
      if (hasName || UUID.test(meant.from))
        await putMeant(tables, panel, { ...meant, to, since, isMeant: meant.isMeant && hasName });
    await putMeant(tables, panel, { from, to, since, isMeant: hasName });
    await tables.conditions.end(`${AGENT_MEANT}${panel}:${to}`);
  }
}

/** Returns the entries of the config that exempt agents of a panel from their limits. */
export function listExemptEntries(context: Pick<Context, 'config' | 'findKind'>, panel: string): string[] {
  const settings = findEntry(context.config.panels, panel);
  const entries = settings === undefined ? [] : (context.findKind(panel)?.exemptAgents?.(settings) ?? []);
  return entries.map((entry) => entry.trim());
}

/** Returns the clients of a panel who are agents by the config, each with uuid or name of its agent. */
export function listAgentClients(
  context: Pick<Context, 'config' | 'findKind'>,
  panel: string,
): { client: string; named: string }[] {
  const settings = findEntry(context.config.panels, panel);
  const clients = settings === undefined ? {} : (context.findKind(panel)?.agentClients?.(settings) ?? {});
  return Object.entries(clients).map(([client, named]) => ({ client, named: named.trim() }));
}

/**
 * Stores which agent a name in the config means: the one that has it alone when it is first read. An agent may change its name on the
 * panel, and must not become exempt, or be shown to the client of another, by that.
 */
export async function bindNames(
  context: Pick<Context, 'config' | 'findKind' | 'now'>,
  tables: Tables,
  {
    panel,
    agents,
  }: { panel: string; agents: ReadonlyMap<string, Pick<AgentRecord, 'uuid' | 'name' | 'missingSince'>> },
): Promise<void> {
  const entries = [...listExemptEntries(context, panel), ...listAgentClients(context, panel).map(({ named }) => named)];
  const names = new Set(entries.filter((entry) => !UUID.test(entry)));
  const bound = (await listMeant(tables, panel)).filter(({ from }) => !UUID.test(from));
  for (const { from } of bound) if (!names.has(from)) await tables.conditions.end(`${AGENT_MEANT}${panel}:${from}`);
  const known = new Set(bound.map(({ from }) => from));
  for (const name of names) {
    if (known.has(name)) continue;
    const [only, ...others] = [...agents.values()].filter(
      (agent) => agent.name === name && agent.missingSince === null,
    );
    if (only !== undefined && others.length === 0)
      await putMeant(tables, panel, { from: name, to: only.uuid, since: context.now(), isMeant: true });
  }
}

/** An agent is named this long after it was found, so that a check names it whichever command read it first. */
const NAMED_FOR_MS = 86_400_000;

/**
 * Returns the notices of agents whose uuid was changed on the panel, with where the config and services name the former one. `foreseen`
 * are renames that are not stored.
 */
export async function listRenamedAgents(
  context: Context,
  panel: string,
  agents: readonly { uuid: string; name: string }[],
  foreseen: readonly AgentRename[] = [],
): Promise<Notice[]> {
  const { store } = context;
  const since = context.now();
  const found = foreseen.map(({ from, to, hasName }): Meant => ({ from, to, since, isMeant: hasName }));
  const oldest = new Date(context.deps.clock.now() - NAMED_FOR_MS).toISOString();
  const stored = (await listMeant(store, panel)).filter((meant) => UUID.test(meant.from) && meant.since >= oldest);
  const isNew = new Set(foreseen.map(({ from }) => from));
  const recent = [...stored.filter(({ from }) => !isNew.has(from)), ...found];
  if (recent.length === 0) return [];
  const names = new Map(agents.map(({ uuid, name }) => [uuid, name]));
  const services = await store.services.list({ panel });
  return recent.map(({ from, to, since: renamedAt, isMeant }) => {
    const named = findInConfig(context, panel, from);
    const ids = findNaming(services, from);
    const isGranted = named.some((path) => path.startsWith('panels.'));
    const another = isMeant || !isGranted ? '' : staffText('staff.agent.renamedUnmeant');
    const message = staffText('staff.agent.renamed', {
      ...{ agent: names.get(to) ?? '', to: maskUuids(to), from: maskUuids(from) },
      ...{ places: describeFormer(named, ids), another },
    });
    return {
      code: 'agent_renamed',
      key: `${panel}:agent-renamed:${from}:${to}:${renamedAt}`,
      panel,
      service: null,
      message,
    };
  });
}

/** Checks that no product and no service of a panel names an agent by a former uuid, for which nothing is created. Calls no panel. */
export async function formerAgentChecks(context: Context, panel: string): Promise<Check[]> {
  const { store } = context;
  const former = (await listMeant(store, panel)).filter(({ from }) => UUID.test(from));
  if (former.length === 0) return [];
  const names = new Map((await store.agents.list(panel)).map(({ uuid, name }) => [uuid, name]));
  const services = (await store.services.list({ panel })).filter((service) => !hasEnded(service));
  return former.flatMap(({ from, to }) => {
    // The entries of the panel itself mean the same agent as before.
    const named = findInConfig(context, panel, from).filter((path) => path.startsWith('products.'));
    const places = describeFormer(named, findNaming(services, from));
    if (places === '') return [];
    const message = `${describeSuccessor(names.get(to))}${places}`;
    return [{ ...toChecks('former agent', panel)('warning', message, 'former_agent'), details: { panel } }];
  });
}

/** Refuses the former uuid of an agent, which the panel does not have any more. */
export async function refuseFormer(context: Context, panel: string, named: string): Promise<void> {
  const to = UUID.test(named) ? await findPresentUuid(context.store, panel, named.toLowerCase()) : named;
  if (to === named.toLowerCase() || to === named) return;
  const agent = (await context.store.agents.list(panel)).find(({ uuid }) => uuid === to);
  const places = describeFormer(findInConfig(context, panel, named.toLowerCase()), []);
  throw notFound('unknown_agent', `${describeSuccessor(agent?.name)} than the one that was named${places}`, { panel });
}

const describeSuccessor = (name = 'unknown'): string => `agent "${name}" has another uuid (key) on the panel now`;

function findNaming(services: readonly ServiceRecord[], uuid: string): string[] {
  return services.filter(({ refs }) => Object.values(refs).includes(uuid)).map(({ id }) => id);
}

function describeFormer(named: readonly string[], services: readonly string[]): string {
  const first = services.slice(0, 5).join(', ');
  const more = services.length - 5;
  const shown = more > 0 ? staffText('staff.named.more', { first, count: more }) : first;
  const paths = named.join(', ');
  if (services.length === 0) return named.length === 0 ? '' : staffText('staff.agent.uuidInConfig', { paths });
  if (named.length === 0) return staffText('staff.agent.uuidInRefs', { services: shown });
  return staffText('staff.agent.uuidInBoth', { paths, services: shown });
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
