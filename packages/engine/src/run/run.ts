import { printable } from '@sluice/panel-http/printable';
import { itemErrorOf, type Panel, SluiceError } from '@sluice/panel-kind';
import type { RunOutcome, ServiceRecord } from '@sluice/state-store';
import { limitedPanels } from '../agents/limited-panels.js';
import { confirmClock } from '../clock-guard.js';
import { Leases, takePanels } from '../leases.js';
import { afterReconcile } from '../retention.js';
import { runRow } from '../run-row.js';
import { requirePanelName } from '../services/panels.js';
import { requireService, type Session } from '../session.js';
import { reportElsewhere } from './elsewhere.js';
import { runPanel } from './panel-run.js';
import { outcomeOf, type PassReport, Tally, wholeError } from './report.js';
import type { PassRequest } from './request.js';

/**
 * One run over panels: observe, decide, plan, apply. Each panel is worked on under its lease; what can't be read
 * changes nothing; the brake stands before the first change of each panel.
 */
export async function runPass(session: Session, request: PassRequest): Promise<PassReport> {
  const startedAt = session.now();
  const runId = session.id('run');
  session.runId = runId;
  const limited = await limitedPanels(session, request);
  const { panels, only } = await selectPanels(session, request, limited);
  await resolveSecrets(session, panels);
  const leases = new Leases(session, runId);
  const tally = new Tally(request.keepAll ?? true);
  const report: PassReport = {
    run: {
      id: runId,
      command: request.command,
      dryRun: request.dryRun,
      observing: [],
      startedAt,
      finishedAt: startedAt,
      outcome: 'done',
      changes: false,
    },
    totals: tally.totals,
    services: [],
    notices: [],
    error: null,
    panels: [],
  };
  try {
    const names = request.dryRun ? panels : await takePanels(leases, panels, report.panels);
    if (!request.dryRun) await session.store.runs.start(runRow(session, report.run));
    for (const name of names) {
      const panel = await openPanel(session, name, report);
      if (!panel) continue;
      await runPanel({ session, panel, request, leases, report, tally }, only);
      if (!limited.includes(name)) continue;
      const { agentsAfterServices } = await import('../agents/after-services.js');
      const { changes } = await agentsAfterServices({ session, request, leases, report }, name);
      tally.changes ||= changes > 0;
    }
    await reportElsewhere(session, request, report);
    report.services = tally.views(names);
    report.run.finishedAt = session.now();
    const outcome = outcomeOf(report, tally);
    if (outcome === 'failed') report.error ??= wholeError(report.services, report.panels);
    Object.assign(report.run, { outcome, changes: tally.changes });
    if (!request.dryRun) await finishRun(session, report, outcome);
    return report;
  } catch (error) {
    if (!request.dryRun) {
      report.error ??= itemErrorOf(error);
      await finishRun(session, report, 'failed').catch(() => undefined);
    }
    throw error;
  } finally {
    await leases.releaseAll();
  }
}

/** The panels that have services or limits of agents to be kept, or the one of the service that is asked for. */
async function selectPanels(
  session: Session,
  request: PassRequest,
  limited: readonly string[],
): Promise<{ panels: string[]; only: ServiceRecord | null }> {
  if (request.panel !== undefined) requirePanelName(session, request.panel);
  if (request.service !== undefined) {
    const only = await requireService(session, request.service);
    requirePanelName(session, only.panel);
    return { panels: [only.panel], only };
  }
  const panels: string[] = [];
  for (const panel of request.panel === undefined ? Object.keys(session.config.panels) : [request.panel]) {
    const isUsed = (await session.store.services.list({ panel, limit: 1 })).length > 0;
    if (isUsed || limited.includes(panel)) panels.push(panel);
  }
  return { panels, only: null };
}

/** A secret that is missing stops the run before anything is stored or called, on the other panels too. */
async function resolveSecrets(session: Session, names: string[]): Promise<void> {
  for (const name of names) {
    try {
      await session.panel(name);
    } catch (error) {
      if (error instanceof SluiceError && error.kind === 'usage') throw error;
    }
  }
}

/** The panel, or null where it can't be opened: then it is named and the others are done. */
async function openPanel(session: Session, name: string, report: PassReport): Promise<Panel | null> {
  try {
    return await session.panel(name);
  } catch (error) {
    report.panels.push({ panel: name, error: itemErrorOf(error) });
    return null;
  }
}

async function finishRun(session: Session, report: PassReport, outcome: RunOutcome): Promise<void> {
  await session.store.write(async (tables) => {
    await tables.runs.finish(report.run.id, {
      finishedAt: session.now(),
      outcome,
      totals: report.totals,
      error: report.error ? printable(`${report.error.code}: ${report.error.message}`) : null,
      observing: report.run.observing,
    });
    await confirmClock(session, tables);
  });
}

/**
 * Runs over the panels, and does what is left to do once the services are done: the file of open holds, the API log, after
 * `reconcile` the backup and the clean-up of the store. What fails then fails the run; its services are reported all the same.
 */
export async function runAndFinish(session: Session, request: PassRequest): Promise<PassReport> {
  const report = await runPass(session, request);
  try {
    if (!request.dryRun) session.refreshHoldsFile();
    // By a wrong clock everything that is kept for a time would be old.
    const isClockWrong = report.panels.some(({ error }) => error.code === 'clock_wrong');
    if (request.command === 'reconcile' && !request.dryRun && !isClockWrong) await afterReconcile(session);
    await session.settle();
  } catch (error) {
    report.error ??= itemErrorOf(error);
    report.run.outcome = 'failed';
  }
  return report;
}
