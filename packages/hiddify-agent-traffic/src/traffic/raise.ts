import type { HiddifyUser } from '../client/records.js';
import { isInDoubt } from '../client/settle.js';
import type { CallOptions } from '../client/types.js';
import { AgentTrafficError } from '../errors.js';
import { AgentTrafficChecker } from './checker.js';
import { nowOf, type ManagerContext } from './context.js';
import { settleReservation } from './creation.js';
import { figuresForCreation, knownAgent } from './figures.js';
import type { ReservationRecord } from './records.js';
import { raisedIn, raiseKey } from './raised-limit.js';
import { rememberedState } from './remembered.js';
import { reservedBy } from './reserved.js';
import type { AgentTrafficTables } from './store.js';
import { growthOf } from './zeroings.js';

/** A change that promises a user of an agent more than before. */
export interface RaiseOrder {
  /** The user as it is now. */
  seen: HiddifyUser & { uuid: string };
  /** The agent that owns it afterwards. */
  owner: string;
  limitBytes: number;
}

/**
 * Raises a user's limit within the limits of its agent and everybody above: check and promise of the difference in one
 * transaction, then `work`, which calls the panel, then the promise confirmed or given back. A change of unknown outcome
 * stays promised until it was looked up.
 *
 * @throws AgentTrafficError `agent_limit`; then nothing was called
 */
export async function raiseUser<T>(
  context: ManagerContext,
  order: RaiseOrder,
  work: () => Promise<T>,
  call: CallOptions = {},
): Promise<T> {
  await knownAgent(context, order.owner, call, figuresForCreation);
  const { reservation, earlier } = await reserve(context, order);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (!isInDoubt(error)) await giveBack(context, reservation, earlier);
    throw error;
  }
  await settleReservation(context, reservation.uuid, { state: 'settled', outcome: null }, reservation);
  return result;
}

async function reserve(
  context: ManagerContext,
  order: RaiseOrder,
): Promise<{ reservation: ReservationRecord; earlier: ReservationRecord | null }> {
  return context.store.write(async (tables) => {
    const state = await rememberedState(context, tables);
    const { accounting } = context.settings;
    const key = raiseKey(order.seen.uuid);
    const earlier = await tables.reservations.get(key);
    const periodStart = state.agents.get(order.owner)?.account?.periodStart ?? null;
    const carried =
      earlier?.agent === order.owner ? stillPromised(earlier, order, reservedBy(earlier, accounting, periodStart)) : 0;
    const { seen, owner, limitBytes } = order;
    const bytes = carried + (seen.owner === owner ? limitBytes - seen.limitBytes : limitBytes);
    const others = state.reservations.filter(({ uuid }) => uuid !== key);
    const chain = state.chainOf(owner);
    const checker = new AgentTrafficChecker({
      accounting,
      agents: state.agents,
      reservations: others,
      exempt: state.exempt,
    });
    const check = checker.canCreateUserWithTraffic(chain, bytes);
    if (!check.allowed) {
      throw new AgentTrafficError('agent_limit', check.reason ?? 'It does not fit under the limit of its agent.', {
        details: { remainingBytes: check.remainingBytes, binding: check.binding },
      });
    }
    const reservation = recordOf(context, order, { key, chain, bytes, untilBytes: await usedUpAt(tables, order) });
    await tables.reservations.put([reservation]);
    return { reservation, earlier };
  });
}

/** What an earlier raise of the user still promises below the limit that the panel shows now. */
function stillPromised(earlier: ReservationRecord, { seen }: RaiseOrder, reserved: number): number {
  const raised = raisedIn(earlier)?.limitBytes ?? seen.limitBytes;
  return Math.max(0, reserved - Math.max(0, raised - seen.limitBytes));
}

async function usedUpAt({ ledger }: AgentTrafficTables, { seen, limitBytes }: RaiseOrder): Promise<number> {
  const [entry] = await ledger.get([seen.uuid]);
  const left = Math.max(0, limitBytes - seen.usedBytes);
  if (entry === undefined) return seen.usedBytes + left;
  return entry.totalBytes + growthOf(entry.lastBytes, seen.usedBytes) + left;
}

function recordOf(
  context: ManagerContext,
  { seen, owner, limitBytes }: RaiseOrder,
  { key, chain, bytes, untilBytes }: { key: string; chain: string[]; bytes: number; untilBytes: number },
): ReservationRecord {
  return {
    uuid: key,
    agent: owner,
    chain,
    bytes,
    leftBytes: bytes,
    state: 'open',
    wanted: { raises: seen.uuid, limitBytes, untilBytes },
    createdAt: nowOf(context),
    expiresAt: new Date(context.clock.now() + context.reservationMs).toISOString(),
    holder: context.holder,
    settledAt: null,
    seenAt: null,
    closedAt: null,
    outcome: null,
  };
}

/** Nothing was changed: what was promised before holds again. */
async function giveBack(
  context: ManagerContext,
  { uuid, holder, expiresAt }: ReservationRecord,
  earlier: ReservationRecord | null,
): Promise<void> {
  await context.store.write(async (tables) => {
    const now = await tables.reservations.get(uuid);
    if (now?.state !== 'open' || now.holder !== holder || now.expiresAt !== expiresAt) return;
    const closed: ReservationRecord = { ...now, state: 'closed', closedAt: nowOf(context), outcome: 'not-raised' };
    await tables.reservations.put([earlier ?? closed]);
  });
}
