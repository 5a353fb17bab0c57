import { compareMoney } from '@sluice/quota-core';
import type { ConditionRecord } from '@sluice/state-store';
import type { FoundCalls } from './charged-before.js';
import type { UnbilledPart } from './charged-by-hand.js';
import { listParts, sumParts, toStored } from './stored-late-calls.js';

/**
 * Returns the late calls of a bill: what was found before of it instead of less, while the panel lists fewer calls than were billed. Such
 * a list does not show that the others are gone.
 */
export function keepFound(late: FoundCalls, known: readonly ConditionRecord[]): FoundCalls[] {
  const { compared, part } = late;
  if (late.isDue === true || compared.now.calls >= (compared.billed.calls ?? 0)) return [late];
  const before = known.flatMap(listOpen).filter(({ bill }) => bill === part.bill);
  if (compareMoney(sumParts(before), compared.difference) <= 0) return [late];
  return before.map((one) => ({
    compared: { ...compared, difference: one.charged },
    part: { ...one, panel: part.panel },
  }));
}

/** Lists the parts of calls that nobody has charged; earlier versions did not store of all of them whether that is so. */
function listOpen(one: ConditionRecord): UnbilledPart[] {
  const details = toStored(one);
  return details.isCharged === false ? listParts(details) : [];
}
