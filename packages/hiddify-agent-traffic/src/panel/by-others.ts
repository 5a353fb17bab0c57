import { findTermEnd, type ForeignChange, type TargetState } from '@sluice/panel-kind';
import { type ActionRecord, formatBytes } from '@sluice/quota-core';
import { type AddressableUser, findUpdate, USER_EVIDENCE } from '../account/user-actions.js';
import { type HiddifyCheckpoint, parseCheckpoint } from './checkpoint.js';
import type { LeftUser } from './left.js';
import { findEndDate } from './product.js';
import { USER_REF } from './settings.js';

/**
 * Lists what others have changed of a user: what Sluice has disabled and is enabled, what is disabled without Sluice, and the limit and the
 * last day, where Sluice sets them. Use, resets and the first day of use are the panel's own. Pure.
 */
export function listByOthers(target: TargetState, user: AddressableUser): ForeignChange[] {
  const checkpoint = parseCheckpoint(target.checkpoint);
  const before = checkpoint?.memo.uuid === user.uuid ? checkpoint : null;
  return [...toStatus(target, user, before), ...(before === null ? [] : toValues(target, user, before))];
}

function toStatus(target: TargetState, user: AddressableUser, before: HiddifyCheckpoint | null): ForeignChange[] {
  const { holds, evidence, disabledForAgent } = target;
  const object = `user "${user.name}"`;
  const isOurs = evidence.some(({ kind, target: uuid }) => kind === USER_EVIDENCE && uuid === user.uuid);
  if (holds.length > 0) {
    return isOurs && user.enabled ? [{ object, was: 'disabled by Sluice', is: 'enabled', isNew: true }] : [];
  }
  if (user.enabled || evidence.length > 0 || disabledForAgent === true || before === null) return [];
  return [{ object, was: 'enabled', is: 'disabled', isNew: toLast(before).enabled === true }];
}

/** Returns the user as it was left after the last reading. */
function toLast({ account, left }: HiddifyCheckpoint): LeftUser {
  return { ...(account as LeftUser | null), ...left };
}

function toValues({ recent, service }: TargetState, user: AddressableUser, before: HiddifyCheckpoint): ForeignChange[] {
  const { limitBytes, expiresOn = null } = toLast(before);
  const what = `user "${user.name}"`;
  const changes: ForeignChange[] = [];
  const limit = lastLimit(recent) ?? limitBytes;
  if (before.memo.ownLimit && limit !== undefined && user.odd?.limitBytes === undefined && limit !== user.limitBytes) {
    const [was, is] = [limit, user.limitBytes].map((bytes) => formatBytes(bytes));
    changes.push({
      object: `the limit of ${what}`,
      ...toTexts(was ?? '', is ?? '', [limit, user.limitBytes]),
      isNew: true,
    });
  }
  const end = findEndDate(user);
  const isSet = service.ownRefs.includes(USER_REF) && expiresOn !== null && expiresOn === findTermEnd(service);
  const isWritten = recent.some((row) => findUpdate(row)?.change.packageDays !== undefined);
  if (isSet && !isWritten && end !== expiresOn) {
    changes.push({ object: `the last day of ${what}`, was: expiresOn, is: end ?? 'not set', isNew: true });
  }
  return changes;
}

/** Different figures whose texts are the same are written in bytes. */
function toTexts(was: string, is: string, bytes: readonly number[]): Pick<ForeignChange, 'was' | 'is'> {
  return was === is ? { was: `${bytes[0]} B`, is: `${bytes[1]} B` } : { was, is };
}

/** Returns the limit that Sluice has set since the checkpoint; null where it has set none. */
function lastLimit(recent: readonly ActionRecord[]): number | null {
  const done = recent.filter(({ state }) => state === 'applied' || state === 'unneeded');
  return done.map((row) => findUpdate(row)?.change.limitBytes ?? null).findLast((bytes) => bytes !== null) ?? null;
}
