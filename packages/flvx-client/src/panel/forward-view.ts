import { isDeepStrictEqual } from 'node:util';
import type { AccountView, ForwardView } from '@sluice/panel-kind';
import { type FlvxAccount, listOwnForwards } from '../account/history/history.js';
import type { FlvxForward } from '../client/records.js';

/** Returns what the panel itself shows of a forward. */
export function toForwardView({ id, name, status, listens, remoteAddr }: FlvxForward): Omit<ForwardView, 'pausedByUs'> {
  return { id, name, status, listens: toAddresses(listens ?? ''), targets: toAddresses(remoteAddr) };
}

/**
 * Returns the view of an account whose forwards run or rest as before, with their names, addresses and number as the panel has them now;
 * the same object where it is up to date.
 */
export function withForwards(view: AccountView, account: FlvxAccount): AccountView {
  const paused = new Set(view.forwards.filter(({ pausedByUs }) => pausedByUs).map(({ id }) => id));
  const forwards = listOwnForwards(account).map((row) => ({ ...toForwardView(row), pausedByUs: paused.has(row.id) }));
  const maxForwards = account.user?.maxForwards ?? view.maxForwards;
  const isCurrent = maxForwards === view.maxForwards && isDeepStrictEqual(forwards, view.forwards);
  return isCurrent ? view : { ...view, ...(maxForwards !== undefined && { maxForwards }), forwards };
}

/** Splits addresses that the panel has in one text. */
function toAddresses(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
