import type { FlvxClient, FlvxObserveOptions } from '../client/client.js';
import type { FlvxObservation, FlvxScope } from '../client/observation.js';
import { emptyHistory, type FlvxHistory } from './history/history.js';

/** One account as the panel shows it, and what is known of it besides. */
export interface FlvxAccount extends FlvxObservation {
  /** Absent: nothing is known besides. */
  history?: FlvxHistory;
}

/** Returns what is known of an account besides what the panel shows. */
export function toHistory({ history }: Pick<FlvxAccount, 'history'>): FlvxHistory {
  return history ?? emptyHistory;
}

/** Reads an account and keeps its history. An account that this run created is the one that is meant. */
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
