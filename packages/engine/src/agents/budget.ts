import {
  type AgentBudget,
  type AgentMemory,
  type CreationCheck,
  type PanelAgents,
  type RaiseOrder,
  SluiceError,
  type UserCreation,
  type WantedUser,
} from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';
import type { AgentRecord, AgentReservationRecord } from '@sluice/state-store';
import type { Session } from '../session.js';
import { isProblem, knownAgent, loadMemory, readAgents, type ReadFrom } from './read-agents.js';
import { brokenOff, FOUND, sameOrder } from './repeat.js';

/** Until when a reserved user may be made; afterwards what became of it is read. */
const RESERVED_MS = 600_000;

/** Returns the budget that the agents of a panel hand out for their users. */
export function agentBudget(session: Session, name: string, agents: PanelAgents): AgentBudget {
  const from = { session, name, agents };
  return {
    async create(agent, wanted, work) {
      if (!(await hasLimits(from))) return work.make();
      const reserved = await reserveUser(from, agent, wanted, { mayResume: false });
      return makeReserved(from, reserved, work);
    },
    async raise(order, work) {
      return (await hasLimits(from)) ? raise(from, order, work) : work();
    },
  };
}

async function hasLimits({ session, name }: ReadFrom): Promise<boolean> {
  return (await session.store.agents.list(name)).some(({ limitBytes }) => limitBytes !== null);
}

/** Budget that was reserved for a user, and the check that allowed it. */
export interface ReservedUser {
  agent: AgentRecord;
  check: CreationCheck;
  /** The reservation of an earlier attempt at the same user. */
  earlier: AgentReservationRecord | null;
  /** The user with its owner, and the uuid of an earlier attempt. */
  wanted: WantedUser;
}

/** Checks and reserves in one transaction: this is what makes fifty creations at once keep a limit. */
export async function reserveUser(
  from: ReadFrom,
  text: string,
  wanted: WantedUser,
  { mayResume }: { mayResume: boolean },
): Promise<ReservedUser> {
  const { session, name, agents } = from;
  await knownAgent(from, text, { creation: true });
  return session.write([], async (tables) => {
    const memory = await loadMemory(session, name, tables);
    const agent = agents.find(text, memory);
    if (agent.missingSince !== null) {
      throw new SluiceError(
        'unknown_agent',
        `Agent "${agent.name}" is not in the panel's list any more. Nothing was made.`,
        { kind: 'panel' },
      );
    }
    const chain = agents.chainOf(agent.uuid, memory);
    const earlier = mayResume
      ? brokenOff(session, memory.reservations, agent.uuid, wanted)
      : sameOrder(await tables.agentReservations.get(name, wanted.uuid), agent.uuid, wanted);
    // A repeat of an attempt has its reservation already.
    const check = agents.check(memory, chain, earlier === null ? wanted.limitBytes : 0);
    const owned = { ...wanted, uuid: earlier?.uuid ?? wanted.uuid, owner: agent.uuid };
    if (mayResume && earlier?.state === 'settled') {
      await tables.agentReservations.put([{ ...earlier, holder: holderOf(session) }]);
    } else {
      if (!check.allowed) throw refusal(check);
      const record = reservation(from, { agent: agent.uuid, chain, bytes: wanted.limitBytes, wanted: owned });
      const { leftBytes, createdAt, seenAt } = earlier ?? record;
      await tables.agentReservations.put([{ ...record, leftBytes, createdAt, seenAt }]);
    }
    return { agent, check, earlier, wanted: owned };
  });
}

/** Returns why a user does not fit. */
export function refusal({ reason, remainingBytes, binding }: CreationCheck): SluiceError {
  return new SluiceError('agent_limit', reason ?? 'It does not fit under the limit of its agent.', {
    kind: 'panel',
    details: { remainingBytes, binding },
  });
}

/** Names this process in reservations. */
function holderOf({ deps }: Session): string {
  return JSON.stringify(deps.owner);
}

function reservation(
  { session, name }: ReadFrom,
  content: Pick<AgentReservationRecord, 'agent' | 'chain' | 'bytes'> & { wanted: { uuid: string } },
): AgentReservationRecord {
  return {
    panel: name,
    ...content,
    uuid: content.wanted.uuid,
    leftBytes: content.bytes,
    state: 'open',
    createdAt: session.now(),
    expiresAt: new Date(session.deps.clock.now() + RESERVED_MS).toISOString(),
    holder: holderOf(session),
    seenAt: null,
    settledAt: null,
    closedAt: null,
    outcome: null,
  };
}

/** Makes a user that is reserved; whatever happens in between, the reservation is there to be resolved later. */
export async function makeReserved<T>(
  from: ReadFrom,
  { agent, wanted, earlier }: ReservedUser,
  { make, remove }: UserCreation<T>,
): Promise<T> {
  const { session, name } = from;
  const { uuid } = wanted;
  const stored = await session.store.agentReservations.get(name, uuid);
  // Nobody may make a user whose reservation could be read and released at the same time.
  if (stored?.state !== 'open' || session.now() >= stored.expiresAt) {
    throw new SluiceError(
      'reservation_expired',
      `The promise for user "${wanted.name}" has run out before it was made. Repeat.`,
      { kind: 'panel' },
    );
  }
  let made: T;
  try {
    made = await make();
  } catch (error) {
    // What may exist, or what an earlier attempt may have made, stays reserved.
    if (earlier === null && !isInDoubt(error))
      await endReservation(from, uuid, { state: 'closed', outcome: 'not-created' });
    throw error;
  }
  await endReservation(from, uuid, { state: 'settled', outcome: null });
  await recheck(from, agent, wanted, remove);
  return made;
}

function isInDoubt(error: unknown): boolean {
  return (error as { outcomeUnknown?: unknown }).outcomeUnknown === true;
}

/** How a reservation ends. */
export interface ReservationEnd {
  state: 'settled' | 'closed';
  outcome: string | null;
}

/** Ends an open reservation; `seen`: as it was when the panel was read, since one that somebody has taken over is theirs. */
export async function endReservation(
  { session, name }: ReadFrom,
  uuid: string,
  { state, outcome }: ReservationEnd,
  seen?: AgentReservationRecord,
): Promise<void> {
  const now = session.now();
  await session.write([], async (tables) => {
    const open = await tables.agentReservations.get(name, uuid);
    if (open?.state !== 'open') return;
    if (seen !== undefined && (open.holder !== seen.holder || open.expiresAt !== seen.expiresAt)) return;
    const closedAt = state === 'closed' ? now : null;
    await tables.agentReservations.put([{ ...open, state, settledAt: now, closedAt, outcome }]);
  });
}

/**
 * The panel's own form knows nothing of reservations: what was sold there meanwhile shows only in a new list. Where limits
 * count what is sold, a user that made its agent go over is removed again.
 */
async function recheck(
  from: ReadFrom,
  agent: AgentRecord,
  { uuid, name, limitBytes }: WantedUser,
  remove: () => Promise<unknown>,
): Promise<void> {
  const { session, agents } = from;
  if (agents.semantics.accounting !== 'allocated') return;
  const read = await readAgents(from, { run: null, dryRun: false, acceptHalved: false, announce: false });
  // The next run looks again in any case; a list that can't be read now takes nothing back.
  if (isProblem(read)) return;
  const { memory, recorded } = read;
  const over = agents.chainOf(agent.uuid, memory).find((above) => recorded.standing.get(above)?.force === 'over');
  if (over === undefined) return;
  await remove();
  await session.write([], async (tables) => {
    const settled = await tables.agentReservations.get(from.name, uuid);
    const end = { state: 'closed' as const, closedAt: session.now(), outcome: 'user-gone' };
    if (settled !== null) await tables.agentReservations.put([{ ...settled, ...end }]);
  });
  const binding = memory.agents.find((known) => known.uuid === over)?.name ?? '';
  throw new SluiceError(
    'agent_limit',
    `User "${name}" of ${formatBytes(limitBytes)} was made and removed again: agent "${binding}" went over its limit by what was sold in the panel meanwhile.`,
    { kind: 'panel', details: { binding: over, remainingBytes: 0 } },
  );
}

/** Reserves the difference, calls, and keeps or gives back what was reserved by how that ended. */
async function raise<T>(from: ReadFrom, order: RaiseOrder, work: () => Promise<T>): Promise<T> {
  const { session, name, agents } = from;
  await knownAgent(from, order.owner, { creation: true });
  const key = agents.raiseKey(order.user.uuid);
  const { record, earlier } = await session.write([], async (tables) => {
    const memory: AgentMemory = await loadMemory(session, name, tables);
    const before = await tables.agentReservations.get(name, key);
    const [user = null] = await tables.agentUsers.list({ panel: name, keys: [order.user.uuid] });
    const { bytes, wanted, check } = agents.raise(memory, order, { earlier: before, user });
    if (!check.allowed) throw refusal(check);
    const chain = agents.chainOf(order.owner, memory);
    const content = { agent: order.owner, chain, bytes, wanted: { ...(wanted as object), uuid: key } };
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

/** Nothing was changed: what was reserved before holds again. */
async function giveBack(
  { session, name }: ReadFrom,
  { uuid, holder, expiresAt }: AgentReservationRecord,
  earlier: AgentReservationRecord | null,
): Promise<void> {
  await session.write([], async (tables) => {
    const open = await tables.agentReservations.get(name, uuid);
    if (open?.state !== 'open' || open.holder !== holder || open.expiresAt !== expiresAt) return;
    const end = { state: 'closed' as const, closedAt: session.now(), outcome: 'not-raised' };
    await tables.agentReservations.put([earlier ?? { ...open, ...end }]);
  });
}

/** Whether the user of an earlier attempt was found meanwhile, so that there is nothing to make; said once. */
export async function takeFound(from: ReadFrom, { uuid }: AgentReservationRecord, isThere: boolean): Promise<void> {
  const { session, name } = from;
  await session.write([], async (tables) => {
    const found = await tables.agentReservations.get(name, uuid);
    if (found?.outcome !== FOUND) return;
    const end = { state: 'closed' as const, closedAt: session.now(), outcome: 'user-gone' };
    await tables.agentReservations.put([{ ...found, ...(isThere ? { outcome: null } : end) }]);
  });
}
