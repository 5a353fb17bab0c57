import { localDateOf, type ResetBetween } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';

/** A list takes a while to read, and the panel's clock may be off by this much: near midnight the day is not sure. */
const MIDNIGHT_MARGIN_MS = 300_000;

const DAY_MS = 86_400_000;

/**
 * Whether the panel itself has reset a user since an earlier look.
 *
 * The panel states only the local day of the last reset, without its zone. A day after that of the look is certain if it
 * is another than the look showed (`shown`). Where that is not known, the day has to lie two days after the look: less
 * may be the difference of two zones, and the reset one that was counted before. On the same day the reset may have come
 * before the look or after it. A user that the panel never resets keeps the day it was made on.
 */
export function resetSince(
  { mode, lastResetDate }: Pick<HiddifyUser, 'mode' | 'lastResetDate'>,
  lookedAt: string,
  timeZone: string,
  shown?: string | null,
): ResetBetween {
  if (mode === 'no_reset' || lastResetDate === null) return false;
  if (shown !== undefined && shown === lastResetDate) return lastResetDate >= localDateOf(lookedAt, timeZone);
  const margin = shown === undefined ? DAY_MS : MIDNIGHT_MARGIN_MS;
  const late = new Date(Date.parse(lookedAt) + margin).toISOString();
  if (lastResetDate > localDateOf(late, timeZone)) return 'certain';
  return lastResetDate >= localDateOf(lookedAt, timeZone);
}
