import type { UsageAnswer, UsageRequest } from '@sluice/panel-kind';
import { formatBytes } from '@sluice/quota-core';
import { resetSince } from '../account/counter.js';
import { zeroingIn } from '../account/user-actions.js';
import { absence, checkpointIn, remember, stateOf } from './checkpoint.js';
import type { Sight } from './lists.js';

/** A mode is a word; a longer text is not kept whole with every sample. */
const LONGEST_MODE = 40;

/**
 * A user's counter as a reading. The panel tells one figure for both directions; it falls when the panel resets it (every 1,
 * 7 or 30 days from its start, by its own local date) and when we zeroed it. Any other fall says nothing.
 */
export function usageAnswer(
  { seen, recent, unsettled, service }: UsageRequest,
  sight: Sight,
  timeZone: string,
): UsageAnswer {
  if ('error' in sight) return unknown(sight.at, sight.error.code, sight.error.message);
  const { at, user } = sight;
  if (user === null) {
    const { code, message } = absence(service, seen, recent);
    return unknown(at, code, message);
  }
  const { zeroing } = remember(seen, recent, user);
  const undone = zeroing !== null && stateOf(zeroing, { at, user, timeZone }) === 'undone' ? zeroing : null;
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
      ...(odd?.usedBytes === undefined ? [] : [negative(service.id)]),
      ...(undone === null || undone.undone === true ? [] : [writtenBack(service.id, undone.from)]),
    ],
    counter: {
      resetBetween: (previousAt) =>
        resetSince(user, previousAt, timeZone, checkpointIn(seen)?.memo.resetDate) ||
        unsettled.some((row) => zeroingIn(row) !== null),
      stoodAt: undone?.from ?? null,
    },
  };
}

function unknown(at: string, code: string, message: string): UsageAnswer {
  return { reading: { known: false, at, code, message }, raw: null, shape: [], warnings: [] };
}

function writtenBack(service: string, from: number): UsageAnswer['warnings'][number] {
  return {
    code: 'zeroing_undone',
    message: `the panel has written back the usage of "${service}" that was zeroed when its cycle opened: only what is above ${formatBytes(from)} counts`,
  };
}

function negative(service: string): UsageAnswer['warnings'][number] {
  return { code: 'negative_usage', message: `the panel shows a negative usage for "${service}", which counts as 0` };
}
