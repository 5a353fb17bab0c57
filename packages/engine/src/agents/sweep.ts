import type {
  AgentTraffic,
  AgentTrafficManager,
  SettledReservation,
  SweepPlan,
} from '@sluice/hiddify-agent-traffic/account';
import { type ItemError, itemErrorOf, SluiceError } from '@sluice/panel-kind';
import { brakeStops } from '@sluice/quota-core';
import type { HeldLease, SwitchRecord } from '@sluice/state-store';
import { backupBeforeEnforcing } from '../backups.js';
import { moment, refuseUnconfirmedClock, refuseWrongClock } from '../clock-guard.js';
import type { Notice } from '../run/notices.js';
import type { Session } from '../session.js';
import { withRemedy } from './agent-errors.js';
import { AgentJournal, INTERRUPTED } from './agent-journal.js';
import { agentDetail, type AgentDetail } from './agent-views.js';
import { type AgentDesk, callsBegun, managerOf } from './desk.js';
import { type AgentServices, countHeld, holdServices, loadAgentServices, type ServiceChange } from './held-services.js';
import { type ListedAction, listedActions, sweptAgent } from './listed-actions.js';
import type { AgentTotals, PanelSweep } from './panel-sweep.js';
import { settleAgentActions } from './settle-actions.js';
import { SweepSwitch } from './sweep-switch.js';

/** What a sweep is asked. */
export interface SweepRequest {
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

/** A list that another run has read later is read again so often. */
const MOST_READS = 3;

/**
 * The sweep of one panel, under its lease: settles what was broken off, reads the two lists, decides, and disables or gives
 * back. What can't be read changes nobody; the brake, counted in agents, stands before the first change; under `observe`
 * everything is recorded and nothing changed. The switch is read again before each change: what is left when it is set
 * stays undone.
 */
export async function sweepPanel(
  session: Session,
  desk: AgentDesk,
  request: SweepRequest,
  leases: () => HeldLease[],
): Promise<PanelSweep> {
  const { name } = desk;
  const stored = await session.store.switches.list();
  const switches = request.switches?.(stored) ?? stored;
  const panelSwitch = new SweepSwitch(session.config, name);
  const observing = panelSwitch.isObserving(switches);
  const shownOnly = request.dryRun || observing;
  const start = moment(session);
  // Periods begin and end by the clock: by a wrong one nothing is recorded, nobody disabled and nobody given back.
  await refuseUnconfirmedClock(session, name, start);
  const guard = (): void => {
    refuseWrongClock(session, name, start);
  };
  const { mayBegin } = panelSwitch;
  const manager = managerOf(session, desk, { leases, guard, mayBegin, begun: await callsBegun(session, name) });
  const journal = new AgentJournal(session, name, request.run, { leases, mayBegin });
  const settled = await manager.settleReservations({ dryRun: shownOnly, hooks: journal.hooks });
  if (!shownOnly) await settleAgentActions(session, desk, leases());
  const services = await loadAgentServices(session, name);
  const plan = await preparePlan(session, manager, request, services);
  guard();

  const brake = plan.problem === null ? askBrake(session, name, plan, request) : null;
  const changing = !shownOnly && brake === null && plan.problem === null;
  const held = await holdServices(session, services, plan.problem === null ? plan.elsewhere : [], {
    panel: name,
    run: request.run,
    command: request.command,
    switches,
    shownOnly: !changing,
    agents: plan.agents,
    panelSwitch,
  });
  if (changing && plan.steps.length > 0) await backupBeforeEnforcing(session);
  const done = changing ? await execute(manager, plan, journal) : null;
  const final = changing ? await manager.rememberedAgents() : plan.agents;
  const counts = await countHeld(session, name, changing ? await loadAgentServices(session, name) : services, final);
  const actions = actionsOf(plan, held.changes, done);
  const agents = agentsAfter(plan, final).map((agent) =>
    sweptAgent(agentDetail(name, agent, manager.semantics, counts.get(agent.uuid) ?? 0), actions),
  );
  return {
    panel: name,
    agents: request.agent === null ? agents : agents.filter(({ uuid }) => uuid === request.agent),
    totals: totalsOf(plan, actions, settled, held.changes),
    notices: [
      ...plan.notices.map((notice) => noticeOf(name, notice)),
      ...held.notices,
      ...brakeNotices(name, request, brake),
    ],
    error: problemOf(plan) ?? (request.dryRun ? null : brake),
    observing: observing || panelSwitch.stopped,
    changes: actions.filter(({ state }) => state !== 'unneeded').length,
  };
}

/** Reads the panel's two lists and plans; a list that another run has read later is read again. */
async function preparePlan(
  session: Session,
  manager: AgentTrafficManager,
  request: SweepRequest,
  services: AgentServices,
): Promise<SweepPlan> {
  const prepare = (): Promise<SweepPlan> =>
    manager.prepareSweep({
      run: request.run,
      dryRun: request.dryRun,
      acceptHalved: request.allowMass,
      keptElsewhere: new Set(services.byUser.keys()),
      signal: session.deps.signal,
      ...(request.agent === null ? {} : { agent: request.agent }),
    });
  let plan = await prepare();
  for (let read = 1; plan.problem?.code === 'list_superseded' && read < MOST_READS; read++) plan = await prepare();
  return plan;
}

/** The agents of a plan, with what is remembered of their users after the sweep. */
function agentsAfter({ agents }: SweepPlan, remembered: readonly AgentTraffic[]): AgentTraffic[] {
  return agents.map((agent) => {
    const { usersDisabledByUs, heldSince } = remembered.find(({ uuid }) => uuid === agent.uuid) ?? agent;
    return { ...agent, usersDisabledByUs, heldSince };
  });
}

/** An interruption ends the sweep between two users; all others of the journal's refusals are the command's. */
async function execute(manager: AgentTrafficManager, plan: SweepPlan, journal: AgentJournal): Promise<ListedAction[]> {
  try {
    const { steps } = await manager.executeSweep(plan, { hooks: journal.hooks });
    return listedActions(journal, steps);
  } catch (error) {
    if (error instanceof SluiceError && error.code === INTERRUPTED) return listedActions(journal, []);
    throw error;
  }
}

function askBrake(session: Session, panel: string, { brake }: SweepPlan, request: SweepRequest): PanelSweep['error'] {
  const { changing, active } = brake;
  if (request.agent !== null || request.allowMass) return null;
  if (!brakeStops({ changing, active, ...session.config.poll.brake })) return null;
  return {
    code: 'mass_change',
    message: `${panel}: ${changing} of ${active} agents with a limit would go over it or come back at once; nobody was disabled or given back. Look at "sluice agent check --all --dry-run", then run again with --allow-mass if it is right`,
    details: { panel, changing, active },
  };
}

function brakeNotices(panel: string, { run }: SweepRequest, brake: PanelSweep['error']): Notice[] {
  if (brake === null) return [];
  return [
    { code: 'mass_change', key: `mass_change:${run}:${panel}:agents`, panel, service: null, message: brake.message },
  ];
}

function problemOf({ problem }: SweepPlan): ItemError | null {
  return problem === null ? null : { code: problem.code, message: withRemedy(problem) };
}

/** What was done for each agent, or (`done` is null) would be. */
function actionsOf(plan: SweepPlan, services: ServiceChange[], done: ListedAction[] | null): ListedAction[] {
  const ofServices = services.flatMap(({ agent, actions, error }): ListedAction[] => {
    const listed = actions.map((action) => ({ ...action, agent, error: null as ItemError | null }));
    if (error === null) return listed;
    const [first, ...rest] = listed;
    return first === undefined
      ? [{ type: 'disable-user', target: '', state: 'failed', agent, error }]
      : [{ ...first, error }, ...rest];
  });
  const planned = plan.steps.map(({ step }) => ({
    type: step.type,
    target: step.target,
    state: 'planned',
    agent: step.agent,
    error: null,
  }));
  return [...ofServices, ...(done ?? planned)];
}

function totalsOf(
  plan: SweepPlan,
  actions: ListedAction[],
  settled: SettledReservation[],
  services: ServiceChange[],
): AgentTotals {
  const count = (type: string): number =>
    actions.filter((each) => each.type === type && each.state === 'applied').length;
  const failed = actions.filter(({ state }) => state === 'failed' || state === 'in-doubt').length;
  const broken = services.filter(
    ({ actions: done, error }) =>
      error !== null && done.every(({ state }) => state !== 'failed' && state !== 'in-doubt'),
  );
  return {
    agents: plan.agents.length,
    exceeded: plan.agents.filter(({ exceeded }) => exceeded).length,
    disabled: count('disable-user'),
    restored: count('enable-user'),
    failed:
      failed +
      broken.filter(({ actions: done }) => done.length > 0).length +
      settled.filter(({ outcome }) => outcome === 'unknown').length,
    skipped: actions.filter(({ state }) => state === 'unneeded').length + plan.left,
  };
}

function noticeOf(panel: string, { key, code, message }: SweepPlan['notices'][number]): Notice {
  return { code, key: `${panel}:${key}`, panel, service: null, message };
}

/** Agents as they are shown without a sweep. */
export async function detailsOf(
  session: Session,
  desk: AgentDesk,
  agents: readonly AgentTraffic[],
): Promise<AgentDetail[]> {
  const { name, panel } = desk;
  const services = await loadAgentServices(session, name);
  const counts = await countHeld(session, name, services, agents);
  const { semantics } = managerOf(session, { name, panel, addon: null });
  return agents.map((agent) => agentDetail(name, agent, semantics, counts.get(agent.uuid) ?? 0));
}

/** Totals before the first panel. */
export function noTotals(): AgentTotals {
  return { agents: 0, exceeded: 0, disabled: 0, restored: 0, failed: 0, skipped: 0 };
}

/** What a failed look at the panel amounts to, for a run that goes on with others. */
export function sweepFailure(panel: string, error: unknown): PanelSweep {
  return {
    panel,
    agents: [],
    totals: noTotals(),
    notices: [],
    error: itemErrorOf(error),
    observing: false,
    changes: 0,
  };
}
