import { type ItemError, toItemError, type UsageAnswer, type UsageRequest } from '@sluice/panel-kind';
import { type ActionRecord, formatBytes } from '@sluice/quota-core';
import { resetSince } from '../account/counter.js';
import { ACTION_TYPES, findZeroing } from '../account/user-actions.js';
import type { HiddifyUser } from '../client/records.js';
import { judgeOpenZeroing, loadCheckpoint, parseCheckpoint, toAbsence } from './checkpoint.js';
import type { UserReading } from './lists.js';

/** A longer mode is cut before it is stored with each sample. */
const LONGEST_MODE = 40;

/**
 * Converts a user's counter. The panel shows one figure for both directions, which falls when the panel resets it (every 1, 7 or 30
 * days from its start, by its own local date) and when Sluice zeroed it. Any other fall proves nothing. What can't be used is an
 * error of its service alone.
 */
export function toUsageAnswer(request: UsageRequest, userReading: UserReading, timeZone: string): UsageAnswer {
  try {
    return toAnswer(request, userReading, timeZone);
  } catch (error) {
    return toUnknown(userReading.at, toItemError(error));
  }
}

function toAnswer(
  { checkpoint: seen, counted, recent, unresolved, service }: UsageRequest,
  userReading: UserReading,
  timeZone: string,
): UsageAnswer {
  const { at } = userReading;
  if ('error' in userReading) return toUnknown(at, userReading.error);
  const { user } = userReading;
  if (user === null) return toUnknown(at, toAbsence(service, seen, recent));
  const { zeroing } = loadCheckpoint(seen, recent, user);
  const undone = zeroing !== null && judgeOpenZeroing(zeroing, { at, user, timeZone }) === 'undone' ? zeroing : null;
  const { odd, usedBytes, limitBytes, mode, lastResetDate, enabled, active } = user;
  return {
    reading: { known: true, at, inBytes: null, outBytes: null, totalBytes: usedBytes },
    raw: {
      usedBytes: odd?.usedBytes ?? usedBytes,
      limitBytes,
      mode: mode?.slice(0, LONGEST_MODE) ?? null,
      lastResetDate,
      enabled,
      active,
    },
    shape: [],
    warnings: [
      ...(odd?.usedBytes === undefined ? [] : [toNegativeWarning(service.id)]),
      ...(undone === null || undone.undone === true ? [] : [toUndoneWarning(service.id, undone.from)]),
    ],
    counter: {
      resetBetween: (previousAt) => {
        const known = parseCheckpoint(counted)?.memo;
        const isMade = (row: ActionRecord): boolean => isMadeSince(row, user, previousAt);
        // All that a new user shows was used since Sluice made it, also where that had no answer yet.
        if (known?.uuid !== user.uuid && unresolved.some(isMade)) return 'certain';
        return (
          resetSince(user, previousAt, timeZone, known?.resetDate) ||
          unresolved.some((row) => findZeroing(row) !== null)
        );
      },
      stoodAt: undone?.from ?? null,
    },
  };
}

/** Whether a change in doubt may have created a user at or after an instant. */
function isMadeSince({ type, target, calledAt }: ActionRecord, { uuid }: HiddifyUser, since: string): boolean {
  return type === ACTION_TYPES.create && target === uuid && calledAt !== null && calledAt >= since;
}

function toUnknown(at: string, { code, message }: ItemError): UsageAnswer {
  return { reading: { known: false, at, code, message }, raw: null, shape: [], warnings: [] };
}

function toUndoneWarning(service: string, from: number): UsageAnswer['warnings'][number] {
  return {
    code: 'zeroing_undone',
    message: `the panel has written back the usage of "${service}" that was zeroed when its cycle opened: only what is above ${formatBytes(from)} counts`,
  };
}

function toNegativeWarning(service: string): UsageAnswer['warnings'][number] {
  return { code: 'negative_usage', message: `the panel shows a negative usage for "${service}", which counts as 0` };
}
