import { staffText } from '@sluice/messages/staff';
import { findCycleId, findCycleToZero, type Plan, showsOthers, type TargetState } from '@sluice/panel-kind';
import type { AddressableUser, ZeroPayload } from '../account/user-actions.js';
import { judgeOpenZeroing, loadCheckpoint, type OpenZeroing, type UserCheckpoint } from './checkpoint.js';
import { toHiddifyProduct } from './settings.js';

const MINUTE_MS = 60_000;

/** The first pause after a second zeroing was undone, which doubles with each further one up to the longest. */
const FIRST_PAUSE_MS = 10 * MINUTE_MS;

const LONGEST_PAUSE_MS = 60 * MINUTE_MS;

/**
 * A figure that is first read later than this after a zeroing may as well be what the user has used since. Twice in a cycle that is
 * taken for the old one all the same.
 */
const SOON_MS = 20 * MINUTE_MS;

/**
 * Plans the zeroing of a usage after it was read: of a `no_reset` user once when a cycle opens, of any user that the service got
 * within a cycle with what others had used, and again where the panel has written the old figure back.
 */
export function planZeroing(
  plan: Plan,
  target: TargetState,
  user: AddressableUser,
  checkpoint: UserCheckpoint,
): ZeroPayload | null {
  const { scope, product } = target;
  const id = scope === 'poll' || scope === 'reconcile' ? findCycleId(target) : null;
  if (id === null) return null;
  const { zeroing, zeroedCycle } = checkpoint;
  if (zeroing?.undone === true) {
    plan.drift.push('the panel has written back the usage that was zeroed');
    const { from, tries } = zeroing;
    if (mayRepeat(target, user, zeroing)) {
      // A reading since then has counted what is above the old figure.
      const isCounted = (target.counted?.counterBytes ?? 0) >= from;
      return { cycle: id, counted: isCounted ? 0 : from, tries: tries + 1 };
    }
  }
  const isOurs = toHiddifyProduct(product).mode === 'no_reset' && user.mode === 'no_reset';
  const isDue = zeroedCycle === null ? showsOthers(target) === true : isOurs;
  return isDue && findCycleToZero(target, zeroedCycle) === id ? { cycle: id, counted: 0, tries: 1 } : null;
}

/**
 * A panel that keeps writing the old figure back is not called at each run, unless it stops the user by that figure. The pause is
 * longer than the time in which the figure came: of a user who only goes on as before, the next reading then shows less than it.
 */
function mayRepeat(
  { now }: Pick<TargetState, 'now'>,
  { usedBytes, limitBytes }: AddressableUser,
  zeroing: OpenZeroing,
): boolean {
  const { at, tries } = zeroing;
  if (tries < 2) return true;
  const foundAfter = toFoundAfter(zeroing);
  if (foundAfter > SOON_MS) return false;
  if (usedBytes >= limitBytes) return true;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 2));
  return Date.parse(now) >= Date.parse(at) + Math.max(pause, 2 * foundAfter);
}

/**
 * Returns how long after a zeroing the figure was first read again. Where that is not known it counts as soon: the zeroing that follows
 * shows it, while a user whom the panel stops would stay so until the cycle ends.
 */
function toFoundAfter({ at, foundAt }: OpenZeroing): number {
  return foundAt === undefined ? 0 : Date.parse(foundAt) - Date.parse(at);
}

/** Reports a figure that counts in full although it may contain the old one, and a panel that writes the old one back again. */
export function noteZeroing(
  plan: Plan,
  target: TargetState,
  user: AddressableUser,
  read: { at: string; checkpoint: UserCheckpoint },
): void {
  const { service, checkpoint: seen, recent, timeZone } = target;
  const { at, checkpoint } = read;
  const before = loadCheckpoint(seen, recent, user).zeroing;
  if (before !== null && judgeOpenZeroing(before, { at, user, timeZone }) === 'unclear') {
    (plan.notices ??= []).push({
      code: 'zeroing_unclear',
      key: `zeroing_unclear:${service.id}:${before.at}`,
      message: staffText('staff.hiddify.zeroingUnclear', {
        ...{ service: service.id, at: before.at, bytes: { bytes: before.from } },
      }),
    });
  }
  const { zeroing, zeroedCycle } = checkpoint;
  if (zeroing?.undone !== true || zeroing.tries < 2) return;
  const isSoon = toFoundAfter(zeroing) <= SOON_MS;
  (plan.notices ??= []).push({
    code: 'zeroing_undone_again',
    key: `zeroing_undone_again:${service.id}:${zeroedCycle ?? ''}`,
    message: staffText(isSoon ? 'staff.hiddify.zeroingUndone' : 'staff.hiddify.zeroingMaybeUndone', {
      ...{ service: service.id, user: user.name, count: zeroing.tries, used: { bytes: user.usedBytes } },
      ...{ counted: { bytes: zeroing.from }, limit: { bytes: user.limitBytes } },
    }),
  });
}
