import { stated } from '@sluice/messages/said';
import { staffText } from '@sluice/messages/staff';
import { findSubjectUser } from '@sluice/quota-core';
import { isOfReseller } from '@sluice/quota-core/agents';
import { endHolds, storeHolds } from '../../context/change-holds.js';
import type { RunCommand } from '../../kernel/run/bracket.js';
import { type AgentRecords, type ListProblem } from '@sluice/panel-kind';
import type { HeldLease, HoldRecord, SwitchRecord } from '@sluice/state-store';
import { backupBeforeEnforcing } from '../../kernel/changes/backups.js';
import { refuseUnconfirmedClock } from '../../context/clock-guard.js';
import type { Context } from '../../context/context.js';
import { type Moment, moment } from '../../context/panel-answers.js';
import { type Enforcements, readEnforcements } from '../../context/enforcement.js';
import { brakeSubjects } from '../../loop/brake.js';
import { type RunStop, runSubjects, type Subjects } from '../../loop/subjects.js';
import { agentsBrakeNotice, type BrakeError, isBrakeError } from '../../kernel/run/brake-state.js';
import type { Notice } from '../../kernel/run/notice.js';
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
import { type AgentsRead, describeStored, isProblem, loadStoredAgents, readAgents } from './read-agents.js';
import { findPresentUuid, listRenamedAgents } from './meant-agents.js';
import { type Announced, reportPlanned } from './report-planned.js';
import { resolveReservations } from './reservations.js';
import { findEnd } from './returned-users.js';
import { listUnknownSold } from './sold-limits.js';
import { listWaitingRaises } from './sold-raises.js';
import { storeWouldHold } from './would-hold.js';
import { holdServices, loadServiceUsers, type ServiceUsers } from './service-users.js';
import { type AgentsDecided, decideAndPlan } from './decide-agents.js';
import { describeAgents } from './stored.js';
import type { AgentPlan } from './agent-plan.js';
import { type AgentsRun, countTotals, failedRun, listServiceActions } from './agents-result.js';

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

/** State of a run over the agents of one panel. */
interface Run extends UserChanges {
  request: AgentsRequest;
  start: Moment;
  services: ServiceUsers;
  panelSwitch: PanelSwitch;
  enforcements: Enforcements;
  observing: boolean;
  /** A dry run, or the panel is under `observe`. */
  previewOnly: boolean;
  /** Actions of earlier runs whose outcome is still unknown. */
  open: readonly ListedAction[];
}

/** A run with what it has decided about its agents. */
interface Planned {
  run: Run;
  decided: AgentsDecided;
}

/** A run with what has become of its plan. */
interface Applied extends Planned {
  announced: Announced;
  held: Awaited<ReturnType<typeof holdServices>>;
  /** The agents after the changes. */
  final: AgentRecords;
  done: readonly ListedAction[];
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
  const readStop: UserChanges['readStop'] = (tables) => panelSwitch.read(tables);
  const changes: UserChanges = { ...on, run: request.run, leases, readStop };
  const reserved = await resolveReservations(changes, { dryRun: previewOnly });
  const open = previewOnly ? [] : await resolveUsers(changes);
  const services = await loadServiceUsers(on);
  const state = { request, start, services, panelSwitch, enforcements, observing, previewOnly, open };
  const result = await runSubjects({ ...changes, ...state }, toSubjects({ ...changes, ...state }));
  result.totals.failed += reserved.filter((outcome) => outcome === 'unknown').length;
  result.observing = observing || panelSwitch.stopped;
  return result;
}

/** The agents of a panel, or one of them, with their users. */
function toSubjects(begun: Run): Subjects<Planned, Applied, AgentsRun> {
  const { context, name, observing, previewOnly } = begun;
  const { dryRun, allowMass, agent } = begun.request;
  // As over services: under `observe` nothing would be changed that it could stop.
  const hasBrake = agent === null && !allowMass && !observing;
  return {
    async plan(guard) {
      const how = { dryRun, acceptHalved: allowMass, decides: true };
      const read = await readAgents(begun, { run: begun.run, ...how, leases: begun.leases, guard });
      guard();
      if (isProblem(read)) return { ended: await withoutList(begun, read) };
      const run = { ...begun, request: await withPresentUuid(begun, read) };
      const list = previewOnly ? (await foreseeUsers(run, read)).read : read;
      return { planned: { run, decided: decideAndPlan(run, list) } };
    },
    changesPanel: ({ decided: { plan, opens, closes } }) =>
      !previewOnly && plan.steps.length + opens.length + closes.length > 0,
    askBrake({ decided: { active, doubts, counted } }) {
      if (!hasBrake) return null;
      const braked = { panel: name, subjects: 'agents', active, doubted: doubts.length } as const;
      return brakeSubjects(context.config.poll.brake, braked, counted);
    },
    apply: (planned, stop) => apply(planned, !previewOnly && stop === null),
    end: toResult,
  };
}

/** Returns what is asked of a run, with the uuid that the list shows of its only agent. */
async function withPresentUuid({ request, context, name }: Run, { renames }: AgentsRead): Promise<AgentsRequest> {
  const { agent } = request;
  if (agent === null) return request;
  const found = renames.find(({ from }) => from === agent)?.to;
  return { ...request, agent: found ?? (await findPresentUuid(context.store, name, agent)) };
}

/** Stores what is reported, then holds services and changes the other users; lists the changes where none are to be made. */
async function apply({ run, decided }: Planned, isChanging: boolean): Promise<Applied> {
  const { context, request, name } = run;
  const { plan, traffic } = decided;
  const announced = await reportPlanned(run, decided);
  const doubtful = new Set(run.open.map(({ target }) => target));
  const steps = plan.steps.filter(({ target }) => !doubtful.has(target));
  const { command } = request;
  const held = await holdServices(run, run.services, plan.serviceUsers, {
    ...run,
    ...{ command, previewOnly: !isChanging, traffic },
  });
  if (!request.dryRun) await storeWouldHold(context, { ...run, run: request.run, ...held });
  if (!isChanging) {
    const done = steps.map((step) => planned(run, step));
    return { run, decided, announced, held, final: announced.records, done };
  }
  const done = await change(run, decided, { ...plan, steps });
  return { run, decided, announced, held, final: await loadStoredAgents(context, name), done };
}

/** Returns the result of a run over lists that could be used. */
async function toResult(
  { run, decided, announced, held, final, done }: Applied,
  stop: RunStop | null,
): Promise<AgentsRun> {
  const { context, name, agents, request, open } = run;
  const { plan, records, doubts } = decided;
  const ofServices = listServiceActions(held.changes);
  const actions = [...ofServices, ...open, ...done];
  const ownOpen = open.filter((row) => isOpenOf(request, plan, row));
  const shown = describeAgents(agents, final);
  return {
    panel: name,
    agents: changedAgents(run, shown, request.agent, [...ofServices, ...ownOpen, ...done]),
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
      ...(stop === null && !run.previewOnly ? listEndedOfGone(name, decided) : []),
      ...(isBrakeError(stop) ? [toBrakeNotice(context, request.run, stop)] : []),
    ],
    error: request.dryRun ? null : stop,
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
async function change(run: Run, { opens, closes }: AgentsDecided, plan: AgentPlan): Promise<ListedAction[]> {
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
    const now = context.now();
    for (const hold of closes.filter(({ id }) => !holding.has(id)))
      await endHolds(tables, [hold], await findEnd(tables, hold, now));
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

/** Returns the notices of holds that end since their users are gone; of a user with evidence the end of that is one. */
function listEndedOfGone(name: string, { closes, records }: AgentsDecided): Notice[] {
  const disabled = new Set(records.evidence.map(({ target }) => target));
  return closes
    .filter((hold) => isOfReseller(hold) && !disabled.has(findSubjectUser(hold.service) ?? ''))
    .map(({ id, note, service }) => {
      const message = staffText('staff.agent.holdOfGone', { user: note ?? service });
      return { code: 'agent_user_gone', key: `agent-user:${id}:gone`, panel: name, service: null, message };
    });
}

function toBrakeNotice(context: Context, run: string, { code, message, details }: BrakeError): Notice {
  const { panel, changing, active } = details;
  const facts = { subjects: 'agents', since: context.now(), changing, active } as const;
  return { ...toNotice(panel, { key: `${agentsBrakeNotice(panel)}${run}`, code, message }), facts };
}

function toNotice(panel: string, { key, code, message }: AgentPlan['notices'][number]): Notice {
  return { code, key, panel, service: null, message: stated(message) };
}
