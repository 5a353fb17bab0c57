import {
  type AgentBudget,
  type AgentRecords,
  type CreationCheck,
  type ItemError,
  type PanelAgents,
  type RaiseRequest,
  SluiceError,
  toItemError,
  type UserCreation,
  type WantedUser,
} from '@sluice/panel-kind';
import { formatBytes, raiseKey } from '@sluice/quota-core';
import type { AgentRecord, AgentReservationRecord, StoreTables } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import type { Context } from '../../context/context.js';
import { refuseFormer } from './meant-agents.js';
import { isProblem, knownAgent, loadStoredAgents, readAgents, type ReadFrom } from './read-agents.js';
import { brokenOff, FOUND, sameOrder, toHolder } from './repeated-creation.js';
import { checkCreation, checkRaise } from '@sluice/quota-core/agents';
import { findAgent, listAgentChain, toStored } from './stored.js';

/** How long a reserved user may be created; afterwards the reservation is resolved. */
const RESERVED_MS = 600_000;

/** Returns the budget of the agents of a panel. */
export function agentBudget(context: Context, name: string, agents: PanelAgents): AgentBudget {
  const from = { context, name, agents };
  return {
    async create(agent, wanted, work) {
      await refuseFormer(context, name, agent);
      if (!(await hasLimits(from)) && !(await hasSuspensions(from))) return work.make();
      const reserved = await reserveUser(from, agent, wanted, { mayResume: false });
      return makeReserved(from, reserved, work);
    },
    async raise(request, work) {
      return !isFree(request) && (await hasLimits(from)) ? raise(from, request, work) : work();
    },
  };
}

/** Lifting a limit reserves nothing, since no agent sells it; with a user that moves goes what it is sold. */
function isFree({ lifted, user, owner }: RaiseRequest): boolean {
  return lifted === true && user.owner === owner;
}

/** Returns the error that a raise would fail with; null for one that fits. Reserves nothing. */
export async function previewRaise(from: ReadFrom, request: RaiseRequest): Promise<ItemError | null> {
  if (isFree(request) || !(await hasLimits(from))) return null;
  const { check, records } = await readRaise(from, request, from.context.store);
  return check.allowed ? null : toItemError(refusal(check, records));
}

async function readRaise({ context, name, agents }: ReadFrom, request: RaiseRequest, tables: StoreTables) {
  const records: AgentRecords = await loadStoredAgents(context, name, tables);
  const earlier = await tables.agentReservations.get(name, raiseKey(request.user.uuid));
  const [user = null] = await tables.agentUsers.list({ panel: name, keys: [request.user.uuid] });
  const chain = listAgentChain(request.owner, records);
  return { ...checkRaise(toStored(agents, records), request, { earlier, user }), chain, earlier, records };
}

/** Returns whether any agent of a panel has a limit. */
export async function hasLimits({ context, name }: Pick<ReadFrom, 'context' | 'name'>): Promise<boolean> {
  return (await context.store.agents.list(name)).some(({ limitBytes }) => limitBytes !== null);
}

async function hasSuspensions({ context, name }: ReadFrom): Promise<boolean> {
  return (await context.store.holds.open({ agentsOf: name, reason: 'manual' })).length > 0;
}

/** A reserved user. */
export interface ReservedUser {
  agent: AgentRecord;
  /** The reservation of an earlier attempt at the same user. */
  earlier: AgentReservationRecord | null;
  /** The user with its owner, and the uuid of an earlier attempt. */
  wanted: WantedUser;
}

/** Checks and reserves in one transaction, so that simultaneous creations keep the limit. */
export async function reserveUser(
  from: ReadFrom,
  text: string,
  wanted: WantedUser,
  { mayResume }: { mayResume: boolean },
): Promise<ReservedUser> {
  const { context, name, agents } = from;
  await knownAgent(from, text, { creation: true });
  return context.write([], async (tables) => {
    const records = await loadStoredAgents(context, name, tables);
    const agent = findAgent(text, records);
    if (agent.missingSince !== null) {
      throw notFound('unknown_agent', `Agent "${agent.name}" is no longer in the panel's list. No user was created.`);
    }
    const chain = listAgentChain(agent.uuid, records);
    const earlier = mayResume
      ? brokenOff(context, records.reservations, agent.uuid, wanted)
      : sameOrder(await tables.agentReservations.get(name, wanted.uuid), agent.uuid, wanted);
    // A repeated attempt already has its reservation.
    const check = checkCreation(toStored(agents, records), chain, earlier === null ? wanted.limitBytes : 0);
    const owned = { ...wanted, uuid: earlier?.uuid ?? wanted.uuid, owner: agent.uuid };
    if (mayResume && earlier?.state === 'settled') {
      await tables.agentReservations.put([{ ...earlier, holder: toHolder(context) }]);
    } else {
      if (!check.allowed) throw refusal(check, records);
      const record = reservation(from, { agent: agent.uuid, chain, bytes: wanted.limitBytes, wanted: owned });
      const { leftBytes, createdAt, seenAt } = earlier ?? record;
      await tables.agentReservations.put([{ ...record, leftBytes, createdAt, seenAt }]);
    }
    return { agent, earlier, wanted: owned };
  });
}

/** Returns the error of a user that does not fit, or whose agent is suspended; `records` name the agent whose limit decides. */
export function refusal(
  { reason, remainingBytes, binding, suspended = null }: CreationCheck,
  records: Pick<AgentRecords, 'agents'> = { agents: [] },
): SluiceError {
  if (suspended !== null) {
    return new SluiceError('agent_suspended', reason ?? '', { kind: 'panel', details: { agent: suspended } });
  }
  const agent = records.agents.find(({ uuid }) => uuid === binding)?.name;
  return new SluiceError('agent_limit', reason ?? 'The user does not fit within the limit of its agent.', {
    kind: 'panel',
    details: { remainingBytes, binding, ...(agent === undefined ? {} : { agent }) },
  });
}

function reservation(
  { context, name }: ReadFrom,
  content: Pick<AgentReservationRecord, 'agent' | 'chain' | 'bytes'> & { wanted: { uuid: string } },
): AgentReservationRecord {
  return {
    panel: name,
    ...content,
    uuid: content.wanted.uuid,
    leftBytes: content.bytes,
    state: 'open',
    createdAt: context.now(),
    expiresAt: new Date(context.deps.clock.now() + RESERVED_MS).toISOString(),
    holder: toHolder(context),
    seenAt: null,
    confirmedAt: null,
    closedAt: null,
    outcome: null,
  };
}

/** Creates a reserved user; after a crash its reservation is resolved later. */
export async function makeReserved<T>(
  from: ReadFrom,
  { agent, wanted, earlier }: ReservedUser,
  { make, remove }: UserCreation<T>,
): Promise<T> {
  const { context, name } = from;
  const { uuid } = wanted;
  const stored = await context.store.agentReservations.get(name, uuid);
  // After its expiry another run may resolve the reservation at any time.
  if (stored?.state !== 'open' || context.now() >= stored.expiresAt) {
    throw new SluiceError(
      'reservation_expired',
      `The reservation for user "${wanted.name}" expired before the user was created. Repeat the command.`,
      { kind: 'panel' },
    );
  }
  let made: T;
  try {
    made = await make();
  } catch (error) {
    // A user that may exist stays reserved, for anyone who repeats the command.
    if (earlier !== null || isInDoubt(error)) await giveUp(from, stored);
    else await endReservation(from, uuid, { state: 'closed', outcome: 'not-created' });
    throw error;
  }
  await endReservation(from, uuid, { state: 'settled', outcome: null });
  await recheck(from, agent, wanted, remove);
  return made;
}

function isInDoubt(error: unknown): boolean {
  return (error as { outcomeUnknown?: unknown }).outcomeUnknown === true;
}

/** Stores that this process does not work on a reservation any more, unless another has resumed it. */
async function giveUp({ context, name }: ReadFrom, seen: AgentReservationRecord): Promise<void> {
  await context.write([], async (tables) => {
    const open = await tables.agentReservations.get(name, seen.uuid);
    if (open?.state !== 'open' || open.holder !== seen.holder || open.expiresAt !== seen.expiresAt) return;
    await tables.agentReservations.put([{ ...open, holder: toHolder(context, true) }]);
  });
}

/** The end of a reservation. */
export interface ReservationEnd {
  state: 'settled' | 'closed';
  outcome: string | null;
}

/** Ends an open reservation, unless another process has resumed it since it was `seen`. */
export async function endReservation(
  { context, name }: ReadFrom,
  uuid: string,
  { state, outcome }: ReservationEnd,
  seen?: AgentReservationRecord,
): Promise<void> {
  const now = context.now();
  await context.write([], async (tables) => {
    const open = await tables.agentReservations.get(name, uuid);
    if (open?.state !== 'open') return;
    if (seen !== undefined && (open.holder !== seen.holder || open.expiresAt !== seen.expiresAt)) return;
    const closedAt = state === 'closed' ? now : null;
    await tables.agentReservations.put([{ ...open, state, confirmedAt: now, closedAt, outcome }]);
  });
}

/**
 * Reads the panel again, since users created on the panel itself have no reservation. Where limits count allocated traffic, a
 * user that exceeds its agent's limit is removed again.
 */
async function recheck(
  from: ReadFrom,
  agent: AgentRecord,
  { uuid, name, limitBytes }: WantedUser,
  remove: () => Promise<unknown>,
): Promise<void> {
  const { context, agents } = from;
  if (agents.rules.accounting !== 'allocated') return;
  const read = await readAgents(from, {});
  // The next run checks again; after a failed reading nothing is reverted.
  if (isProblem(read)) return;
  const { records, recorded } = read;
  const over = listAgentChain(agent.uuid, records).find((above) => recorded.standing.get(above)?.force === 'over');
  if (over === undefined) return;
  await remove();
  await context.write([], async (tables) => {
    const reserved = await tables.agentReservations.get(from.name, uuid);
    const end = { state: 'closed' as const, closedAt: context.now(), outcome: 'user-gone' };
    if (reserved !== null) await tables.agentReservations.put([{ ...reserved, ...end }]);
  });
  const binding = records.agents.find((known) => known.uuid === over)?.name ?? '';
  throw new SluiceError(
    'agent_limit',
    `User "${name}" of ${formatBytes(limitBytes)} was created and removed again: agent "${binding}" exceeded its limit because of users that were created on the panel in the meantime.`,
    { kind: 'panel', details: { binding: over, remainingBytes: 0 } },
  );
}

/** Reserves the difference, calls, and keeps or releases the reservation by how the call ended. */
async function raise<T>(from: ReadFrom, request: RaiseRequest, work: () => Promise<T>): Promise<T> {
  const { context } = from;
  await knownAgent(from, request.owner, { creation: true });
  const key = raiseKey(request.user.uuid);
  const { record, earlier } = await context.write([], async (tables) => {
    const { bytes, wanted, check, chain, records, earlier: before } = await readRaise(from, request, tables);
    if (!check.allowed) throw refusal(check, records);
    const content = { agent: request.owner, chain, bytes, wanted: { ...(wanted as object), uuid: key } };
    const reserved = { ...reservation(from, content), wanted };
    await tables.agentReservations.put([reserved]);
    return { record: reserved, earlier: before };
  });
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (!isInDoubt(error)) await giveBack(from, record, earlier);
    throw error;
  }
  await endReservation(from, key, { state: 'settled', outcome: null }, record);
  return result;
}

/** Restores the earlier reservation after a raise that changed nothing. */
async function giveBack(
  { context, name }: ReadFrom,
  { uuid, holder, expiresAt }: AgentReservationRecord,
  earlier: AgentReservationRecord | null,
): Promise<void> {
  await context.write([], async (tables) => {
    const open = await tables.agentReservations.get(name, uuid);
    if (open?.state !== 'open' || open.holder !== holder || open.expiresAt !== expiresAt) return;
    const end = { state: 'closed' as const, closedAt: context.now(), outcome: 'not-raised' };
    await tables.agentReservations.put([earlier ?? { ...open, ...end }]);
  });
}

/** Records whether the user of an earlier attempt exists; only the first repeat does so. */
export async function takeFound(from: ReadFrom, { uuid }: AgentReservationRecord, isThere: boolean): Promise<void> {
  const { context, name } = from;
  await context.write([], async (tables) => {
    const found = await tables.agentReservations.get(name, uuid);
    if (found?.outcome !== FOUND) return;
    const end = { state: 'closed' as const, closedAt: context.now(), outcome: 'user-gone' };
    await tables.agentReservations.put([{ ...found, ...(isThere ? { outcome: null } : end) }]);
  });
}
