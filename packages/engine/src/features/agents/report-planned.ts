import { stated } from '@sluice/messages/said';
import type { AgentRecords, RecordedAgents } from '@sluice/panel-kind';
import type { AgentRecord, HeldLease, NoticeRecord } from '@sluice/state-store';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import type { AgentsDecided } from './decide-agents.js';
import type { AgentsOnPanel } from './open-agents.js';

/** The run whose notices are stored. */
interface ReportingRun extends Pick<AgentsOnPanel, 'context' | 'name'> {
  run: string;
  leases: () => HeldLease[];
  request: { dryRun: boolean };
}

/** The notices that are new, and what was read with the thresholds that they report. */
export interface Announced {
  reported: readonly NoticeRecord[];
  records: AgentRecords;
}

/**
 * Stores the notices of a plan, and in the same transaction marks the thresholds that they report, before the changes: a run that is
 * interrupted by then has reported them. In a dry run it returns all, and stores nothing.
 */
export async function reportPlanned(
  { context, name, run, leases, request }: ReportingRun,
  { plan, recorded, records }: Pick<AgentsDecided, 'plan' | 'recorded' | 'records'>,
): Promise<Announced> {
  const notices = plan.notices.map((notice) => ({
    ...notice,
    message: stated(notice.message),
    key: `${name}:${notice.key}`,
    panel: name,
    service: null,
  }));
  const rows = noticeRows(context, run, notices);
  if (request.dryRun || rows.length + recorded.crossed.length === 0) return { reported: rows, records };
  const reported = await context.write(leases(), async (tables) => {
    const agents = await tables.agents.list(name);
    const marked = markCrossed(agents, recorded);
    await tables.agents.put(marked.filter((agent) => !agents.includes(agent)));
    return addNotices(context, tables, rows);
  });
  return { reported, records: { ...records, agents: markCrossed(records.agents, recorded) } };
}

/** Marks the thresholds that were crossed. A limit that was set since, or a period that began, has thresholds of its own. */
function markCrossed(agents: readonly AgentRecord[], { crossed, agents: read }: RecordedAgents): AgentRecord[] {
  return agents.map((agent) => {
    const { limitBytes, account } = read.get(agent.uuid) ?? agent;
    if (agent.limitBytes !== limitBytes || agent.account?.periodStart !== account?.periodStart) return agent;
    const percents = crossed.filter(({ agent: uuid }) => uuid === agent.uuid).map(({ percent }) => percent);
    if (percents.length === 0) return agent;
    return { ...agent, thresholds: [...new Set([...agent.thresholds, ...percents])].sort((a, b) => a - b) };
  });
}
