import type { FlvxClient, FlvxObserveOptions } from '../client/client.js';
import type { FlvxObservation, FlvxScope } from '../client/observation.js';
import type { FlvxForward, FlvxPermission } from '../client/records.js';
import { emptyHistory, type FlvxHistory } from './history/history.js';

/** One account as the panel shows it, and its history. */
export interface FlvxAccount extends FlvxObservation {
  /** Absent: nothing is known from before. */
  history?: FlvxHistory | undefined;
}

/** Returns the account's history; empty where there is none. */
export function toHistory({ history }: Pick<FlvxAccount, 'history'>): FlvxHistory {
  return history ?? emptyHistory;
}

/** Reads an account and adds its history. An account that this run created is found by its id. */
export async function observeAccount(
  client: Pick<FlvxClient, 'observe'>,
  scope: FlvxScope,
  history: FlvxHistory,
  options: FlvxObserveOptions = {},
): Promise<FlvxAccount> {
  const { createdUserId } = history.run;
  const observed = await client.observe(createdUserId === null ? scope : { ...scope, userId: createdUserId }, options);
  return { ...observed, scope, history };
}

/** Returns the forwards of the user, without those of duplicates. */
export function listOwnForwards({ user, forwards }: Pick<FlvxObservation, 'user' | 'forwards'>): FlvxForward[] {
  return forwards.filter((row) => row.userId === user?.id);
}

/** Returns the permissions of the user, without those of duplicates. */
export function listOwnPermissions({
  user,
  permissions,
}: Pick<FlvxObservation, 'user' | 'permissions'>): FlvxPermission[] {
  return permissions.filter((row) => row.userId === user?.id);
}
