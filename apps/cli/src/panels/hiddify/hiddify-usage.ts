import type { HiddifyUser } from '@sluice/hiddify-agent-traffic';
import { localDateOf } from '@sluice/quota-core';
import type { UsageAnswer, UsageRequest } from '../panel.js';
import type { Sight } from './hiddify-lists.js';
import { keptIn, looksUndone, updateIn } from './hiddify-memory.js';

/**
 * A user's counter as a reading. The panel tells one figure for both directions; it falls when the panel resets it (every 1,
 * 7 or 30 days from its start, by its own local date) and when we zeroed it. Any other fall says nothing.
 */
export function usageAnswer({ seen, unsettled, service }: UsageRequest, sight: Sight, timeZone: string): UsageAnswer {
  if ('error' in sight) return unknown(sight.at, sight.error.code, sight.error.message);
  const { at, user } = sight;
  if (user === null) {
    return unknown(
      at,
      'user_gone',
      `the panel has no user of "${service.id}" any more: its usage stays as it was last known`,
    );
  }
  if (looksUndone(keptIn(seen)?.memo.zeroing ?? null, user.usedBytes)) {
    return unknown(
      at,
      'zeroing_undone',
      `the panel has written back the usage of "${service.id}" that was zeroed when its cycle opened: it is zeroed again`,
    );
  }
  const { odd, usedBytes, limitBytes, mode, lastResetDate, enabled, active } = user;
  return {
    reading: { known: true, at, inBytes: null, outBytes: null, totalBytes: usedBytes },
    raw: { usedBytes: odd?.usedBytes ?? usedBytes, limitBytes, mode, lastResetDate, enabled, active },
    shape: [],
    warnings: odd?.usedBytes === undefined ? [] : [negative(service.id)],
    counter: {
      resetBetween: (previousAt) =>
        wasReset(user, previousAt, timeZone) ||
        unsettled.some((row) => row.calledAt !== null && updateIn(row)?.zero !== undefined),
    },
  };
}

/** Only users that the panel resets show such a day as a reset; others keep the day on which they were made. */
function wasReset({ mode, lastResetDate }: HiddifyUser, previousAt: string, timeZone: string): boolean {
  if (mode === 'no_reset' || lastResetDate === null) return false;
  return lastResetDate >= localDateOf(previousAt, timeZone);
}

function unknown(at: string, code: string, message: string): UsageAnswer {
  return { reading: { known: false, at, code, message }, raw: null, shape: [], warnings: [] };
}

function negative(service: string): UsageAnswer['warnings'][number] {
  return { code: 'negative_usage', message: `the panel shows a negative usage for "${service}", which counts as 0` };
}
