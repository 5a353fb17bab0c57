import type { RunReport, RunTotals, RunView, ServiceView } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { HeldLease, NoticeRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { addNotices, type Notice, noticeRows } from './notice.js';

/** Totals of nothing. */
export const NO_TOTALS: Readonly<RunTotals> = {
  services: 0,
  read: 0,
  unreadable: 0,
  doubted: 0,
  failed: 0,
  held: 0,
  released: 0,
  wouldHold: 0,
  wouldRelease: 0,
  purchased: 0,
  actions: 0,
  planned: 0,
};

/** Returns a notice as documents show it. */
export function shownNotice(notice: Pick<NoticeRecord, 'code' | 'service' | 'message'>) {
  return { code: notice.code, service: notice.service, message: notice.message };
}

/** Adds notices to a run's document, and stores them unless it is a dry run; each once per key. */
export async function reportNotices(
  context: Context,
  report: Pick<RunReport, 'notices'> & { run: Pick<RunView, 'id' | 'dryRun'> },
  notices: Notice[],
  fences: HeldLease[],
): Promise<void> {
  const rows = noticeRows(context, report.run.id, notices);
  const added = report.run.dryRun ? rows : await context.write(fences, (tables) => addNotices(context, tables, rows));
  report.notices.push(...added.map(shownNotice));
}

/** Returns the error of a run in which everything failed: the common error, or `all_failed`. */
export function wholeError(services: ServiceView[], panels: RunReport['panels']): ItemError {
  const errors = [...panels, ...services].map(({ error }) => error).filter((error) => error !== null);
  // An open circuit only follows from earlier errors.
  const causes = errors.filter((error) => error.code !== 'PANEL_CIRCUIT_OPEN');
  const [first] = causes.length > 0 ? causes : errors;
  if (first && causes.every((error) => error.code === first.code)) return first;
  return {
    code: 'all_failed',
    message: `none of the ${services.length} services could be processed; see the error of each service`,
  };
}
