import { isPanelError } from '@sluice/panel-http';
import { type AgentPlanInput, type ItemError, toItemError, SluiceError } from '@sluice/panel-kind';
import { findSubjectAgent, toAgentSubject } from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { type Leases, panelLease } from '../leases.js';
import { newHold } from '../holds/new-hold.js';
import { runCommand } from '../commands/run-command.js';
import { type PanelsRunView, withRun } from '../run/bracket.js';
import type { Session } from '../session.js';
import { refuseAddon } from './addon.js';
import { type AgentAction, type AgentDetail, agentDetails, type ChangedAgent, changedAgent } from './agent-views.js';
import { changeUsers, type ListedAction, listed, planned, resolveUsers, type UserChanges } from './change-users.js';
import { agentPanel, type AgentsOnPanel, openAgents, withAgentErrors } from './open-agents.js';
import { type AgentsRead, isProblem, loadStoredAgents, problemError, readAgents } from './read-agents.js';
import { loadServiceUsers } from './service-users.js';

/** Options of `agent restore`. */
export interface RestoreRequest {
  panel: string | undefined;
  agent: string;
  /** Restore even while the agent is over its limit; the next check disables its users again. */
  force: boolean;
  dryRun: boolean;
  waitMs: number;
}

/** `agent restore --json`: the agent as in `agent show`, and what was changed. */
export type RestoreReport = AgentDetail & {
  run: PanelsRunView;
  actions: AgentAction[];
  /** Users that stay as they are, and why: `moved`, `touched`, `enabled-by-others`, `still-over`. */
  left: { uuid: string; name: string; outcome: string }[];
  error: ItemError | null;
};

/** State of a command about the users of one agent. */
interface AgentCommand extends UserChanges {
  on: AgentsOnPanel;
  dryRun: boolean;
  agent: string;
  read: AgentsRead;
}

/** Result of such a command. */
type Done = Pick<RestoreReport, 'actions' | 'left' | 'error'>;

/**
 * Enables the users that were disabled below an agent, if they are still disabled, still belong to it, and were not changed by
 * others since.
 *
 * @throws SluiceError `agent_limit` while it is over its limit, without `force`
 */
export function restoreAgent(session: Session, request: RestoreRequest): Promise<RestoreReport> {
  return runForAgent(session, 'agent restore', request, (ordered) => restore(ordered, request.force));
}

/** Disables every enabled user below an agent, regardless of its limit; only `restoreAgent` enables them again. */
export function disableUsers(session: Session, request: Omit<RestoreRequest, 'force'>): Promise<RestoreReport> {
  return runForAgent(session, 'agent disable', request, disable);
}

async function runForAgent(
  session: Session,
  command: string,
  request: Omit<RestoreRequest, 'force'>,
  work: (ordered: AgentCommand) => Promise<Done>,
): Promise<RestoreReport> {
  const on = await openAgents(session, agentPanel(session, request.panel));
  refuseAddon(on, 'restore users because it keeps no record of the users that it disabled');
  const { dryRun, agent: text } = request;
  return withRun(session, { command, dryRun }, async (run) => {
    await run.start();
    const { leases } = run;
    if (!dryRun) await leases.take(panelLease(on.name), request.waitMs);
    const changes: UserChanges = { ...on, run: run.id, leases: () => leases.toHeld([panelLease(on.name)]) };
    if (!dryRun) await resolveUsers(changes);
    const { agent, read } = await withAgentErrors(text, () => readFor(changes, text, dryRun));
    const done = await work({ ...changes, on, dryRun, agent, read });
    const failed = done.actions.some(({ state }) => state === 'failed' || state === 'in-doubt');
    const shown = on.agents.describe(await loadStoredAgents(session, on.name)).filter(({ uuid }) => uuid === agent);
    const [detail] = agentDetails(on, shown);
    if (!detail) throw new Error('an agent without detail');
    const outcome = done.error === null && !failed ? 'done' : 'partial';
    await run.end({ outcome, changes: done.actions.length > 0, error: done.error });
    return { ...detail, run: run.view, ...done };
  });
}

/** Reads the panel, and returns the agent's uuid. */
async function readFor(on: UserChanges, text: string, dryRun: boolean): Promise<{ agent: string; read: AgentsRead }> {
  const { run, leases } = on;
  const read = await readAgents(on, { run, dryRun, acceptHalved: false, announce: false, leases });
  if (isProblem(read)) throw problemError(read);
  return { agent: on.agents.find(text, read.records).uuid, read };
}

function planInput({ records, list, recorded }: AgentsRead, agent: string | null): AgentPlanInput {
  return { records, list, recorded, holds: records.holds, serviceUsers: new Set(), agent };
}

async function restore(ordered: AgentCommand, force: boolean): Promise<Done> {
  const { agents, on, dryRun, agent, read } = ordered;
  const { records, recorded } = read;
  const over = agents.listChain(agent, records).find((above) => recorded.standing.get(above)?.force === 'over');
  if (over !== undefined && !force) {
    const name = records.agents.find(({ uuid }) => uuid === over)?.name ?? '';
    throw new SluiceError('agent_limit', `Agent "${name}" is still over its limit, so its users stay disabled`, {
      kind: 'panel',
      details: { binding: over, over: name },
    });
  }
  const { steps, left } = agents.planRestore(planInput(read, agent), force);
  const done = dryRun
    ? steps.map((step) => planned(ordered, step))
    : (await change(ordered, steps)).map((row) => listed(ordered, row));
  const services = await releaseServices(ordered);
  if (!dryRun) await endFreeHolds(on, agent);
  return {
    actions: [...done.map(({ type, target, name, state }) => ({ type, target, name, state })), ...services.actions],
    left,
    error: services.error ?? done.find(({ error }) => error !== null)?.error ?? null,
  };
}

function change(ordered: AgentCommand, steps: Parameters<typeof changeUsers>[1]['steps'], holds: HoldRecord[] = []) {
  return changeUsers(ordered, { steps, moves: [], endedEvidence: [] }, holds);
}

async function disable(ordered: AgentCommand): Promise<Done> {
  const { session, name, agents, dryRun, agent, read, leases } = ordered;
  const subject = toAgentSubject(name, agent);
  const open = read.records.holds.find(({ service, reason }) => service === subject && reason === 'manual');
  const hold = open ?? newHold(session, { service: subject, reason: 'manual', origin: 'operator' });
  const steps = agents.planDisabling(planInput(read, agent), hold);
  if (!dryRun && open === undefined) await session.write(leases(), (tables) => tables.holds.add(hold));
  const done = dryRun
    ? steps.map((step) => planned(ordered, step))
    : (await change(ordered, steps)).map((row) => listed(ordered, row));
  return {
    actions: done.map(({ type, target, name, state }) => ({ type, target, name, state })),
    left: [],
    error: done.find(({ error }) => error !== null)?.error ?? null,
  };
}

/** Ends the holds, of this agent and those below it (null: of all), that have no open evidence. */
async function endFreeHolds({ session, name, agents }: AgentsOnPanel, agent: string | null): Promise<void> {
  await session.write([], async (tables) => {
    const records = await loadStoredAgents(session, name, tables);
    const holding = new Set(records.evidence.map(({ hold }) => hold));
    for (const { id, service } of records.holds) {
      const isMeant = agent === null || agents.listChain(findSubjectAgent(service) ?? '', records).includes(agent);
      if (isMeant && !holding.has(id)) await tables.holds.end(id, session.now());
    }
  });
}

/** Ends the `agent-limit` holds of services below the agent, and releases these services. */
async function releaseServices({ session, name, on, run, dryRun, agent }: AgentCommand): Promise<Omit<Done, 'left'>> {
  const { byUser, holds, leftOver } = await loadServiceUsers(on);
  const records = await loadStoredAgents(session, name);
  const uuids = [...byUser].filter(([uuid, { id }]) => holds.has(id) || leftOver.has(uuid)).map(([uuid]) => uuid);
  const actions: AgentAction[] = [];
  let error: ItemError | null = null;
  for (const { uuid, owner } of await session.store.agentUsers.list({ panel: name, keys: uuids })) {
    const service = uuid === null ? undefined : byUser.get(uuid);
    const hold = service === undefined ? undefined : holds.get(service.id);
    if (service === undefined || owner === null || !on.agents.listChain(owner, records).includes(agent)) continue;
    try {
      const { report } = await runCommand(session, service.id, {
        command: 'agent restore',
        run,
        dryRun,
        waitMs: 1000,
        scope: 'hold',
        storeTarget: async (_service, tables) => {
          if (hold !== undefined) await tables.holds.end(hold.id, session.now());
        },
        preview: (loaded) => ({ ...loaded, holds: loaded.holds.filter(({ id }) => id !== hold?.id) }),
      });
      actions.push(...report.actions);
      error ??= report.service.error;
    } catch (failure) {
      error ??= toItemError(failure);
    }
  }
  return { actions, error };
}

/** Enables every user of a panel that was disabled for an agent, regardless of the limits: `hold release --all`. */
export async function giveBackUsers(
  session: Session,
  name: string,
  { run, dryRun }: { run: string; dryRun: boolean },
  leases: Leases,
): Promise<{ agents: ChangedAgent[]; error: ItemError | null }> {
  try {
    const on = await openAgents(session, name);
    const held = () => leases.toHeld([panelLease(name)]);
    const changes: UserChanges = { ...on, run, leases: held };
    if (!dryRun) await resolveUsers(changes);
    const read = await readAgents(on, { run, dryRun, acceptHalved: false, announce: false, leases: held });
    if (isProblem(read)) throw problemError(read);
    const { steps } = on.agents.planRestore(planInput(read, null), true);
    const done: ListedAction[] = dryRun
      ? steps.map((step) => planned(changes, step))
      : (await changeUsers(changes, { steps, moves: [], endedEvidence: [] })).map((row) => listed(changes, row));
    if (!dryRun) await endFreeHolds(on, null);
    const concerned = new Set(done.map(({ agent }) => agent));
    const shown = on.agents.describe(await loadStoredAgents(session, name)).filter(({ uuid }) => concerned.has(uuid));
    const agents = agentDetails(on, shown).map((detail) => changedAgent(detail, done));
    return { agents, error: done.find(({ error }) => error !== null)?.error ?? null };
  } catch (error) {
    const item = toItemError(error);
    const isOfPanel = isPanelError(error) || (error instanceof SluiceError && error.kind === 'panel');
    if (!isOfPanel) throw error;
    return { agents: [], error: item };
  }
}
