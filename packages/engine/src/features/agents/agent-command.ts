import type { AgentDetail, RestoreReport } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import type { HoldRecord, NoticeRecord, RunOutcome, StoreTables } from '@sluice/state-store';
import { interruptedError } from '../../base/interruption.js';
import { panelLease } from '../../context/leases.js';
import { type Enforcements, readEnforcements } from '../../context/enforcement.js';
import { type Notice, reportNotices, shownNotice } from '../../kernel/run/notice.js';
import { type RunCommand, withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { refuseAddon } from './addon.js';
import { agentDetails } from './agent-views.js';
import {
  changeUsers,
  foreseeUsers,
  type ListedAction,
  listed,
  planned,
  resolveUsers,
  type UserChanges,
} from './change-users.js';
import { agentPanel, type AgentsOnPanel, matches, openAgents, withAgentErrors } from './open-agents.js';
import { type AgentsRead, isProblem, loadStoredAgents, problemError, readAgents } from './read-agents.js';
import { describeAgents, findAgent } from './stored.js';
import type { AgentPlan, AgentPlanInput } from './agent-plan.js';

/** Options of a command about the users of one agent. */
export interface AgentRequest {
  panel: string | undefined;
  agent: string;
  dryRun: boolean;
  waitMs: number;
}

/** State of a command about the users of one agent. */
export interface AgentCommand extends UserChanges {
  on: AgentsOnPanel;
  /** The name of the command, and when its run started. */
  command: RunCommand;
  startedAt: string;
  dryRun: boolean;
  agent: string;
  read: AgentsRead;
  enforcements: Enforcements;
  /** Changes of earlier runs whose outcome is still unknown. */
  open: readonly ListedAction[];
}

/** Result of such a command. */
export interface Done extends Pick<RestoreReport, 'actions' | 'left' | 'error'> {
  /** Notices that are stored already. */
  reported?: readonly NoticeRecord[];
  /** Further notices. */
  notices: Notice[];
  /** Whether a suspension began or ended, or would. */
  changed?: boolean;
  /** Stores, with the end of the run, that the change was answered for. */
  answer?: (tables: StoreTables) => Promise<void>;
}

/** The command of a run about the users of one agent, and what an add-on can't do. */
export interface AgentCommandName {
  command: RunCommand;
  cannot: string;
}

/** What the documents of such commands have in common. */
export type Shown = Pick<RestoreReport, 'run' | 'actions' | 'left' | 'notices' | 'error'>;

/** Runs a command about the users of one agent, and returns the agent after it. */
export function runForAgent(
  context: Context,
  how: AgentCommandName,
  request: AgentRequest,
  work: (ordered: AgentCommand) => Promise<Done>,
): Promise<RestoreReport> {
  return runOverAgent(context, how, request, {
    work,
    toReport: async ({ on, agent, read, dryRun }, _done, shown) => ({
      ...(await showAgent(context, on, { agent, read, dryRun })),
      ...shown,
    }),
  });
}

/** Runs a command about users of one agent under the panel's lease, with what is in doubt resolved and the lists read. */
export async function runOverAgent<D extends Done, R extends Shown>(
  context: Context,
  { command, cannot }: AgentCommandName,
  request: AgentRequest,
  {
    work,
    toReport,
  }: {
    work: (ordered: AgentCommand) => Promise<D>;
    toReport: (ordered: AgentCommand, done: D, shown: Shown) => Promise<R>;
  },
): Promise<R> {
  const on = await openAgents(context, await agentPanel(context, request.panel));
  refuseAddon(on, cannot);
  const { dryRun, agent: text } = request;
  return withRun(context, { command, dryRun }, async (run) => {
    await run.start();
    const { leases } = run;
    if (!dryRun) await leases.take(panelLease(on.name), request.waitMs);
    const changes: UserChanges = { ...on, run: run.id, leases: () => leases.toHeld([panelLease(on.name)]) };
    const resolved = dryRun ? null : await resolveUsers(changes);
    const found = await withAgentErrors(text, () => readFor(changes, text, dryRun));
    const { agent } = found;
    const { read, open } = resolved === null ? await foreseeUsers(changes, found.read) : { ...found, open: resolved };
    const enforcements = await readEnforcements(context.config, context.store);
    const { startedAt } = run.view;
    // Nothing is stored yet, and the panel may have been slow to answer what was read of it.
    await run.refuseEndedAsker();
    const ordered = { ...changes, on, command, startedAt, dryRun, agent, read, enforcements, open };
    const done = await work(ordered);
    const { reported = [], notices, changed = false, actions, left, answer } = done;
    const failed = actions.some(({ state }) => state === 'failed' || state === 'in-doubt');
    const made = actions.filter(({ state }) => state === 'applied' || state === 'in-doubt').length;
    const error = context.deps.signal.aborted ? interruptedError('', made) : done.error;
    const shown = { run: run.view, actions, left, notices: reported.map(shownNotice), error };
    const report = await toReport(ordered, done, shown);
    await reportNotices(context, report, notices, leases.held);
    const outcome: RunOutcome = error === null && !failed ? 'done' : 'partial';
    const end = { outcome, changes: changed || actions.length > 0, error };
    if (answer === undefined || dryRun) await run.end(end);
    else
      await context.write([], async (tables) => {
        await answer(tables);
        await run.end(end, tables);
      });
    return report;
  });
}

/** Returns the agent after the command. One that is gone is not stored as an agent any more once its last hold has ended. */
async function showAgent(
  context: Context,
  on: AgentsOnPanel,
  { agent, read, dryRun }: Pick<AgentCommand, 'agent' | 'read' | 'dryRun'>,
): Promise<AgentDetail> {
  const find = (records: AgentsRead['records']) =>
    describeAgents(on.agents, records).filter(({ uuid }) => uuid === agent);
  const enforcements = await readEnforcements(context.config, context.store);
  const [stored] = agentDetails(on, dryRun ? [] : find(await loadStoredAgents(context, on.name)), enforcements);
  const [before] = agentDetails(on, find(read.records), enforcements);
  if (stored !== undefined) return stored;
  if (before === undefined) throw new Error('an agent without detail');
  return dryRun ? before : { ...before, suspended: null, heldSince: null };
}

/** Reads the panel, and returns the agent's uuid. An agent that is not listed any more is found while it is shown. */
async function readFor(on: UserChanges, text: string, dryRun: boolean): Promise<{ agent: string; read: AgentsRead }> {
  const { run, leases, agents } = on;
  const read = await readAgents(on, { run, dryRun, leases, decides: true });
  if (isProblem(read)) throw problemError(read);
  const [only, ...others] = matches(describeAgents(agents, read.records), text);
  const isKnown = only !== undefined && others.length === 0;
  return { agent: isKnown ? only.uuid : findAgent(text, read.records).uuid, read };
}

/** Returns the input of a plan; the holds are those in force. */
export function planInput(
  { records, list, recorded }: AgentsRead,
  agent: string | null,
  holds: readonly HoldRecord[] = records.holds,
): AgentPlanInput {
  return { records, list, recorded, holds, serviceUsers: new Set(), agent };
}

/** Performs a plan, or lists its steps in a dry run. What is still in doubt is not changed, but listed as such. */
export async function performPlan(
  ordered: Pick<AgentCommand, 'dryRun' | 'open'> & UserChanges,
  plan: Pick<AgentPlan, 'steps' | 'moves' | 'endedEvidence'>,
  holds: readonly HoldRecord[] = [],
): Promise<ListedAction[]> {
  const { dryRun, open } = ordered;
  const doubtful = open.filter(({ target }) => plan.steps.some((step) => step.target === target));
  const steps = plan.steps.filter(({ target }) => !doubtful.some((row) => row.target === target));
  if (dryRun) return steps.map((step) => planned(ordered, step));
  const isEmpty = steps.length + plan.moves.length + plan.endedEvidence.length === 0;
  const rows = isEmpty ? [] : await changeUsers(ordered, { ...plan, steps }, holds);
  return [...doubtful, ...rows.map((row) => listed(ordered, row))];
}

/** Returns the open suspension of an agent. */
export function findSuspension(holds: readonly HoldRecord[], subject: string): HoldRecord | undefined {
  return holds.find(({ service, reason }) => service === subject && reason === 'manual');
}

/** Returns the error of an agent whose users stay disabled since an operator suspended it or an agent above it. */
export function suspendedError(name: string): SluiceError {
  return new SluiceError('agent_suspended', `Agent "${name}" is suspended, so its users stay disabled.`, {
    kind: 'panel',
    details: { agent: name },
  });
}
