import type { HeldLease, NoticeRecord } from '@sluice/state-store';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import type { AgentsDecided } from './decide-agents.js';
import type { AgentsOnPanel } from './open-agents.js';

/** The run whose notices are stored. */
interface ReportingRun extends Pick<AgentsOnPanel, 'context' | 'name'> {
  run: string;
  leases: () => HeldLease[];
  request: { dryRun: boolean };
}

/**
 * Stores the notices of a plan, and in the same transaction marks the thresholds that they report, before the changes: a run that is
 * interrupted by then has reported them. Returns those that are new; in a dry run all, and nothing is stored.
 */
export async function reportPlanned(
  { context, name, run, leases, request }: ReportingRun,
  { plan, recorded }: Pick<AgentsDecided, 'plan' | 'recorded'>,
): Promise<readonly NoticeRecord[]> {
  const { crossed } = recorded;
  const notices = plan.notices.map(({ code, key, message }) => {
    return { code, key: `${name}:${key}`, panel: name, service: null, message };
  });
  const rows = noticeRows(context, run, notices);
  if (request.dryRun || rows.length + crossed.length === 0) return rows;
  return context.write(leases(), async (tables) => {
    const marked = (await tables.agents.list(name)).flatMap((agent) => {
      const percents = crossed.filter(({ agent: uuid }) => uuid === agent.uuid).map(({ percent }) => percent);
      if (percents.length === 0) return [];
      const thresholds = [...new Set([...agent.thresholds, ...percents])].sort((a, b) => a - b);
      return [{ ...agent, thresholds }];
    });
    await tables.agents.put(marked);
    return addNotices(context, tables, rows);
  });
}
