import type { StoreTables } from '@sluice/state-store';
import { readEnforcements } from '../../context/enforcement.js';
import type { Context } from '../../context/context.js';

/**
 * Moves the limits and figures of agents to the new name of their panel. They stay, and are reported, where something is held for one
 * of them, where the new name has limits of its own or other agents, and where it enforces what was observed.
 */
export async function moveAgents(
  context: Pick<Context, 'config' | 'findKind'>,
  tables: StoreTables,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const agents = await tables.agents.list(from);
  if (agents.length === 0 || context.findKind(to)?.capabilities.includes('agents') !== true) return;
  const known = await tables.agents.list(to);
  const uuids = new Set(agents.map(({ uuid }) => uuid));
  const isOther = known.length > 0 && !known.some(({ uuid }) => uuids.has(uuid));
  const hasLimits = known.some(({ limitBytes }) => limitBytes !== null);
  if (isOther || hasLimits || (await tables.agentReservations.live(to)).length > 0) return;
  for (const agentsOf of [from, to]) {
    if ((await tables.holds.lasting({ agentsOf })).length > 0) return;
    if ((await tables.evidence.open({ agentsOf })).length > 0) return;
  }
  const enforcements = await readEnforcements(context.config, tables);
  const was = enforcements.of(from, null);
  if (was.source === 'switch' && was.value === 'observe' && !enforcements.isObserving(to, null)) return;
  await tables.agents.renamePanel(from, to);
}
