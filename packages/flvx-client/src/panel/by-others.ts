import type { ForeignChange, Plan, TargetState } from '@sluice/panel-kind';
import {
  type FlvxAccount,
  listOwnForwards,
  listOwnPermissions,
  parseHistory,
  type StoredHistory,
} from '../account/history/history.js';
import { toStepRecords } from '../account/history/journaled-step.js';
import { isExpired } from '../account/rules.js';
import { epochMs, type FlvxUser, toIso, UNLIMITED_QUOTA } from '../client/records.js';
import { parseCheckpoint } from './checkpoint.js';
import type { ServiceObservation } from './observation.js';
import { toExpiry } from './product.js';
import { indexEvidence, permissionKey, toRestrictions } from './restrictions.js';
import { findQuota } from './usage.js';

/** Adds to a plan what others have changed of the account. Pure. */
export function withByOthers(target: TargetState, { account, sharers }: ServiceObservation, plan: Plan): Plan {
  // A shared account is changed for others, too; a service that has ended has none.
  const isAlone = target.command === null && target.endsLift !== true && sharers.length + target.sharers.length === 0;
  const byOthers = isAlone && plan.problems.length === 0 ? listByOthers(target, account) : [];
  return byOthers.length === 0 ? plan : { ...plan, byOthers };
}

/**
 * Lists what others have changed of an account: what Sluice has closed or paused and is open or runs, what is closed without Sluice, and
 * quota and expiry, where Sluice sets them. What the panel closes at an expiry is its own, and what customers pause is theirs. Pure.
 */
function listByOthers(target: TargetState, account: FlvxAccount): ForeignChange[] {
  const { user } = account;
  if (user === null) return [];
  const known = parseHistory(target.checkpoint);
  const last = known?.userId === user.id && (known.createdAt ?? user.createdAt) === user.createdAt ? known : null;
  if (target.holds.length > 0) return listOpened(target, account, user);
  if (last === null || target.evidence.length > 0) return [];
  return [...listClosed(account, user, last), ...listValues(target, account, user, last)];
}

function listOpened(target: TargetState, account: FlvxAccount, user: FlvxUser): ForeignChange[] {
  const restrictions = toRestrictions(target);
  const evidence = indexEvidence(target.evidence);
  const toChange = (object: string, was: string, is: string): ForeignChange => ({ object, was, is, isNew: true });
  if (!restrictions.closed) return [];
  const isReopened = restrictions.closeUser && user.status === 1 && evidence.user.has(String(user.id));
  return [
    ...(isReopened ? [toChange(`user ${user.id} (${user.name})`, 'disabled by Sluice', 'enabled')] : []),
    ...listOwnPermissions(account)
      .filter((row) => row.status === 1 && evidence.permission.has(permissionKey(row.userId, row.tunnelId)))
      .map((row) => toChange(nameTunnel(row.tunnelId), 'disabled by Sluice', 'enabled')),
    ...listOwnForwards(account)
      .filter((row) => row.status === 1 && evidence.forward.has(String(row.id)))
      .map((row) => toChange(`forward ${row.id} (${row.name})`, 'paused by Sluice', 'running')),
  ];
}

function listClosed(account: FlvxAccount, user: FlvxUser, last: StoredHistory): ForeignChange[] {
  const { at } = account;
  const toChange = (object: string, before: number | undefined): ForeignChange => {
    return { object, was: 'enabled', is: 'disabled', isNew: before === 1 };
  };
  const isClosed = (row: { status: number; expiresAt: number }): boolean => row.status !== 1 && !isExpired(row, at);
  const { expired, dropped } = last;
  return [
    ...(isClosed(user) && !expired.user ? [toChange(`user ${user.id} (${user.name})`, last.userStatus)] : []),
    ...listOwnPermissions(account)
      .filter((row) => isClosed(row) && !expired.tunnels.includes(row.tunnelId) && !dropped.includes(row.tunnelId))
      .map((row) => toChange(nameTunnel(row.tunnelId), last.permissions[row.tunnelId])),
  ];
}

/** What Sluice has written since the last reading is its own. */
function listValues(
  target: TargetState,
  account: FlvxAccount,
  user: FlvxUser,
  { ownQuota }: StoredHistory,
): ForeignChange[] {
  if (toStepRecords(target.recent).some(({ sent }) => sent)) return [];
  const { quota: before, account: shown = null } = parseCheckpoint(target.checkpoint) ?? {};
  const quota = findQuota(account);
  const changes: ForeignChange[] = [];
  const object = `user ${user.id} (${user.name})`;
  if (ownQuota && before !== undefined && quota !== null && quota !== before) {
    changes.push({
      object: `the quota of ${object}`,
      was: describeQuota(before),
      is: describeQuota(quota),
      isNew: true,
    });
  }
  const [was, is] = [shown?.expiresAt ?? null, toIso(user.expiresAt)];
  if (was !== null && was !== is && isSet(target, was)) {
    changes.push({ object: `the expiry of ${object}`, was, is: is ?? 'none', isNew: true });
  }
  return changes;
}

/** Whether an expiry is the one that Sluice sets. */
function isSet(target: TargetState, expiresAt: string): boolean {
  if (target.service.nextDueDate === null) return false;
  return toIso(toExpiry(target, epochMs(Date.parse(expiresAt)))) === expiresAt;
}

const nameTunnel = (tunnelId: number): string => `the permission for tunnel ${tunnelId}`;

const describeQuota = (quota: number): string => (quota === UNLIMITED_QUOTA ? 'unlimited' : `${quota} GB`);
