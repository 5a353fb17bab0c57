import { staffText } from '@sluice/messages/staff';
import type { AgentRecords, PanelAgents } from '@sluice/panel-kind';
import { type RaisedLimit, raiseKey } from '@sluice/quota-core';
import type { AgentReservationRecord, AgentUserRecord, ServiceRecord } from '@sluice/state-store';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { checkRaise } from '@sluice/quota-core/agents';
import { listAgentChain, toStored } from './stored.js';

/** A service that is sold more while its limit on the panel is lifted, than its user counted at the last reading. */
export interface SoldRaise {
  service: ServiceRecord;
  user: string;
  fromBytes: number;
  toBytes: number;
  /** What the lift is known by. */
  lift: string;
}

/** A raise that does not count yet, and the agent under whose limit it does not fit. */
export interface WaitingRaise extends SoldRaise {
  agent: string;
  /** What the user counts meanwhile: its usage, where that is more than its limit. */
  countsBytes: number;
}

/** What counts of raises, by user, and what does not yet. */
interface WeighedRaises {
  fitting: Map<string, number>;
  waiting: WaitingRaise[];
}

/**
 * Returns which raises count under the limits of agents: those that were checked when they were sold, and those for which there is room,
 * in the order of the services. The panel shows none of them while the limits are lifted.
 */
export function weighRaises(
  agents: PanelAgents,
  records: AgentRecords,
  { raised, users }: { raised: readonly SoldRaise[]; users: ReadonlyMap<string, AgentUserRecord> },
): WeighedRaises {
  const fitting = new Map<string, number>();
  const waiting: WaitingRaise[] = [];
  let { reservations } = records;
  for (const raise of raised) {
    const { user: uuid, fromBytes: limitBytes, toBytes } = raise;
    const entry = users.get(uuid) ?? null;
    const owner = entry?.owner ?? null;
    const key = raiseKey(uuid);
    if (owner === null || reservations.some((row) => row.uuid === key && isReserved(row, owner, toBytes))) {
      fitting.set(uuid, toBytes);
      continue;
    }
    const user = { uuid, owner, limitBytes, usedBytes: Math.max(0, entry?.lastBytes ?? 0) };
    const request = { user, owner, limitBytes: toBytes };
    const known = { earlier: null, user: entry };
    const { bytes, wanted, check } = checkRaise(toStored(agents, { ...records, reservations }), request, known);
    if (check.allowed) {
      fitting.set(uuid, toBytes);
      const row = toReservation(raise, { bytes, wanted, owner, key, chain: listAgentChain(owner, records) });
      reservations = [...reservations.filter((other) => other.uuid !== key), row];
    } else waiting.push({ ...raise, agent: check.binding ?? owner, countsBytes: Math.max(limitBytes, user.usedBytes) });
  }
  return { fitting, waiting };
}

function isReserved(
  { state, seenAt, agent, wanted }: AgentReservationRecord,
  owner: string,
  limitBytes: number,
): boolean {
  if (state === 'closed' || seenAt !== null || agent !== owner) return false;
  return ((wanted as Partial<RaisedLimit> | null)?.limitBytes ?? 0) >= limitBytes;
}

/** Returns a raise that fits as the next ones have to see it. It is never stored. */
function toReservation(
  { service: { panel } }: SoldRaise,
  {
    key: uuid,
    owner: agent,
    ...content
  }: Pick<AgentReservationRecord, 'bytes' | 'wanted' | 'chain'> & { owner: string; key: string },
): AgentReservationRecord {
  return {
    ...{ panel, uuid, agent, ...content, leftBytes: content.bytes, state: 'open', createdAt: '', expiresAt: '' },
    ...{ holder: null, seenAt: null, confirmedAt: null, closedAt: null, outcome: null },
  };
}

/** Returns a notice for each raise that waits. */
export function listWaitingRaises({
  waiting,
  records,
}: {
  waiting: readonly WaitingRaise[];
  records: Pick<AgentRecords, 'agents'>;
}): Notice[] {
  return waiting.map(({ service, countsBytes, toBytes, agent, lift }) => {
    const { name = agent } = records.agents.find(({ uuid }) => uuid === agent) ?? {};
    const figures = { counts: { bytes: countsBytes }, raised: { bytes: toBytes } };
    const message = staffText('staff.agent.raiseWaits', { service: service.id, ...figures, agent: name });
    return serviceNotice(service, 'raise_waits', message, toBytes, lift);
  });
}
