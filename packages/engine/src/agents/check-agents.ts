import { isPanelError } from '@sluice/panel-http';
import { type ItemError, itemErrorOf, SluiceError } from '@sluice/panel-kind';
import type { HeldLease, RunOutcome } from '@sluice/state-store';
import { leaseHeld, Leases, panelLease } from '../leases.js';
import { outcomeOfError } from '../run-row.js';
import { noticeRows } from '../run/notices.js';
import { shownNotice } from '../run/report.js';
import type { Session } from '../session.js';
import { checkThroughAddon } from './addon.js';
import { type AgentRun, asRun } from './agent-run.js';
import { agentPanel, agentPanels, openDesk } from './desk.js';
import { findAgentUuid } from './find-agent.js';
import type { AgentTotals, PanelSweep, SweptAgent } from './panel-sweep.js';
import { noTotals, sweepFailure, sweepPanel } from './sweep.js';

/** What `agent check` is asked. */
export interface CheckRequest {
  /** Null: all agents. */
  agent: string | null;
  panel: string | undefined;
  dryRun: boolean;
  allowMass: boolean;
}

/** `agent check --all --json` (docs/json.md). */
export interface CheckReport {
  run: AgentRun;
  totals: AgentTotals;
  agents: SweptAgent[];
  notices: { code: string; service: string | null; message: string }[];
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  /** Panels that were left out because another run holds them, or that could not be worked on. */
  panels: { panel: string; error: ItemError }[];
}

/** The sweep over one panel or all of them; what cron runs every five minutes. */
export async function checkAgents(session: Session, request: CheckRequest): Promise<CheckReport> {
  const names = request.agent === null ? agentPanels(session, request.panel) : [agentPanel(session, request.panel)];
  const sweeps: PanelSweep[] = [];
  return asRun(session, 'agent check', request.dryRun, async (run) => {
    const report: CheckReport = {
      run,
      totals: noTotals(),
      agents: [],
      notices: [],
      error: null,
      panels: [],
    };
    const leases = new Leases(session, run.id);
    try {
      const taken = request.dryRun ? names : await takePanels(leases, names, report);
      for (const name of taken) {
        const sweep = await sweepOne({ session, request, run: run.id, leases }, name);
        sweeps.push(sweep);
        await addSweep(session, report, sweep, leases.held);
      }
    } finally {
      await leases.releaseAll();
    }
    report.error = wholeError(sweeps, names.length);
    run.finishedAt = session.now();
    run.changes = sweeps.some(({ changes }) => changes > 0);
    const { totals, error } = report;
    return {
      result: report,
      outcome: outcomeOf(report, sweeps),
      totals,
      error: error === null ? null : `${error.code}: ${error.message}`,
    };
  });
}

async function takePanels(leases: Leases, names: string[], report: CheckReport): Promise<string[]> {
  const taken: string[] = [];
  const held = [];
  for (const name of names) {
    const result = await leases.tryTake(panelLease(name));
    if ('lease' in result) taken.push(name);
    else {
      held.push(result.heldBy);
      report.panels.push({ panel: name, error: itemErrorOf(leaseHeld(`panel ${name}`, [result.heldBy])) });
    }
  }
  if (taken.length === 0) throw leaseHeld(held.map(({ name }) => name.replace(':', ' ')).join(', '), held);
  return taken;
}

/** A check over panels that is under way. */
interface CheckRun {
  session: Session;
  request: CheckRequest;
  /** Id of the run. */
  run: string;
  leases: Leases;
}

async function sweepOne({ session, request, run, leases }: CheckRun, name: string): Promise<PanelSweep> {
  try {
    const desk = await openDesk(session, name);
    if (desk.addon !== null) return await checkThroughAddon(session, desk, desk.addon, request);
    const agent = request.agent === null ? null : await findAgentUuid(session, desk, request.agent);
    const { dryRun, allowMass } = request;
    const sweep = { run, command: 'agent check', dryRun, allowMass, agent };
    return await sweepPanel(session, desk, sweep, () => leases.heldOf([panelLease(name)]));
  } catch (error) {
    // One panel that can't be worked on hides none of the others; an order about one agent fails as itself.
    if (request.agent !== null || !(isPanelError(error) || isItsOwn(error))) throw error;
    return sweepFailure(name, error);
  }
}

function isItsOwn(error: unknown): boolean {
  return error instanceof SluiceError && outcomeOfError(error) === 'failed';
}

/** Takes a sweep into a document; what somebody should hear of is written down once. */
export async function addSweep(
  session: Session,
  report: Pick<CheckReport, 'run' | 'totals' | 'agents' | 'notices' | 'panels'>,
  sweep: PanelSweep,
  leases: HeldLease[],
): Promise<void> {
  report.agents.push(...sweep.agents);
  for (const key of Object.keys(report.totals) as (keyof AgentTotals)[]) report.totals[key] += sweep.totals[key];
  if (sweep.observing && !report.run.observing.includes(sweep.panel)) report.run.observing.push(sweep.panel);
  if (sweep.error !== null && sweep.error.code !== 'mass_change') {
    const { code, message } = sweep.error;
    report.panels.push({ panel: sweep.panel, error: { code, message } });
  }
  const rows = noticeRows(session, report.run.id, sweep.notices);
  const told = report.run.dryRun ? rows : await session.write(leases, (tables) => tables.notices.add(rows));
  report.notices.push(...told.map(shownNotice));
}

/** The run failed as a whole when no panel could be read; the brake of any one is told as the run's. */
function wholeError(sweeps: readonly PanelSweep[], wanted: number): CheckReport['error'] {
  const braked = sweeps.find(({ error }) => error?.code === 'mass_change')?.error ?? null;
  const failed = sweeps.filter(({ error }) => error !== null && error.code !== 'mass_change');
  const [first] = failed;
  if (first?.error != null && failed.length === sweeps.length && sweeps.length === wanted) return first.error;
  return braked;
}

function outcomeOf({ error, panels, totals }: CheckReport, sweeps: readonly PanelSweep[]): RunOutcome {
  if (error !== null && error.code !== 'mass_change') return 'failed';
  if (error !== null) return 'brake';
  const someFailed =
    panels.length > 0 || totals.failed > 0 || sweeps.some(({ agents }) => agents.some((agent) => agent.error !== null));
  return someFailed ? 'partial' : 'done';
}
