import type { AgentHistory, AgentPeriod } from '@sluice/contract/documents';
import type { AgentPeriodRecord } from '@sluice/quota-core';
import { listEndedPeriods, toPeriodRecord } from '@sluice/quota-core/agents';
import type { Context } from '../../context/context.js';
import { refuseAddon } from './addon.js';
import { agentPanel, openAgents, withAgentErrors } from './open-agents.js';
import { loadStoredAgents } from './read-agents.js';
import { findAgent, toStored } from './stored.js';

/** Lists the periods of an agent, newest first, from the store. Of those before the first that was stored nothing is known. */
export async function listAgentHistory(
  context: Context,
  text: string,
  panel: string | undefined,
): Promise<AgentHistory> {
  const on = await openAgents(context, await agentPanel(context, panel));
  refuseAddon(on, 'list the periods of an agent because it keeps no record of them');
  const { agents, name } = on;
  const records = await loadStoredAgents(context, name);
  const stored = await withAgentErrors(text, () => Promise.resolve(findAgent(text, records)));
  const { uuid } = stored;
  const now = toStored(agents, records).agents.get(uuid) ?? stored;
  const present = now.account;
  const open = present === null ? null : toPeriodRecord(now, agents.rules, present.periodEnd ?? '');
  const start = present?.periodStart ?? '';
  // Of a period that ends with the next check, and of those that a clock which was ahead has ended.
  const ended = [
    ...(await context.store.agentPeriods.list(name, uuid)),
    ...listEndedPeriods(stored, now, agents.rules),
  ];
  const byStart = new Map(ended.filter(({ startedAt }) => startedAt < start).map((each) => [each.startedAt, each]));
  const newestFirst = [...byStart.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  return {
    agent: { uuid, name: now.name },
    panel: name,
    periods: [...(open === null ? [] : [toView(open, false)]), ...newestFirst.map((period) => toView(period, true))],
  };
}

function toView(period: AgentPeriodRecord, ended: boolean): AgentPeriod {
  const { startedAt: start, endedAt, accounting, limitBytes, usedBytes, exceeded, exceededAt, readAt } = period;
  const end = endedAt === '' ? null : endedAt;
  return { start, end, ended, accounting, limitBytes, usedBytes, exceeded, exceededAt, readAt };
}
