import type { ItemError } from '@sluice/panel-kind';
import type { HeldLease, RunOutcome } from '@sluice/state-store';
import { type Leases, panelLease, takePanels } from '../leases.js';
import { concernsPanelAlone, type PanelsRunView, withRun } from '../run/bracket.js';
import { reportNotices } from '../run/report.js';
import type { Session } from '../session.js';
import { checkThroughAddon } from './addon.js';
import type { AgentTotals, ChangedAgent } from './agent-views.js';
import { loadMemory } from './memory.js';
import { matches } from './find-agents.js';
import { agentPanel, agentPanels, type AgentsOnPanel, openAgents, withAgentErrors } from './open-agents.js';
import { knownAgent } from './read-agents.js';
import { type AgentsRun, failedRun, noTotals, runAgents } from './run-agents.js';

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
  run: PanelsRunView;
  totals: AgentTotals;
  agents: ChangedAgent[];
  notices: { code: string; service: string | null; message: string }[];
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  /** Panels that were left out because another run holds them, or that could not be worked on. */
  panels: { panel: string; error: ItemError }[];
}

/** Runs over the agents of one panel or all of them; what cron runs every five minutes. */
export async function checkAgents(session: Session, request: CheckRequest): Promise<CheckReport> {
  const names = request.agent === null ? agentPanels(session, request.panel) : [agentPanel(session, request.panel)];
  const runs: AgentsRun[] = [];
  return withRun(session, { command: 'agent check', dryRun: request.dryRun }, async (run) => {
    await run.start();
    const report: CheckReport = {
      run: run.view,
      totals: noTotals(),
      agents: [],
      notices: [],
      error: null,
      panels: [],
    };
    run.totals = report.totals;
    const { leases } = run;
    const taken = request.dryRun ? names : await takePanels(leases, names, report.panels);
    for (const name of taken) {
      const result = await checkPanel({ session, request, run: run.id, leases }, name);
      runs.push(result);
      await addRun(session, report, result, leases.held);
    }
    report.error = wholeError(runs, names.length);
    const changes = runs.some((result) => result.changes > 0);
    await run.end({ outcome: outcomeOf(report, runs), changes, error: report.error });
    return report;
  });
}

/** A check over panels that is under way. */
interface CheckRun {
  session: Session;
  request: CheckRequest;
  /** Id of the run. */
  run: string;
  leases: Leases;
}

async function checkPanel({ session, request, run, leases }: CheckRun, name: string): Promise<AgentsRun> {
  try {
    const on = await openAgents(session, name);
    if (on.addon !== null) return await checkThroughAddon(session, on, on.addon, request);
    const agent = request.agent === null ? null : await findAgentUuid(on, request.agent);
    const { dryRun, allowMass } = request;
    const asked = { run, command: 'agent check', dryRun, allowMass, agent };
    return await runAgents(on, asked, () => leases.heldOf([panelLease(name)]));
  } catch (error) {
    // One panel that can't be worked on hides none of the others; an order about one agent fails as itself.
    if (request.agent !== null || !concernsPanelAlone(error)) throw error;
    return failedRun(name, error);
  }
}

/** The uuid of the agent that `text` means; the panel is asked only where the agent is not known yet. */
async function findAgentUuid(on: AgentsOnPanel, text: string): Promise<string> {
  const known = matches(on.agents.describe(await loadMemory(on.session, on.name)), text);
  const [only] = known;
  if (only !== undefined && known.length === 1) return only.uuid;
  return (await withAgentErrors(text, () => knownAgent(on, text))).agent.uuid;
}

/** Takes a run over one panel into a document; what somebody should hear of is written down once. */
async function addRun(
  session: Session,
  report: Pick<CheckReport, 'run' | 'totals' | 'agents' | 'notices' | 'panels'>,
  result: AgentsRun,
  leases: HeldLease[],
): Promise<void> {
  report.agents.push(...result.agents);
  for (const key of Object.keys(report.totals) as (keyof AgentTotals)[]) report.totals[key] += result.totals[key];
  if (result.observing && !report.run.observing.includes(result.panel)) report.run.observing.push(result.panel);
  if (result.error !== null && result.error.code !== 'mass_change') {
    const { code, message } = result.error;
    report.panels.push({ panel: result.panel, error: { code, message } });
  }
  await reportNotices(session, report, result.notices, leases);
}

/** The run failed as a whole when no panel could be read; the brake of any one is told as the run's. */
function wholeError(runs: readonly AgentsRun[], wanted: number): CheckReport['error'] {
  const braked = runs.find(({ error }) => error?.code === 'mass_change')?.error ?? null;
  const failed = runs.filter(({ error }) => error !== null && error.code !== 'mass_change');
  const [first] = failed;
  if (first?.error != null && failed.length === runs.length && runs.length === wanted) return first.error;
  return braked;
}

function outcomeOf({ error, panels, totals }: CheckReport, runs: readonly AgentsRun[]): RunOutcome {
  if (error !== null && error.code !== 'mass_change') return 'failed';
  if (error !== null) return 'brake';
  const someFailed =
    panels.length > 0 || totals.failed > 0 || runs.some(({ agents }) => agents.some((agent) => agent.error !== null));
  return someFailed ? 'partial' : 'done';
}
