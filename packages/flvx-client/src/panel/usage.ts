import { type ItemError, toItemError, type UsageAnswer, type UsageRequest, type TargetState } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { parseHistory, type FlvxAccount, listOwnPermissions } from '../account/history/history.js';
import { isResetDayBetween, sumBytes } from '../account/rules.js';
import {
  type FlvxForward,
  type FlvxUser,
  bytes,
  type GigabytesWhole,
  toQuota,
  UNLIMITED_QUOTA,
} from '../client/records.js';
import type { TimedSnapshot } from './run-snapshot.js';
import { toFlvxProduct } from './product.js';

/** Returns one service's reading from a snapshot; what can't be used of it is its own error alone. */
export function toUsageAnswer(read: TimedSnapshot, request: UsageRequest, timeZone: string): UsageAnswer {
  try {
    return toAnswer(read, request, timeZone);
  } catch (error) {
    const { code, message } = toItemError(error);
    return toUnreadAnswer(read.at, code, message);
  }
}

function toAnswer({ at, snapshot }: TimedSnapshot, request: UsageRequest, timeZone: string): UsageAnswer {
  const id = Number(request.service.refs['flvx_user_id']);
  const user = snapshot.users.get(id);
  const [odd] = snapshot.listUnreadable(id);
  if (odd && user === undefined) return toUnreadAnswer(at, 'PANEL_UNREADABLE', `user ${id}: ${odd.message}`);
  if (user === undefined) {
    const message = describeMissingAccount(request.service.id, request.service.refs['flvx_user_id'] ?? '');
    return toUnreadAnswer(at, 'account_missing', message);
  }
  if (isReplaced(request.service, user, request.checkpoint))
    return toUnreadAnswer(at, 'account_renamed', describeRenamed(request.service, user));
  const { inBytes, outBytes } = user;
  return {
    reading: { known: true, at, inBytes, outBytes, totalBytes: inBytes + outBytes },
    raw: { user: id, inBytes, outBytes, quota: user.quota, status: user.status, resetDay: user.resetDay },
    shape: [],
    warnings: [],
    counter: {
      resetBetween: (previousAt, now) => {
        const ours = request.unresolved.some(
          (row) =>
            row.type === 'reset-user' && row.calledAt !== null && row.calledAt >= previousAt && row.calledAt <= now,
        );
        const isDue = isResetDayBetween(user.resetDay, previousAt, now, timeZone);
        return isDue && hasReset(user, snapshot.listForwards(id), request) ? 'certain' : ours || isDue;
      },
    },
  };
}

/** Describes that the account that a service names does not exist. */
export function describeMissingAccount(service: string, id: string): string {
  return `the panel has no account with the flvx_user_id ${id} of "${service}"`;
}

/**
 * Whether the account with the stored id is another one than before, as after a restore of the panel. Customers can rename
 * themselves, so that another name alone proves nothing. An import over the account keeps its instant of creation and is not
 * noticed (docs/panels/flvx.md, 8.2).
 */
export function isReplaced(
  { refs }: Pick<ServiceRecord, 'refs'>,
  user: Pick<FlvxUser, 'id' | 'name' | 'createdAt'>,
  checkpoint: unknown,
): boolean {
  const history = parseHistory(checkpoint);
  if (history?.userId !== user.id || history.createdAt === undefined) return false;
  return history.createdAt !== user.createdAt && refs['flvx_username'] !== user.name;
}

/** Describes that an account has another name than before. */
export function describeRenamed({ id, refs }: Pick<ServiceRecord, 'id' | 'refs'>, user: FlvxUser): string {
  const before = refs['flvx_username'];
  const other = before === undefined ? 'and was created at another time' : `not "${before}"`;
  return `the account ${user.id} of "${id}" is named "${user.name}" on the panel, ${other}: it may belong to another customer, and was left unchanged`;
}

/** Returns an answer without a reading. */
export function toUnreadAnswer(at: string, code: string, message: string): UsageAnswer {
  return { reading: { known: false, at, code, message }, raw: null, shape: [], warnings: [] };
}

/**
 * Whether the panel's daily job has zeroed the counters since the last accepted reading. The day alone proves nothing: a panel that
 * was down at that midnight skips the reset. But a reset does not change the counters of forwards, whose growth is also growth of
 * the user: a user counter far below its old value plus that growth was zeroed. The two lists are read one after the other, so
 * at least half of the old value must be missing.
 */
function hasReset(
  user: FlvxUser,
  forwards: readonly FlvxForward[],
  { counted }: Pick<UsageRequest, 'counted'>,
): boolean {
  const history = parseHistory(counted);
  if (history?.userId !== user.id) return false;
  let growth = 0;
  for (const forward of forwards) {
    const before = history.forwards[forward.id]?.bytes;
    // A forward that was not observed may have existed, so its counter may not be growth.
    if (before !== undefined) growth += Math.max(0, sumBytes(forward) - before);
  }
  const missing = history.usedBytes + growth - sumBytes(user);
  return history.usedBytes > 0 && missing * 2 > history.usedBytes;
}

/** Describes that the panel's list has lost most of what the last one had. */
export function shortList(panel: string, size: number, expected: number): ItemError {
  return {
    code: 'list_too_short',
    message: `panel "${panel}" lists ${size} users, but the last list had ${expected}: the list may be incomplete and was ignored`,
  };
}

/**
 * Returns the lowest quota of an account, in whole GB: the panel stops it at its own, and a tunnel at that of its permission. Null
 * without an account.
 */
export function findQuota(account: Pick<FlvxAccount, 'user' | 'permissions'>): number | null {
  if (account.user === null) return null;
  return listOwnPermissions(account).reduce<number>((low, { quota }) => Math.min(low, quota), account.user.quota);
}

/**
 * Returns the panel's own quota: the counter at the last reading that counted plus the rest of the allowance, in whole GB, rounded up.
 * What the panel shows now moves it only once a reading has counted it. The panel counts both directions, so where only one counts the
 * quota is unlimited. Null where the present quota stays.
 */
export function toPanelQuota(
  target: Pick<TargetState, 'allowance' | 'mode' | 'product' | 'counted' | 'checkpoint'>,
): GigabytesWhole | null {
  const { allowance, mode } = target;
  if (allowance === null) return null;
  if (allowance.unlimited || allowance.allowedBytes === null || mode !== 'TOTAL') return UNLIMITED_QUOTA;
  return toQuota(bytes(Math.max(0, allowance.allowedBytes + uncountedBytes(target))));
}

/**
 * Returns the part of the panel's counter that does not belong to the cycle; negative where the panel has zeroed the counter
 * within the cycle, 0 with reset day 0. Where the quota stays, it is the part that the quota was computed with.
 */
export function uncountedBytes({
  allowance,
  product,
  counted,
  checkpoint,
}: Pick<TargetState, 'allowance' | 'product' | 'counted' | 'checkpoint'>): number {
  if (allowance === null) return parseHistory(checkpoint)?.uncountedBytes ?? 0;
  if (toFlvxProduct(product).resetDay === 0 || counted === null) return 0;
  return counted.counterBytes - counted.usedBytes;
}
