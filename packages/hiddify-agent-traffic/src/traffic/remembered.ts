import { SELF } from '../client/records.js';
import { AgentTrafficError } from '../errors.js';
import { AgentTrafficChecker } from './checker.js';
import type { ManagerContext } from './context.js';
import { countDisabled, rememberedChain, type DescribeState } from './describe.js';
import { accountAt } from './period.js';
import type { AgentRecord } from './records.js';
import type { AgentTrafficTables } from './store.js';

/** Everything that is remembered of the agents, with their periods as they are now. */
export interface RememberedState extends DescribeState {
  agents: Map<string, AgentRecord>;
  checker: AgentTrafficChecker;
  /** Agents with a limit that is in force. */
  limited: number;
  chainOf(uuid: string): string[];
}

export async function rememberedState(
  context: ManagerContext,
  tables: AgentTrafficTables = context.store,
): Promise<RememberedState> {
  const { settings } = context;
  const now = context.periodNow();
  const all = await tables.agents.all();
  const agents = new Map(
    all.map((agent) => {
      const account = agent.account === null ? null : accountAt(agent.account, settings, now);
      return [agent.uuid, { ...agent, account }];
    }),
  );
  const words = new Set(settings.exempt);
  const exempt = new Set(all.filter(({ uuid, name }) => words.has(uuid) || words.has(name)).map(({ uuid }) => uuid));
  const reservations = await tables.reservations.live();
  const snapshot = await tables.snapshot.get();
  return {
    settings,
    agents,
    reservations,
    exempt,
    disabledBelow: countDisabled(await tables.disabled.open(), agents),
    ownerName: snapshot?.ownerName ?? 'Owner',
    limited: all.filter(
      ({ uuid, limitBytes, role, missingSince }) =>
        limitBytes !== null && role === 'agent' && missingSince === null && !exempt.has(uuid),
    ).length,
    checker: new AgentTrafficChecker({ accounting: settings.accounting, agents, reservations, exempt }),
    chainOf: (uuid) => rememberedChain(uuid, agents),
  };
}

function isListed({ missingSince }: AgentRecord): boolean {
  return missingSince === null;
}

/** What somebody typed, unless it may be a key: uuids of accounts are keys. */
function shownText(text: string): string {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text) ? '***' : text.slice(0, 100);
}

/**
 * The agent that `text` means: its uuid, or its name where only one has it.
 *
 * @throws AgentTrafficError `unknown_agent` (with the nearest names in `details`), `ambiguous_agent`
 */
export function findAgent(text: string, agents: ReadonlyMap<string, AgentRecord>): AgentRecord {
  const byUuid = agents.get(text.toLowerCase());
  if (byUuid !== undefined && text !== SELF) return byUuid;
  const named = [...agents.values()].filter((agent) => agent.name === text && isListed(agent));
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  if (named.length > 1) {
    throw new AgentTrafficError(
      'ambiguous_agent',
      `${named.length} agents are called "${text}". Name one by its uuid.`,
      {
        details: { uuids: named.map(({ uuid }) => uuid) },
      },
    );
  }
  throw new AgentTrafficError(
    'unknown_agent',
    `There is no agent with the uuid or name "${shownText(text)}" on the panel. List the agents to see them.`,
    {
      details: { agent: text, names: [...agents.values()].filter(isListed).map(({ name }) => name) },
    },
  );
}
