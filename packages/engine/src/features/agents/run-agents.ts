import { endHolds, storeHolds } from '../../context/change-holds.js';
import type { RunCommand } from '../../kernel/run/bracket.js';
import type { AgentTotals, ChangedAgent } from '@sluice/contract/documents';
import { AGENT_STEPS, type AgentTraffic, type ItemError, type ListProblem } from '@sluice/panel-kind';
import type { HeldLease, HoldRecord, NoticeRecord, SwitchRecord } from '@sluice/state-store';
import { backupBeforeEnforcing } from '../../kernel/changes/backups.js';
import { refuseUnconfirmedClock, refuseWrongClock } from '../../context/clock-guard.js';
import { moment } from '../../context/panel-answers.js';
import { isInterrupted } from '../../base/interruption.js';
import { type Enforcements, readEnforcements } from '../../context/enforcement.js';
import { brakeSubjects } from '../../loop/brake.js';
import { agentsBrakeNotice } from '../../kernel/run/brake-state.js';
import type { Notice } from '../../kernel/run/notice.js';
import { mayChange } from '../../kernel/changes/store-copy.js';
import { changedAgents } from './agent-views.js';
import {
  changeUsers,
  foreseeUsers,
  type ListedAction,
  listed,
  planned,
  resolveUsers,
  type UserChanges,
} from './change-users.js';
import { listUnclearExempt } from './exempt-problems.js';
import type { AgentsOnPanel } from './open-agents.js';
import { PanelSwitch, Stopped } from './panel-switch.js';
import { describeStored, isProblem, loadStoredAgents, readAgents } from './read-agents.js';
import { findPresentUuid, listRenamedAgents } from './meant-agents.js';
import { reportPlanned } from './report-planned.js';
import { resolveReservations } from './reservations.js';
import { listUnknownSold } from './sold-limits.js';
import { listWaitingRaises } from './sold-raises.js';
import { storeWouldHold } from './would-hold.js';
import type { ServiceChange } from './due-user.js';
import { holdServices, loadServiceUsers, type ServiceUsers } from './service-users.js';
import { type AgentsDecided, decideAndPlan } from './decide-agents.js';
import { describeAgents } from './stored.js';
import type { AgentPlan } from './agent-plan.js';

/** Options of `runAgents`. */
export interface AgentsRequest {
  run: string;
  /** The command of the run. */
  command: RunCommand;
  dryRun: boolean;
  allowMass: boolean;
  /** Uuid of the only agent; null: all. A check of one agent has no brake. */
  agent: string | null;
  /** A switch that a preview of the first enforcing run assumes to be set. */
  assumed?: SwitchRecord | undefined;
}

/** Result of a run over the agents of one panel. */
export interface AgentsRun {
  panel: string;
  agents: ChangedAgent[];
  totals: AgentTotals;
  /** Notices that are stored already, before the changes that they are about. */
  reported: readonly NoticeRecord[];
  /** Further notices. */
  notices: Notice[];
  /** Holds of services that the run has undone, which its notices report. */
  undone: readonly Pick<HoldRecord, 'id'>[];
  /** Why nothing was changed: the lists could not be used, or the brake stopped the run. */
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  observing: boolean;
  /** Changes that were made or, in a preview, would be. */
  changes: number;
}

/** State of a run over the agents of one panel. */
interface Run extends UserChanges {
  request: AgentsRequest;
  services: ServiceUsers;
  panelSwitch: PanelSwitch;
  enforcements: Enforcements;
  observing: boolean;
  /** A dry run, or the panel is under `observe`. */
  previewOnly: boolean;
}

/**
 * Runs over the agents of one panel, under its lease: resolves what is in doubt, reads the lists, decides which agents are over
 * their limit, plans, and disables or enables users. Lists that can't be read change nothing; the brake counts agents; under
 * `observe` everything is recorded and nothing changed.
 */
export async function runAgents(
  on: AgentsOnPanel,
  request: AgentsRequest,
  leases: () => HeldLease[],
): Promise<AgentsRun> {
  const { context, name } = on;
  const enforcements = await readEnforcements(context.config, context.store, request.assumed);
  const panelSwitch = new PanelSwitch(context.config, name);
  const observing = enforcements.isObserving(name, null);
  const previewOnly = request.dryRun || observing;
  const start = moment(context);
  // Periods depend on the clock: with a wrong one nothing is stored or changed.
  await refuseUnconfirmedClock(context, name, start);
  const guard = (): void => {
    refuseWrongClock(context, name, start);
  };
  const readStop: UserChanges['readStop'] = (tables) => panelSwitch.read(tables);
  const changes: UserChanges = { ...on, run: request.run, leases, readStop };
  const reserved = await resolveReservations(changes, { dryRun: previewOnly });
  const open = previewOnly ? [] : await resolveUsers(changes);
  const services = await loadServiceUsers(on);
  const run: Run = { ...changes, request, services, panelSwitch, enforcements, observing, previewOnly };
  const { dryRun, allowMass } = request;
  const how = { dryRun, acceptHalved: allowMass, decides: true };
  const read = await readAgents(on, { run: request.run, ...how, leases, guard });
  guard();
  // The list may show the only agent with another uuid.
  if (!isProblem(read) && request.agent !== null) {
    const found = read.renames.find(({ from }) => from === request.agent)?.to;
    run.request = { ...request, agent: found ?? (await findPresentUuid(context.store, name, request.agent)) };
  }
  const list = isProblem(read) || !previewOnly ? read : (await foreseeUsers(run, read)).read;
  const result = isProblem(list) ? await withoutList(run, list) : await finish(run, decideAndPlan(run, list), open);
  result.totals.failed += reserved.filter((outcome) => outcome === 'unknown').length;
  result.observing = observing || panelSwitch.stopped;
  return result;
}

/** Asks the brake, makes the changes, and reports. */
async function finish(run: Run, decided: AgentsDecided, open: readonly ListedAction[]): Promise<AgentsRun> {
  const { context, name, agents, request, services } = run;
  const { plan, opens, closes, records, traffic, active, counted, doubts } = decided;
  // As over services: under `observe` nothing would be changed that it could stop.
  const hasBrake = request.agent === null && !request.allowMass && !run.observing;
  const braked = { panel: name, subjects: 'agents', active, doubted: doubts.length } as const;
  const brake = hasBrake ? brakeSubjects(context.config.poll.brake, braked, counted) : null;
  const isPlanned = plan.steps.length + opens.length + closes.length > 0;
  const announced = await reportPlanned(run, decided);
  const moved = run.previewOnly || !isPlanned ? null : await mayChange(context, run.panel, { dryRun: false });
  const isChanging = !run.previewOnly && brake === null && moved === null;
  const doubtful = new Set(open.map(({ target }) => target));
  const steps = plan.steps.filter(({ target }) => !doubtful.has(target));
  const held = await holdServices(run, services, plan.serviceUsers, {
    ...run,
    command: request.command,
    previewOnly: !isChanging,
    traffic,
  });
  if (!request.dryRun) await storeWouldHold(context, { ...run, run: request.run, ...held });
  const done = isChanging ? await apply(run, decided, { ...plan, steps }) : steps.map((step) => planned(run, step));
  const final = isChanging ? await loadStoredAgents(context, name) : announced.records;
  const actions = [...listServiceActions(held.changes), ...open, ...done];
  const shown = describeAgents(agents, final);
  return {
    panel: name,
    agents: changedAgents(run, shown, request.agent, [
      ...listServiceActions(held.changes),
      ...open.filter((row) => isOpenOf(request, plan, row)),
      ...done,
    ]),
    totals: countTotals(shown, actions, held.changes, plan.left),
    undone: held.undone,
    reported: [...announced.reported, ...held.reported],
    notices: [
      ...held.notices,
      ...doubts,
      ...(run.observing ? [] : decided.leftAbove),
      ...listUnknownSold(decided),
      ...listWaitingRaises(decided),
      ...(await listRenamedAgents(context, name, records.agents, request.dryRun ? decided.renames : [])),
      ...(await listUnclearExempt(context, name, shown)),
      ...(brake === null ? [] : [toNotice(name, { ...brake, key: `${agentsBrakeNotice(name)}${request.run}` })]),
    ],
    error: request.dryRun ? null : (moved ?? brake),
    observing: false,
    changes: actions.filter(({ state }) => state !== 'unneeded').length,
  };
}

/** Returns whether what is in doubt belongs to the agents of a check, and not to others of the panel. */
function isOpenOf(
  { agent }: Pick<AgentsRequest, 'agent'>,
  { steps }: Pick<AgentPlan, 'steps'>,
  row: ListedAction,
): boolean {
  return agent === null || agent === row.agent || steps.some(({ target }) => target === row.target);
}

/** Stores the holds that start, changes the users, and ends the holds without open evidence. */
async function apply(run: Run, { opens, closes }: AgentsDecided, plan: AgentPlan): Promise<ListedAction[]> {
  const { context, leases, panelSwitch } = run;
  if (plan.steps.length > 0) await backupBeforeEnforcing(context);
  try {
    if (opens.length + plan.steps.length > 0) {
      await context.write(leases(), async (tables) => {
        if ((await panelSwitch.read(tables)) !== null) throw new Stopped();
        await storeHolds(tables, opens);
      });
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return plan.steps.map((step) => ({ ...planned(run, step), state: 'unneeded' }));
  }
  const isEmpty = plan.steps.length + plan.moves.length + plan.endedEvidence.length === 0;
  const rows = isEmpty ? [] : await changeUsers(run, plan);
  await endFree(run, closes);
  return rows.map((row) => listed(run, row));
}

/** Ends the holds that have no open evidence left. */
async function endFree({ context, name, leases }: Run, closes: readonly HoldRecord[]): Promise<void> {
  if (closes.length === 0) return;
  await context.write(leases(), async (tables) => {
    const holding = new Set((await tables.evidence.open({ agentsOf: name })).map(({ hold }) => hold));
    await endHolds(
      tables,
      closes.filter(({ id }) => !holding.has(id)),
      context.now(),
    );
  });
}

/** Returns the result of a run without usable lists: the agents as last read, and no change. */
async function withoutList(run: Run, problem: ListProblem): Promise<AgentsRun> {
  const { context, name, agents, request } = run;
  const shown = (await describeStored({ context, name, agents })).map((agent) => ({
    ...agent,
    rule: agent.limitBytes === null ? 'no-limit' : 'unknown',
  }));
  const code = `agent_${problem.code.toLowerCase()}`;
  const key = `${name}:agent-list:${problem.code}:${context.now()}`;
  return {
    ...failedRun(name, { code: problem.code, message: problem.message }),
    agents: changedAgents(run, shown, request.agent, []),
    totals: countTotals(shown, [], [], 0),
    notices: [toNotice(name, { code, key, message: problem.message })],
  };
}

function toNotice(panel: string, { key, code, message }: AgentPlan['notices'][number]): Notice {
  return { code, key, panel, service: null, message };
}

/** Returns the changes to services' users; the error of a service is at its first change. */
function listServiceActions(changes: readonly ServiceChange[]): ListedAction[] {
  return changes.flatMap(({ agent, actions, error }): ListedAction[] => {
    const all = actions.map((action): ListedAction => ({ ...action, agent, error: null }));
    const [first, ...rest] = all;
    if (error === null) return all;
    if (first === undefined)
      return [{ type: AGENT_STEPS.disable, target: '', name: 'disable users', state: 'failed', agent, error }];
    return [{ ...first, error }, ...rest];
  });
}

function countTotals(
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
    ({ actions: done, error }) => error !== null && !isInterrupted(error) && done.length > 0 && !done.some(isWrong),
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

/** Returns totals of zero. */
export function noTotals(): AgentTotals {
  return { agents: 0, exceeded: 0, disabled: 0, restored: 0, failed: 0, skipped: 0 };
}

/** Returns the result for a panel on which nothing was done. */
export function emptyRun(panel: string): AgentsRun {
  const lists = { agents: [], reported: [], notices: [], undone: [] };
  return { panel, ...lists, totals: noTotals(), error: null, observing: false, changes: 0 };
}

/** Returns the result for a panel that failed. */
export function failedRun(panel: string, error: ItemError): AgentsRun {
  return { ...emptyRun(panel), error };
}
