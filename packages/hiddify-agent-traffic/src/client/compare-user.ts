import { BYTES_PER_GB } from '@sluice/quota-core';
import { gigabytesOfBytes } from './gigabytes.js';
import { SELF, type HiddifyUser } from './records.js';
import type { HiddifyUserChange, NewHiddifyUser } from './types.js';

/** What a user looks like that the panel began to make and did not finish (docs/panels/hiddify.md, 4.2). */
const unfinished = {
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

/** The part of `change` that `user` does not show yet. Empty: nothing to do. */
export function differencesOf(user: HiddifyUser, change: HiddifyUserChange): HiddifyUserChange {
  const shown: Required<HiddifyUserChange> = shownBy(user);
  const rest: Record<string, unknown> = {};
  for (const [field, wanted] of Object.entries(change)) {
    if (wanted !== undefined && field in shown && shown[field as keyof HiddifyUserChange] !== wanted)
      rest[field] = wanted;
  }
  const different = rest as HiddifyUserChange;
  // The panel ignores a start date that comes without the days.
  if ('startDate' in different && different.packageDays === undefined) {
    different.packageDays = change.packageDays ?? user.packageDays ?? unfinished.packageDays;
  }
  return different;
}

export function hasDifferences(different: HiddifyUserChange): boolean {
  return Object.keys(different).length > 0;
}

/** Is everything that still differs just as the panel leaves it when it stops half-way? */
export function isHalfMade(user: HiddifyUser, wanted: NewHiddifyUser): boolean {
  const shown = shownBy(user);
  return Object.entries(toChange(wanted)).every(([name, value]) => {
    const field = name as keyof typeof unfinished;
    return shown[field] === value || shown[field] === unfinished[field];
  });
}

/** The fields of a user to be made, as a change. */
export function toChange(user: NewHiddifyUser): HiddifyUserChange {
  const { uuid: _uuid, ...fields } = user;
  return { mode: 'no_reset', owner: SELF, comment: '', enabled: true, ...fields };
}

/** The body for the panel. `self` is the key, which stands for `SELF` on the way out. */
export function bodyOf(change: HiddifyUserChange, self: string): Record<string, unknown> {
  const { name, limitBytes, usedBytes, packageDays, startDate, mode, owner, comment, enabled, telegramId } = change;
  const body: Record<string, unknown> = {
    name,
    usage_limit_GB: limitBytes === undefined ? undefined : gigabytesOfBytes(limitBytes),
    current_usage_GB: usedBytes === undefined ? undefined : gigabytesOfBytes(usedBytes),
    package_days: packageDays,
    start_date: startDate,
    mode,
    added_by_uuid: owner === SELF ? self : owner,
    comment,
    enable: enabled,
    telegram_id: telegramId,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function shownBy(user: HiddifyUser): Required<HiddifyUserChange> {
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
