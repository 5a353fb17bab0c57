import type { FlvxSnapshot, FlvxUser } from '../index.js';
import { localDateOf, zonedMidnight } from '@sluice/quota-core';
import type { UsageAnswer, UsageRequest } from '@sluice/panel-kind';
import type { FlvxKept } from './flvx-kept.js';
import { memoIn } from './flvx-memo.js';

/** The daily job runs at 00:00:05; readings and the panel's clock may be off by this much. */
const TOLERANCE_MS = 120_000;
const DAY_MS = 86_400_000;

/** One service's reading out of the panel's list. */
export function usageIn(snapshot: FlvxSnapshot, at: string, request: UsageRequest, timeZone: string): UsageAnswer {
  const id = Number(request.service.refs['flvx_user_id']);
  const user = snapshot.users.get(id);
  const [odd] = snapshot.unreadableOf(id);
  if (odd && user === undefined) return unread(at, 'PANEL_UNREADABLE', `user ${id}: ${odd.message}`);
  if (user === undefined) {
    return unread(
      at,
      'account_missing',
      missingAccount(request.service.id, request.service.refs['flvx_user_id'] ?? ''),
    );
  }
  const { inBytes, outBytes } = user;
  return {
    reading: { known: true, at, inBytes, outBytes, totalBytes: inBytes + outBytes },
    raw: { user: id, inBytes, outBytes, quota: user.quota, status: user.status, resetDay: user.resetDay },
    shape: [],
    warnings: [],
    counter: {
      resetBetween: (previousAt, now) => {
        const possible = mayHaveReset(request, user, previousAt, now, timeZone);
        return possible && hasReset(snapshot, user, request, now, timeZone) ? 'certain' : possible;
      },
    },
  };
}

/** What is to be done about an account that is gone. */
export function missingAccount(service: string, id: string): string {
  return `the panel has no account of id ${id}, which is that of "${service}": "sluice provision create ${service}" makes it anew, or set flvx_user_id right`;
}

/** A reading that says nothing. */
export function unread(at: string, code: string, message: string): UsageAnswer {
  return { reading: { known: false, at, code, message }, raw: null, shape: [], warnings: [] };
}

/** By a reset of ours whose end is not known, or by the panel's own rule: midnight of the user's reset day. */
function mayHaveReset(
  request: UsageRequest,
  user: FlvxUser,
  previousAt: string,
  at: string,
  timeZone: string,
): boolean {
  const ours = request.unsettled.some(
    (row) => row.type === 'reset-user' && row.calledAt !== null && row.calledAt >= previousAt && row.calledAt <= at,
  );
  return ours || isResetDayBetween(user.resetDay, previousAt, at, timeZone);
}

/**
 * Whether the panel's daily job has zeroed the counters since the last look. Its day alone proves nothing: a panel that was
 * down at that midnight leaves the reset out. The counters of the forwards do, since no reset touches them: what they have
 * grown by, the user has grown by too. A user that shows less than its old figure and that growth was zeroed in between.
 * Of the two, the lists are read one after the other, so half of the old figure has to be missing.
 */
function hasReset(snapshot: FlvxSnapshot, user: FlvxUser, { seen }: UsageRequest, at: string, zone: string): boolean {
  const memo = memoIn(seen);
  const lookedAt = (seen as Partial<FlvxKept> | null)?.at;
  if (memo?.userId !== user.id || lookedAt === undefined) return false;
  if (!isResetDayBetween(user.resetDay, lookedAt, at, zone)) return false;
  let growth = 0;
  for (const forward of snapshot.forwardsOf(user.id)) {
    const before = memo.forwards[forward.id]?.bytes;
    // A forward that was not seen may have been there, so what it shows need not be growth.
    if (before !== undefined) growth += Math.max(0, forward.inBytes + forward.outBytes - before);
  }
  const missing = memo.usedBytes + growth - (user.inBytes + user.outBytes);
  return memo.usedBytes > 0 && missing * 2 > memo.usedBytes;
}

/** Does the midnight on which the panel zeroes the counters lie between the two instants? 0 and below is never. */
export function isResetDayBetween(resetDay: number, from: string, to: string, timeZone: string): boolean {
  if (resetDay <= 0) return false;
  const first = Date.parse(from) - TOLERANCE_MS;
  const last = Date.parse(to) + TOLERANCE_MS;
  // A month and a day hold every reset day once at least.
  if (last - first >= 32 * DAY_MS) return true;
  for (let at = first; at <= last + DAY_MS; at += DAY_MS) {
    const day = localDateOf(new Date(at).toISOString(), timeZone);
    const midnight = Date.parse(zonedMidnight(day, timeZone));
    if (midnight >= first && midnight <= last && fallsOn(day, resetDay)) return true;
  }
  return false;
}

/** A reset day beyond the month's end stands for its last day. */
function fallsOn(localDate: string, resetDay: number): boolean {
  const [year = 0, month = 0, day = 0] = localDate.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return resetDay === day || (day === lastDay && resetDay > lastDay);
}
