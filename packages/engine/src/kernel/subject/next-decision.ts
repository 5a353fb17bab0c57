import type { FallenUsage, HoldMarks, ServiceView } from '@sluice/contract/documents';
import { needsProduct } from './agent-hold.js';
import { hasCycleEnded, hasRoomAgain, isOfEarlierWindow, isWithheld } from './used.js';

/**
 * Why a hold does not last for its own reason any more. `product`: its product is missing in the config, and it stays; else the next
 * run that reads the service ends it or decides again. `withheld`: a protection or a release until a date; `window`, `cycle`: what was
 * used up was of an earlier one, and nothing was read in the present one; `room`: more is allowed than is used; `paid`: its bill is a
 * reason no more.
 */
export type NextDecision = 'product' | 'withheld' | 'window' | 'cycle' | 'room' | 'paid';

/** What is known of a service when its next run decides. `released`: the quota is released until a date. */
export interface DecisionFacts {
  service: Pick<ServiceView, 'error' | 'limits' | 'cycle' | 'usage' | 'mode' | 'allowance'> & {
    protected: boolean;
    fallen: FallenUsage | null;
    unpaid?: boolean;
  };
  released: object | null;
  at: string;
}

/** Returns what the next run decides about an open hold; null where its reason lasts. `released`: the quota is released until a date. */
export function findNextDecision(
  { service, released, at }: DecisionFacts,
  hold: { reason: string; since: string; note: string | null } & HoldMarks,
): NextDecision | null {
  if (needsProduct(service, hold)) return 'product';
  if (isWithheld({ service, released }, hold.reason)) return 'withheld';
  if (isOfEarlierWindow(service, hold)) return 'window';
  if (hold.reason === 'billing') return service.unpaid === false ? 'paid' : null;
  if (hold.reason !== 'quota') return null;
  if (hasCycleEnded(service, at)) return 'cycle';
  return hasRoomAgain(service) ? 'room' : null;
}

/** Returns whether the next run that reads a service ends a hold, or decides again about it. */
export function isDueToEnd(found: DecisionFacts, hold: Parameters<typeof findNextDecision>[1]): boolean {
  if (hold.releasing === true) return true;
  const next = findNextDecision(found, hold);
  return next !== null && next !== 'product';
}

/** Returns whether a hold is due on a panel that no run changes, and not there: an operator has to restrict the service. */
export function isLeftUnrestricted(
  found: DecisionFacts & { service: { observing: boolean } },
  hold: Parameters<typeof findNextDecision>[1],
): boolean {
  return found.service.observing && hold.restricting === true && findNextDecision(found, hold) === null;
}

/** Whether another hold of a service lasts once this one, of the same list, has ended: the service is not released by that. */
export function isHeldBesides<
  Hold extends { reason: string; since: string; note?: string | null; until?: string | null } & HoldMarks,
>(known: DecisionFacts, holds: readonly Hold[], hold: Hold): boolean {
  const lasts = (other: Hold): boolean => {
    const next = findNextDecision(known, { ...other, note: other.note ?? null });
    return next === null || next === 'product';
  };
  return holds.some(
    (other) => other !== hold && other.releasing !== true && (other.until ?? null) === null && lasts(other),
  );
}

/** Returns what a run does that ends a hold, for operators: another one may keep the service held. */
export function describeHoldEnd<Hold extends Parameters<typeof isHeldBesides>[2]>(
  found: DecisionFacts & { holds: readonly Hold[] },
  hold: Hold,
): string {
  return isHeldBesides(found, found.holds, hold) ? 'ends this hold, and another one stays' : 'releases it';
}
