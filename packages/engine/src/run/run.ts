import { toItemError, type Panel, SluiceError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { limitedPanels } from '../agents/open-agents.js';
import { pushUsage } from '../billing/push-usage.js';
import { writeBack } from '../billing/write-back.js';
import { interruptedError } from '../interruption.js';
import { takePanels } from '../leases.js';
import { afterReconcile } from '../store/backups.js';
import { noteStoreSize } from '../store/store-size.js';
import { requirePanelName } from '../services/panels.js';
import { requireService, type Session } from '../session.js';
import { withRun } from './bracket.js';
import { reportElsewhere } from './evidence-elsewhere.js';
import { runPanel } from './panel-run.js';
import { reportRemovedPanels } from './removed-panels.js';
import { decideOutcome, type RunReport, RunResults, wholeError } from './report.js';
import { type RunRequest, toScope, startProgress } from './request.js';

/**
 * Executes one run over panels: observe, decide, plan, apply, each panel under its lease. What can't be read changes nothing;
 * the brake stops a panel's run before its first change.
 */
export function runPanels(session: Session, request: RunRequest): Promise<RunReport> {
  return withRun(session, { ...request, scope: toScope(request) }, async (run) => {
    const limited = await limitedPanels(session, request);
    const { panels, only } = await selectPanels(session, request, limited);
    await resolveSecrets(session, panels);
    const results = new RunResults(request.keepAll ?? true, (name) => session.findKind(name));
    const { totals } = results;
    run.totals = totals;
    const report: RunReport = { run: run.view, totals, services: [], notices: [], error: null, panels: [] };
    const { leases } = run;
    const names = request.dryRun ? panels : await takePanels(leases, panels, report.panels);
    await run.start();
    const advance = await startProgress(session, request, names);
    for (const name of names) {
      const panel = await openPanel(session, name, report);
      if (!panel) continue;
      await runPanel({ session, panel, request, leases, report, results, advance }, only);
      if (!limited.includes(name)) continue;
      const { agentsAfterServices } = await import('../agents/check-agents.js');
      const { changes } = await agentsAfterServices({ session, request, leases, report }, name);
      results.changes ||= changes > 0;
      results.made += changes;
    }
    await reportElsewhere(session, request, report);
    await reportRemovedPanels(session, request, report);
    report.services = results.views(names);
    const outcome = decideOutcome(report, results);
    if (outcome === 'failed') report.error ??= wholeError(report.services, report.panels);
    if (session.deps.signal.aborted) {
      const made = request.dryRun ? 0 : results.made;
      report.error = interruptedError(`${totals.read} of ${totals.services} services read, `, made);
    }
    await run.end({ outcome, changes: results.changes, error: report.error });
    return report;
  });
}

/** Selects the panels with services or limits of agents, or the panel of the requested service. */
async function selectPanels(
  session: Session,
  request: RunRequest,
  limited: readonly string[],
): Promise<{ panels: string[]; only: ServiceRecord | null }> {
  if (request.panel !== undefined) requirePanelName(session, request.panel);
  if (request.service !== undefined) {
    const only = await requireService(session, request.service);
    requirePanelName(session, only.panel);
    if (request.panel !== undefined && request.panel !== only.panel) {
      throw usageError(
        'wrong_panel',
        `"${only.id}" is on panel "${only.panel}", not on "${request.panel}"; no panel was called`,
        { service: only.id, panel: only.panel },
      );
    }
    return { panels: [only.panel], only };
  }
  const panels: string[] = [];
  for (const panel of request.panel === undefined ? Object.keys(session.config.panels) : [request.panel]) {
    const isUsed = (await session.store.services.list({ panel, limit: 1 })).length > 0;
    if (isUsed || limited.includes(panel)) panels.push(panel);
  }
  return { panels, only: null };
}

/** Throws for a missing secret before anything is stored or called, on any panel. */
async function resolveSecrets(session: Session, names: string[]): Promise<void> {
  for (const name of names) {
    try {
      await session.panel(name);
    } catch (error) {
      if (error instanceof SluiceError && error.kind === 'usage') throw error;
    }
  }
}

/** Opens the panel; on failure records the error and returns null, so that the run continues with the other panels. */
async function openPanel(session: Session, name: string, report: RunReport): Promise<Panel | null> {
  try {
    return await session.panel(name);
  } catch (error) {
    report.panels.push({ panel: name, error: toItemError(error) });
    return null;
  }
}

/** Sends the notices of the run, and those that were left. */
async function notify(session: Session, request: RunRequest, report: RunReport): Promise<void> {
  const { afterRun } = await import('../notices/after-run.js');
  await afterRun(session, { run: report.run, services: request.service === undefined });
}

/**
 * Runs over the panels, then writes the file of open holds and the API log, and after `reconcile` backs up and cleans up the
 * store. An error in these fails the run; its services are still reported.
 */
export async function runAndFinish(session: Session, request: RunRequest): Promise<RunReport> {
  const report = await runPanels(session, request);
  try {
    if (!request.dryRun) session.refreshHoldsFile();
    // With a wrong clock the clean-up would delete too much.
    const isClockWrong = report.panels.some(({ error }) => error.code === 'clock_wrong');
    if (request.command === 'reconcile' && !request.dryRun && !isClockWrong && !session.deps.signal.aborted) {
      await afterReconcile(session);
      await noteStoreSize(session);
    }
    if (!request.dryRun) await pushUsage(session, report);
    if (request.command === 'reconcile' && !request.dryRun) await writeBack(session, report);
    await session.flush();
    if (!request.dryRun) await notify(session, request, report);
  } catch (error) {
    report.error ??= toItemError(error);
    report.run.outcome = 'failed';
  }
  return report;
}
