import {
  type AgentBudget,
  type PanelAgents,
  SluiceError,
  type UserCreation,
  type WantedUser,
} from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';
import type { AgentRecord, AgentReservationRecord } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import type { Context } from '../../context/context.js';
import { refuseFormer } from './meant-agents.js';
import { isProblem, knownAgent, loadStoredAgents, readAgents, type ReadFrom } from './read-agents.js';
import { isFree, raise } from './raise-user.js';
import { isInDoubt } from './references.js';
import { brokenOff, sameOrder, toHolder } from './repeated-creation.js';
import { endReservation, giveUp, hasLimits, newReservation, refusal } from './reserve.js';
import { checkCreation, type FOUND } from '@sluice/quota-core/agents';
import { findAgent, listAgentChain, toStored } from './stored.js';

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
    const own = sameOrder(await tables.agentReservations.get(name, wanted.uuid), agent.uuid, wanted);
    const earlier = own ?? (mayResume ? brokenOff(context, records.reservations, agent.uuid, wanted) : null);
    // A repeated attempt already has its reservation.
    const check = checkCreation(toStored(agents, records), chain, earlier === null ? wanted.limitBytes : 0);
    const owned = { ...wanted, uuid: earlier?.uuid ?? wanted.uuid, owner: agent.uuid };
    if (mayResume && earlier?.state === 'settled') {
      await tables.agentReservations.put([{ ...earlier, holder: toHolder(context) }]);
    } else {
      if (!check.allowed) throw refusal(check, records, { chain });
      const record = newReservation(from, { agent: agent.uuid, chain, bytes: wanted.limitBytes, wanted: owned });
      // It counts in the period in which it is repeated: that is when the user is made.
      const { leftBytes, seenAt } = earlier ?? record;
      await tables.agentReservations.put([{ ...record, leftBytes, seenAt }]);
    }
    return { agent, earlier, wanted: owned };
  });
}

/** Creates a reserved user; after a crash its reservation is resolved later. `outcome`: that of the reservation of one that was made. */
export async function makeReserved<T>(
  from: ReadFrom,
  { agent, wanted, earlier }: ReservedUser,
  { make, remove }: UserCreation<T>,
  outcome: typeof FOUND | null = null,
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
  await endReservation(from, uuid, { state: 'settled', outcome });
  await recheck(from, agent, wanted, remove);
  return made;
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
