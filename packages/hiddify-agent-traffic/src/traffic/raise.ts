import type { AgentMemory, PanelAgents, RaiseOrder } from '@sluice/panel-kind';
import { AgentTrafficChecker } from './checker.js';
import { chainOf, knownAgents } from './memory.js';
import { raisedIn, raiseKey } from './raised-limit.js';
import type { LedgerEntry, RaisedLimit, ReservationRecord } from './records.js';
import { reservedBy } from './reserved.js';
import type { AgentRules } from './settings.js';
import { growthOf } from './zeroings.js';

/** Returns what a raise reserves beside what an earlier one of the same user still does, and whether that fits. */
export function checkRaise(
  memory: AgentMemory,
  settings: AgentRules,
  order: RaiseOrder,
  { earlier, user: entry }: { earlier: ReservationRecord | null; user: LedgerEntry | null },
): ReturnType<PanelAgents['raise']> {
  const { agents, exempt, reservations } = knownAgents(memory, settings);
  const { accounting } = settings;
  const { user, owner, limitBytes } = order;
  const key = raiseKey(user.uuid);
  const periodStart = agents.get(owner)?.account?.periodStart ?? null;
  const carried =
    earlier?.agent === owner ? stillReserved(earlier, order, reservedBy(earlier, accounting, periodStart)) : 0;
  const bytes = carried + (user.owner === owner ? limitBytes - user.limitBytes : limitBytes);
  const others = reservations.filter(({ uuid }) => uuid !== key);
  const checker = new AgentTrafficChecker({ accounting, agents, reservations: others, exempt });
  const wanted: RaisedLimit = { raises: user.uuid, limitBytes, untilBytes: usedUpAt(entry, order) };
  return { bytes, wanted, check: checker.canCreateUserWithTraffic(chainOf(owner, memory), bytes) };
}

/** What an earlier raise of the user still reserves below the limit that the panel shows now. */
function stillReserved(earlier: ReservationRecord, { user }: RaiseOrder, reserved: number): number {
  const raised = raisedIn(earlier)?.limitBytes ?? user.limitBytes;
  return Math.max(0, reserved - Math.max(0, raised - user.limitBytes));
}

function usedUpAt(entry: LedgerEntry | null, { user, limitBytes }: RaiseOrder): number {
  const left = Math.max(0, limitBytes - user.usedBytes);
  if (entry === null) return user.usedBytes + left;
  return entry.totalBytes + growthOf(entry.lastBytes, user.usedBytes) + left;
}
