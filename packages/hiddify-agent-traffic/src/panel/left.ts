import type { ActionRecord } from '@sluice/quota-core';
import { ACTION_TYPES, findUpdate } from '../account/user-actions.js';
import type { HiddifyUser } from '../client/records.js';
import { findEndDate } from './product.js';

/** What a user was left as by the steps of a run, where that is not what was read before them. */
export interface LeftUser {
  enabled?: boolean;
  limitBytes?: number;
  expiresOn?: string | null;
}

/** Returns what steps since a reading have left a user as; null where none has changed it. Pure. */
export function toLeftUser(user: HiddifyUser, rows: readonly ActionRecord[], readAt: string): LeftUser | null {
  const left: LeftUser = {};
  for (const row of rows) {
    const isDone = row.state === 'applied' || row.state === 'unneeded';
    if (!isDone || row.target !== user.uuid || row.plannedAt < readAt) continue;
    if (row.type === ACTION_TYPES.enable || row.type === ACTION_TYPES.disable)
      left.enabled = row.type === ACTION_TYPES.enable;
    const { limitBytes, startDate = user.startDate, packageDays = user.packageDays } = findUpdate(row)?.change ?? {};
    if (limitBytes !== undefined) left.limitBytes = limitBytes;
    const end = findEndDate({ startDate, packageDays });
    if (end !== findEndDate(user)) left.expiresOn = end;
  }
  return Object.keys(left).length === 0 ? null : left;
}
