import { compareMoney, subtractMoney } from '@sluice/quota-core';
import type { ConditionRecord, StoreTables } from '@sluice/state-store';
import { toAcknowledgedKey } from '../../base/acknowledged-key.js';
import type { Context } from '../../context/context.js';
import { findCharges, noteChargedByHand, type UnbilledPart } from './charged-by-hand.js';
import type { UnbilledCalls } from './ownerless.js';
import {
  listParts,
  type StoredLateCalls,
  sumParts,
  toId,
  toKey,
  toLineKey,
  toStored,
  toStoredId,
} from './stored-late-calls.js';

/** Calls of a line that are on no bill, or came after their bill. */
export interface FoundCalls extends UnbilledCalls {
  /** Whether the next run bills them by itself: they are read again, and not reported. */
  isDue?: boolean;
}

/** Late calls that are stored, and those that were found. */
interface LateCallsOfPanel {
  known: readonly ConditionRecord[];
  found: readonly FoundCalls[];
}

/** Returns the key of the line and service of calls that were found. */
export function toFoundKey({ part: { panel }, compared: { line, service } }: FoundCalls): string {
  return toKey(panel, line, service ?? '');
}

/**
 * Charges what was acknowledged of late calls that an earlier version found: it stored the acknowledgement alone, without what it charged.
 * As much of what is found again counts as charged. Returns what is stored then, and what is left of the found calls.
 */
export async function chargeAcknowledged(
  context: Context,
  tables: Pick<StoreTables, 'callBills' | 'conditions'>,
  { known, found, isSaid }: LateCallsOfPanel & { isSaid: (line: string) => boolean },
): Promise<LateCallsOfPanel> {
  const stored: ConditionRecord[] = [];
  let left = found;
  for (const one of known) {
    const details = toStored(one);
    const isOfBefore = details.isCharged === undefined && !isSaid(toLineKey(one));
    const key = toAcknowledgedKey({ id: toStoredId(toId(one)), since: one.since });
    const acknowledged = isOfBefore ? await tables.conditions.get(key) : null;
    if (acknowledged === null) {
      stored.push(one);
      continue;
    }
    const noted = listParts(details).filter(({ isLate }) => isLate !== true);
    const shared = share(left, one);
    left = shared.left;
    const before = details.charges ?? (await findCharges(tables, noted, acknowledged.since));
    const charges = [...before, ...(await noteChargedByHand(context, tables, shared.charged))];
    const parts = [...noted, ...shared.charged];
    const charged: StoredLateCalls = { ...details, parts, total: sumParts(parts), isCharged: true, charges };
    stored.push({ ...one, details: charged });
  }
  return { known: stored, found: left };
}

/** Divides what was found into what was acknowledged and what is left, the oldest first. */
function share(found: readonly FoundCalls[], one: ConditionRecord): { charged: UnbilledPart[]; left: FoundCalls[] } {
  const { total, parts } = toStored(one);
  // What is on no bill was charged at the acknowledgement, except by versions that stored no parts.
  let open = subtractMoney(total, sumParts((parts ?? []).filter(({ isLate }) => isLate !== true)));
  const charged: UnbilledPart[] = [];
  const left: FoundCalls[] = [];
  const sorted = [...found].sort((a, b) => (a.part.start < b.part.start ? -1 : 1));
  for (const late of sorted) {
    const { part, compared } = late;
    const isMore = compareMoney(part.charged, open) > 0;
    const isOf = late.isDue !== true && toFoundKey(late) === toLineKey(one);
    const isShared = part.isLate === true ? compareMoney(open, '0') > 0 : parts === undefined && !isMore;
    if (!isOf || !isShared) {
      left.push(late);
      continue;
    }
    const amount = isMore ? open : part.charged;
    open = subtractMoney(open, amount);
    charged.push({ ...part, charged: amount });
    const rest = subtractMoney(part.charged, amount);
    if (isMore) left.push({ ...late, compared: { ...compared, difference: rest }, part: { ...part, charged: rest } });
  }
  return { charged, left };
}
