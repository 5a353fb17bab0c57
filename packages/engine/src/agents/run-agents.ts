import {
  type AgentPlan,
  type AgentPlanInput,
  AGENT_STEPS,
  type AgentTraffic,
  type ItemError,
  itemErrorOf,
  type ListProblem,
} from '@sluice/panel-kind';
import { toAgentSubject } from '@sluice/quota-core';
import type { HeldLease, HoldRecord, SwitchRecord } from '@sluice/state-store';
import { backupBeforeEnforcing } from '../backups.js';
import { moment, refuseUnconfirmedClock, refuseWrongClock } from '../clock-guard.js';
import { brakeOn } from '../run/brake.js';
import type { Notice } from '../run/notices.js';
import type { Session } from '../session.js';
import { agentDetail, type AgentDetail, type AgentTotals, type ChangedAgent, changedAgent } from './agent-views.js';
import { changeUsers, type ListedAction, listed, planned, resolveUsers, type UserChanges } from './change-users.js';
import { heldAgents, loadMemory } from './memory.js';
import type { AgentsOnPanel } from './open-agents.js';
import { PanelSwitch, Stopped } from './panel-switch.js';
import { type AgentsRead, isProblem, readAgents } from './read-agents.js';
import { resolveReservations } from './reservations.js';
import { holdServices, loadServiceUsers, type ServiceChange, type ServiceUsers } from './service-users.js';

/** What a run over a panel's agents is asked. */
export interface AgentsRequest {
  run: string;
  /** Of the run that it is a part of, for the journal of services. */
  command: string;
  dryRun: boolean;
  allowMass: boolean;
  /** Uuid of the only agent whose users are dealt with; null: all. One agent by name has no brake. */
  agent: string | null;
  /** Switches as they would be: for the plan of a first enforcing run. */
  switches?: ((stored: SwitchRecord[]) => SwitchRecord[]) | undefined;
}

/** What a run over one panel's agents found and did. */
export interface AgentsRun {
  panel: string;
  agents: ChangedAgent[];
  totals: AgentTotals;
  notices: Notice[];
  /** Why nobody was disabled or given back; or that the brake stopped it. */
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  observing: boolean;
  /** Changes that were made, or (shown only) would be. */
  changes: number;
}

/** Which holds begin and end, and the steps that follow. */
interface Decided extends AgentsRead {
  opens: HoldRecord[];
  closes: HoldRecord[];
  plan: AgentPlan;
  /** Agents with a limit that is in force. */
  active: number;
}

/** A run that is under way. */
interface Run extends UserChanges {
  request: AgentsRequest;
  services: ServiceUsers;
  panelSwitch: PanelSwitch;
  switches: SwitchRecord[];
  /** A dry run, or the panel is under `observe`. */
  shownOnly: boolean;
}

/**
 * The agents of one panel as subjects of the loop, under the panel's lease: resolves what was broken off, reads the lists,
 * decides which agents are over, plans, and disables users or gives them back. What can't be read changes nobody; the brake,
 * counted in agents, stands before the first change; under `observe` everything is recorded and nothing changed.
 */
export async function runAgents(
  on: AgentsOnPanel,
  request: AgentsRequest,
  leases: () => HeldLease[],
): Promise<AgentsRun> {
  const { session, name } = on;
  const stored = await session.store.switches.list();
  const switches = request.switches?.(stored) ?? stored;
  const panelSwitch = new PanelSwitch(session.config, name);
  const observing = panelSwitch.isObserving(switches);
  const shownOnly = request.dryRun || observing;
  const start = moment(session);
  // Periods begin and end by the clock: by a wrong one nothing is stored, nobody disabled and nobody given back.
  await refuseUnconfirmedClock(session, name, start);
  const guard = (): void => {
    refuseWrongClock(session, name, start);
  };
  const stopOf: UserChanges['stopOf'] = async (tables) => {
    const enforcement = await panelSwitch.enforcement(tables, null);
    return enforcement.value === 'observe' ? { by: 'observe', enforcement } : null;
  };
  const changes: UserChanges = { ...on, run: request.run, leases, stopOf };
  const reserved = await resolveReservations(changes, { dryRun: shownOnly });
  const open = shownOnly ? [] : await resolveUsers(changes);
  const services = await loadServiceUsers(on);
  const run: Run = { ...changes, request, services, panelSwitch, switches, shownOnly };
  const { dryRun, allowMass } = request;
  const read = await readAgents(on, {
    run: request.run,
    dryRun,
    acceptHalved: allowMass,
    announce: !dryRun,
    leases,
    guard,
  });
  guard();
  const result = isProblem(read) ? await withoutList(run, read) : await finish(run, decide(run, read), open);
  result.totals.failed += reserved.filter((outcome) => outcome === 'unknown').length;
  result.observing = observing || panelSwitch.stopped;
  return result;
}

/** Decides which agents' holds begin and end, and plans. */
function decide({ session, name, agents, request, services }: Run, read: AgentsRead): Decided {
  const { memory, recorded } = read;
  const held = heldAgents(memory);
  const isMeant = (agent: string): boolean =>
    request.agent === null || agents.chainOf(agent, memory).includes(request.agent);
  const traffic = new Map(agents.describe(memory).map((agent) => [agent.uuid, agent]));
  const opens = [...recorded.standing]
    .filter(([uuid, { force }]) => force === 'over' && !held.has(uuid) && isMeant(uuid))
    .map(([uuid]) => draftHold(session, name, uuid, traffic.get(uuid)));
  const closes = [...held]
    .filter(([uuid]) => (recorded.standing.get(uuid)?.force ?? 'free') === 'free' && isMeant(uuid))
    .map(([, hold]) => hold);
  const input: AgentPlanInput = {
    ...read,
    holds: [...memory.holds.filter((hold) => !closes.includes(hold)), ...opens],
    serviceUsers: new Set(services.byUser.keys()),
    agent: request.agent,
  };
  const active = [...recorded.standing].filter(([uuid, { counts }]) => counts && isMeant(uuid)).length;
  return { ...read, opens, closes, plan: agents.plan(input), active };
}

function draftHold(session: Session, panel: string, agent: string, traffic: AgentTraffic | undefined): HoldRecord {
  return {
    id: session.id('hold'),
    service: toAgentSubject(panel, agent),
    reason: 'agent-limit',
    restriction: null,
    since: session.now(),
    until: null,
    note: null,
    cycle: null,
    usedBytes: traffic?.usedBytes ?? null,
    allowedBytes: traffic?.limitBytes ?? null,
    origin: 'run',
  };
}

/** Asks the brake, makes the changes, and reports. */
async function finish(run: Run, decided: Decided, open: readonly ListedAction[]): Promise<AgentsRun> {
  const { session, name, agents, request, services } = run;
  const { plan, opens, closes, memory } = decided;
  const counted = { changing: opens.length + closes.length, active: decided.active };
  const brake = request.agent === null && !request.allowMass ? brakeOn(session.config.poll.brake, name, counted) : null;
  const changing = !run.shownOnly && brake === null;
  const doubtful = new Set(open.map(({ target }) => target));
  const steps = plan.steps.filter(({ target }) => !doubtful.has(target));
  const held = await holdServices(run, services, plan.serviceUsers, {
    ...run,
    command: request.command,
    shownOnly: !changing,
    traffic: agents.describe(memory),
  });
  const done = changing ? await apply(run, decided, { ...plan, steps }) : steps.map(planned);
  const final = changing ? await loadMemory(session, name) : memory;
  const actions = [...ofServices(held.changes), ...open, ...done];
  const shown = agents.describe(final);
  const details = shown.map((agent) => changedAgent(agentDetail(name, agent, agents.semantics), actions));
  return {
    panel: name,
    agents: request.agent === null ? details : details.filter(({ uuid }) => uuid === request.agent),
    totals: totalsOf(shown, actions, held.changes, plan.left),
    notices: [
      ...plan.notices.map((notice) => noticeOf(name, notice)),
      ...held.notices,
      ...(brake === null
        ? []
        : [noticeOf(name, { code: brake.code, key: `agents:${request.run}`, message: brake.message })]),
    ],
    error: request.dryRun ? null : brake,
    observing: false,
    changes: actions.filter(({ state }) => state !== 'unneeded').length,
  };
}

/** Writes the holds that begin, changes the users, and ends the holds for which nobody is disabled any more. */
async function apply(run: Run, { opens, closes }: Decided, plan: AgentPlan): Promise<ListedAction[]> {
  const { session, leases, panelSwitch } = run;
  if (plan.steps.length > 0) await backupBeforeEnforcing(session);
  try {
    if (opens.length + plan.steps.length > 0) {
      await session.write(leases(), async (tables) => {
        if (await panelSwitch.read(tables)) throw new Stopped();
        for (const hold of opens) await tables.holds.add(hold);
      });
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return plan.steps.map((step) => ({ ...planned(step), state: 'unneeded' }));
  }
  const isEmpty = plan.steps.length + plan.moves.length + plan.settle.length === 0;
  const rows = isEmpty ? [] : await changeUsers(run, plan);
  await endHolds(run, closes);
  return rows.map(listed);
}

/** A hold ends when nothing that was done for it is left to undo. */
async function endHolds({ session, name, leases }: Run, closes: readonly HoldRecord[]): Promise<void> {
  if (closes.length === 0) return;
  await session.write(leases(), async (tables) => {
    const holding = new Set((await tables.evidence.open({ agentsOf: name })).map(({ hold }) => hold));
    for (const { id } of closes) if (!holding.has(id)) await tables.holds.end(id, session.now());
  });
}

/** What is known without a list: nobody changes, and the agents are shown as they were last seen. */
async function withoutList({ session, name, agents, request }: Run, problem: ListProblem): Promise<AgentsRun> {
  const known = agents.describe(await loadMemory(session, name));
  const shown = known.map((agent) => ({ ...agent, rule: agent.limitBytes === null ? 'no-limit' : 'unknown' }));
  const details = shown.map((agent) => changedAgent(agentDetail(name, agent, agents.semantics), []));
  const code = `agent_${problem.code.toLowerCase()}`;
  const key = `agent-list:${problem.code}:${session.now()}`;
  return {
    panel: name,
    agents: request.agent === null ? details : details.filter(({ uuid }) => uuid === request.agent),
    totals: totalsOf(shown, [], [], 0),
    notices: [noticeOf(name, { code, key, message: problem.message })],
    error: { code: problem.code, message: problem.message },
    observing: false,
    changes: 0,
  };
}

function noticeOf(panel: string, { key, code, message }: AgentPlan['notices'][number]): Notice {
  return { code, key: `${panel}:${key}`, panel, service: null, message };
}

/** The changes to services' users, with the error of each service at its first one. */
function ofServices(changes: readonly ServiceChange[]): ListedAction[] {
  return changes.flatMap(({ agent, actions, error }): ListedAction[] => {
    const all = actions.map((action): ListedAction => ({ ...action, agent, error: null }));
    const [first, ...rest] = all;
    if (error === null) return all;
    if (first === undefined) return [{ type: AGENT_STEPS.disable, target: '', state: 'failed', agent, error }];
    return [{ ...first, error }, ...rest];
  });
}

function totalsOf(
  agents: readonly Pick<AgentTraffic, 'exceeded'>[],
  actions: readonly ListedAction[],
  services: readonly ServiceChange[],
  left: number,
): AgentTotals {
  const isWrong = ({ state }: { state: string }): boolean => state === 'failed' || state === 'in-doubt';
  const count = (type: string): number =>
    actions.filter((each) => each.type === type && each.state === 'applied').length;
  // A service with an error of which no change failed.
  const broken = services.filter(
    ({ actions: done, error }) => error !== null && done.length > 0 && !done.some(isWrong),
  );
  return {
    agents: agents.length,
    exceeded: agents.filter(({ exceeded }) => exceeded).length,
    disabled: count(AGENT_STEPS.disable),
    restored: count(AGENT_STEPS.enable),
    failed: actions.filter(isWrong).length + broken.length,
    skipped: actions.filter(({ state }) => state === 'unneeded').length + left,
  };
}

/** Returns totals before the first panel. */
export function noTotals(): AgentTotals {
  return { agents: 0, exceeded: 0, disabled: 0, restored: 0, failed: 0, skipped: 0 };
}

/** Returns what a panel that can't be worked on amounts to, for a run that goes on with others. */
export function failedRun(panel: string, error: unknown): AgentsRun {
  const nothing = { agents: [], totals: noTotals(), notices: [], observing: false, changes: 0 };
  return { panel, ...nothing, error: itemErrorOf(error) };
}

/** Returns agents as they are shown, by what is stored. */
export function detailsOf({ name, agents }: AgentsOnPanel, known: readonly AgentTraffic[]): AgentDetail[] {
  return known.map((agent) => agentDetail(name, agent, agents.semantics));
}
