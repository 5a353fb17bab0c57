import type { Explanation, HoldView } from '@sluice/engine';
import { isLeftAsIs, needsDateToRenew } from '@sluice/engine/words';
import type { Times } from '../times.js';
import type { StateCommands } from './state-names.js';

/** Returns what ends that a service is unpaid; of one that a billing system lists, only what is changed there lasts. */
export function unpaidEnd(
  { service, decision, source }: Pick<Explanation, 'service' | 'decision' | 'source'>,
  { origin }: Pick<HoldView, 'origin'>,
  times: Times,
  { endSuspension, renew, sync }: StateCommands,
): string {
  const { id, nextDueDate } = service;
  const { status } = (decision?.inputs ?? {}) as { status?: unknown };
  const isOverdue = origin === 'run' && status === 'active' && !isLeftAsIs(service);
  const due = isOverdue ? `It was due on ${nextDueDate ?? 'an unknown date'}. ` : '';
  const own = isOverdue ? renewCommand(service, times, renew) : endSuspension(id);
  if (source !== null)
    return `${due}Once it is paid${isOverdue ? '' : ' and active'} in ${source}, the poll after a sync releases it: ${sync()}. Only until the next sync: ${own}.`;
  return isOverdue ? `${due}It is released by the poll after a renewal: ${own}.` : `To release it: ${own}.`;
}

/** Returns the command that renews a service to a date that is to come. */
export function renewCommand(service: Explanation['service'], times: Times, renew: StateCommands['renew']): string {
  const needsDate = needsDateToRenew(service, (date) => times.hasBegun(date, service.panel));
  return renew(service.id, needsDate ? 'DATE' : undefined);
}
