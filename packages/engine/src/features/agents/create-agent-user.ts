import type { CreatedUserReport } from '@sluice/contract/documents';
import {
  AGENT_STEPS,
  type AgentRecords,
  type CreationCheck,
  SluiceError,
  type Step,
  type WantedUser,
} from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/state-store';
import { toUserAccess } from '../services/customer-access.js';
import { toUserName } from '../../base/user-name.js';
import { withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { makeReserved, reserveUser } from './budget.js';
import { FOUND } from '@sluice/quota-core/agents';
import { answerFor, closeGone, refusal } from './reserve.js';
import { changeUsers, listed, type UserChanges } from './change-users.js';
import { beginReferred, endReferred, keepReferred, type ReferredChange } from './references.js';
import { agentPanel, type AgentsOnPanel, openAgents, withAgentErrors } from './open-agents.js';
import { knownAgent } from './read-agents.js';
import { isFreed, resolveReservations } from './reservations.js';
import { checkCreation } from '@sluice/quota-core/agents';
import { listAgentChain, toStored } from './stored.js';

/** Options of `agent create-user`. */
export interface CreateUserRequest {
  panel?: string | undefined;
  agent: string;
  name: string;
  limitBytes: number;
  days?: number | undefined;
  mode?: string | undefined;
  /** One reference creates one user, however often the request is repeated. */
  ref?: string | undefined;
  dryRun?: boolean | undefined;
}

/** Returns whether a user of this size would fit now; only the creation itself reserves. */
export async function canCreateUser(
  context: Context,
  text: string,
  newBytes: number,
  panel: string | undefined,
): Promise<Pick<CreationCheck, 'allowed' | 'reason' | 'remainingBytes'>> {
  const { allowed, reason, remainingBytes } = (await checkUser(context, text, newBytes, panel)).check;
  return { allowed, reason, remainingBytes };
}

async function checkUser(
  context: Context,
  text: string,
  newBytes: number,
  panel: string | undefined,
): Promise<{ check: CreationCheck; chain: string[]; records: Pick<AgentRecords, 'agents'> }> {
  const on = await openAgents(context, await agentPanel(context, panel));
  return withAgentErrors(text, async () => {
    if (on.addon !== null) {
      const check = await on.addon.canCreateUserWithTraffic(text, newBytes);
      return { check, chain: [], records: { agents: [] } };
    }
    const { agent, records } = await knownAgent(on, text, { creation: true });
    const chain = listAgentChain(agent.uuid, records);
    return { check: checkCreation(toStored(on.agents, records), chain, newBytes), chain, records };
  });
}

/**
 * Creates a user within the limits of its agent and the agent's ancestors, also when many do so at once. Abandoned reservations
 * are resolved before a user is refused.
 *
 * @throws SluiceError `agent_limit`, `agent_suspended`, `ref_used`, `request_running`; `bad_value` for its name
 */
export async function createAgentUser(context: Context, request: CreateUserRequest): Promise<CreatedUserReport> {
  const { agent: text, limitBytes, ref } = request;
  const name = toUserName(request.name);
  const on = await openAgents(context, await agentPanel(context, request.panel));
  if (request.dryRun === true) {
    const { check, chain, records } = await checkUser(context, text, limitBytes, request.panel);
    if (!check.allowed) throw refusal(check, records, { chain });
    return { user: { uuid: null, name, limitBytes, agent: text }, access: null };
  }
  return withRun(context, { command: 'agent user create', dryRun: false }, async (run) => {
    await run.start();
    const changes: UserChanges = { ...on, run: run.id, leases: () => [] };
    const wanted = wantedUser(on, { ...request, name });
    const { made, uuid } = await beginReferred(context, toReferred(changes, request, wanted));
    const asked: Asked = { agent: text, wanted: { ...wanted, uuid }, refuseEnded: () => run.refuseEndedAsker() };
    if (made !== null) {
      await run.end({ outcome: 'done', changes: false });
      return toReport(changes, made.agent, asked.wanted);
    }
    const report = await keepReferred(context, ref, () =>
      withAgentErrors(text, () => (on.addon === null ? create(changes, asked) : createBeside(changes, on, asked))),
    );
    await context.write([], async (tables) => {
      const created = { uuid: report.user.uuid ?? uuid, agent: report.user.agent };
      await answerFor(tables, on.name, created.uuid);
      await endReferred(tables, ref, { made: created, at: context.now() });
      await run.end({ outcome: 'done', changes: true }, tables);
    });
    return report;
  });
}

/** A request of somebody whose token may end until the user is made. */
interface Asked {
  agent: string;
  wanted: WantedUser;
  refuseEnded: () => Promise<void>;
}

async function create(on: UserChanges, request: Asked): Promise<CreatedUserReport> {
  try {
    return await attempt(on, request);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'agent_limit') throw error;
    if (!isFreed(await resolveReservations(on, { dryRun: false }))) throw error;
    return attempt(on, request);
  }
}

function toReferred(
  { name: panel }: UserChanges,
  { agent, ref, days, mode }: CreateUserRequest,
  { uuid, name, limitBytes }: WantedUser,
): ReferredChange {
  return { ref, uuid, asked: ['create', panel, agent, name, limitBytes, days ?? null, mode ?? null] };
}

function wantedUser({ agents }: Pick<UserChanges, 'agents'>, { name, limitBytes, days, mode }: CreateUserRequest) {
  return agents.newUser({
    name,
    limitBytes,
    ...(days === undefined ? {} : { packageDays: days }),
    ...(mode === undefined ? {} : { mode }),
  });
}

async function attempt(on: UserChanges, request: Asked): Promise<CreatedUserReport> {
  const reserved = await reserveUser(on, request.agent, request.wanted, { mayResume: true });
  const { agent, earlier, wanted } = reserved;
  const report = toReport(on, agent.uuid, wanted);
  if (earlier?.state === 'settled') {
    const { state } = await on.agents.readReservation(earlier, false);
    if (state === 'settled') return report;
    await closeGone(on, earlier);
    return attempt(on, request);
  }
  const work = {
    make: async () => {
      await request.refuseEnded();
      await performOne(on, toStep(AGENT_STEPS.create, agent.uuid, wanted));
    },
    remove: () => performOne(on, toStep(AGENT_STEPS.delete, agent.uuid, wanted)),
  };
  // Until the run has ended, a repeat of the command means this user.
  await makeReserved(on, reserved, work, FOUND);
  return report;
}

function toReport({ context, name: panel }: UserChanges, agent: string, wanted: WantedUser): CreatedUserReport {
  const { uuid, name, limitBytes } = wanted;
  return { user: { uuid, name, limitBytes, agent }, access: toUserAccess(context, panel, wanted) };
}

function toStep(type: string, agent: string, wanted: { uuid: string }): Step {
  const payload = { agent, why: 'ordered', ...(type === AGENT_STEPS.create ? { wanted } : {}) };
  return { type, target: wanted.uuid, hold: null, prior: null, payload, ends: [], begins: null };
}

/** Performs one step, and returns its row; null where none is stored. Rejects where it failed, with `outcomeUnknown` where it is in doubt. */
export async function performOne(on: UserChanges, step: Step): Promise<ActionRecord | null> {
  const [row] = await changeUsers(on, { steps: [step], moves: [], endedEvidence: [] }).catch((error: unknown) => {
    // The store failed, before the call or after it.
    throw Object.assign(error as Error, { outcomeUnknown: true });
  });
  const error = row === undefined ? null : listed(on, row).error;
  if (row === undefined || error === null) return row ?? null;
  const kind = error.code === 'interrupted' ? 'interrupted' : 'panel';
  const doubt = { outcomeUnknown: row.state === 'in-doubt' };
  const failure = new SluiceError(error.code, error.message, { kind, details: doubt });
  throw Object.assign(failure, doubt);
}

/** Creates a user after the add-on's check; the two are not atomic. */
async function createBeside(
  changes: UserChanges,
  { addon }: Pick<AgentsOnPanel, 'addon'>,
  request: Asked,
): Promise<CreatedUserReport> {
  if (addon === null) throw new Error('no add-on');
  const check = await addon.canCreateUserWithTraffic(request.agent, request.wanted.limitBytes);
  if (!check.allowed)
    throw new SluiceError('agent_limit', check.reason ?? 'The user does not fit within the limit of its agent.');
  const { uuid: owner } = await addon.getAgent(request.agent);
  const wanted = { ...request.wanted, owner };
  await request.refuseEnded();
  await performOne(changes, toStep(AGENT_STEPS.create, owner, wanted));
  return toReport(changes, owner, wanted);
}
