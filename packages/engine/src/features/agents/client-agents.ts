import type { AgentDetail, Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { findUnopened } from '../../kernel/run/left-elsewhere.js';
import { findEntryProblem, findNamed, type Shown } from './entry-problems.js';
import { listAgentClients, loadMeant, UUID } from './meant-agents.js';
import { panelsWithAgents } from './open-agents.js';
import { storedAgents } from './show-agents.js';

/** Returns the agents that a client is, as last read, and how many of its agents are not found; calls no panel. */
export async function agentsOfClient(
  context: Context,
  client: string,
): Promise<{ agents: AgentDetail[]; unknown: number }> {
  const agents: AgentDetail[] = [];
  let unknown = 0;
  const panels = panelsWithAgents(context);
  const unopened = await findUnopened(context, panels);
  for (const panel of panels.filter((name) => !unopened.has(name))) {
    const clients = listAgentClients(context, panel);
    const entry = clients.find((each) => each.client === client);
    if (entry === undefined) continue;
    const stored = await storedAgents(context, panel);
    // A name that several have must not show another client's agent.
    const known = { clients, agents: stored, meant: await loadMeant(context.store, panel) };
    const found = findNamed(entry.named, stored, known.meant);
    if (found.length === 1 && findRivals(entry, known) === null) agents.push(...found);
    // Where no agent has been read yet, and with an add-on, whose agents are not stored, nothing is known.
    else if (stored.length > 0) unknown++;
  }
  return { agents, unknown };
}

/** An entry of `agents.clients`. */
type Entry = ReturnType<typeof listAgentClients>[number];

/** The entries of a panel, and what its agents are by them. */
interface Known<T extends Shown> {
  clients: readonly Entry[];
  agents: readonly T[];
  meant: ReadonlyMap<string, string>;
}

/** Entries of other clients that mean the agent of an entry by another name. */
interface Rivals {
  agent: Shown;
  clients: string[];
  /** Whether one of them is what the agent is called now, so that it is shown to that client. */
  isTheirs: boolean;
}

/**
 * Returns who else is to be shown the agent of an entry that is not its present name or uuid: an agent that was handed over is not shown
 * to its client of before. Null where nobody is.
 */
function findRivals<T extends Shown>({ named }: Entry, { clients, agents, meant }: Known<T>): Rivals | null {
  const [agent, ...others] = findNamed(named, agents, meant);
  if (agent === undefined || others.length > 0 || isPresent(named, agent)) return null;
  const rivals = clients.filter((each) => {
    const [same, ...more] = each.named === named ? [] : findNamed(each.named, agents, meant);
    return same?.uuid === agent.uuid && more.length === 0;
  });
  if (rivals.length === 0) return null;
  const present = rivals.filter((each) => isPresent(each.named, agent));
  const isTheirs = present.length > 0;
  return { agent, isTheirs, clients: (isTheirs ? present : rivals).map(({ client }) => client).sort(compareIds) };
}

function isPresent(named: string, { name, uuid }: Shown): boolean {
  return UUID.test(named) ? named.toLowerCase() === uuid : named === name;
}

function describeRivals({ client, named }: Entry, { agent, clients, isTheirs }: Rivals): string {
  const nobody = `the pages of client ${client} show no budget: agent "${agent.name}"`;
  const others = `client ${clients.join(', ')}`;
  const before = UUID.test(named) ? 'uuid' : 'name';
  return isTheirs
    ? `${nobody}, which had this ${before} before, is shown to ${others}`
    : `${nobody} is meant by the entry of ${others}, too`;
}

/** Checks that each client of a panel who is an agent has exactly one there, as last read; calls no panel. */
export async function clientAgentChecks(context: Context, panel: string): Promise<Check[]> {
  const clients = listAgentClients(context, panel);
  if (clients.length === 0) return [];
  const check = toChecks('client agent', panel);
  const agents = await storedAgents(context, panel);
  if (agents.length === 0) return [check('skipped', 'no agent of the panel has been read yet')];
  const meant = await loadMeant(context.store, panel);
  const wrong = clients.flatMap((entry) => {
    const { client, named } = entry;
    const rivals = findRivals(entry, { clients, agents, meant });
    if (rivals !== null) return [{ client, message: describeRivals(entry, rivals) }];
    const words = { is: `is shown to client ${client}`, nobody: `the pages of client ${client} show no budget` };
    const problem = findEntryProblem(named, { agents, meant }, words);
    return problem === null ? [] : [{ client, message: problem.message }];
  });
  if (wrong.length === 0) return [check('ok', '')];
  return wrong
    .sort((a, b) => compareIds(a.client, b.client))
    .map(({ client, message }) => {
      const object = `panels.${panel}.agents.clients.${client}`;
      return { ...toChecks('client agent', object)('warning', message, 'client_agent'), details: { panel } };
    });
}
