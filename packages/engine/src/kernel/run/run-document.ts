import type { ItemError } from '@sluice/panel-kind';
import type { HeldLease, NoticeRecord } from '@sluice/state-store';
import type { ChangedAgent } from './agent-documents.js';
import type { Context } from '../../context/context.js';
import { type ServiceView } from '../subject/views.js';
import type { PanelsRunView, RunView } from './bracket.js';
import { addNotices, type Notice, noticeRows } from './notice.js';

/** The document of a run over panels: `poll --json`, `reconcile --json`, `plan --json`, `hold release --all --json` (docs/json.md). */
export interface RunReport {
  run: PanelsRunView;
  totals: RunTotals;
  services: ServiceView[];
  notices: { code: string; service: string | null; message: string }[];
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  /** Of the panels under observe those of which products are enforced, with how many services the run could change. */
  enforced: { panel: string; services: number }[];
  /** Panels that were left out since another run holds them, or that failed. */
  panels: { panel: string; error: ItemError }[];
  /** Agents whose limits a `reconcile` checked. */
  agents?: ChangedAgent[];
}

/** Counts of services by state, and of actions. */
export interface RunTotals {
  services: number;
  read: number;
  unreadable: number;
  /** Services with a reading that is too high to be used. */
  doubted: number;
  failed: number;
  /** Services with an open hold, or one that is not undone yet. */
  held: number;
  /** Services with a hold that has ended and of which nothing is left on the panel. */
  released: number;
  /** Services for which a hold would begin, or end; nothing of that was done. */
  wouldHold: number;
  wouldRelease: number;
  purchased: number;
  /** Changes that were made or tried, and those that were only planned. */
  actions: number;
  planned: number;
}

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
