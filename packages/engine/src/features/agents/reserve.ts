import { type AgentRecords, type CreationCheck, SluiceError } from '@sluice/panel-kind';
import { findRaise, FOUND } from '@sluice/quota-core/agents';
import type { AgentReservationRecord, StoreTables } from '@sluice/state-store';
import type { ReadFrom } from './read-agents.js';
import { endReferred } from './references.js';
import { toHolder } from './repeated-creation.js';

/** How long a reserved user may be created or raised; afterwards the reservation is resolved. */
const RESERVED_MS = 600_000;

/** Returns whether any agent of a panel has a limit. */
export async function hasLimits({ context, name }: Pick<ReadFrom, 'context' | 'name'>): Promise<boolean> {
  return (await context.store.agents.list(name)).some(({ limitBytes }) => limitBytes !== null);
}

/** Who asked for traffic, and the agents that it counts for: the user's own and those above it. */
export interface AskedTraffic {
  chain: readonly string[];
  /** Default: the user's own agent. */
  asker?: string;
}

/**
 * Returns the error of a user that does not fit, or whose agent is suspended; `records` name the agent whose limit decides. Its details
 * have the figures in bytes (`askedBytes`, `remainingBytes`, `limitBytes`), and whose limit decides (`whose`): that of who asked, of an
 * agent below it or of one above it.
 */
export function refusal(
  { reason, remainingBytes, binding, refused, suspended = null }: CreationCheck,
  records: Pick<AgentRecords, 'agents'>,
  { chain, asker = chain[0] ?? '' }: AskedTraffic,
): SluiceError {
  if (suspended !== null) {
    return new SluiceError('agent_suspended', reason ?? '', { kind: 'panel', details: { agent: suspended } });
  }
  const agent = records.agents.find(({ uuid }) => uuid === binding)?.name;
  const above = chain.indexOf(binding ?? '') - chain.indexOf(asker);
  const figures =
    refused === undefined
      ? { remainingBytes }
      : { askedBytes: refused.askedBytes, remainingBytes: refused.leftBytes, limitBytes: refused.limitBytes };
  return new SluiceError('agent_limit', reason ?? 'The user does not fit within the limit of its agent.', {
    kind: 'panel',
    details: {
      ...figures,
      binding,
      ...(agent === undefined ? {} : { agent }),
      whose: above === 0 ? 'own' : above < 0 ? 'below' : 'above',
    },
  });
}

/** Returns a reservation that begins now. */
export function newReservation(
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

/** Stores that this process does not work on a reservation any more, unless another has resumed it. */
export async function giveUp({ context, name }: ReadFrom, seen: AgentReservationRecord): Promise<void> {
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
    const raise = findRaise(open);
    if (state === 'settled' && raise !== null)
      await endReferred(tables, raise.ref, { made: { uuid: raise.raises, agent: open.agent }, at: now });
  });
}

/** Records that a reservation has been answered for, with the end of the run: a repeat of its command means another change. */
export async function answerFor(
  tables: Pick<StoreTables, 'agentReservations'>,
  panel: string,
  uuid: string,
): Promise<void> {
  const found = await tables.agentReservations.get(panel, uuid);
  if (found?.outcome === FOUND) await tables.agentReservations.put([{ ...found, outcome: null }]);
}

/** Closes the reservation of an earlier attempt whose user does not exist any more. */
export async function closeGone({ context, name }: ReadFrom, { uuid }: AgentReservationRecord): Promise<void> {
  await context.write([], async (tables) => {
    const found = await tables.agentReservations.get(name, uuid);
    if (found?.state !== 'settled') return;
    const end = { state: 'closed' as const, closedAt: context.now(), outcome: 'user-gone' };
    await tables.agentReservations.put([{ ...found, ...end }]);
  });
}
