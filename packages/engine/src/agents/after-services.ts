import { itemErrorOf } from '@sluice/panel-kind';
import { CLOCK_ERRORS } from '../clock-guard.js';
import { type Leases, panelLease } from '../leases.js';
import { concernsPanelAlone } from '../run/bracket.js';
import { type PassReport, reportNotices } from '../run/report.js';
import type { PassRequest } from '../run/request.js';
import type { Session } from '../session.js';
import { checkThroughAddon } from './addon.js';
import { openAgents } from './open-agents.js';
import { type AgentsRun, runAgents } from './run-agents.js';

/** A run over panels that is over their agents too. */
export interface AgentsAfterServices {
  session: Session;
  request: PassRequest;
  leases: Leases;
  report: PassReport;
}

/** Runs over one panel's agents as the last part of a run over it; what it finds goes into the run's document. */
export async function agentsAfterServices(run: AgentsAfterServices, name: string): Promise<{ changes: number }> {
  const { session, leases, report } = run;
  // The brake stopped the run over this panel: then nothing at all is done there.
  const isBraked = report.error?.code === 'mass_change' && report.error.details?.['panel'] === name;
  // Periods, too, would begin and end at the wrong time.
  const isClockWrong = report.panels.some(({ panel, error }) => panel === name && CLOCK_ERRORS.includes(error.code));
  if (isBraked || isClockWrong || session.deps.signal.aborted) return { changes: 0 };
  let result: AgentsRun;
  try {
    result = await runOf(run, name);
  } catch (error) {
    if (!concernsPanelAlone(error)) throw error;
    report.panels.push({ panel: name, error: itemErrorOf(error) });
    return { changes: 0 };
  }
  (report.agents ??= []).push(...result.agents);
  report.totals.actions += result.changes;
  if (result.observing && !report.run.observing.includes(name)) report.run.observing.push(name);
  takeError(report, result);
  await reportNotices(session, report, result.notices, leases.held);
  return { changes: result.changes };
}

async function runOf({ session, request, leases, report }: AgentsAfterServices, name: string): Promise<AgentsRun> {
  const on = await openAgents(session, name);
  const { command, dryRun, allowMass, switches } = request;
  if (on.addon !== null) return checkThroughAddon(session, on, on.addon, { agent: null, dryRun });
  const asked = { run: report.run.id, command, dryRun, allowMass, agent: null, switches };
  return runAgents(on, asked, () => leases.heldOf([panelLease(name)]));
}

function takeError(report: PassReport, { panel, error, agents }: AgentsRun): void {
  if (error?.code === 'mass_change') report.error ??= error;
  else if (error !== null) report.panels.push({ panel, error: { code: error.code, message: error.message } });
  const failed = agents.find((agent) => agent.error !== null);
  if (failed?.error != null) {
    const { code, message } = failed.error;
    report.panels.push({ panel, error: { code, message: `agent "${failed.name}": ${message}` } });
  }
}
