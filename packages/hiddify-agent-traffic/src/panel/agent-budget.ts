import type { AgentBudget, UserCreation } from '@sluice/panel-kind';
import { SELF, type HiddifyUser } from '../client/records.js';
import type { HiddifyUserChange, NewHiddifyUser } from '../client/types.js';

/** Makes a service's user: it counts against the limits of its agent and those above like any other. */
export function createWithin<T>(
  budget: AgentBudget | undefined,
  wanted: NewHiddifyUser & { uuid: string },
  work: UserCreation<T>,
): Promise<T> {
  const { owner } = wanted;
  if (budget === undefined || owner === undefined || owner === SELF) return work.make();
  return budget.create(owner, wanted, work);
}

/** Changes a service's user: what that reserves more than before is taken from the budget first. */
export function updateWithin<T>(
  budget: AgentBudget | undefined,
  { seen, change }: { seen: HiddifyUser; change: HiddifyUserChange },
  work: () => Promise<T>,
): Promise<T> {
  const owner = change.owner ?? seen.owner;
  const limitBytes = change.limitBytes ?? seen.limitBytes;
  const more = owner === seen.owner ? limitBytes - seen.limitBytes : limitBytes;
  const { uuid } = seen;
  if (budget === undefined || owner === null || owner === SELF || uuid === null || more <= 0) return work();
  return budget.raise({ user: { ...seen, uuid }, owner, limitBytes }, work);
}
