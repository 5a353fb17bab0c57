import { BYTES_PER_GB } from '@sluice/quota-core';
import { toGigabytes } from './gigabytes.js';
import { SELF, type HiddifyUser } from './records.js';
import type { HiddifyUserChange, NewHiddifyUser } from './types.js';

/** Fields of a user whose creation the panel did not finish (docs/panels/hiddify.md, 4.2). */
export const UNFINISHED = {
  name: 'unknown',
  limitBytes: 1000 * BYTES_PER_GB,
  usedBytes: 0,
  packageDays: 90,
  startDate: null,
  mode: 'no_reset',
  owner: SELF,
  comment: '',
  enabled: true,
  telegramId: 0,
} as const satisfies HiddifyUserChange;

/** Returns the part of `change` that `user` does not show yet. */
export function findDifferences(user: HiddifyUser, change: HiddifyUserChange): HiddifyUserChange {
  const shown: Required<HiddifyUserChange> = toFields(user);
  const rest: Record<string, unknown> = {};
  for (const [field, wanted] of Object.entries(change)) {
    if (wanted !== undefined && field in shown && shown[field as keyof HiddifyUserChange] !== wanted)
      rest[field] = wanted;
  }
  const different = rest as HiddifyUserChange;
  // The panel ignores a start date that comes without the days.
  if ('startDate' in different && different.packageDays === undefined) {
    different.packageDays = change.packageDays ?? user.packageDays ?? UNFINISHED.packageDays;
  }
  return different;
}

/** Returns whether `user` already shows all of `change`. */
export function shows(user: HiddifyUser, change: HiddifyUserChange): boolean {
  return Object.keys(findDifferences(user, change)).length === 0;
}

/**
 * Returns whether the panel has made a change. A usage that it has lowered grows on from there: every figure below `usedBefore`, the
 * one before, proves it.
 */
export function isMade(user: HiddifyUser, change: HiddifyUserChange, usedBefore: number): boolean {
  return shows(user, isLowered(user, change, usedBefore) ? { ...change, usedBytes: user.usedBytes } : change);
}

function isLowered(user: HiddifyUser, { usedBytes }: HiddifyUserChange, usedBefore: number): boolean {
  return usedBytes !== undefined && usedBytes < user.usedBytes && user.usedBytes < usedBefore;
}

/** Returns whether every difference is what the panel leaves when it stops half-way. */
export function isHalfMade(user: HiddifyUser, wanted: NewHiddifyUser): boolean {
  const shown = toFields(user);
  return Object.entries(toChange(wanted)).every(([name, value]) => {
    const field = name as keyof typeof UNFINISHED;
    return shown[field] === value || shown[field] === UNFINISHED[field];
  });
}

/** Converts a new user, with the defaults that are always sent. */
export function toChange(user: NewHiddifyUser): HiddifyUserChange {
  const { uuid: _uuid, ...fields } = user;
  return { mode: 'no_reset', owner: SELF, comment: '', enabled: true, ...fields };
}

/** Converts a change to the panel's body, whose text leaves absent fields out; `self` is the key, which replaces `SELF`. */
export function toBody(change: HiddifyUserChange, self: string): Record<string, unknown> {
  const { name, limitBytes, usedBytes, packageDays, startDate, mode, owner, comment, enabled, telegramId } = change;
  return {
    name,
    usage_limit_GB: limitBytes === undefined ? undefined : toGigabytes(limitBytes),
    current_usage_GB: usedBytes === undefined ? undefined : toGigabytes(usedBytes),
    package_days: packageDays,
    start_date: startDate,
    mode,
    added_by_uuid: owner === SELF ? self : owner,
    comment,
    enable: enabled,
    telegram_id: telegramId,
  };
}

function toFields(user: HiddifyUser): Required<HiddifyUserChange> {
  return {
    name: user.name,
    limitBytes: user.limitBytes,
    usedBytes: user.usedBytes,
    packageDays: user.packageDays ?? -1,
    startDate: user.startDate,
    mode: user.mode as Required<HiddifyUserChange>['mode'],
    owner: user.owner ?? '',
    comment: user.comment ?? '',
    enabled: user.enabled,
    telegramId: user.telegramId ?? 0,
  };
}
