import type { AgentTotals, CheckReport, RunReport } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import { AGENT_STEPS, toItemError } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import { noteTold } from '../../context/change-holds.js';
import { interruptedError } from '../../base/interruption.js';
import { type Leases, panelLease } from '../../context/leases.js';
import { takePanels } from '../../context/take-panels.js';
import { requireAnyPanel, UNEXPECTED } from '../../kernel/run/left-elsewhere.js';
import { isBrakeError, isStopError } from '../../kernel/run/brake-state.js';
import { endBrake, noteBrake } from '../../kernel/run/brake-state.js';
import { concernsPanelAlone, isMistake, withRun } from '../../kernel/run/bracket.js';
import { reportNotices, shownNotice } from '../../kernel/run/notice.js';
import { decideOutcome } from '../../kernel/run/report.js';
import { toScope } from '../../kernel/run/run-request.js';
import type { PanelRun, PartHooks } from '../../loop/run-part.js';
import type { Context } from '../../context/context.js';
import { checkThroughAddon } from './addon.js';
import { agentPanel, agentPanels, type AgentsOnPanel, matches, openAgents, withAgentErrors } from './open-agents.js';
import { describeStored, knownAgent } from './read-agents.js';
import { type AgentsRun, failedRun, noTotals } from './agents-result.js';
import { type AgentsRequest, runAgents } from './run-agents.js';
import { noteCheck } from './unfinished-check.js';

/** Options of `agent check`. */
export interface CheckRequest {
  /** Null: all agents. */
  agent: string | null;
  panel: string | undefined;
  dryRun: boolean;
  allowMass: boolean;
}

/** Checks the agents of one panel or of all panels. */
export async function checkAgents(context: Context, request: CheckRequest): Promise<CheckReport> {
  const { dryRun, allowMass, agent } = request;
  const names = agent === null ? await agentPanels(context, request.panel) : [await agentPanel(context, request.panel)];
  const scope = agent === null ? toScope({ panel: request.panel }) : 'agent';
  return withRun(context, { command: 'agent check', dryRun, scope }, async (run) => {
    await run.start();
    const totals = noTotals();
    run.totals = totals;
    const report: CheckReport = { run: run.view, totals, agents: [], notices: [], error: null, panels: [] };
    const { leases } = run;
    const asked = { run: run.id, command: 'agent check', dryRun, allowMass } as const;
    const unopened = await requireAnyPanel(context, names);
    const runs: AgentsRun[] = [];
    for (const name of dryRun ? names : await takePanels(context, leases, names, report.panels)) {
      const problem = unopened.get(name);
      const result =
        problem === undefined
          ? await runOnPanel({ context, leases, asked, agent }, name)
          : failedRun(name, toItemError(problem));
      runs.push(result);
      for (const key of Object.keys(totals) as (keyof AgentTotals)[]) totals[key] += result.totals[key];
      await addToReport({ context, leases, isWhole: agent === null }, report, result);
    }
    report.error = wholeError(runs, names.length) ?? report.error;
    const made = runs.reduce((sum, result) => sum + result.changes, 0);
    if (context.deps.signal.aborted) report.error = interruptedError('', dryRun ? 0 : made);
    const changes = made > 0;
    await run.end({ outcome: decideOutcome(report, toResults(report, runs)), changes, error: report.error });
    return report;
  });
}

/** Limits of agents, checked as the last part of a run over their panel, and added to its document. */
export function beginAgents(run: PanelRun): PartHooks {
  return {
    async end() {
      const { results } = run;
      const changes = await agentsAfterServices(run);
      results.changes ||= changes > 0;
    },
  };
}

/** Returns how many changes were made, or would be. */
async function agentsAfterServices({ context, panel: { name }, request, leases, report }: PanelRun): Promise<number> {
  // Nothing is changed on a panel that the brake stopped.
  const isBraked = isStopError(report.error) && report.error?.details?.['panel'] === name;
  if (isBraked || context.deps.signal.aborted) return 0;
  const { command, dryRun, allowMass, assumed } = request;
  const asked = { run: report.run.id, command, dryRun, allowMass, assumed };
  const result = await runOnPanel({ context, leases, asked, agent: null }, name);
  const changes = result.agents.flatMap(({ actions }) => actions.map(({ state }) => state));
  const planned = changes.filter((state) => state === 'planned').length;
  report.totals.planned += planned;
  report.totals.actions += result.changes - planned;
  await addToReport({ context, leases, isWhole: true }, report, result);
  const failed = result.agents.find((agent) => agent.error !== null);
  if (failed?.error != null) {
    const { code, message } = failed.error;
    report.panels.push({ panel: name, error: { code, message: `agent "${failed.name}": ${message}` } });
  }
  return result.changes;
}

/** Options of the check of each panel. */
interface PanelsWithAgents {
  context: Context;
  leases: Leases;
  asked: Omit<AgentsRequest, 'agent'>;
  /** Uuid or name of the only agent; null: all. */
  agent: string | null;
}

async function runOnPanel({ context, leases, asked, agent }: PanelsWithAgents, name: string): Promise<AgentsRun> {
  try {
    const on = await openAgents(context, name);
    if (on.addon !== null) return await checkThroughAddon(context, on, on.addon, { agent, dryRun: asked.dryRun });
    const uuid = agent === null ? null : await findAgentUuid(on, agent);
    return await runAgents(on, { ...asked, agent: uuid }, () => leases.toHeld([panelLease(name)]));
  } catch (error) {
    // The other panels are still checked; a command about one agent fails as itself.
    if (agent === null && isMistake(error)) return faultyRun(context, { name, run: asked.run }, error);
    if (agent !== null || !concernsPanelAlone(error)) throw error;
    return failedRun(name, toItemError(error));
  }
}

/**
 * Returns the result of a check that a mistake has ended, reported once a day: the limits of all agents of the panel rest. It may have
 * changed users before.
 */
async function faultyRun(
  context: Context,
  { name, run }: { name: string; run: string },
  error: unknown,
): Promise<AgentsRun> {
  const { message } = toItemError(error);
  const rows = await context.store.actions.list({ run });
  const isOfAgents = ({ panel, service, type }: ActionRecord): boolean =>
    panel === name && service === null && (type === AGENT_STEPS.disable || type === AGENT_STEPS.enable);
  const changes = rows.filter((row) => isOfAgents(row) && isMade(row.state)).length;
  const told =
    changes === 0
      ? staffText('staff.agent.failed', { panel: name, why: message })
      : staffText('staff.agent.failedAfter', { panel: name, why: message, count: changes });
  const key = `${name}:agent-list:${UNEXPECTED}:${context.now().slice(0, 10)}`;
  const notice = { code: `agent_${UNEXPECTED}`, key, panel: name, service: null, message: told };
  return { ...failedRun(name, { code: UNEXPECTED, message }), notices: [notice], changes };
}

const isMade = (state: ActionRecord['state']): boolean => state === 'applied' || state === 'in-doubt';

/** Returns the uuid of the agent of this uuid or name; reads the panel only for an unknown agent. */
async function findAgentUuid(on: AgentsOnPanel, text: string): Promise<string> {
  const known = matches(await describeStored(on), text);
  const [only] = known;
  if (only !== undefined && known.length === 1) return only.uuid;
  return (await withAgentErrors(text, () => knownAgent(on, text))).agent.uuid;
}

/** A check of one agent has no brake. */
interface Check {
  context: Context;
  leases: Leases;
  isWhole: boolean;
}

/** Adds the agents of one panel to a document, and stores their notices and whether the brake stopped the check. */
async function addToReport(
  { context, leases, isWhole }: Check,
  report: Pick<RunReport, 'run' | 'agents' | 'notices' | 'error' | 'panels'>,
  { panel, agents, observing, error, reported, notices, undone }: AgentsRun,
): Promise<void> {
  (report.agents ??= []).push(...agents);
  if (observing && !report.run.observing.includes(panel)) report.run.observing.push(panel);
  const isBraked = isBrakeError(error);
  if (error !== null && isStopError(error)) report.error ??= error;
  else if (error !== null) report.panels.push({ panel, error: { code: error.code, message: error.message } });
  report.notices.push(...reported.map(shownNotice));
  await reportNotices(context, report, notices, leases.held);
  if (undone.length > 0) await context.write(leases.held, (tables) => noteTold(tables, undone));
  if (report.run.dryRun || !isWhole) return;
  await noteCheck(context, leases.held, { panel, error: isStopError(error) ? null : error });
  const { id: run } = report.run;
  if (isBraked)
    await context.write(leases.held, (tables) => noteBrake(tables, 'agents', { run, at: context.now(), error }));
  else if (error === null && !context.deps.signal.aborted) await endBrake(context.store, panel, 'agents');
}

/** Returns the error of a run in which every panel failed; null otherwise. */
function wholeError(runs: readonly AgentsRun[], wanted: number): CheckReport['error'] {
  const failed = runs.filter(({ error }) => error !== null && !isStopError(error));
  return failed.length === runs.length && runs.length === wanted ? (failed[0]?.error ?? null) : null;
}

/** Returns the counts by which the outcome of a check is decided, as that of a run: a check in which something failed is partial. */
function toResults({ totals }: CheckReport, runs: readonly AgentsRun[]): Parameters<typeof decideOutcome>[1] {
  const isWrong = totals.failed > 0 || runs.some(({ agents }) => agents.some((agent) => agent.error !== null));
  return { counted: 1, wrong: isWrong ? 1 : 0, partly: true, left: 0 };
}
